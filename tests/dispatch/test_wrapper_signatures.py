"""Typedefs wherever they stand in a signature: the wrapper is read as the C that it is."""

from pathlib import Path

import pytest

from dispatch_trees import SPEC, compile_all, dispatch_files, one_op, wrapper_of
from trees import refused, small_tree, split, write
from vtsplit.codemods.dispatch.clearing import NotClearedError, cleared
from vtsplit.cst.heads.reparse import read_function
from vtsplit.cst.heads.typed import TypeReadError
from vtsplit.cst.nodes import FunctionDef
from vtsplit.cst.parser import parse_module

TYPES = """\
#include <stdint.h>

#define AT_LEAST static

typedef struct unit unit_t;
typedef void (*done_t)(unit_t *unit);
"""


def tree(root: Path, op: str, spec: str = "") -> Path:
    """Make a tree whose op names typedefs, and chooses by one."""
    base = SPEC.replace('"struct unit *"', '"unit_t *"')
    files = dispatch_files(**one_op(op, spec=spec), base=base)
    files["drv/foo.h"] = files["drv/foo.h"].replace("struct unit {", f"{TYPES}\nstruct unit {{")
    return small_tree(root, files)


SIGNATURES = [
    "int OP(unit_t *const unit)",
    "int OP(const unit_t *const unit, const uint32_t *const n)",
    "int OP(unit_t const *unit, uint32_t volatile *restrict n)",
    "int OP(volatile unit_t *unit, const volatile uint32_t n)",
    "int OP(unit_t *unit, size_t (*of)(int how))",
    "uint32_t OP(unit_t *unit, uint32_t (*of)(const unit_t *, size_t))",
    "int OP(unit_t *unit, uint32_t *(*const of)(unit_t *const))",
    "int OP(unit_t *unit, const done_t *done, done_t then)",
    "int OP(unit_t *unit, uint32_t err[static 1], uint8_t more[const AT_LEAST 2])",
    "int OP(unit_t *unit, unsigned n, uint32_t m[n * 2][sizeof(const unit_t *)])",
    "int OP(unit_t *unit, uint32_t (*rows)[4], unit_t **const *all)",
    "const uint32_t *const *OP(register unit_t *unit)",
    "int OP(unit_t *unit_t, uint32_t uint32_t)",
]


@pytest.mark.slow
@pytest.mark.parametrize("op", SIGNATURES)
def test_a_signature_with_typedefs(op: str, tmp_path: Path) -> None:
    root = tree(tmp_path, op)
    if "volatile unit_t" in op:
        header = root / "drv/qux.h"
        text = header.read_text().replace("const struct unit", "const volatile struct unit")
        header.write_text(text)
        spec = root / "vtsplit.toml"
        spec.write_text(spec.read_text().replace('"unit_t *"', '"volatile unit_t *"'))
    write(root)
    assert "\treturn qux_op(unit" in wrapper_of(root, "bar_op")
    compile_all(root, "-Wno-ignored-qualifiers")
    again = split(root, "--check")
    assert (again.exit_code, "warning" in again.stderr) == (0, False), again.stderr


CLEARED = {
    "uint32_t n[static 1]": "memset(n, 0, 1 * sizeof(*n))",
    "uint32_t n[restrict static COUNT(3)]": "memset(n, 0, COUNT(3) * sizeof(*n))",
    "uint32_t n[AT_LEAST 2]": "memset(n, 0, 2 * sizeof(*n))",
    "uint32_t n[const SIZE + 1]": "memset(n, 0, (SIZE + 1) * sizeof(*n))",
    "uint32_t n[2][3]": "memset(n, 0, 2 * sizeof(*n))",
    "uint32_t (n)[2]": "memset(n, 0, 2 * sizeof(*n))",
    "uint32_t (*n)[3]": "memset(n, 0, sizeof(*n))",
    "uint32_t *const n": "*n = 0",
    "bool *n __attribute__((unused))": "*n = false",
    "const char **n": "*n = NULL",
    "size_t (**n)(int a[2])": "*n = NULL",
    "char *(*n[2])(int)": "memset(n, 0, 2 * sizeof(*n))",
    "int (*n[3])[4]": "memset(n, 0, 3 * sizeof(*n))",
    "const char *n[2]": "memset(n, 0, 2 * sizeof(*n))",
}
NOT_CLEARED = [
    "uint32_t n", "const uint32_t *n", "const uint32_t n[2]", "char *const *n", "char *const n[2]",
    "int (*n)(int)", "void *n", "uint32_t n[]", "uint32_t n[*]", "uint32_t n[static const]",
]  # fmt: skip


