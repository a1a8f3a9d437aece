"""C that is easily split wrongly: it compiles after the split as before, or is refused."""

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from compiled_trees import check_split
from how_many import mostly_slow
from trees import SOURCE, SPEC, small_tree, snapshot, split

pytestmark = pytest.mark.slow

needs_gcc = pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")

TABLE = "static struct ops foo_ops = {\n"
OPEN = "static int foo_open(int unit)\n{\n\treturn unit;\n}\n"
INCLUDE = '#include "foo.h"\n'
FREES = "return foo_open(unit);"
CALL = "return foo_ops.open(1);"
RENAMING = SPEC + '[rename]\nfoo_open = "foo_unit_open"\n'


class Trap(NamedTuple):
    """What stands in the small tree's source in the place of something else."""

    name: str
    replaced: dict[str, str]
    spec: str = RENAMING

    def plant(self, root: Path) -> Path:
        text = SOURCE
        for old, new in self.replaced.items():
            assert old in text
            text = text.replace(old, new)
        return small_tree(root, {"drv/foo.c": text, "vtsplit.toml": self.spec})


def entry(text: str) -> dict[str, str]:
    return {"\t.free": f"\t{text},\n\t.free"}


def before_table(text: str) -> dict[str, str]:
    return {TABLE: f"{text}\n{TABLE}"}


SHADOWS = [
    Trap("variable", {FREES: "int foo_open = unit;\n\n\treturn foo_open;"}),
    Trap(
        "parameter",
        {
            "foo_free_unit(int unit)": "foo_free_unit(int foo_open)",
            FREES: "return foo_open;",
        },
    ),
    Trap(
        "loop",
        {
            FREES: "for (int foo_open = 0; foo_open < 3; foo_open++)\n\t\tunit += foo_open;\n"
            "\treturn foo_open(unit);"
        },
    ),
    Trap("block", {FREES: "{ int foo_open = 1; unit += foo_open; }\n\treturn foo_open(unit);"}),
    Trap("enumerator", {FREES: "enum { foo_open = 3 };\n\n\treturn foo_open + unit;"}),
    Trap("typedef", {FREES: "typedef int foo_open;\n\tfoo_open twin = unit;\n\n\treturn twin;"}),
    Trap("own declaration", {FREES: "int foo_open(int x);\n\n\treturn foo_open(unit);"}),
    Trap("label", {FREES: "goto foo_open;\nfoo_open:\n\treturn foo_open(unit);"}),
    Trap(
        "address of label",
        {FREES: "void *at = &&foo_open;\n\n\tgoto *at;\nfoo_open:\n\treturn foo_open(unit);"},
    ),
    Trap(
        "case",
        {
            FREES: "switch (unit) {\n\tcase 1: foo_open(1);\n\tdefault: foo_open(2);\n\t}\n\t"
            + FREES
        },
    ),
    Trap(
        "member and tag",
        before_table("struct foo_open { int foo_open; };\n")
        | {CALL: "struct foo_open it = { .foo_open = 1 };\n\n\treturn foo_ops.open(it.foo_open);"},
    ),
    Trap(
        "offsetof",
        {
            INCLUDE: f"#include <stddef.h>\n{INCLUDE}\nstruct own {{ int a, foo_open; }};\n",
            CALL: "return foo_ops.open(offsetof(struct own, foo_open));",
        },
    ),
    Trap("table's name", {CALL: "struct ops foo_ops = { 0 };\n\n\t" + CALL}),
]

