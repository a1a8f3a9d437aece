"""Entries of initializers: designator, value, and where each starts."""

import pytest

from vtsplit.cst.heads.initializer import read_entries
from vtsplit.cst.nodes import Declaration
from vtsplit.cst.parser import parse_module


def declaration(text: str) -> Declaration:
    (item,) = parse_module(text).items
    assert isinstance(item, Declaration)
    return item


# (what is behind `=`, its entries)
ENTRIES: list[tuple[str, list[tuple[str, str]]]] = [
    ("{ }", []),
    ("{ .a = b }", [(".a", "b")]),
    ("{ .a = b, }", [(".a", "b")]),
    ("{ 1, b, }", [("", "1"), ("", "b")]),
    ("{ [0] = 1, [A] = b, [1 ... 3] = c }", [("[0]", "1"), ("[A]", "b"), ("[1...3]", "c")]),
    ("{ .a.b = c, .d[1] = e }", [(".a.b", "c"), (".d[1]", "e")]),
    ("{ a: b, c: d ? e : f }", [(".a", "b"), (".c", "d ? e : f")]),
    ("{ a ? b : c, d }", [("", "a ? b : c"), ("", "d")]),
    # an `=` in a value is no designator's
    ("{ .a = b == c, d == e }", [(".a", "b == c"), ("", "d == e")]),
    ("{ .a = (b = c) }", [(".a", "(b = c)")]),
    # commas inside of brackets and text
    ("{ .a = { 1, 2 }, .b = f(1, 2) }", [(".a", "{ 1, 2 }"), (".b", "f(1, 2)")]),
    ("{ .a = (x){ 1, 2 }, .b = c[1, 2] }", [(".a", "(x){ 1, 2 }"), (".b", "c[1, 2]")]),
    ("{ .a = \"b,c\", .d = ',' }", [(".a", '"b,c"'), (".d", "','")]),
    ("{ .a = ({ int x = 1, y; x; }), .b = c }", [(".a", "({ int x = 1, y; x; })"), (".b", "c")]),
    # macros
    ("{ OPS(a, b), .c = d }", [("", "OPS(a, b)"), (".c", "d")]),
    # comments and directives belong to no entry
    ("{\n\t/* , */\n\t.a = /* b */ c, // d,\n\t.e\t= f\n}", [(".a", "c"), (".e", "f")]),
    ("{\n#ifdef A\n\t.a = b,\n#else\n\t.a = c,\n#endif\n}", [(".a", "b"), (".a", "c")]),
    ("{\n\t.a = b\n#ifdef A\n\t, .c = d\n#endif\n}", [(".a", "b"), (".c", "d")]),
    ("{\n\t.a =\n\t\tb +\n\t\tc,\r\n}", [(".a", "b +\n\t\tc")]),
]
NONE = [
    "int a;",
    "int a = 3;",
    "struct o *a = &(struct o){ .a = b };",
    "struct o a = (struct o){ .a = b };",
    "int f(void);",
    "struct o { int a; };",
]


@pytest.mark.parametrize(("value", "wanted"), ENTRIES)
def test_entries(value: str, wanted: list[tuple[str, str]]) -> None:
    item = declaration(f"/* top */\nstatic struct o t = {value};\n")
    found = [(e.designator, "".join(t.text for t in e.value)) for e in read_entries(item)]
    assert found == wanted


@pytest.mark.parametrize("text", NONE)
def test_no_entries(text: str) -> None:
    assert read_entries(declaration(text)) == ()


@pytest.mark.parametrize(("value", "wanted"), ENTRIES)
def test_entries_start_where_they_say(value: str, wanted: list[tuple[str, str]]) -> None:
    item = declaration(f"static struct o t __initdata\n\t= {value};\n")
    for entry in read_entries(item):
        first = (entry.designator or entry.value[0].text)[0]
        old = entry.designator.startswith(".") and item.text[entry.offset] != "."
        assert item.text.startswith(entry.designator[1] if old else first, entry.offset)


def test_the_first_declarators_entries_are_read() -> None:
    found = read_entries(declaration("struct o a = { .b = c }, d = { .e = f };"))
    assert [entry.designator for entry in found] == [".b"]
