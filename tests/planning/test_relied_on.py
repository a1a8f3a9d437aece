"""What headers of main rely on from includes in front of them: bodies, macros, lengths, types."""

from pathlib import Path

import pytest

from compilations import compile_well
from dispatch_trees import compile_all, dispatch_tree, main_of, wrapper_of
from header_trees import FRONT, guarded, headers, includes_of_main
from how_many import mostly_slow
from trees import HEADER, SOURCE, Bad, check_refused, small_tree, write

pytestmark = pytest.mark.slow

KINDS_FIRST = ["<lib/kinds.h>", "<lib/page.h>"]


@pytest.mark.parametrize(
    "walk",
    mostly_slow(
        [
            "static inline int walk(int x)\n{\n\treturn TELL(x);\n}\n",
            "#define SAY(x) TELL(x)\nstatic inline int walk(int x) { return SAY(x); }\n",
            "#define say(x) ({ int y = (x); TELL(y); })\n"
            "static inline int walk(int x)\n{\n\treturn say(x);\n}\n",
            "static inline int walk(void)\n{\n\tcount_t n = 1;\n\n\treturn n;\n}\n",
            "static inline int walk(void)\n{\n\treturn sizeof(struct pile);\n}\n",
            "static inline int walk(struct pile *pile)\n{\n\treturn pile->high;\n}\n",
            "static inline int walk(void)\n{\n\treturn piles + quiet;\n}\n",
            "static inline int walk(void)\n{\n\treturn pile_up(2);\n}\n",
            "static inline int walk(int x)\n{\n\treturn x == most_of_all ? 1 : 0;\n}\n",
            "struct walk { char name[most_of_all]; };\n",
            "struct walk { char name[MOST]; };\n",
            "struct walk { count_t count; };\n",
            "struct walk { struct pile first; };\n",
            "count_t walk(int by);\n",
            "int walk(fill_t by);\n",
            "int walk(fill_in_t by);\n",
            "int walk(struct pile *by);\n",
            "int walk(struct pile by);\n",
            "int walk(int a,\n\t\tenum kind by);\n",
            "enum kind;\nstatic inline int walk(enum kind by)\n{\n\treturn by;\n}\n",
            "enum kind;\nstruct walk { enum kind kind; };\n",
            "struct pile;\nstatic inline int walk(struct pile by)\n{\n\treturn by.high;\n}\n",
            "int walk(int by) STOP;\n",
            "typedef count_t (*walk_t)(int by);\n",
            "struct walk { count_t (*far)(int by); };\n",
            "count_t *walk(void);\n",
        ],
        8,
    ),
)
def test_what_a_header_far_down_relies_on_goes_in_front(tmp_path: Path, walk: str) -> None:
    assert includes_of_main(tmp_path, headers(walk)) == ["<lib/kinds.h>", "<lib/page.h>"]


@pytest.mark.parametrize(
    "walk",
    mostly_slow(
        [
            "#define SAY(x) TELL(x)\n",  # that nobody expands
            "#define SAY(x) TELL(x)\n/* SAY(1) and TELL(2) */\nint walk(void);\n",
            "static inline int walk(void)\n{\n\tint a = 1, piles = 0;\n\n\treturn a + piles;\n}\n",
            "struct some { int piles; };\n"
            "static inline int walk(struct some *one)\n{\n\treturn one->piles;\n}\n",
            "struct some { int how_far; };\n"
            "static inline int walk(struct some *one)\n{\n\treturn one->how_far;\n}\n",
            "static inline int walk(int piles, long one)\n{\n\treturn piles + one;\n}\n",
            "static inline int walk(int a)\n{\n\tif (a)\n\t\tgoto piles;\npiles:\n\treturn 1;\n}\n",
            'static inline const char *walk(void)\n{\n\treturn "TELL(1) count_t piles";\n}\n',
            "struct pile;\nint walk(struct pile *by);\n",
            "enum kind;\nint walk(int a, enum kind by);\n",
            "enum kind;\nstruct walk { int (*go)(enum kind by); };\n",
            "struct pile;\nstruct walk { int (*go)(struct pile by); };\n",
            "struct walk { struct pile *first; };\n",
            "struct pile;\nstatic inline int walk(struct pile *a)\n{\n\treturn a != 0;\n}\n",
            "typedef int count_of;\nstatic inline count_of walk(count_of x)\n{\n\treturn x;\n}\n",
            "#include <lib/kinds.h>\nstatic inline int walk(int x)\n{\n\treturn TELL(x);\n}\n",
        ],
        6,
    ),
)
def test_what_a_header_does_not_need_brings_nothing(tmp_path: Path, walk: str) -> None:
    assert includes_of_main(tmp_path, headers(walk)) == ["<lib/page.h>"]


