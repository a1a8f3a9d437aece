"""What the new files need from the source file comes along, and what cannot is refused."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from test_planning import changed, includes, lines

from compiled_trees import check_split
from how_many import mostly_slow
from trees import refused, small_tree, write

pytestmark = pytest.mark.slow

needs_gcc = pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")

INCLUDE = '#include "foo.h"\n'
TABLE = "static struct ops foo_ops = {\n"
DATA = "\t.free = foo_free_unit,\n"
OPEN = "static int foo_open(int unit)\n{\n\treturn unit;\n}\n"
OWN = """\
/* how to open */
struct own_ops {
	int (*open)(int unit);
	int (*free)(int unit);
	int number;
};
"""


class Case(NamedTuple):
    """Replacements in the small tree's source; what header and main have to hold then, in order."""

    name: str
    pairs: list[tuple[str, str]]
    header: list[str]
    main: Sequence[str] = ()
    stays: Sequence[str] = ()


def above_table(text: str) -> tuple[str, str]:
    return TABLE, f"{text}\n{TABLE}"


def entry(text: str) -> tuple[str, str]:
    return DATA, f"{DATA}\t{text},\n"


def above_open(text: str) -> tuple[str, str]:
    return OPEN, f"{text}\n{OPEN}"


USE = ("return foo_open(unit);", "return foo_open(unit + FOO_USED);")

CASES = [
    Case(
        "type of the table, with its comment",
        [above_open(OWN), (TABLE, TABLE.replace("ops foo", "own_ops foo"))],
        ["/* how to open */", "struct own_ops {", "\tint number;", "};", "int foo_open("],
    ),
    Case(
        "type that only the table uses",
        [
            above_table(OWN),
            (TABLE, TABLE.replace("ops foo", "own_ops foo")),
            ("return foo_ops.open(1);", "return 0;"),
        ],
        ["int foo_open("],
        ["/* how to open */", "struct own_ops {", "static struct own_ops bar_ops"],
    ),
    Case(
        "what a type is made of, in the source's order",
        [
            above_open(
                "#define N 2\nenum color { RED, BLUE = N };\ntypedef int unit_t;\n"
                "struct part { enum color c[BLUE]; };\nstruct no { int x; };\n"
                "struct own { struct part p; unit_t u; struct no *no; };\n"
            ),
            entry(".number = sizeof(struct own)"),
            ("return unit;", "struct own own = { .u = unit };\n\n\treturn own.u;"),
        ],
        ["#define N 2", "enum color {", "typedef int unit_t;", "struct part {", "struct own {"],
        [],
        ["struct no { int x; };"],
    ),
    Case(
        "enumerator that both use",
        [above_open("enum { FOO_USED = 2, FOO_MORE };\n"), USE, entry(".number = FOO_MORE")],
        ["enum { FOO_USED = 2, FOO_MORE };"],
    ),
    Case(
        "type of a parameter",
        [
            above_open("typedef int unit_t;\n"),
            ("foo_open(int unit)", "foo_open(unit_t unit)"),
        ],
        ["typedef int unit_t;", "int foo_open(unit_t unit);"],
    ),
    Case(
        "type behind a pointer stays and is declared forward",
        [
            above_open("struct own { int x; };\n"),
            ("(int unit)\n{\n\treturn unit", "(struct own *unit)\n{\n\treturn unit->x"),
            ("\t.open = foo_open", "\t.data = foo_open"),
            ("foo_open(unit);", "unit;"),
            ("foo_ops.open(1)", "foo_ops.free(1)"),
        ],
        ["struct own;", "int foo_open(struct own *unit);"],
        [],
        ["struct own { int x; };"],
    ),
    Case(
        "type of an object whose address is taken stays",
        [above_open("static struct own { int x; } a;\n"), entry(".number = 1")],
        [],
        [],
        ["static struct own { int x; } a;"],
    ),
    Case(
        "object of a type of the source",
        [
            above_open("struct own { int x; };\nstatic struct own foo_own = { 1 };\n"),
            entry(".data = &foo_own"),
        ],
        ["struct own;", "extern struct own foo_own;"],
        [],
        ["struct own { int x; };"],
    ),
    Case(
        "cast to a pointer",
        [above_open("struct own { int x; };\n"), entry(".data = (struct own *)0")],
        [],
        [],
        ["struct own { int x; };"],
    ),
    Case(
        "prototype in a type names a tag",
        [
            above_open(
                "struct later;\nstruct own { int (*f)(struct later *l); int n; };\n"
                "struct later { struct own o; };\n"
            ),
            entry(".number = sizeof(struct own)"),
            ("return unit;", "struct later l = { { .n = unit } };\n\n\treturn l.o.n;"),
        ],
        ["struct later;", "struct own {"],
        [],
        ["struct later { struct own o; };"],
    ),
    Case(
        "type of two branches",
        [
            above_open(
                "#ifdef A\nstruct own { int x; };\n#else\nstruct own { int x, y; };\n#endif\n"
            ),
            entry(".number = sizeof(struct own)"),
            ("return unit;", "struct own own = { unit };\n\n\treturn own.x;"),
        ],
        ["#ifdef A", "struct own { int x; };", "#ifndef A", "struct own { int x, y; };", "#endif"],
    ),
    Case(
        "macro of an #if around a function",
        [
            (INCLUDE, f"{INCLUDE}\n#ifndef A\n#define FOO_ON\n#endif\n"),
            ("static int foo_free", "#ifdef FOO_ON\nstatic int foo_free"),
            ("return foo_open(unit);\n}\n", "return foo_open(unit);\n}\n#endif\n"),
            (DATA, f"#ifdef FOO_ON\n{DATA}#endif\n"),
        ],
        ["#ifndef A", "#define FOO_ON", "#endif", "#ifdef FOO_ON", "int foo_free_unit("],
        ["#ifdef FOO_ON"],
    ),
    Case(
        "size of an array",
        [
            above_open("static const int foo_list[] = { 1, 2, 3 };\n"),
            entry(".data = foo_list"),
            ("\t.data", "\t.number = sizeof(foo_list) / sizeof(foo_list[0]),\n\t.data"),
        ],
        ["extern const int foo_list[3];"],
        [],
        ["const int foo_list[] = { 1, 2, 3 };"],
    ),
    Case(
        "macro of a member's name, defined behind the type",
        [
            above_open("struct own { int first; };\n#define first 1\n"),
            entry(".number = sizeof(struct own)"),
            ("return unit;", "struct own own = { unit };\n\n\treturn sizeof(own) + first;"),
        ],
        ["struct own { int first; };"],
        [],
        ["#define first 1"],
    ),
    Case(
        "type with a macro and an #if inside",
        [
            above_open(
                "#define FOO_TAIL int tail;\nstruct own {\n\tint x;\n#define OWN_Y 4\n"
                "#ifdef A\n\tint y;\n#endif\n\tFOO_TAIL\n};\n"
            ),
            entry(".number = sizeof(struct own)"),
            ("return unit;", "struct own own = { .x = OWN_Y };\n\n\treturn own.x + unit;"),
        ],
        ["#define FOO_TAIL", "struct own {", "#define OWN_Y 4", "#ifdef A", "\tFOO_TAIL"],
    ),
]


