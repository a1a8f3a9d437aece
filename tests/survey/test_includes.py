"""Where headers are looked for, as far as a tree tells that without being configured."""

import subprocess
from pathlib import Path

import pytest

from compiled_trees import main_with_page
from trees import HEADER, SOURCE, small_tree, write
from vtsplit.survey.headers.includes import IncludeGraph
from vtsplit.tree.source_tree import SourceTree

FILES = {"include/lib/x.h": "", "include/uapi/lib/x.h": "", "other/lib/x.h": "", "drv/foo.c": ""}
FILES["other/flags.mk"] = "include flags.mk\nCFLAGS += -O2 -I../other\n"


def resolve(root: Path, makefile: str) -> str | None:
    """Return what `<lib/x.h>` of drv/foo.c is, with this Makefile beside it."""
    for path, text in {**FILES, "drv/Makefile": makefile}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    tree = SourceTree(root)
    graph = IncludeGraph(tree.find, tree.exists, tree.listdir, "drv/foo.c")
    return graph.resolve("<", "lib/x.h", "drv/foo.c")


@pytest.mark.parametrize(
    "makefile",
    [
        "ccflags-y := -I$(srctree)/other\n",
        "ccflags-$(CONFIG_FOO) += -O2 \\\n\t-I $(srctree)/other\n",
        "CFLAGS_foo.o = -I$(srctree)/other\n",
        "override CFLAGS += -Iother\n",
        "foo.o: CPPFLAGS += -Iother\n",
        "INCLUDES = -Iother\n",
        "CFLAGS = -I../other\n",
        "CFLAGS = -I.. -I../other -I/include\n",
        "CFLAGS += -I$(abspath ../other)\n",
        "include ../other/flags.mk\n",
        "TOP = ..\n-include $(TOP)/other/flags.mk\n",
        "include $(srctree)/other/flags.mk\n",
    ],
)
def test_folder_of_a_flag_goes_first(tmp_path: Path, makefile: str) -> None:
    assert resolve(tmp_path, makefile) == "other/lib/x.h"


@pytest.mark.parametrize(
    "makefile",
    [
        "",
        "HOSTCFLAGS_gen.o += -I$(srctree)/other\n",
        "userccflags += -I $(srctree)/other\n",
        "cmd_as_o_S = $(FOOCC) -I$(srctree)/include/uapi -c -o $@ $<\n",
        "gen: gen.c\n\t$(CC) $(CFLAGS) -Iother -o $@ $<\n",
    ],
)
def test_folder_of_another_program_does_not(tmp_path: Path, makefile: str) -> None:
    assert resolve(tmp_path, makefile) == "include/lib/x.h"


def test_folder_of_the_system_is_none_of_the_tree(tmp_path: Path) -> None:
    assert resolve(tmp_path, "CFLAGS = -I/other\n") == "include/lib/x.h"
    assert resolve(tmp_path, "HERE = /other\nCFLAGS = -I$(HERE)\n") == "include/lib/x.h"


@pytest.mark.parametrize(
    ("line", "flags", "found"),
    [
        ("include ../flags.mk", "CFLAGS += -I../other\n", "other"),
        ("-include ../flags.mk", "include ../flags.mk\nCFLAGS += -I../other\n", "other"),
        ("include ../next.mk", "CFLAGS += -I../other\n", "other"),
        ("include ../flags.mk", "HOSTCFLAGS += -I../other\n", "include"),
        ("include ../../flags.mk", "CFLAGS += -I../other\n", "include"),
        ("include /flags.mk", "CFLAGS += -I../other\n", "include"),
        ("# include ../flags.mk", "CFLAGS += -I../other\n", "include"),
    ],
)
def test_flags_of_a_file_that_the_makefile_includes(
    tmp_path: Path, line: str, flags: str, found: str
) -> None:
    """Its paths are seen from the folder of the Makefile, where make runs."""
    (tmp_path / "flags.mk").write_text(flags)
    (tmp_path / "next.mk").write_text("include ../flags.mk\n")
    assert resolve(tmp_path, f"{line}\n") == f"{found}/lib/x.h"


