"""Entries in every form that C allows: by position, made by macros, macros that are functions."""

from pathlib import Path

import click.testing
import pytest

from dispatch_trees import (
    MEMBERS,
    SPEC,
    both_ways,
    compile_all,
    dispatch_tree,
    function,
    main_of,
    table_of,
    wrapper_of,
)
from how_many import mostly_slow
from trees import refused, split, write
from vtsplit.cli import main as command

pytestmark = pytest.mark.slow

OPEN = function("static int foo_open(struct unit *unit)")
CLOSE = function("static void foo_close(struct unit *unit, int how)", "\tunit->id = how;\n")
RESET = function("static int foo_reset(void)")
BOTH = f"{OPEN}\n{CLOSE}"
CLOSE_TOO = function("void qux_close(struct unit *unit, int how)", "\tunit->id = how + 1;\n")
SECOND = function("int qux_open(struct unit *unit)") + f"\n{CLOSE_TOO}"

# Entries, macros above the functions, what the table becomes.
SERVED = {
    "by position": ("\tfoo_open, foo_close,\n", "", "\tbar_open, bar_close,"),
    "behind a designator": (
        "\t.open = NULL, foo_close,\n",
        "",
        "\t.open = NULL, bar_close,",
    ),
    "out of order": (
        "\t.close = foo_close, foo_reset, .open = foo_open,\n",
        "",
        "\t.close = bar_close, foo_reset, .open = bar_open,",
    ),
    "two of a macro's arguments": (
        "\tOPS(foo_close, foo_open),\n",
        "#define OPS(c, o) .close = c, .open = (o)\n",
        "\tOPS(bar_close, bar_open),",
    ),
    "a macro with the comma, and another entry behind it": (
        "\tOPS(foo_open)\n\t.close = foo_close,\n",
        "#define OPS(f) .open = f,\n",
        "\tOPS(bar_open)\n\t.close = bar_close,",
    ),
    "a macro of a macro": (
        "\tOUTER(foo_open, foo_close),\n",
        "#define SET(m, f) .m = f\n#define OUTER(f, ...) SET(open, f), SET(close, __VA_ARGS__)\n",
        "\tOUTER(bar_open, bar_close),",
    ),
    "positions by a macro": (
        "\tPAIR(foo_open, foo_close), .number = 1,\n",
        "#define PAIR(a, b) a, b\n",
        "\tPAIR(bar_open, bar_close), .number = 1,",
    ),
    "a macro round a value": (
        "\t.open = PTR_IF(X, foo_open),\n\tPTR_IF(X, foo_close),\n",
        "#define X 1\n#define PTR_IF(c, f) ((c) ? (f) : NULL)\n",
        "\t.open = PTR_IF(X, bar_open),\n\tPTR_IF(X, bar_close),",
    ),
    "a macro by configuration": (
        "\tSET(foo_open), .close = foo_close,\n",
        "#ifdef X\n#define SET(f) .open = f\n#else\n#define SET(f) .open = 1 ? f : 0\n#endif\n",
        "\tSET(bar_open), .close = bar_close,",
    ),
    "under an #if": (
        "#ifdef X\n\tfoo_open,\n\tfoo_close,\n#endif\n",
        "",
        "#ifdef X\n\tbar_open,\n\tbar_close,\n#endif",
    ),
}


@both_ways
@pytest.mark.parametrize(
    ("entries", "macros", "after"), mostly_slow(SERVED.values(), 4), ids=SERVED
)
def test_served(entries: str, macros: str, after: str, base: str, tmp_path: Path) -> None:
    functions = f"{macros}\n{BOTH}" + (f"\n{RESET}" if "reset" in entries else "")
    root = write(
        dispatch_tree(tmp_path, functions=functions, entries=entries, second=SECOND, base=base)
    )
    if base is SPEC:
        assert table_of(root) == after.split("\n")
    for name in ("open", "close"):
        is_there = f"bar_{name}" in after
        assert bool(wrapper_of(root, f"bar_{name}")) == is_there
        assert not is_there or f"foo_{name}(unit" in wrapper_of(root, f"bar_{name}")
    compile_all(
        root, "-DCONFIG_QUX", "-DX", "-Wno-override-init", "-Wno-missing-field-initializers"
    )
    compile_all(root, "-Wno-missing-field-initializers")
    assert split(root, "--check").exit_code == 0


def test_the_members_decide_and_not_the_names(tmp_path: Path) -> None:
    """`foo_shut` is for `close` by where it stands."""
    functions = f"{OPEN}\n{CLOSE}".replace("foo_close", "foo_shut")
    root = write(dispatch_tree(tmp_path, functions=functions, second=CLOSE_TOO,
                               entries="\tfoo_open,\n\tfoo_shut,\n"))  # fmt: skip
    assert table_of(root) == ["\tfoo_open,", "\tbar_shut,"]
    assert "\tqux_close(unit, how);\n" in wrapper_of(root, "bar_shut")