REFERENCES = [
    Trap("constant table", {TABLE: TABLE.replace("static", "static const")}),
    Trap("positional entries", {"\t.open = ": "\t", "\t.free = ": "\t"}),
    Trap("condition", {"= foo_open": "= sizeof(long) == 8 ? foo_open : foo_free_unit"}),
    Trap("address of function", {"= foo_open": "= &foo_open"}),
    Trap("compound literal", entry(".data = &(struct ops){ .open = foo_open }")),
    Trap("the table itself", entry(".data = &foo_ops")),
    Trap(
        "string",
        before_table('static const char foo_name[] = "x";\n') | entry(".data = foo_name"),
    ),
    Trap("tentative array", before_table("static int foo_data[2];\n") | entry(".data = foo_data")),
    Trap(
        "matrix",
        before_table("static int foo_rows[][2] = { { 1, 2 }, { 3 } };\n")
        | entry(".data = foo_rows[1]"),
    ),
    Trap(
        "array of functions",
        before_table("static int (*const foo_list[])(int) = { foo_open };\n")
        | entry(".data = foo_list"),
    ),
    Trap(
        "nested macros",
        before_table("#define ONE 1\n#define FOO_N (ONE + 2)\n")
        | entry(".number = FOO_N")
        | {CALL: "return foo_ops.open(ONE);"},
    ),
    Trap(
        "macro for a function",
        before_table("#define OPENER foo_open\n") | {"= foo_open": "= OPENER"},
    ),
    Trap(
        "macro of the C library",
        {INCLUDE: f"#include <limits.h>\n{INCLUDE}"} | entry(".number = INT_MAX"),
    ),
    Trap(
        "function returns function",
        before_table("static int (*foo_get(int x))(int)\n{\n\treturn foo_open;\n}\n")
        | entry(".data = foo_get"),
    ),
    Trap(
        "macro of two branches for an entry",
        before_table("#ifdef A\n#define OPENS\n#else\n#define OPENS .open = foo_open,\n#endif\n")
        | {"\t.open = foo_open,\n": "\tOPENS\n"},
    ),
    Trap(
        "macro that uses the table and pastes its name",
        {
            INCLUDE: INCLUDE
            + "#define START(x) static int x##_start(void) { return x.open(1); }\n",
            "int foo_init": "START(foo_ops)\n\nint foo_init",
            CALL: "return foo_ops_start();",
        },
        SPEC.replace('"bar_ops"', '"foo_ops"'),
    ),
    Trap(
        "macro that a macro call uses too",
        {
            INCLUDE: INCLUDE
            + '#define SHOWN(n) static const char shown[] = n;\n#define FOO_NAME "foo"\n',
            "int foo_init": "SHOWN(FOO_NAME)\n\nint foo_init",
        }
        | entry(".data = FOO_NAME"),
    ),
    Trap(
        "entry that is never compiled",
        entry(".number = 1,\n#if 0\n\t.data = foo_nowhere,\n#endif\n\t.data = 0"),
    ),
    Trap("function under #if", {OPEN: f"#ifndef A\n{OPEN}#endif\n"}),
    Trap("other order", {"static int foo_open": "int static foo_open"}),
    Trap("old designators", {".open = ": "open: ", ".free = ": "free: "}),
    Trap("braces in strings", {"return unit;": "return unit + \"}{\"[0] + '{';"}),
    Trap("apostrophe in a comment", {"return unit;": "/* don't { */\n\treturn unit;"}),
    Trap("another thing on its line", {"foo_free_unit,\n};": "foo_free_unit,\n}; int foo_more;"}),
]

# Not splittable as they stand, or not easily: split right or refused.
TRICKY = {
    "new name is a local's": Trap(
        "", {FREES: "int foo_unit_open = 2;\n\n\treturn foo_open(foo_unit_open);"}
    ),
    "new name is a parameter's": Trap(
        "",
        {
            "foo_free_unit(int unit)": "foo_free_unit(int foo_unit_open)",
            FREES: "return foo_open(foo_unit_open);",
        },
    ),
    "new name of a table is a local's": Trap(
        "", {CALL: "int bar_ops = 1;\n\n\treturn foo_ops.open(bar_ops);"}
    ),
    "static by its forward declaration": Trap(
        "", {OPEN: f"static int foo_open(int unit);\n\n{OPEN.replace('static ', '')}"}, SPEC
    ),
    "size by a macro": Trap(
        "",
        {
            INCLUDE: f"{INCLUDE}\n#define COUNT(a) (sizeof(a) / sizeof((a)[0]))\n",
            TABLE: TABLE.replace("foo_ops = {", "foo_ops[] = { {"),
            "foo_free_unit,\n};": "foo_free_unit,\n} };",
            CALL: "return foo_ops[0].open(COUNT(foo_ops));",
        },
    ),
    "tables in a circle": Trap(
        "",
        before_table(
            "static struct ops foo_ops;\nstatic struct ops foo2_ops = { .data = &foo_ops };\n"
        )
        | entry(".data = &foo2_ops")
        | {CALL: "return foo2_ops.number;"},
        SPEC + 'foo2_ops = "bar2_ops"\n',
    ),
    "static by a macro": Trap(
        "",
        {
            INCLUDE: f"{INCLUDE}\n#define STATIC static\n",
            "static int foo_open": "STATIC int foo_open",
        },
    ),
    "function type by typedef": Trap(
        "", {OPEN: f"typedef int open_fn(int);\nstatic open_fn foo_open;\n\n{OPEN}"}, SPEC
    ),
    "assertion about the table": Trap(
        "", {"int foo_init": '_Static_assert(sizeof(foo_ops) > 4, "x");\n\nint foo_init'}
    ),
    "macro of two branches": Trap(
        "",
        before_table("#ifdef A\n#define FOO_N 3\n#else\n#define FOO_N 4\n#endif\n")
        | entry(".number = FOO_N"),
    ),
    "table of two branches": Trap(
        "",
        {TABLE: f"#ifdef A\n{TABLE}\t.open = foo_open,\n}};\n#else\n{TABLE}"}
        | {"foo_free_unit,\n};": "foo_free_unit,\n};\n#endif"},
    ),
    "attribute of the table": Trap(
        "", {TABLE: TABLE.replace("foo_ops", 'foo_ops __attribute__((section(".own")))')}
    ),
}


