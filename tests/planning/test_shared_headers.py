"""Static functions of a header that main includes: they become inline, or the split is refused."""

from pathlib import Path

import pytest

from compilations import compile_well
from trees import HEADER, SOURCE, refused, small_tree, split, write

pytestmark = pytest.mark.slow

# Main needs the header for `struct ops`; only the source file calls what is planted in it.
FUNCTION = "static int *to_cell(int *cell,\n\t\t    int by)\n{\n\treturn cell + by;\n}\n\n"
CALLER = SOURCE.replace("return unit;", "return *to_cell(&unit, 0);")


def tree_with(root: Path, planted: str, source: str = CALLER) -> Path:
    header = HEADER.replace("int foo_init(void);", f"{planted}int foo_init(void);")
    return small_tree(root, {"drv/foo.c": source, "drv/foo.h": header})


def compile_all(root: Path) -> None:
    sources = [name for name in ("drv/foo.c", "drv/main.c") if (root / name).exists()]
    compile_well(["gcc", "-std=gnu11", "-fsyntax-only", "-Wall", "-Werror", *sources], root)


@pytest.mark.parametrize(
    ("planted", "made"),
    [
        (
            FUNCTION,
            "static inline int *to_cell(int *cell,\n\t\t\t   int by)\n{\n",
        ),
        (
            FUNCTION.replace(
                "static int *to_cell(int *cell,\n\t\t    ", "int static\n*to_cell(int *cell, "
            ),
            "int static inline\n*to_cell(int *cell, int by)\n{\n",
        ),
    ],
    ids=["aligned", "static second"],
)
def test_it_becomes_inline(planted: str, made: str, tmp_path: Path) -> None:
    root = tree_with(tmp_path, planted)
    compile_all(root)
    write(root)
    assert made in (root / "drv/foo.h").read_text()
    compile_all(root)
    assert "nothing to do" in split(root).stderr


def test_it_is_said(tmp_path: Path) -> None:
    result = split(tree_with(tmp_path, FUNCTION))
    assert "1 made inline" in result.stderr
    explained = split(tmp_path, "--explain").stdout
    line = next(one for one in explained.splitlines() if "to_cell" in one)
    assert line.endswith("drv/main.c includes it and does not use it")


@pytest.mark.parametrize(
    "planted",
    [
        FUNCTION.replace("static int *", "static inline int *"),
        FUNCTION.replace("static int *", "static __attribute__((unused)) int *"),
        FUNCTION + "static inline int *next(int *cell) { return to_cell(cell, 1); }\n",
        FUNCTION.replace("static", "static inline") + "#ifdef __GNUC__\n"
        "#define TIGHT __attribute__((packed))\n#else\n#define TIGHT\n#endif\n"
        "struct cell { char a; int b; } TIGHT;\n\n",
    ],
    ids=["inline already", "marked as unused", "used by the header", "attribute behind a type"],
)
def test_it_stays(planted: str, tmp_path: Path) -> None:
    root = tree_with(tmp_path, planted)
    before = (root / "drv/foo.h").read_text()
    write(root)
    assert (root / "drv/foo.h").read_text() == before
    compile_all(root)


def test_one_that_its_prototype_makes_static_inline(tmp_path: Path) -> None:
    """Its definition does not say so again (C11 6.2.2p5)."""
    prototype = "static inline int *to_cell(int *cell, int by);\n"
    root = tree_with(tmp_path, prototype + FUNCTION.replace("static ", ""))
    compile_all(root)
    write(root)
    compile_all(root)


def test_one_that_its_prototype_does_not_make_static(tmp_path: Path) -> None:
    """It has external linkage (C11 6.7.4p7): the program would have it twice."""
    prototype = "inline int *to_cell(int *cell, int by);\n"
    root = tree_with(tmp_path, prototype + FUNCTION.replace("static ", ""))
    assert "which defines the function 'to_cell': there would be two" in refused(root)


def test_one_with_a_state_of_its_own(tmp_path: Path) -> None:
    """Main does not call it, so that the state stays the one that the source file has."""
    planted = FUNCTION.replace("return cell", "static int count;\n\n\treturn cell + count++")
    write(tree_with(tmp_path, planted))
    assert "static inline int *to_cell(" in (tmp_path / "drv/foo.h").read_text()
    compile_all(tmp_path)


