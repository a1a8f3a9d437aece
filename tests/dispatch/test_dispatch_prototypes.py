"""What a wrapper passes on: parameters by name, if the types agree; what cannot be is refused."""

from pathlib import Path
from typing import NamedTuple

import pytest

from dispatch_trees import (
    FUNCTIONS,
    QUX_HEADER,
    UNDER_OPTION,
    compile_all,
    dispatch_tree,
    gcc,
    main_of,
    one_op,
    wrapper_of,
)
from how_many import mostly_slow
from trees import refused, split, write

pytestmark = pytest.mark.slow


class Case(NamedTuple):
    """An op, both functions where they are declared otherwise, and what comes of it."""

    name: str
    op: str
    first: str
    second: str
    head: str
    call: str


WRAPPED = [
    Case("fewer and reordered", "int OP(struct unit *unit, int a, long b)", "",
         "int OP(long b, struct unit *unit)",
         "int bar_op(struct unit *unit, int a, long b)", "qux_op(b, unit)"),
    Case("none", "int OP(struct unit *unit)", "", "int OP(void)",
         "int bar_op(struct unit *unit)", "qux_op()"),
    Case("gains const", "int OP(struct unit *unit)", "", "int OP(const struct unit *unit)",
         "int bar_op(struct unit *unit)", "qux_op(unit)"),
    Case("const itself", "int OP(struct unit *const unit)", "", "int OP(struct unit *unit)",
         "int bar_op(struct unit *const unit)", "qux_op(unit)"),
    Case("typedef of an enum", "mode_t_ OP(struct unit *unit, mode_t_ m)",
         "mode_t_ OP(struct unit *unit, enum mode m)", "enum mode OP(struct unit *unit, mode_t_ m)",
         "mode_t_ bar_op(struct unit *unit, enum mode m)", "qux_op(unit, m)"),
    Case("typedef of a number", "u32 OP(struct unit *unit, u32 m)",
         "u32 OP(struct unit *unit, unsigned int m)", "unsigned OP(struct unit *unit, unsigned m)",
         "u32 bar_op(struct unit *unit, unsigned int m)", "qux_op(unit, m)"),
    Case("array", "int OP(struct unit *unit, u32 regs[4])", "",
         "int OP(struct unit *unit, u32 *regs)",
         "int bar_op(struct unit *unit, u32 regs[4])", "qux_op(unit, regs)"),
    Case("array of arrays", "int OP(struct unit *unit, u32 regs[][4])", "",
         "int OP(struct unit *unit, u32 (*regs)[4])",
         "int bar_op(struct unit *unit, u32 regs[][4])", "qux_op(unit, regs)"),
    Case("function pointer", "int OP(struct unit *unit, int (*f)(int a, void *b), void *c)", "",
         "int OP(struct unit *unit, void *c, int (*f)(int, void *))",
         "int bar_op(struct unit *unit, int (*f)(int a, void *b), void *c)",
         "qux_op(unit, c, f)"),
    Case("user", "int OP(struct unit *unit, void __user *argp)", "", "",
         "int bar_op(struct unit *unit, void __user *argp)", "qux_op(unit, argp)"),
    Case("returns a pointer", "const char *OP(struct unit *unit)", "", "",
         "const char *bar_op(struct unit *unit)", "qux_op(unit)"),
    Case("stars apart", "char **OP(struct unit *unit)", "char * * OP(struct unit *unit)", "",
         "char **bar_op(struct unit *unit)", "qux_op(unit)"),
    Case("init", "int OP(struct unit *unit)", "int __init OP(struct unit *unit)", "",
         "int __init bar_op(struct unit *unit)", "qux_op(unit)"),
    Case("names only in the member", "int OP(struct unit *unit, int a)",
         "int OP(struct unit *unit, int a)", "int OP(struct unit *, int)",
         "int bar_op(struct unit *unit, int a)", "qux_op(unit, a)"),
    Case("comments", "int OP(struct unit *unit, int a)",
         "int OP(struct unit *unit /* who */, /* how */ int a)", "",
         "int bar_op(struct unit *unit, int a)", "qux_op(unit, a)"),
]  # fmt: skip