@needs_gcc
@pytest.mark.parametrize("trap", SHADOWS, ids=[trap.name for trap in SHADOWS])
def test_another_thing_of_that_name(trap: Trap, tmp_path: Path) -> None:
    check_split(trap.plant(tmp_path))


@needs_gcc
@pytest.mark.parametrize(
    "trap", mostly_slow(REFERENCES, 10), ids=[trap.name for trap in REFERENCES]
)
def test_entries_and_definitions(trap: Trap, tmp_path: Path) -> None:
    check_split(trap.plant(tmp_path))


@needs_gcc
@pytest.mark.parametrize("trap", TRICKY.values(), ids=TRICKY)
def test_right_or_refused(trap: Trap, tmp_path: Path) -> None:
    root = trap.plant(tmp_path)
    before = snapshot(root)
    result = split(root)
    if result.exit_code == 2 and "error[VT09" not in result.stderr and "VT044" not in result.stderr:
        assert snapshot(root) == before
        assert "  --> drv/foo.c:" in result.stderr or "/vtsplit.toml:" in result.stderr
        return
    check_split(root)


def test_a_name_is_looked_for_where_an_entry_is_compiled(tmp_path: Path) -> None:
    dead = ".number = 1,\n#if 0\n\t.data = foo_nowhere,\n#endif\n"
    root = Trap("", entry(f"{dead}\t.data = foo_nowhere")).plant(tmp_path)
    result = split(root)
    assert result.exit_code == 2
    assert "cannot tell where 'foo_nowhere' comes from" in result.stderr


@needs_gcc
def test_a_new_header_does_not_share_its_guard(tmp_path: Path) -> None:
    root = Trap("", {INCLUDE: f'#include "old/foo-ops.h"\n{INCLUDE}'}).plant(tmp_path)
    (root / "drv/old").mkdir()
    (root / "drv/old/foo-ops.h").write_text(
        "#ifndef FOO_OPS_H\n#define FOO_OPS_H\nint old;\n#endif\n"
    )
    check_split(root)
    assert (root / "drv/foo_ops.h").read_text().splitlines()[1] == "#ifndef __DRV_FOO_OPS_H"


@needs_gcc
def test_a_macro_is_set_before_it_gets_a_default(tmp_path: Path) -> None:
    includes = '#include "set.h"\n#include "sys.h"\n'
    source = {INCLUDE: includes + INCLUDE, "foo_open(int unit)": "foo_open(unit_t unit)"}
    root = Trap("", source).plant(tmp_path)
    default = "#ifndef fmt\n#define fmt(x) x\n#endif\n"
    (root / "drv/sys.h").write_text(f"#pragma once\n{default}typedef int unit_t;\n")
    (root / "drv/set.h").write_text('#pragma once\n#define fmt(x) "foo" x\n')
    header = (root / "drv/foo.h").read_text()
    (root / "drv/foo.h").write_text(header.replace("struct ops", '#include "set.h"\nstruct ops', 1))
    check_split(root)
    new = (root / "drv/foo_ops.h").read_text()
    assert new.index("set.h") < new.index("sys.h")