def test_one_that_the_table_names_is_refused(tmp_path: Path) -> None:
    """Main's copy would be another function than the source file's."""
    planted = "static int foo_more(int unit)\n{\n\treturn unit;\n}\n\n"
    source = SOURCE.replace("\t.open = foo_open,\n", "\t.open = foo_more,\n").replace(
        "foo_ops.open(1)", "foo_more(1) + foo_ops.open(1)"
    )
    said = refused(tree_with(tmp_path, planted, source))
    assert (
        "which defines 'foo_more', a static function that the table names: there would be two"
        in said
    )


def test_a_function_whose_type_is_outside_of_the_tree(tmp_path: Path) -> None:
    """The source defines it as a function, so that the header holds no variable of its name."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "start.h").write_text("typedef int start_fn(void);\n")
    header = HEADER.replace("int foo_init(void);", "start_fn foo_init;")
    header = header.replace("struct ops {", "#include <start.h>\n\nstruct ops {", 1)
    root = small_tree(tmp_path / "tree", {"drv/foo.h": header})
    write(root)
    compile_well(
        ["gcc", "-fsyntax-only", "-Wall", f"-isystem{outside}", "drv/foo.c", "drv/main.c"], root
    )
    other = {"drv/foo.h": header.replace("start_fn foo_init", "start_fn foo_stop")}
    assert "holds the variable 'foo_stop'" in refused(small_tree(tmp_path / "other", other))


STOP = "int foo_stop(void)\n{\n\treturn 0;\n}\n"


@pytest.mark.parametrize(
    ("stop", "is_refused"),
    [
        ('#include "foo.h"\n' + STOP, False),
        (STOP, True),
        ('#include "foo.h"\nint foo_stop;\n', True),
        ('#include "foo.h"\nint foo_halt(void)\n{\n\treturn foo_stop();\n}\n', True),
    ],
    ids=["function", "without the header", "variable", "call"],
)
def test_a_function_of_a_type_outside_that_another_file_defines(
    stop: str, is_refused: bool, tmp_path: Path
) -> None:
    """Whoever includes the header and defines the function knows that it is no variable."""
    header = HEADER.replace("int foo_init(void);", "int foo_init(void);\nstart_fn foo_stop;")
    header = header.replace("struct ops {", "#include <start.h>\n\nstruct ops {", 1)
    root = small_tree(tmp_path / "tree", {"drv/foo.h": header, "drv/stop.c": stop})
    if is_refused:
        assert "holds the variable 'foo_stop'" in refused(root)
    else:
        write(root)
        assert '#include "foo.h"' in (root / "drv/main.c").read_text()


def test_what_has_the_type_of_a_function_is_one(tmp_path: Path) -> None:
    """Nobody defines `foo_halt`. The type of `foo_init` is a function's, and it has the same."""
    planted = "start_fn foo_init;\nstart_fn foo_halt;"
    header = HEADER.replace("int foo_init(void);", f"{planted}")
    header = header.replace("struct ops {", "#include <start.h>\n\nstruct ops {", 1)
    write(small_tree(tmp_path / "tree", {"drv/foo.h": header}))
    other = header.replace("start_fn foo_halt", "start_t foo_halt")
    assert "variable 'foo_halt'" in refused(small_tree(tmp_path / "other", {"drv/foo.h": other}))


def test_an_attribute_that_another_header_defines(tmp_path: Path) -> None:
    files = {
        "drv/tight.h": "#define TIGHT __attribute__((packed))\n",
        "drv/foo.h": HEADER.replace("int foo_init", "struct cell { char a; } TIGHT;\nint foo_init"),
        "drv/foo.c": SOURCE.replace("#include", '#include "tight.h"\n#include', 1),
    }
    write(small_tree(tmp_path, files))
    compile_all(tmp_path)


CORE = '#ifndef CORE_H\n#define CORE_H\n#define FOO_CORE 1\n#include "foo.h"\n#endif\n'
PLUGIN = '#define FOO_PLUGIN\n#include "core.h"\n'
ONLY_PLUGINS = "#if !defined FOO_CORE || defined(FOO_PLUGIN)\nint foo_total = 1;\n#endif\n"


def core_tree(root: Path, planted: str, core: str = CORE, plugin: str = PLUGIN) -> Path:
    files = {
        "drv/foo.h": HEADER.replace("int foo_init(void);", f"{planted}int foo_init(void);"),
        "drv/core.h": core,
        "drv/plugin.c": plugin,
        "drv/foo.c": SOURCE.replace('"foo.h"', '"core.h"', 1),
    }
    return small_tree(root, files)