REFUSED = {
    "pasted": ("\tOP(open),\n", "#define OP(x) .x = foo_##x\n", "made by macro OP"),
    "of a macro": ("\tOPS,\n", "#define OPS .open = foo_open\n", "made by macro OPS"),
    "made a string of": (
        "\tOP(foo_open),\n",
        "#define OP(f) .open = f, .data = #f\n",
        "macro OP makes a string of it",
    ),
    "two members": (
        "\tOP(foo_open),\n",
        "#define OP(f) .open = f, .data = f\n",
        "'foo_open' serves several members: data, open",
    ),
    "macro not found": (
        "\t.open = SAFE(foo_open),\n",
        "#include <away.h>\n",
        "main sees no macro 'SAFE'",
    ),
    "macro not found behind data": (
        "\t.number = 1, ALL(foo_open),\n",
        "#include <away.h>\n",
        "main sees no macro 'ALL'",
    ),
    "macro of all not found": (
        "\tALL(foo_open),\n",
        "#include <away.h>\n",
        "main sees no macro 'ALL'",
    ),
    "choice": (
        "\tOPS(foo_open), .number = 1,\n",
        "#ifdef X\n#define OPS(f) .open = f\n#else\n#define OPS(f) .close = f\n#endif\n",
        "'foo_open' serves several members: close, open",
    ),
    "#if inside of a call": (
        "\tOPS(\n#ifdef X\n\t\tfoo_open\n#else\n\t\tNULL\n#endif\n\t),\n",
        "#define OPS(f) .open = f\n",
        "an #if stands inside of it",
    ),
    "no function": (
        "\t.open = foo_table.open,\n",
        "#include <away.h>\n",
        "its value 'foo_table . open' names no function that main sees",
    ),
}


@pytest.mark.parametrize(("entries", "macros", "says"), REFUSED.values(), ids=REFUSED)
def test_refused(entries: str, macros: str, says: str, tmp_path: Path) -> None:
    functions = f"{macros}\n{OPEN}"
    said = refused(dispatch_tree(tmp_path, functions=functions, entries=entries))
    assert said.startswith("error[VT054]: op 'open' cannot be wrapped: "), said
    assert says in said
    line = len(f"//\n#include\n\n{functions}\nstruct ops foo_ops = {{\n".splitlines()) + 1
    assert f"  --> drv/foo.c:{line}:" in said, said
    assert "`wrap = false` in [op.open]" in said
    # Nothing is refused that nobody asks for.
    spec = "[op.open]\nwrap = false\n"
    root = dispatch_tree(tmp_path / "left", functions=functions, entries=entries, spec=spec)
    result = split(root)
    assert result.exit_code == 0, result.stderr
    assert "bar_open" not in result.stdout


# Members before `open` in the structure, entries.
UNSURE = {
    "#if in the structure": (
        "#ifdef X\n\tint more;\n#endif\n",
        "\t1, foo_open,\n",
        "an #if in the structure decides what stands before 'more'",
    ),
    "bit-field": ("\tint first : 3;\n", "\t1, foo_open,\n", "has bit-fields"),
    "anonymous": ("\tunion { int a; long b; };\n", "\t1, foo_open,\n", "an anonymous member"),
    "aggregate without braces": (
        "\tint pair[2];\n",
        "\t1, foo_open,\n",
        "member 'pair' is an aggregate, and its value has no braces",
    ),
    "members by a macro": ("\tMORE(int, a);\n", "\t1, foo_open,\n", "that a macro makes"),
    "several at once": ("\tint a, b;\n", "\t1, 2, foo_open,\n", "several members at once"),
    "#if in the table": (
        "\tint first;\n",
        "#ifdef X\n\t1,\n#endif\n\tfoo_open,\n",
        "an #if in the table decides",
    ),
    "too many": ("", "\t.data = 0, foo_open,\n", "the structure has no more members"),
}


@pytest.mark.parametrize(("members", "entries", "why"), UNSURE.values(), ids=UNSURE)
def test_a_position_that_is_not_sure(members: str, entries: str, why: str, tmp_path: Path) -> None:
    tree = dispatch_tree(tmp_path, members=members + MEMBERS, functions=OPEN, entries=entries)
    said = refused(tree)
    assert "error[VT054]: " in said
    assert "cannot be wrapped: it is not certain which member 'foo_open' serves: " in said
    assert why in said


SURE = {
    "braces": ("\tint pair[2];\n\tstruct { int a; } s;\n", "\t{ 1, 2 }, { 3 }, foo_open,\n"),
    "text": ("\tchar name[8];\n\tconst char *more;\n", '\t"a", "b", foo_open,\n'),
    "types behind names": ("\tu32 a;\n\tsize_t b;\n\tmode_t_ c;\n", "\t1, 2, MODE_A, foo_open,\n"),
    "designated behind what is not sure": ("\tint first : 3;\n", "\t1, .open = foo_open,\n"),
    "behind the unsure": ("\tunion { int a; long b; };\n", "\t.open = foo_open, NULL,\n"),
}