@pytest.mark.parametrize("case", mostly_slow(WRAPPED, 7), ids=lambda case: case.name)
def test_wrapped(case: Case, tmp_path: Path) -> None:
    pieces = one_op(case.op, case.first, case.second)
    if case.name.startswith("names only"):
        pieces["second"] = "extern int qux_op(struct unit *, int);\n"
    root = write(dispatch_tree(tmp_path, **pieces))
    assert wrapper_of(root, "bar_op") == (
        f"static {case.head}\n{{\n\tif (is_qux(unit))\n\t\treturn {case.call};\n\n"
        f"\treturn foo_op({', '.join(_names(case.head))});\n}}\n"
    )
    gcc(root / "drv/main.c")
    assert split(root, "--check").exit_code == 0


def _names(head: str) -> list[str]:
    inside = head.partition("(")[2].replace("(*f)(int a, void *b)", "f")
    return [word.strip("*)").partition("[")[0].split()[-1].strip("*") for word in inside.split(",")]


def test_void(tmp_path: Path) -> None:
    root = write(dispatch_tree(tmp_path, **one_op("void OP(struct unit *unit, int a)")))
    assert wrapper_of(root, "bar_op") == (
        "static void bar_op(struct unit *unit, int a)\n{\n\tif (is_qux(unit)) {\n"
        "\t\tqux_op(unit, a);\n\t\treturn;\n\t}\n\n\tfoo_op(unit, a);\n}\n"
    )


class Refused(NamedTuple):
    """An op, both functions where they are declared otherwise, and what is said."""

    name: str
    op: str
    first: str
    second: str
    code: str
    says: str


UNIT = "int OP(struct unit *unit)"
REFUSED = [
    Refused("another type", "int OP(struct unit *unit, long a)", "",
            "int OP(struct unit *unit, int a)", "VT054",
            "parameter 'a' is of another type|; op: int foo_op(struct unit *unit, long a); "
            "second: int qux_op(struct unit *unit, int a) (drv/qux.c:6:1)"),
    Refused("another result", UNIT, "", "long OP(struct unit *unit)", "VT054",
            "it returns long, but the op returns int|; op: int foo_op|second: long qux_op"),
    Refused("no such parameter", UNIT, "", "int OP(struct unit *unit, int how)", "VT054",
            "the op has no parameter 'how' (it has unit)"),
    Refused("loses const", "int OP(const struct unit *unit)", "", UNIT, "VT054",
            "parameter 'unit' is of another type"),
    Refused("loses const behind", "int OP(struct unit *unit, char *const *a)", "",
            "int OP(struct unit *unit, char **a)", "VT054", "parameter 'a' is of another type"),
    Refused("gains const too deep", "int OP(struct unit *unit, char **a)", "",
            "int OP(struct unit *unit, const char **a)", "VT054", "'a' is of another type"),
    Refused("variadic", "int OP(struct unit *unit, ...)", "", "", "VT054", "variable number"),
    Refused("variadic second", UNIT, "", "int OP(struct unit *unit, ...)", "VT054",
            "variable number"),
    Refused("K&R", "int OP(unit)\n\tstruct unit *unit;", "", "", "VT047", "old style"),
    Refused("K&R second", UNIT, "", "int OP(unit)\n\tstruct unit *unit;", "VT054", "old style"),
    Refused("returns a function", "int (*OP(struct unit *unit))(int)", "", "", "VT054",
            "too complex"),
    Refused("hides the second", "int OP(struct unit *unit, int qux_op)", "", "", "VT054",
            "'qux_op' hides the function that it calls"),
    Refused("hides the first", "int OP(struct unit *unit, int foo_op)", "", UNIT, "VT054",
            "'foo_op' hides the function that it calls"),
    Refused("hides the predicate", "int OP(struct unit *unit, int is_qux)", "", UNIT, "VT054",
            "'is_qux' hides the function that it calls"),
]  # fmt: skip


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_refused(case: Refused, tmp_path: Path) -> None:
    pieces = one_op(case.op, case.first, case.second)
    if case.name == "returns a function":
        pieces["members"] = "\tint (*(*op)(struct unit *unit))(int);\n"
    said = refused(dispatch_tree(tmp_path, **pieces))
    assert said.startswith(f"error[{case.code}]: "), said
    assert "  --> drv/foo.c:" in said
    for phrase in case.says.split("|"):
        assert phrase in said, said