def in_order(root: Path, path: str, wanted: Sequence[str]) -> None:
    text = (root / path).read_text()
    at = 0
    for piece in wanted:
        assert text.find(piece, at) >= 0, f"{piece} is not, or not there, in\n{text}"
        at = text.find(piece, at) + 1


@needs_gcc
@pytest.mark.parametrize("case", mostly_slow(CASES, 12), ids=[case.name for case in CASES])
def test_what_comes_along(case: Case, tmp_path: Path) -> None:
    root = small_tree(tmp_path, {"drv/foo.c": changed(*case.pairs)})
    check_split(root)
    in_order(root, "drv/foo_ops.h", case.header)
    in_order(root, "drv/main.c", case.main)
    in_order(root, "drv/foo.c", case.stays)
    source = (root / "drv/foo.c").read_text()
    moved = [piece for piece in case.header if piece.startswith(("struct own {", "enum ", "#def"))]
    assert not [piece for piece in moved if piece in source]


REFUSED = [
    (
        "objects with their type",
        [above_open("struct own { int x; } own, more;\n"), entry(".number = sizeof(struct own)")],
        "VT045",
        "it is declared together with 'own'",
    ),
    (
        "type that an #if cuts",
        [
            above_open(
                "#ifdef A\nstruct own {\n\tint y;\n#else\nstruct own {\n#endif\n\tint x;\n};\n"
            ),
            entry(".number = sizeof(struct own)"),
        ],
        "VT0",
        "struct own",
    ),
    (
        "type measured by an object",
        [
            above_open("static int list[4];\nstruct own { char x[sizeof(list)]; };\n"),
            entry(".number = sizeof(struct own)"),
        ],
        "VT045",
        "'list' in it is not a constant from a header",
    ),
    (
        "macro of a type that changes",
        [
            above_open("#define N 2\nstruct own { char x[N]; };\n#undef N\n"),
            entry(".number = sizeof(struct own)"),
        ],
        "VT043",
        "macro 'N'",
    ),
    (
        "macro inside of a type, used above it",
        [
            above_open("struct own {\n\tint a;\n#define unit a\n};\n"),
            (INCLUDE, f"{INCLUDE}\nint twice(int unit);\n"),
            entry(".number = sizeof(struct own)"),
            ("foo_free_unit(int unit)", "foo_free_unit(int u)"),
            ("foo_open(unit)", "foo_open(u)"),
        ],
        "VT043",
        "'struct own' moves up with macro 'unit' inside it",
    ),
    (
        "size that cannot be counted",
        [
            above_open("static const int foo_list[] = { [sizeof(int)] = 1 };\n"),
            entry(".number = sizeof(foo_list), .data = foo_list"),
        ],
        "VT028",
        "cannot count its elements",
    ),
]