INLINE = "static inline int walk(int x)\n{\n\treturn TELL(x);\n}\n"


@pytest.mark.parametrize(
    ("walk", "expected"),
    [
        (f"#ifdef FAR\n#include <lib/kinds.h>\n#endif\n{INLINE}", ["<lib/kinds.h>"]),
        # A body under the same condition goes with it.
        (f"#ifdef FAR\n#include <lib/kinds.h>\n{INLINE}#endif\n", []),
        (f"{INLINE}#include <lib/kinds.h>\n", ["<lib/kinds.h>"]),
    ],
)
def test_header_that_includes_it_perhaps_or_late(
    tmp_path: Path, walk: str, expected: list[str]
) -> None:
    assert includes_of_main(tmp_path, headers(walk)) == [*expected, "<lib/page.h>"]


def test_include_beside_it_that_comes_first_is_enough(tmp_path: Path) -> None:
    level = "#include <lib/kinds.h>\n#include <lib/walk.h>\n"
    assert includes_of_main(tmp_path, headers(INLINE, level)) == ["<lib/page.h>"]


def test_headers_that_include_each_other_have_what_both_bring(tmp_path: Path) -> None:
    found = headers(f"#include <lib/mid.h>\n{INLINE}", "#include <lib/mid.h>\n")
    found["include/lib/mid.h"] = guarded(
        "MID", "#include <lib/kinds.h>\n#ifdef FAR\n#include <lib/walk.h>\n#endif\n"
    )
    assert includes_of_main(tmp_path, found) == ["<lib/page.h>"]


def test_what_a_macro_of_the_table_brings(tmp_path: Path) -> None:
    found = headers("int walk(void);\n")
    source = SOURCE.replace(".free = foo", ".number = PAGE_NUMBER,\n\t.free = foo")
    found["include/lib/page.h"] = guarded("PAGE", "#define PAGE_NUMBER TELL(MOST)\n")
    source = source.replace('#include "foo.h"\n', f'{FRONT}#include "foo.h"\n')
    root = write(small_tree(tmp_path, {**found, "drv/foo.c": source}))
    compile_well(["gcc", "-fsyntax-only", "-Iinclude", "drv/main.c"], root)
    main = (root / "drv/main.c").read_text()
    assert "#include <lib/kinds.h>\n#include <lib/page.h>\n" in main
    assert "other.h" not in main


def test_what_a_macro_of_a_wrapper_brings(tmp_path: Path) -> None:
    """Main has the macro by its own headers, and what that expands to by another include."""
    spec = '[op.open]\notherwise = "return REFUSED"\n'
    root = dispatch_tree(tmp_path, second="int qux_count;\n", spec=spec)
    header = (root / "drv/foo.h").read_text()
    (root / "drv/foo.h").write_text(
        header.replace("#define __user\n", "#define REFUSED MINUS(2)\n")
    )
    (root / "drv/minus.h").write_text(guarded("MINUS", "#define MINUS(x) (-(x))\n"))
    source = (root / "drv/foo.c").read_text()
    (root / "drv/foo.c").write_text(source.replace("#include", '#include "minus.h"\n#include', 1))
    write(root)
    assert "return REFUSED;" in wrapper_of(root, "bar_open")
    assert '#include "minus.h"\n' in main_of(root)
    compile_all(root)


