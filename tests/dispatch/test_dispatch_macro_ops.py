"""Entries that name a macro which stands for a function: a wrapper calls it by that name."""

from pathlib import Path

import pytest

from dispatch_trees import (
    HEADER,
    MEMBERS,
    SPEC,
    UNDER_OPTION,
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

pytestmark = pytest.mark.slow

COMMON = "int common_open(struct unit *unit);\n"
OTHER = "int other_open(struct unit *unit);\n"
MACRO = "/* Nothing special to do. */\n#define foo_open common_open\n"
ENTRY = "\t.open = foo_open,\n"
WRAPPER = """\
static int bar_open(struct unit *unit)
{
	if (is_qux(unit))
		return qux_open(unit);

	return foo_open(unit);
}
"""


def tree_with(
    root: Path, macro: str, declared: str = COMMON, base: str = SPEC, **pieces: str
) -> Path:
    """Make a tree whose source defines the macro, and whose header has more declarations."""
    header = HEADER.replace("MEMBERS", MEMBERS).replace("#endif /*", f"{declared}\n#endif /*")
    pieces = {"entries": ENTRY, "functions": macro, **pieces}
    return dispatch_tree(root, {"drv/foo.h": header}, base=base, **pieces)


# What the source file has in front of its table, what the header declares besides.
WRAPPED = {
    "of the source": (MACRO, COMMON),
    "of a header": ("", COMMON + MACRO),
    "in parentheses": ("#define foo_open (common_open)\n", COMMON),
    "of another macro": ("#define basic common_open\n#define foo_open basic\n", COMMON),
    "used by the source as well": (
        MACRO + "\nint foo_first(struct unit *unit);\n\n"
        "int foo_first(struct unit *unit)\n{\n\treturn foo_open(unit);\n}\n",
        COMMON,
    ),
    "for a function with the wrappers' prefix": (
        "#define foo_open bar_open_common\n",
        COMMON.replace("common_open", "bar_open_common"),
    ),
    "for a function of the source": (
        f"{function('static int foo_start(struct unit *unit)')}\n#define foo_open foo_start\n",
        "",
    ),
    "by configuration": (
        "#ifdef X\n#define foo_open common_open\n#else\n#define foo_open other_open\n#endif\n",
        COMMON + OTHER,
    ),
    "by configuration, or a function": (
        f"#ifdef X\n{function('static int foo_open(struct unit *unit)')}"
        "#else\n#define foo_open common_open\n#endif\n",
        COMMON,
    ),
}


@both_ways
@pytest.mark.parametrize(("macro", "declared"), mostly_slow(WRAPPED.values(), 3), ids=WRAPPED)
def test_wrapped(macro: str, declared: str, base: str, tmp_path: Path) -> None:
    root = write(tree_with(tmp_path, macro, declared, base))
    assert wrapper_of(root, "bar_open") == WRAPPER
    entry = "bar_open" if base is SPEC else "bar_op(open)"
    assert table_of(root) == [f"\t.open = {entry},"]
    for options in ([], ["-DX"], ["-DCONFIG_QUX"], ["-DX", "-DCONFIG_QUX"]):
        compile_all(root, *options)
    assert split(root, "--check").exit_code == 0


def test_the_macro_stands_above_the_wrappers_with_its_comment(tmp_path: Path) -> None:
    root = write(tree_with(tmp_path, MACRO, base=UNDER_OPTION))
    main = main_of(root)
    assert main.count("common_open") == 1
    assert main.index(MACRO) < main.index("#ifdef CONFIG_QUX") < main.index("static int bar_open")
    assert "foo_open" not in (root / "drv/foo.c").read_text()


@both_ways
def test_a_name_without_the_prefix(base: str, tmp_path: Path) -> None:
    root = write(tree_with(tmp_path, "#define ALIAS common_open\n", base=base,
                           entries="\t.open = ALIAS,\n"))  # fmt: skip
    assert table_of(root) == ["\t.open = bar_open,"]
    assert wrapper_of(root, "bar_open") == WRAPPER.replace("foo_open", "ALIAS")
    assert ("#define bar_open ALIAS\n" in main_of(root)) == (base is UNDER_OPTION)
    compile_all(root)
    compile_all(root, "-DCONFIG_QUX")
    assert split(root, "--check").exit_code == 0


def test_a_function_with_the_wrappers_prefix(tmp_path: Path) -> None:
    declared = "int bar_common(struct unit *unit);\n"
    root = write(tree_with(tmp_path, "", declared, entries="\t.open = bar_common,\n"))
    assert "\treturn bar_common(unit);\n" in wrapper_of(root, "bar_open")
    assert split(root, "--check").exit_code == 0


@both_ways
def test_a_macro_below_wrappers_that_are_there(base: str, tmp_path: Path) -> None:
    """It goes up when one of them calls by it, with its comment; others stay."""
    functions = function("static int foo_reset(void)") + (
        f"\n#define FIRST 1\n\n{MACRO}\n#define NUMBER 3\n"
    )
    entries = f"{ENTRY}\t.reset = foo_reset,\n\t.number = NUMBER + FIRST,\n"
    second = function("int qux_reset(void)")
    tree = tree_with(tmp_path, functions, base=base, entries=entries, second=second)
    before = main_of(write(tree))
    assert before.index("bar_reset") < before.index(MACRO)
    qux = tree / "drv/qux.c"
    qux.write_text(qux.read_text() + "\n" + function("int qux_open(struct unit *unit)"))
    main = main_of(write(tree))
    assert main.count(MACRO) == 1
    assert main.index(MACRO) < main.index("static int bar_open") < main.index("#define FIRST 1")
    compile_all(tree)
    compile_all(tree, "-DCONFIG_QUX")
    assert split(tree, "--check").exit_code == 0


BRANCHES = "#ifdef X\n#define foo_open common_open\n#else\n#define foo_open other_open\n#endif\n"


@both_ways
def test_the_first_wrapper_stands_below_all_branches(base: str, tmp_path: Path) -> None:
    tree = tree_with(tmp_path, BRANCHES, COMMON + OTHER, base, second="")
    main = main_of(write(tree))
    apart = BRANCHES.replace("#else\n", "#endif\n\n#ifndef X\n")
    assert apart in main
    (tree / "drv/main.c").write_text(main.replace(apart, BRANCHES))
    qux = tree / "drv/qux.c"
    qux.write_text(qux.read_text() + "\n" + function("int qux_open(struct unit *unit)"))
    main = main_of(write(tree))
    assert main.index(BRANCHES) < main.index("static int bar_open")
    for options in ([], ["-DX"], ["-DCONFIG_QUX"], ["-DX", "-DCONFIG_QUX"]):
        compile_all(tree, *options)


def test_branches_below_wrappers_that_are_there(tmp_path: Path) -> None:
    functions = f"{function('static int foo_reset(void)')}\n{BRANCHES}"
    entries = f"{ENTRY}\t.reset = foo_reset,\n"
    second = function("int qux_reset(void)")
    tree = write(tree_with(tmp_path, functions, COMMON + OTHER, entries=entries, second=second))
    apart = BRANCHES.replace("#else\n", "#endif\n\n#ifndef X\n")
    main = main_of(tree).replace(apart, "").replace("struct ops bar", f"{BRANCHES}\nstruct ops bar")
    (tree / "drv/main.c").write_text(main)
    qux = tree / "drv/qux.c"
    qux.write_text(qux.read_text() + "\n" + function("int qux_open(struct unit *unit)"))
    said = split(tree).stderr
    assert "error[VT054]: the wrappers in drv/main.c stand above macro 'foo_open'" in said


def test_a_macro_in_the_table_s_own_condition(tmp_path: Path) -> None:
    """Wrappers stand above the `#if`, where the macro is not there yet."""
    tree = write(tree_with(tmp_path, MACRO, second=""))
    main = main_of(tree)
    main = main.replace(MACRO, f"#ifdef X\n{MACRO}").replace("};\n", "};\n#endif\n")
    (tree / "drv/main.c").write_text(main)
    qux = tree / "drv/qux.c"
    qux.write_text(qux.read_text() + "\n" + function("int qux_open(struct unit *unit)"))
    said = split(tree).stderr
    assert "error[VT054]: the wrappers in drv/main.c stand above macro 'foo_open'" in said, said


def test_all_in_one_condition(tmp_path: Path) -> None:
    """By hand: the macro stands above the wrapper, and that is enough."""
    tree = write(tree_with(tmp_path, MACRO))
    main = main_of(tree).replace(MACRO, f"#ifdef X\n{MACRO}").replace("};\n", "};\n#endif\n")
    (tree / "drv/main.c").write_text(main)
    assert split(tree, "--check").exit_code == 0


def test_an_op_that_the_spec_has_stopped_asking_for(tmp_path: Path) -> None:
    root = write(tree_with(tmp_path, MACRO))
    (root / "vtsplit.toml").write_text(SPEC + "[op.open]\nwrap = false\n")
    write(root)
    assert table_of(root) == ["\t.open = foo_open,"]
    assert MACRO in main_of(root)
    assert "bar_open" not in main_of(root)
    compile_all(root)


REFUSED = {
    "other types": (
        "#ifdef X\n#define foo_open common_open\n#else\n#define foo_open odd_open\n#endif\n",
        COMMON + "long odd_open(struct unit *unit);\n",
        "macro 'foo_open' stands for functions of several types",
    ),
    "nothing in one branch": (
        "#ifdef X\n#define foo_open common_open\n#else\n#define foo_open NULL\n#endif\n",
        COMMON,
        "'common_open' is not written here, but made by macro foo_open",
    ),
    "no function in one branch": (
        f"#ifdef X\n{function('static int foo_open(struct unit *unit)')}"
        "#else\n#define foo_open NULL\n#endif\n",
        "",
        "'foo_open' is a macro under other conditions",
    ),
}


@pytest.mark.parametrize(("macro", "declared", "says"), REFUSED.values(), ids=REFUSED)
def test_refused(macro: str, declared: str, says: str, tmp_path: Path) -> None:
    said = refused(tree_with(tmp_path, macro, declared))
    assert said.startswith("error[VT054]: op 'open' cannot be wrapped: "), said
    assert says in said
    assert "  --> drv/foo.c:" in said


COUNTED = f"{COMMON}#define common_open(unit) (counted++, common_open(unit))\n"
IDLE = f"{COMMON}#define common_open(unit) common_open(unit)\n"
STATED = '[op.open]\nfirst = "(common_open)({})"\n'


def test_a_macro_with_arguments_is_no_entry_s(tmp_path: Path) -> None:
    """An entry means the function; a call would mean the macro (C11 6.10.3p10)."""
    entries = "\t.open = common_open,\n"
    said = refused(tree_with(tmp_path / "a", "", COUNTED, entries=entries))
    assert "error[VT054]: " in said
    assert "'common_open' is also a macro with arguments" in said
    for name, declared, spec in (("b", IDLE, ""), ("c", COUNTED, STATED)):
        root = write(tree_with(tmp_path / name, "", declared, entries=entries, spec=spec))
        assert table_of(root) == ["\t.open = bar_open,"]
        compile_all(root)


def test_a_macro_that_stands_for_nothing(tmp_path: Path) -> None:
    """The first backend has no function for the op: as with NULL, that is noted."""
    root = tree_with(tmp_path, "#define foo_open NULL\n")
    said = split(root, "--write", "-v").stderr
    assert table_of(root) == ["\t.open = foo_open,"]
    assert "qux_open serves no op: " in said