@pytest.mark.parametrize(
    ("pairs", "code", "says"), [c[1:] for c in REFUSED], ids=[c[0] for c in REFUSED]
)
def test_what_cannot_come_along(
    pairs: list[tuple[str, str]], code: str, says: str, tmp_path: Path
) -> None:
    said = refused(small_tree(tmp_path, {"drv/foo.c": changed(*pairs)}))
    assert f"error[{code}" in said
    assert says in said


def test_header_goes_behind_one_that_has_the_name(tmp_path: Path) -> None:
    """What was defined below an include must not come to stand above it."""
    files = {
        "drv/foo.c": changed(
            (INCLUDE, '#include "foo.h"\n#include "z.h"\n\n#define LIMIT 3\n'),
            entry(".number = LIMIT"),
            ("return unit;", "return LIMIT;"),
        ),
        "drv/z.h": "struct limits { int LIMIT; };\n",
    }
    root = write(small_tree(tmp_path, files))
    assert includes(root, "drv/foo.c") == ['"foo.h"', '"z.h"', '"foo_ops.h"']


def test_name_that_an_includer_of_the_header_has(tmp_path: Path) -> None:
    files = {
        "drv/foo.c": changed(above_open("enum { MORE = 1 };\n"), entry(".number = MORE")),
        "drv/foo_ops.h": "#ifndef FOO_OPS_H\n#define FOO_OPS_H\n#endif\n",
        "drv/other.c": '#include "foo_ops.h"\nstatic int MORE;\n',
    }
    pairs = [("return unit;", "return MORE;")]
    files["drv/foo.c"] = changed(*pairs, text=files["drv/foo.c"])
    said = refused(small_tree(tmp_path, files))
    assert "error[VT045]: 'MORE' cannot move to the header: drv/other.c" in said


@needs_gcc
def test_types_go_above_declarations_that_are_there(tmp_path: Path) -> None:
    """A header that is there may declare, further down, what a moved type is for."""
    source = changed(
        above_open("typedef int unit_t;\n"), ("foo_open(int unit)", "foo_open(unit_t unit)")
    )
    header = "#ifndef FOO_OPS_H\n#define FOO_OPS_H\n\nint foo_free_unit(int unit);\n\n#endif\n"
    root = small_tree(tmp_path, {"drv/foo.c": source, "drv/foo_ops.h": header})
    check_split(root)
    order = [line for line in lines(root, "drv/foo_ops.h") if "unit" in line]
    assert order[0] == "typedef int unit_t;"


@needs_gcc
def test_half_done_split_with_the_type_in_the_header(tmp_path: Path) -> None:
    source = changed(above_open(OWN), (TABLE, TABLE.replace("ops foo", "own_ops foo")))
    whole = write(small_tree(tmp_path / "whole", {"drv/foo.c": source}))
    half = changed((INCLUDE, f'{INCLUDE}#include "foo_ops.h"\n'), (f"{OWN}\n", ""), text=source)
    files = {"drv/foo.c": half, "drv/foo_ops.h": f"#ifndef DRV_H\n#define DRV_H\n\n{OWN}\n#endif\n"}
    root = small_tree(tmp_path / "half", files)
    check_split(root)
    assert lines(root, "drv/main.c") == lines(whole, "drv/main.c")
    assert lines(root, "drv/foo.c") == lines(whole, "drv/foo.c")


def test_forward_declaration_with_a_comment_is_accounted_for(tmp_path: Path) -> None:
    pairs = [above_open("/* forward\n * ones */\nstatic int foo_free_unit(int unit);\n")]
    root = write(small_tree(tmp_path, {"drv/foo.c": changed(*pairs)}))
    assert "/* forward" not in lines(root, "drv/foo.c")


def test_line_that_a_diff_moves_is_accounted_for(tmp_path: Path) -> None:
    """Cost and length being equal, git shows the line between an added and a removed one so."""
    pairs = [
        (INCLUDE, "#include <stdio.h>\n\nstatic bool kept;\n\nstatic const struct ops foo_ops;\n"),
        (TABLE, TABLE.replace("static", "static const")),
    ]
    root = write(small_tree(tmp_path, {"drv/foo.c": changed(*pairs)}))
    assert "static bool kept;" in lines(root, "drv/foo.c")


def test_bool_is_a_name_of_a_header(tmp_path: Path) -> None:
    """No compiler before C23 knows the word by itself."""
    source = changed(
        (INCLUDE, '#include "types.h"\n#include "foo.h"\n'),
        above_open("struct own { bool on; };\n"),
        entry(".number = sizeof(struct own)"),
        ("return unit;", "struct own own = { unit };\n\n\treturn own.on;"),
    )
    files = {"drv/foo.c": source, "drv/types.h": "#pragma once\ntypedef _Bool bool;\n"}
    root = write(small_tree(tmp_path, files))
    assert includes(root, "drv/foo_ops.h") == ['"types.h"', '"foo.h"']