def test_default_of_a_macro_counts_only_without_another_definition(tmp_path: Path) -> None:
    """The one that is always there does not need what the default would."""
    default = "#define SAY(x) (x)\n#ifndef SAY\n#define SAY(x) TELL(x)\n#endif\n"
    walk = f"{default}static inline int walk(int x)\n{{\n\treturn SAY(x);\n}}\n"
    found = headers(walk.replace("#define SAY(x) (x)\n", "#include <lib/say.h>\n"))
    found["include/lib/say.h"] = guarded("SAY", "#define SAY(x) (x)\n")
    assert includes_of_main(tmp_path, found) == ["<lib/page.h>"]


def test_header_that_the_compiler_puts_in_front_of_all(tmp_path: Path) -> None:
    flags = "ccflags-y := -include $(srctree)/include/lib/kinds.h\n"
    found = headers(INLINE) | {"drv/Makefile": f"{flags}obj-m += foo-drv.o\nfoo-drv-y := foo.o\n"}
    command = "-Iinclude -include include/lib/kinds.h"
    assert includes_of_main(tmp_path, found, flags=command) == ["<lib/page.h>"]


def test_setting_that_the_compiler_puts_in_front_of_all(tmp_path: Path) -> None:
    """A default stands in front of the macro's header, which is there already."""
    default = "#ifndef say\n#define say(x) (x)\n#endif\n"
    found = headers(default, "#include <lib/walk.h>\n#include <lib/say.h>\n") | {
        "include/lib/say.h": guarded("SAY", "#define say(x) ((x) + 1)\n"),
        "include/lib/other.h": guarded("OTHER", "#include <lib/say.h>\n"),
    }
    command = "-Iinclude -include include/lib/say.h"
    assert includes_of_main(tmp_path / "plain", found) == ["<lib/other.h>", "<lib/page.h>"]
    flags = "ccflags-y := -include $(srctree)/include/lib/say.h\n"
    found |= {"drv/Makefile": f"{flags}obj-m += foo-drv.o\nfoo-drv-y := foo.o\n"}
    assert includes_of_main(tmp_path / "forced", found, flags=command) == ["<lib/page.h>"]


BUILD = "#define BUILD(x) (x)\n"
CALL = "static inline int walk(int x)\n{\n\treturn BUILD(x);\n}\n"


@pytest.mark.parametrize(
    ("walk", "expected"),
    [
        (f"{BUILD}{CALL}#undef BUILD\n", ["<lib/page.h>"]),
        (f"#define BUILD(x) TELL(x)\n{CALL}#undef BUILD\n", KINDS_FIRST),
        (f"#undef BUILD\n{BUILD}{CALL}", ["<lib/page.h>"]),
        # Its own one is there for some configurations alone.
        (f"#ifdef FAR\n{BUILD}#endif\n#ifdef BUILD\n{CALL}#endif\n", KINDS_FIRST),
    ],
)
def test_macros_of_one_name_that_headers_have_for_themselves(
    tmp_path: Path, walk: str, expected: list[str]
) -> None:
    found = headers(walk) | {"include/lib/other.h": "#define BUILD(x) TELL(x)\n"}
    if walk.endswith("#undef BUILD\n"):
        found["include/lib/other.h"] = guarded(
            "OTHER", "#define BUILD(x) TELL(x)\nint other(void);\n#undef BUILD\n"
        )
    found_ones = includes_of_main(tmp_path, found)
    assert [one for one in found_ones if one != "<lib/other.h>"] == expected


@pytest.mark.parametrize(
    "walk",
    [
        "bool walk(int by);\n",
        "struct walk { bool first; };\n",
        "#define FLAG bool\nstruct walk { FLAG first; };\n",
    ],
)
def test_bool_comes_from_a_header_before_c23(tmp_path: Path, walk: str) -> None:
    found = headers(walk, kinds="#include <stdbool.h>\n")
    command = "-std=gnu11 -Iinclude"
    assert includes_of_main(tmp_path, found, flags=command) == KINDS_FIRST