@pytest.mark.parametrize(
    "planted",
    [ONLY_PLUGINS, "#ifndef FOO_CORE\nint foo_total = 1;\n#endif\n"],
    ids=["either", "one"],
)
def test_what_a_header_in_front_asks_to_leave_out(planted: str, tmp_path: Path) -> None:
    write(core_tree(tmp_path, planted))
    # The linker would refuse two of the variable.
    both = ["drv/foo.c", "drv/main.c"]
    compile_well(["gcc", "-r", "-nostdlib", "-o", "both.o", *both], tmp_path)


@pytest.mark.parametrize(
    ("core", "plugin"),
    [
        (CORE.replace("#define FOO_CORE 1\n", ""), PLUGIN),
        (CORE.replace("#include", "#undef FOO_CORE\n#include"), PLUGIN),
        (CORE.replace("#define FOO_CORE 1\n", "#ifdef OTHER\n#define FOO_CORE\n#endif\n"), PLUGIN),
        ('#include "foo.h"\n#define FOO_CORE 1\n', PLUGIN),
        (CORE, "int plugin;\n"),
    ],
    ids=["not asked", "taken back", "under a condition", "too late", "may be configured"],
)
def test_what_no_header_surely_leaves_out(core: str, plugin: str, tmp_path: Path) -> None:
    said = refused(core_tree(tmp_path, ONLY_PLUGINS, core, plugin))
    assert "holds the variable 'foo_total'" in said


@pytest.mark.parametrize("line", ["CFLAGS += -DFOO_PLUGIN\n", "DEFS = FOO_PLUGIN OTHER\n"])
def test_what_the_build_may_define(line: str, tmp_path: Path) -> None:
    root = core_tree(tmp_path, ONLY_PLUGINS)
    makefile = root / "drv/Makefile"
    makefile.write_text(makefile.read_text() + line)
    assert "holds the variable 'foo_total'" in refused(root)


def test_what_is_cplusplus_is_no_variable(tmp_path: Path) -> None:
    root = tree_with(tmp_path, '#if __cplusplus >= 201103L\n#include "plus.h"\n#endif\n')
    (root / "drv/plus.h").write_text("#include <atomic>\n\nusing std::atomic_init;\n")
    write(root)


LINKS = "#ifndef NUMBERS_ONLY\nint foo_linked(void)\n{\n\treturn 1;\n}\n#endif\n"
LINK_HEADER = '#ifndef LINK_H\n#define LINK_H\n#define NUMBERS_ONLY\n#include "links.c"\n#endif\n'


@pytest.mark.parametrize(
    ("more", "is_refused"),
    [
        ("", False),
        ('#ifdef FAR\n#include "far.h"\n#endif\n', False),
        ('#ifdef FAR\n#include "links.c"\n#endif\n', True),
    ],
    ids=["one way", "two ways to the header", "another way"],
)
def test_what_the_header_in_front_says_wherever_it_is_included(
    more: str, is_refused: bool, tmp_path: Path
) -> None:
    """The definition in front of an include holds there, under whatever condition both come."""
    planted = f'#ifdef LINKED\n#include "link.h"\n#endif\n{more}'
    root = tree_with(tmp_path, planted)
    (root / "drv/link.h").write_text(LINK_HEADER)
    (root / "drv/far.h").write_text('#include "link.h"\n')
    (root / "drv/links.c").write_text(LINKS)
    if is_refused:
        assert "defines the function 'foo_linked'" in refused(root)
    else:
        write(root)


HOLDER = "int foo_traced;\n\n"
OTHER = '#include "foo.h"\n\nint other(void)\n{\n\treturn foo_traced;\n}\n'


@pytest.mark.parametrize(
    ("planted", "other"),
    [
        (HOLDER, OTHER),
        (f"#ifdef TRACED\n{HOLDER}#endif\n", OTHER.replace("foo_traced", "0")),
        (HOLDER, OTHER.replace("foo.h", "more.h")),
    ],
    ids=["plain", "of a configuration", "by another header"],
)
def test_a_variable_that_the_program_has_twice_already(
    planted: str, other: str, tmp_path: Path
) -> None:
    """Another file of the module includes the header as well: one more is no fault."""
    root = tree_with(tmp_path, planted)
    (root / "drv/other.c").write_text(other)
    (root / "drv/more.h").write_text('#include "foo.h"\n')
    write(root)
    sources = ["drv/foo.c", "drv/main.c", "drv/other.c"]
    flags = ["-std=gnu11", "-fcommon", "-shared", "-fPIC", "-DTRACED", "-o", "foo.so"]
    caller = (root / "drv/foo.c").read_text().replace("*to_cell(&unit, 0)", "unit")
    (root / "drv/foo.c").write_text(caller)
    compile_well(["gcc", *flags, *sources], root)