@pytest.mark.parametrize(("declared", "statement"), CLEARED.items())
def test_what_clears_a_parameter(declared: str, statement: str) -> None:
    assert cleared("n", declared) == statement


@pytest.mark.parametrize("declared", NOT_CLEARED)
def test_what_cannot_be_cleared(declared: str) -> None:
    with pytest.raises(NotClearedError):
        cleared("n", declared)


ZERO = '[op.op]\nzero = ["err"]\n'


@pytest.mark.slow
@pytest.mark.parametrize(
    ("err", "statement"),
    [
        ("uint32_t err[static 1]", "memset(err, 0, 1 * sizeof(*err))"),
        ("uint32_t err[sizeof(unit_t) / 2]", "memset(err, 0, (sizeof(unit_t) / 2) * sizeof(*err))"),
        ("const char **const err", "*err = NULL"),
    ],
)
def test_a_wrapper_that_clears(err: str, statement: str, tmp_path: Path) -> None:
    """Main gets <string.h> for the memset that nobody but vtsplit has written."""
    root = tree(tmp_path, f"void OP(unit_t *unit, {err})", ZERO)
    header = root / "drv/foo.h"
    header.write_text(header.read_text().replace("#include <string.h>\n", ""))
    write(root)
    assert f"\t\t{statement};\n" in wrapper_of(root, "bar_op")
    compile_all(root)


def test_what_is_const_is_not_cleared(tmp_path: Path) -> None:
    said = refused(tree(tmp_path, "void OP(unit_t *unit, const uint32_t err[2])", ZERO))
    assert "'const uint32_t err[2]' cannot be cleared" in said


BODIES = [
    "unit_t *const u = (unit_t *const)x;\n\treturn u->a;",
    "const unit_t *const u = x;\n\tvolatile unit_t v;\n\tunit_t const *w = u;\n\treturn v.a;",
    "unit_t (*get)(int) = x;\n\treturn get(1);",
    "for (unit_t i = 0; i < 3; i++)\n\t\tg(i);",
    "return h((unit_t (*)(int))x);",
    "*x = (unit_t){ 0 };",
    "return (state)0;",
    "return x ? (unit_t)y : (unit_t *)z;",
    "return sizeof(unit_t *) + sizeof(unit_t) + sizeof(const unit_t);",
    "if (a)\n\t\tg(a * b);\n\treturn g(0, n * count, a);",
    "while (a)\n\t\tg(x);",
    "a *b;\n\treturn b;",
    "return container_of(x, struct outer, in)->a + least(unsigned long, 1, b);",
    "return va_arg(x, const unit_t *) || NEW(struct outer *, 2) || offsetof(struct outer, in);",
    "extern int g(struct outer *, int);\n\treturn g(x, 1 * b);",
]


@pytest.mark.parametrize("body", BODIES)
def test_a_body_with_typedefs(body: str) -> None:
    for head in ("int f(struct x *x)", "static int f(unit_t *const a, unit_t *unit_t)"):
        (item,) = parse_module(f"{head}\n{{\n\t{body}\n}}\n").items
        assert isinstance(item, FunctionDef)
        if "unit_t *unit_t" not in head or "unit_t" not in body:
            read_function(item)


@pytest.mark.parametrize(
    "body", ["return a b;", "return (a) b c;", "unit_t const;;) x;", "g(int x);"]
)
def test_a_body_that_is_none(body: str) -> None:
    (item,) = parse_module(f"int f(unit_t *const a)\n{{\n\t{body}\n}}\n").items
    assert isinstance(item, FunctionDef)
    with pytest.raises(TypeReadError):
        read_function(item)