DEMAND = "#ifndef OURS\n#ifndef A_TEST\n/* ours alone */\n#error ours alone\n#endif\n#endif\n"


@pytest.mark.parametrize(
    ("first", "walk", "expected"),
    mostly_slow(
        [
            # What sets how a system's headers read, itself or by a header that the build makes.
            ("#define _FILE_OFFSET_BITS 64\n", "", ["<lib/first.h>", "<lib/page.h>"]),
            ("# define _GNU_SOURCE\n", "", ["<lib/first.h>", "<lib/page.h>"]),
            (
                '#ifdef HAVE_CONFIG_H\n#include "config.h"\n#endif\n',
                "",
                ["<lib/first.h>", "<lib/page.h>"],
            ),
            ('#ifdef ALL\n#include "x_config.h"\n#endif\n', "", ["<lib/first.h>", "<lib/page.h>"]),
            # What a header demands.
            ("#define OURS 1\n", DEMAND, ["<lib/first.h>", "<lib/page.h>"]),
            (
                "#define OURS 1\n",
                DEMAND.replace("ifndef OURS", "if !defined(OURS)"),
                ["<lib/first.h>", "<lib/page.h>"],
            ),
            # A header stops if the macro is there, and another one asks for nothing.
            ("#define OTHER 1\n", "#ifdef MINE\n#error\n#endif\n", ["<lib/page.h>"]),
            ("#define MINE_SOURCE 1\nint first(void);\n", "", ["<lib/page.h>"]),
        ],
        7,
    ),
)
def test_what_the_source_includes_first(
    tmp_path: Path, first: str, walk: str, expected: list[str]
) -> None:
    found = headers(walk, kinds="") | {"include/lib/first.h": guarded("FIRST", first)}
    front = "#include <lib/first.h>\n#include <lib/page.h>\n"
    assert includes_of_main(tmp_path, found, front) == expected


def test_header_that_must_not_come_behind_another(tmp_path: Path) -> None:
    """The new header comes above the source's other includes, and brings page.h."""
    late = "#ifdef PAGE_H\n#error late.h comes first\n#endif\n"
    found = {
        "drv/page.h": guarded("PAGE", "typedef int unit_t;\n"),
        "drv/late.h": guarded("LATE", late),
        "drv/foo.c": '#ifndef _WIN32\n#include "late.h"\n#include "page.h"\n'
        + SOURCE.replace("open(int", "open(unit_t")
        + "#endif\n",
    }
    write(small_tree(tmp_path, found))
    compile_well(["gcc", "-fsyntax-only", "-Wall", "drv/foo.c", "drv/main.c"], tmp_path)


def test_header_in_front_of_all_includes(tmp_path: Path) -> None:
    """All of the source stands under a condition: the new header comes above its first include."""
    kept = "".join(SOURCE.partition("#include")[1:]).replace("open(int", "open(unit_t")
    found = {
        "drv/first.h": guarded("FIRST", "#define OURS 1\n"),
        "drv/foo.h": HEADER.replace(
            "struct ops {", f"{DEMAND}typedef int unit_t;\nstruct ops {{", 1
        ),
        "drv/foo.c": f'#ifndef _WIN32\n#include "first.h"\n{kept}#endif\n',
    }
    write(small_tree(tmp_path, found))
    assert '#include "first.h"\n#include "foo.h"\n' in (tmp_path / "drv/foo_ops.h").read_text()
    compile_well(["gcc", "-fsyntax-only", "-Wall", "drv/foo.c", "drv/main.c"], tmp_path)


@pytest.mark.parametrize(
    ("walk", "expected"),
    [
        ("static inline int walk(char *x)\n{\n\treturn strlen(x);\n}\n", ["<string.h>"]),
        ("static inline int walk(int strlen)\n{\n\treturn strlen;\n}\n", []),
        ("#include <string.h>\nstatic inline int walk(char *x)\n{\n\treturn strlen(x);\n}\n", []),
        ("static inline int walk(char *x)\n{\n\treturn __builtin_strlen(x);\n}\n", []),
    ],
)
def test_what_only_a_header_of_the_system_can_have(
    tmp_path: Path, walk: str, expected: list[str]
) -> None:
    front = f"#include <string.h>\n{FRONT}"
    assert includes_of_main(tmp_path, headers(walk), front) == [*expected, "<lib/page.h>"]


