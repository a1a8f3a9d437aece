"""Declarations: their text, their wrapping, and where a header gets them."""

import pytest

from vtsplit.codemods.declare import (
    Addition,
    declaration_of,
    declare,
    declare_tags,
    wrap_prototype,
)
from vtsplit.cst.conditions import Condition, Guard
from vtsplit.cst.heads.declarator import read_head
from vtsplit.cst.nodes import Declaration
from vtsplit.cst.parser import parse_module
from vtsplit.cst.style.align import width

A: Guard = (Condition("defined(A)"),)
B: Guard = (Condition("defined(B)"),)

HEADER = """\
/* SPDX-License-Identifier: GPL-2.0 */
#ifndef X_OPS_H
#define X_OPS_H

#include <linux/types.h>

extern struct ops vt_ops;
extern struct ops vt_more;

int one(void);
int two(int a,
	int b);
#ifdef A
int three(void);
int four(void);
#endif
#ifdef B
int five(void);
#endif
int six(void);

#endif /* X_OPS_H */
"""
ORDER = ["vt_ops", "vt_more", "one", "two", "three", "four", "five", "six"]
GUARDS: dict[str, Guard] = {"three": A, "four": A, "five": B}


@pytest.mark.parametrize("name", ORDER)
def test_one_that_was_taken_out_comes_back_where_it_was(name: str) -> None:
    module = parse_module(HEADER)
    (lost,) = [i for i in module.items if isinstance(i, Declaration) and i.name == name]
    without = HEADER.replace(lost.text + "\n", "")
    if name == "five":
        without = without.replace("#ifdef B\n#endif\n", "")
    addition = Addition(name, GUARDS.get(name, ()), lost.text)
    assert declare(parse_module(without), [addition], ORDER).code == HEADER


def test_all_of_them_make_the_header() -> None:
    module = parse_module(HEADER)
    lost = [item for item in module.items if isinstance(item, Declaration)]
    empty = HEADER[: HEADER.index("extern")] + "#endif /* X_OPS_H */\n"
    additions = [Addition(item.name, GUARDS.get(item.name, ()), item.text) for item in lost]
    assert declare(parse_module(empty), additions, ORDER).code == HEADER


@pytest.mark.parametrize(
    ("definition", "declaration"),
    [
        ("int f(void)\n{\n}\n", "int f(void);"),
        ("static inline int f(int a)\n{\n}\n", "int f(int a);"),
        ("__init int f(void)\n{\n}\n", "__init int f(void);"),
        ("int __init f(void) /* why */\n{\n}\n", "int __init f(void);"),
        ("bool\nf(int a)\n{\n}\n", "bool f(int a);"),
        ("int f(int a,\n      int b)\n{\n}\n", "int f(int a,\n      int b);"),
        ("int f(int a, // one\n      int b)\n{\n}\n", "int f(int a, int b);"),
        ("int f(int a /* one */, int b)\n{\n}\n", "int f(int a /* one */, int b);"),
        ("void f(void (*g)(int), int a[3])\n{\n}\n", "void f(void (*g)(int), int a[3]);"),
        ("struct o t = {\n};\n", "extern struct o t;"),
        ("const struct o t[] = {\n};\n", "extern const struct o t[];"),
        ("struct o t __initdata = { .a = b };\n", "extern struct o t __initdata;"),
        ("int a;\n", "extern int a;"),
        ("extern int a;\n", "extern int a;"),
        ("int f(int a);\n", "int f(int a);"),
    ],
)
def test_declaration_of_a_definition(definition: str, declaration: str) -> None:
    assert declaration_of(parse_module(definition).items[0]) == declaration


def test_long_prototypes_wrap_aligned_and_within_the_limit() -> None:
    parameters = ", ".join(f"struct a_type_{n} *argument_{n}" for n in range(6))
    text = wrap_prototype(read_head(f"static int a_function({parameters})"))
    lines = text.split("\n")
    assert len(lines) > 2
    assert all(width(line) <= 80 for line in lines)
    assert all(width(line[: len(line) - len(line.lstrip())]) == 22 for line in lines[1:])


def test_name_starts_a_line_where_no_parameter_fits_beside_it() -> None:
    name = "a_name_so_long_that_little_fits_beside_it"
    text = wrap_prototype(read_head(f"struct a_long_result {name}(struct an_argument *a)"), 72)
    assert text == f"struct a_long_result\n{name}(struct an_argument *a);"


def test_tags_go_behind_the_includes() -> None:
    tags = declare_tags(parse_module(HEADER), ["struct s"]).code
    assert tags == HEADER.replace("types.h>\n", "types.h>\n\nstruct s;\n")
    module = parse_module(HEADER)
    assert declare_tags(module, []) is module