@pytest.mark.parametrize(("members", "entries"), SURE.values(), ids=SURE)
def test_a_position_that_is_sure(members: str, entries: str, tmp_path: Path) -> None:
    root = write(
        dispatch_tree(tmp_path, members=members + MEMBERS, functions=OPEN, entries=entries)
    )
    assert table_of(root) == entries.replace("foo_open", "bar_open").rstrip("\n").split("\n")
    compile_all(root, "-Wno-missing-field-initializers")


def test_a_typedef_of_the_structure(tmp_path: Path) -> None:
    """Lint finds what is not wrapped by the same members."""
    members = MEMBERS.replace("\tint (*open)(struct unit *unit);", "\topen_fn *open;")
    tree = dispatch_tree(
        tmp_path, members=members, functions=BOTH, entries="\tfoo_open, foo_close,\n", second=SECOND
    )
    header = (tree / "drv/foo.h").read_text()
    header = header.replace(
        "struct ops {", "typedef int open_fn(struct unit *);\n\ntypedef struct {"
    )
    header = header.replace("\tconst void *data;\n};", "\tconst void *data;\n} ops_t;")
    (tree / "drv/foo.h").write_text(header)
    source = (tree / "drv/foo.c").read_text()
    (tree / "drv/foo.c").write_text(source.replace("struct ops foo_ops", "ops_t foo_ops"))
    main = main_of(write(tree))
    assert main.endswith("ops_t bar_ops = {\n\tbar_open, bar_close,\n};\n")
    compile_all(tree, "-Wno-missing-field-initializers")
    assert "L010" not in lint(tree)
    main = main.replace("return qux_open(unit)", "return 1").replace("\tbar_open", "\tfoo_open")
    (tree / "drv/main.c").write_text(main)
    assert "L010 'qux_open' serves op open" in lint(tree)


def lint(root: Path) -> str:
    """Return what lint finds in a tree."""
    return click.testing.CliRunner().invoke(command, ["lint", str(root)]).stdout


def test_an_array_of_structures(tmp_path: Path) -> None:
    entries = "\t{ .open = foo_open },\n"
    tree = dispatch_tree(tmp_path, functions=OPEN, entries=entries)
    source = (tree / "drv/foo.c").read_text()
    (tree / "drv/foo.c").write_text(source.replace("ops foo_ops =", "ops foo_ops[] ="))
    assert "it is an element of an array of structures" in refused(tree)


def test_an_initializer_that_is_a_macro(tmp_path: Path) -> None:
    for body, right in (("{ .open = f }", True), ("{ .open = f, .data = f }", False)):
        root = tmp_path / str(right)
        functions = f"#define INIT(f) {body}\n\n{OPEN}"
        tree = dispatch_tree(root, functions=functions, entries="")
        source = (tree / "drv/foo.c").read_text()
        (tree / "drv/foo.c").write_text(source.replace("= {\n};", "= INIT(foo_open);"))
        if right:
            assert main_of(write(tree)).endswith("struct ops bar_ops = INIT(bar_open);\n")
        else:
            assert "error[VT054]" in refused(tree)


def test_a_member_that_nobody_serves_is_noted(tmp_path: Path) -> None:
    tree = dispatch_tree(tmp_path, functions=OPEN, entries="\tfoo_open,\n", second=SECOND)
    said = split(tree, "--write", "-v").stderr
    assert table_of(tree) == ["\tbar_open,"]
    assert "qux_close serves no op: " in said


def test_data_of_the_name_of_a_function(tmp_path: Path) -> None:
    """`qux_number` has nothing to do with the member that is a number."""
    second = SECOND + "\nint qux_number(void)\n{\n\treturn 2;\n}\n"
    entries = "\t.open = foo_open,\n\t.number = MODE_B,\n"
    write(dispatch_tree(tmp_path, functions=OPEN, entries=entries, second=second))
    assert table_of(tmp_path) == ["\t.open = bar_open,", "\t.number = MODE_B,"]


def test_a_section_for_what_cannot_be_wrapped(tmp_path: Path) -> None:
    said = refused(
        dispatch_tree(
            tmp_path,
            functions=f"#define OPS .close = foo_close\n\n{CLOSE}",
            entries="\tOPS,\n",
            spec='[op.close]\nonly = "first"\n',
        )
    )
    assert said.startswith("error[VT054]: op 'close' cannot be wrapped: ")


def test_a_macro_that_names_the_wrapper(tmp_path: Path) -> None:
    """Somebody has it dispatch by hand."""
    root = write(dispatch_tree(tmp_path, functions=OPEN, entries="\t.open = foo_open,\n"))
    main = main_of(root).replace("\t.open = bar_open,", "\tOPS,")
    main = main.replace("struct ops bar", "#define OPS .open = bar_open\nstruct ops bar")
    (root / "drv/main.c").write_text(main)
    assert split(root, "--check").exit_code == 0