@pytest.mark.parametrize("own", ["#define TELL(x) (x)\n", "static int TELL(int x) { return x; }\n"])
def test_header_that_relies_on_the_source_file_itself(tmp_path: Path, own: str) -> None:
    source = SOURCE.replace(".free = foo", ".number = sizeof(struct page),\n\t.free = foo")
    source = source.replace('#include "foo.h"\n', f'{own}#include <lib/page.h>\n#include "foo.h"\n')
    found = headers(INLINE, kinds="") | {"drv/foo.c": source}
    says = "<lib/page.h>: that header uses 'TELL', which drv/foo.c defines above this include"
    check_refused(Bad("", found, "VT044", "drv/foo.c:3:1", says), tmp_path)


# Headers that are not in the tree: `<paint.h>` has a type, `<base.h>` another, and nothing tells.
OUTSIDE = {
    "paint.h": guarded("PAINT", "typedef struct canvas_s Canvas;\n"),
    "base.h": guarded("BASE", "typedef int whole;\n"),
}
SHAPE = "#include <base.h>\n{more}struct shape {{ {use}; whole size; }};\n"


@pytest.mark.parametrize(
    ("front", "page", "shape", "expected"),
    [
        # It comes in the new file as well, but behind the header that relies on it.
        (
            "#include <lib/screen.h>\n#include <lib/page.h>\n",
            "#include <lib/shape.h>\n#include <lib/screen.h>\n",
            SHAPE.format(more="", use="Canvas *on"),
            ["<lib/screen.h>", "<lib/page.h>"],
        ),
        # It does not come in the new file at all.
        (
            "#include <lib/screen.h>\n#include <lib/page.h>\n",
            "#include <lib/shape.h>\n",
            SHAPE.format(more="", use="Canvas *on"),
            ["<lib/screen.h>", "<lib/page.h>"],
        ),
        (
            "#include <paint.h>\n#include <lib/page.h>\n",
            "#include <lib/shape.h>\n",
            SHAPE.format(more="", use="Canvas *on"),
            ["<paint.h>", "<lib/page.h>"],
        ),
        # The header includes it itself, or uses nothing of it, or what another header shows
        # to come by <base.h>.
        (
            "#include <lib/screen.h>\n#include <lib/page.h>\n",
            "#include <lib/shape.h>\n",
            SHAPE.format(more="#include <paint.h>\n", use="Canvas *on"),
            ["<lib/page.h>"],
        ),
        (
            "#include <lib/whole.h>\n#include <lib/screen.h>\n#include <lib/page.h>\n",
            "#include <lib/shape.h>\n",
            SHAPE.format(more="", use="int Canvas"),
            ["<lib/page.h>"],
        ),
        (
            "#include <lib/whole.h>\n#include <lib/screen.h>\n#include <lib/page.h>\n",
            "#include <lib/shape.h>\n",
            SHAPE.format(more="", use="whole on"),
            ["<lib/page.h>"],
        ),
    ],
)
def test_unknown_header_in_front_of_one_that_relies_on_it(
    tmp_path: Path, front: str, page: str, shape: str, expected: list[str]
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    for path, text in OUTSIDE.items():
        (outside / path).write_text(text)
    found = {
        "include/lib/screen.h": guarded("SCREEN", "#include <paint.h>\n#include <lib/shape.h>\n"),
        "include/lib/shape.h": guarded("SHAPE", shape),
        "include/lib/whole.h": guarded("WHOLE", "#include <base.h>\nwhole wholly(whole one);\n"),
        "include/lib/page.h": guarded("PAGE", f"{page}struct page {{ int number; }};\n"),
    }
    flags = f"-Iinclude -isystem {outside}"
    assert includes_of_main(tmp_path / "tree", found, front, flags) == expected


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        ("int (*show)(struct line *line);", ['"line.h"', "<lib/page.h>"]),
        ("struct line *line; int (*show)(struct line *line);", ["<lib/page.h>"]),
        # A header of the system that it includes has it.
        ("int (*show)(struct tm *tm);", ["<lib/page.h>"]),
    ],
)
def test_tag_of_an_unknown_header_in_a_list_of_parameters(
    tmp_path: Path, show: str, expected: list[str]
) -> None:
    """A tag that a prototype names first is a type of that prototype alone (C11 6.2.1p4)."""
    page = f"#include <time.h>\nstruct page {{ int number; {show} }};\n"
    found = {"include/lib/page.h": guarded("PAGE", page)}
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "line.h").write_text(guarded("LINE", "struct line { int length; };\n"))
    front = '#include "line.h"\n#include <lib/page.h>\n'
    flags = f"-Iinclude -isystem {outside}"
    assert includes_of_main(tmp_path / "tree", found, front, flags) == expected