def test_result_has_a_name_of_its_own(tmp_path: Path) -> None:
    op = "int OP(struct unit *unit, int r, int ret)"
    pieces = one_op(op, spec='[op.op]\nboth = "first"\nwhen = "err({})"\n')
    more = {"drv/qux.h": QUX_HEADER.replace("#endif", "bool err(struct unit *unit);\n\n#endif")}
    root = write(dispatch_tree(tmp_path, more, **pieces))
    assert "\tint result;\n\n\tresult = foo_op(unit, r, ret);\n" in wrapper_of(root, "bar_op")
    gcc(root / "drv/main.c")


SECOND_OP = "int qux_open(struct unit *unit)\n{\n\treturn 1;\n}\n"
BACKENDS = {
    "static": (f"static {SECOND_OP}", SECOND_OP),
    "declared before": (
        f"static int qux_open(struct unit *unit);\n\nstatic {SECOND_OP}",
        SECOND_OP,
    ),
    "both branches": (
        f"#ifdef X\n{SECOND_OP}#else\n{SECOND_OP}#endif\n",
        f"#ifdef X\n{SECOND_OP}#else\n{SECOND_OP}#endif\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), BACKENDS.values(), ids=BACKENDS)
def test_second_backend(before: str, after: str, tmp_path: Path) -> None:
    root = write(dispatch_tree(tmp_path, second=before))
    text = (root / "drv/qux.c").read_text()
    start = '// SPDX-License-Identifier: GPL-2.0\n#include "qux.h"\n#include "foo_ops.h"\n\n'
    assert text == f"{start}bool qux_on;\n\n{after}"
    assert "\nint qux_open(struct unit *unit);\n" in (root / "drv/foo_ops.h").read_text()
    compile_all(root)
    assert split(root, "--check").exit_code == 0


def test_second_backend_in_a_header(tmp_path: Path) -> None:
    inline = "static inline int qux_open(struct unit *unit) { return 0; }\n\n#endif"
    more = {"drv/qux.h": QUX_HEADER.replace("#endif", inline)}
    root = write(dispatch_tree(tmp_path, more, second=""))
    assert "qux_open" not in (root / "drv/foo_ops.h").read_text()
    compile_all(root)


def test_second_backend_under_a_condition(tmp_path: Path) -> None:
    said = refused(dispatch_tree(tmp_path, second=f"#ifdef X\n{SECOND_OP}#endif\n"))
    assert said.startswith("error[VT055]: 'qux_open' is defined only under #ifdef X")
    assert "  --> drv/qux.c:7:1\n" in said


def test_second_backend_under_its_option(tmp_path: Path) -> None:
    second = f"#ifdef CONFIG_QUX\n{SECOND_OP}#endif\n"
    root = write(dispatch_tree(tmp_path, second=second, base=UNDER_OPTION))
    compile_all(root)
    compile_all(root, "-DCONFIG_QUX")


def test_op_under_a_guard(tmp_path: Path) -> None:
    functions = f"#ifdef X\n{FUNCTIONS}#endif\n"
    entries = "#ifdef X\n\t.open = foo_open,\n#endif\n\t.number = 1,\n"
    second = f"#ifdef X\n{SECOND_OP}#endif\n"
    root = write(dispatch_tree(tmp_path, functions=functions, entries=entries, second=second))
    mark = "/* Wrappers made by vtsplit: what they do is in its spec. */"
    assert f"{mark}\n\n#ifdef X\nstatic int bar_open(struct unit *unit)\n{{" in main_of(root)
    assert (
        "#ifdef X\nint qux_open(struct unit *unit);\n#endif\n"
        in (root / "drv/foo_ops.h").read_text()
    )
    compile_all(root)
    compile_all(root, "-DX")


def test_first_function_in_both_branches(tmp_path: Path) -> None:
    other = FUNCTIONS.replace("unit->id", "0")
    functions = f"#ifdef X\n{FUNCTIONS}#else\n{other}#endif\n"
    root = write(dispatch_tree(tmp_path, functions=functions))
    assert "#if" not in main_of(root)