def test_folder_of_a_recipe_goes_last(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "far/y.h").touch()
    resolve(tmp_path, "foo.o: foo.c\n\t$(CC) -Ifar -c $<\n")
    tree = SourceTree(tmp_path)
    graph = IncludeGraph(tree.find, tree.exists, tree.listdir, "drv/foo.c")
    assert graph.resolve("<", "y.h", "drv/foo.c") == "far/y.h"


@pytest.mark.parametrize(
    ("includes", "arch"),
    [
        ("#include <asm/bus.h>\n", "x86"),
        ("#include <asm/bus.h>\n#include <asm/wide.h>\n", "x86"),
        ("#include <asm/bus.h>\n#include <asm/odd.h>\n", "sparc"),
        ('#include <asm/bus.h>\n#include "foo.h"\n', "sparc"),
        ("#include <asm/bus.h>\n#ifdef CONFIG_ODD\n#include <asm/odd.h>\n#endif\n", "x86"),
    ],
)
def test_architecture_is_one_that_has_what_is_included(
    tmp_path: Path, includes: str, arch: str
) -> None:
    """A header under `#if` tells nothing, nor one that other architectures get from asm-generic."""
    headers = ("x86/include/asm/bus.h", "sparc/include/asm/bus.h", "sparc/include/uapi/asm/odd.h")
    files = {"include/asm-generic/wide.h": "", "drv/foo.h": "#include <asm/odd.h>\n"}
    files["drv/foo.c"] = includes
    files |= {f"arch/{path}": "" for path in (*headers, "arm/include/asm/bus.h")}
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    tree = SourceTree(tmp_path)
    graph = IncludeGraph(tree.find, tree.exists, tree.listdir, "drv/foo.c")
    assert graph.resolve("<", "asm/bus.h", "drv/foo.c") == f"arch/{arch}/include/asm/bus.h"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("asm/wide.h", "include/asm-generic/wide.h"),
        ("asm/old.h", "include/uapi/asm-generic/old.h"),
        ("asm/near.h", "arch/x86/include/asm/near.h"),
        ("asm/odd.h", "arch/arm/include/asm/odd.h"),
        ("asm/none.h", None),
    ],
)
def test_generic_header_comes_before_that_of_another_architecture(
    tmp_path: Path, header: str, expected: str | None
) -> None:
    generic = ["include/asm-generic/wide.h", "include/asm-generic/near.h"]
    own = [f"arch/arm/include/asm/{name}.h" for name in ("wide", "old", "odd", "near")]
    paths = [*generic, "include/uapi/asm-generic/old.h", *own, "arch/x86/include/asm/near.h"]
    for path in (*paths, "drv/foo.c"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    tree = SourceTree(tmp_path)
    graph = IncludeGraph(tree.find, tree.exists, tree.listdir, "drv/foo.c")
    assert graph.resolve("<", header, "drv/foo.c") == expected


@pytest.mark.parametrize(
    ("makefile", "text"),
    [
        ("Makefile", "LINUXINCLUDE := -Iinclude \\\n\t-include $(srctree)/include/all.h\n"),
        ("scripts/Makefile.lib", "c_flags = -include $(srctree)/include/all.h $(more)\n"),
        ("drv/Makefile", "CFLAGS_foo.o += -include $(src)/../include/all.h\n"),
    ],
)
def test_headers_that_the_compiler_is_told_to_include(
    tmp_path: Path, makefile: str, text: str
) -> None:
    missing = "-include include/config/auto.h\n-include rules.mk\n"
    for path, content in {makefile: text + missing, "include/all.h": "", "drv/foo.c": ""}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(content)
    tree = SourceTree(tmp_path)
    graph = IncludeGraph(tree.find, tree.exists, tree.listdir, "drv/foo.c")
    assert graph.forced == ("include/all.h",)


def test_function_called_like_an_annotation_is_no_name_to_include(tmp_path: Path) -> None:
    source = SOURCE.replace("foo_open", "__foo_init").replace(".__foo_init =", ".open =")
    root = write(small_tree(tmp_path, {"drv/foo.c": source}))
    assert "int __foo_init(int unit);\n" in (root / "drv/foo_ops.h").read_text()


@pytest.mark.parametrize(
    ("brought", "later"),
    [
        ("", ""),
        ("#ifdef FAR\n#include <lib/kinds.h>\n#endif\n", ""),
        ("", "#include <lib/kinds.h>\n"),
    ],
)
def test_header_whose_member_is_of_a_type_that_comes_before(
    tmp_path: Path, brought: str, later: str
) -> None:
    headers = {
        "include/lib/kinds.h": "#ifndef KINDS_H\n#define KINDS_H\nenum kind { ONE };\n#endif\n",
        "include/lib/state.h": f"#ifndef STATE_H\n#define STATE_H\n{brought}struct state "
        "{\n\tenum kind\n\t\t\tkind;\n};\n#endif\n",
        "include/lib/page.h": f"#ifndef PAGE_H\n#define PAGE_H\n#include <lib/state.h>\n{later}"
        "struct page { struct state state; };\n#endif\n",
    }
    both = "#include <lib/kinds.h>\n#include <lib/page.h>\n"
    assert both in main_with_page(tmp_path, headers, both)


def test_header_whose_tag_is_declared_forward_by_one_before(tmp_path: Path) -> None:
    """Named first in a prototype, it would be another type than the one defined below."""
    headers = {
        "include/lib/unit.h": "#ifndef UNIT_H\n#define UNIT_H\nstruct unit;\n#endif\n",
        "drv/page.h": "#ifndef PAGE_H\n#define PAGE_H\n"
        "struct page {\n\tint (*turn)(struct unit *unit);\n};\n"
        "struct unit {\n\tint number;\n};\n#endif\n",
    }
    main = main_with_page(tmp_path, headers, '#include <lib/unit.h>\n#include "page.h"\n')
    assert "#include <lib/unit.h>\n\n" in main


def test_header_of_which_each_file_may_have_its_own(tmp_path: Path) -> None:
    """What each may have a copy of, what only declares, and what the source file asks for."""
    kept = (
        'static const int foo_steps[] = { 1, 2 };\nstatic const char *const foo_name = "foo";\n'
        "static inline int foo_twice(int x) { return 2 * x; }\nextern int foo_count;\n"
        "OWN_BY_MACRO int foo_each(int x) { return x; }\n"
        "static int foo_own;\nstatic inline int foo_next(void) { return ++foo_own; }\n"
        "#ifdef FOO_STATE\nstatic int foo_state;\n"
        "int foo_more(void) { return foo_state; }\n#endif\n"
    )
    files = {
        "drv/foo.h": HEADER.replace("int foo_init", f"{kept}int foo_init"),
        "drv/foo.c": SOURCE.replace("#include", "#define FOO_STATE\n#include"),
    }
    root = write(small_tree(tmp_path, files))
    assert '#include "foo.h"' in (root / "drv/main.c").read_text()


@pytest.mark.parametrize("word", ["INT_MAX", "__GLIBC__", "_POSIX2_BC_BASE_MAX"])
def test_condition_on_what_a_header_of_the_system_defines(word: str, tmp_path: Path) -> None:
    """Without the header the `#if` would be false in main, and the table nowhere."""
    source = SOURCE.replace('#include "foo.h"', '#include <limits.h>\n#include "foo.h"')
    source = source.replace("static struct ops", f"#ifdef {word}\nstatic struct ops")
    source = source.replace("_unit,\n};\n", "_unit,\n};\n#endif\n")
    root = write(small_tree(tmp_path, {"drv/foo.c": source}))
    subprocess.run(["gcc", "-c", "drv/main.c", "-o", "main.o"], cwd=root, check=True)
    symbols = subprocess.run(["nm", "main.o"], cwd=root, check=True, capture_output=True, text=True)
    assert " D bar_ops" in symbols.stdout


def test_include_under_a_condition_does_not_decide_it(tmp_path: Path) -> None:
    """more.h stands under `#ifdef FOO_HAS_IT` and reaches what defines that."""
    includes = '#include "conf.h"\n#include "foo.h"\n#ifdef FOO_HAS_IT\n#include "more.h"\n#endif\n'
    source = SOURCE.replace('#include "foo.h"\n', includes)
    source = source.replace("static struct ops", "#ifdef FOO_HAS_IT\nstatic struct ops")
    source = source.replace("_unit,\n};\n", "_unit,\n};\n#endif\n")
    files = {
        "drv/foo.c": source.replace("int unit", "unit_t unit"),
        "drv/arch.h": "#ifndef ARCH_H\n#define ARCH_H\n#define FOO_HAS_IT\n#endif\n",
        "drv/conf.h": '#ifndef CONF_H\n#define CONF_H\n#include "arch.h"\n#endif\n',
        "drv/more.h": '#ifndef MORE_H\n#define MORE_H\n#include "conf.h"\n'
        "typedef int unit_t;\n#endif\n",
    }
    root = write(small_tree(tmp_path, files))
    for name in ("foo_ops.h", "main.c"):
        text = (root / "drv" / name).read_text()
        assert text.index('"conf.h"') < text.index('"more.h"' if "more" in text else "bar_ops")
    subprocess.run(["gcc", "-c", "drv/main.c", "-o", "main.o"], cwd=root, check=True)
    symbols = subprocess.run(["nm", "main.o"], cwd=root, check=True, capture_output=True, text=True)
    assert " D bar_ops" in symbols.stdout


def test_header_with_a_type_whose_body_is_a_macro(tmp_path: Path) -> None:
    """`struct x BODY;` looks like a variable called BODY; gcc says that it is a type."""
    types = (
        "#define FOO_BODY { \\\n\tint unit; \\\n}\nstruct foo_unit FOO_BODY;\n"
        "struct foo_packed FOO_BODY __attribute__((packed));\n"
    )
    source = SOURCE.replace("return unit;", "struct foo_unit it = { unit };\n\treturn it.unit;")
    files = {
        "drv/foo.h": HEADER.replace("int foo_init", f"{types}int foo_init"),
        "drv/foo.c": source,
    }
    root = write(small_tree(tmp_path, files))
    assert '#include "foo.h"' in (root / "drv/main.c").read_text()
    subprocess.run(["gcc", "-Wall", "-Werror", "-fsyntax-only", "drv/main.c"], cwd=root, check=True)


def test_header_that_one_of_its_own_includes_comes_too_late_for(tmp_path: Path) -> None:
    headers = {
        "include/lib/types.h": "#ifndef TYPES_H\n#define TYPES_H\ntypedef int unit_t;\n#endif\n",
        "drv/early.h": "#ifndef EARLY_H\n#define EARLY_H\nstruct early { unit_t unit; };\n#endif\n",
        "drv/page.h": '#ifndef PAGE_H\n#define PAGE_H\n#include "early.h"\n#include <lib/types.h>\n'
        "struct page { struct early early; };\n#endif\n",
    }
    main = main_with_page(tmp_path, headers, '#include <lib/types.h>\n#include "page.h"\n')
    assert "#include <lib/types.h>\n\n" in main


def test_header_behind_a_define_that_has_nothing_to_do_with_it(tmp_path: Path) -> None:
    source = SOURCE.replace(
        '#include "foo.h"', '#include <lib/x.h>\n#define NAME "x"\n#include "foo.h"'
    )
    root = write(small_tree(tmp_path, {"drv/foo.c": source, "include/lib/x.h": ""}))
    assert '#include "foo.h"\n' in (root / "drv/main.c").read_text()
    assert "lib/x.h" not in (root / "drv/main.c").read_text()