WIDE = "#define pile wide_pile\nstruct wide_pile { int wide; };\n"


@pytest.mark.parametrize(
    ("wide", "front"),
    [
        (WIDE, []),
        # The type is still the one of the earlier include.
        ("#define pile(x) ((x) + 1)\n", ["<lib/kinds.h>"]),
        ("#define pile pile\n", ["<lib/kinds.h>"]),
    ],
    ids=["another tag", "with parameters", "itself"],
)
def test_a_tag_that_is_a_macro(wide: str, front: list[str], tmp_path: Path) -> None:
    """As `sockaddr_storage` of Linux: what the header uses comes with its own include."""
    walk = "#include <lib/wide.h>\nstruct walk { struct pile at; };\n"
    found = headers(walk) | {"include/lib/wide.h": guarded("WIDE", wide)}
    assert includes_of_main(tmp_path, found) == [*front, "<lib/page.h>"]


@pytest.mark.parametrize("macro", ["_IOR('H', 1, int)", "_IO('H', 1)", "FIONREAD"])
def test_a_macro_of_a_system_header_in_front(macro: str, tmp_path: Path) -> None:
    """A header of the tree may define a request by macros that it leaves to its includers."""
    header = HEADER.replace("struct ops {", f"#define GET_LIST {macro}\nstruct ops {{")
    source = SOURCE.replace(
        '#include "foo.h"', '#include <stddef.h>\n#include <sys/ioctl.h>\n#include "foo.h"'
    )
    source = source.replace("\t.free", "\t.number = (int)GET_LIST,\n\t.free")
    root = small_tree(tmp_path, {"drv/foo.h": header, "drv/foo.c": source})
    write(root)
    assert "#include <sys/ioctl.h>" in (root / "drv/main.c").read_text()
    compile_well(["gcc", "-fsyntax-only", "-Wall", "drv/main.c"], root)


def test_a_header_without_a_guard_has_what_it_relies_on(tmp_path: Path) -> None:
    """The split's header cannot include it a second time, so main does, in front of that header."""
    source = SOURCE.replace("foo_free_unit(int unit)", "foo_free_unit(int unit, struct late *late)")
    source = source.replace("foo_open(unit);", "foo_open(unit) + late->count;")
    source = source.replace(".free = foo", ".data = (void *)foo")
    source = source.replace(
        '#include "foo.h"', '#include "foo.h"\n#include "kinds.h"\n#include "late.h"'
    )
    source = source.replace("struct late *late)", "struct late late[2])")
    made = {
        "drv/foo.c": source,
        "drv/kinds.h": guarded("KINDS", "typedef int count_t;\n"),
        "drv/late.h": "struct late { count_t count; };\n",
    }
    root = write(small_tree(tmp_path, made))
    main = (root / "drv/main.c").read_text()
    assert main.index('"kinds.h"') < main.index('"late.h"') < main.index('"foo_ops.h"')
    compile_well(["gcc", "-fsyntax-only", "-Wall", "drv/main.c"], root)