MESON = "shared_library('foo', 'foo.c', 'other.c')\n"
EXPORTED = "GEN_VAR int foo_traced;\nstruct cell { char a; } GEN_OLD;\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("meson.build", MESON),
        ("meson.build", "sources = files(\n  'foo.c',\n  'other.c',\n)\n"),
        ("CMakeLists.txt", "add_library(foo foo.c other.c)\n"),
        ("build.info", "SOURCE[foo]=foo.c other.c\n"),
    ],
)
def test_what_other_builds_link_beside_it(name: str, text: str, tmp_path: Path) -> None:
    """A macro that no file of the tree defines makes it `extern`: it comes with the build."""
    root = tree_with(tmp_path, EXPORTED, SOURCE)
    (root / "drv/Makefile").unlink()
    (root / "drv" / name).write_text(text)
    (root / "drv/other.c").write_text(OTHER)
    write(root)
    compile_well(
        ["gcc", "-fsyntax-only", "-DGEN_VAR=extern", "-DGEN_OLD=", "drv/foo.c", "drv/main.c"], root
    )


def test_a_table_that_a_header_declares_by_such_a_macro(tmp_path: Path) -> None:
    """The source defines it for all files, so that the header does not make it static."""
    source = SOURCE.replace("static struct ops foo_ops", "struct ops foo_ops")
    root = tree_with(tmp_path, "struct ops;\nGEN_VAR struct ops foo_ops;\n", source)
    (root / "drv/other.c").write_text(OTHER.replace("foo_traced", "0"))
    write(root)


@pytest.mark.parametrize(
    ("planted", "files"),
    [
        (HOLDER, {"drv/other.c": "int other;\n"}),
        (HOLDER, {"drv/other.c": OTHER, "drv/Makefile": "obj-m += foo.o other.o\n"}),
        (HOLDER.replace(";", " = 1;"), {"drv/other.c": OTHER}),
        (
            f"#ifdef HOLDER\n{HOLDER}#else\nextern {HOLDER}#endif\n",
            {"drv/other.c": "#define HOLDER\n" + OTHER},
        ),
    ],
    ids=["nowhere else", "in another module", "with a value", "the other file decides"],
)
def test_a_variable_that_the_program_has_once(
    planted: str, files: dict[str, str], tmp_path: Path
) -> None:
    root = tree_with(tmp_path, planted)
    for path, text in files.items():
        (root / path).write_text(text)
    assert "VT049" in refused(root)


STATE = "#ifndef NO_STATE\nstatic int state;\n#endif\n"
LEFT_OUT = {
    "by what the source undefines": ('#include "set.h"\n#undef NO_STATE\n', "#define NO_STATE\n"),
    "on another system": ('#include "set.h"\n', "#ifdef _WIN32\n#define NO_STATE\n#endif\n"),
    "in one branch": (
        '#include "set.h"\n',
        "#ifdef B\n#define NO_STATE\n#else\n#define OTHER\n#endif\n",
    ),
    "and undefined": ('#include "set.h"\n', "#define NO_STATE\n#undef NO_STATE\n"),
    "in each configuration": ('#include "set.h"\n', "#define NO_STATE\n"),
}


@pytest.mark.parametrize("case", LEFT_OUT)
def test_what_the_table_uses_is_never_taken_for_left_out(case: str, tmp_path: Path) -> None:
    """Main would have a copy of its own, silently."""
    include, text = LEFT_OUT[case]
    source = SOURCE.replace('#include "foo.h"\n', f'{include}#include "foo.h"\n')
    source = source.replace("\t.open", "\t.data = &state,\n\t.open")
    root = tree_with(tmp_path, STATE, source)
    (root / "drv/set.h").write_text(text)
    assert "VT049" in refused(root)


@pytest.mark.parametrize(
    ("planted", "other"),
    [
        (f"#ifndef EXTERN\n#define EXTERN extern\n#endif\nEXTERN {HOLDER}", OTHER),
        (
            HOLDER,
            "#ifdef WITH\n" + OTHER.replace("\n\n", "\n#endif\n", 1).replace("foo_traced", "0"),
        ),
    ],
    ids=["a macro makes it extern", "the other file includes it in one configuration"],
)
def test_a_variable_that_the_program_may_have_once(
    planted: str, other: str, tmp_path: Path
) -> None:
    root = tree_with(tmp_path, planted)
    (root / "drv/other.c").write_text(other)
    source = (root / "drv/foo.c").read_text()
    define = "#define EXTERN\n" if "EXTERN" in planted else ""
    (root / "drv/foo.c").write_text(source.replace("#include", define + "#include", 1))
    assert "VT049" in refused(root)
