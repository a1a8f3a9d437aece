"""What a difference shows: the tokens that differ, and not what is allowed to."""

import pytest

from vtsplit.verify.token_diff import TokenDiff, diff_definitions

# (before, after, what is shown)
SHOWN = [
    (
        "static inline int f(int a)\n{\n\treturn a;\n}",
        "int __cold f(int a)\n{\n\treturn 1;\n}",
        ["- int a ) { return a ; }", "+ int a ) { return 1 ; }"],
    ),
    ("static int x __initdata;", "long x;", ["- int x", "+ long x"]),
    ("static int x = 1;", "__read_mostly int x = 2;", ["- int x = 1", "+ int x = 2"]),
    (
        "static struct o t = { .a = f, .b = g, .c = h };",
        "struct o t = { .c = h, .b = k, .a = f };",
        ["- f , . b = g , . c = h", "+ f , . b = k , . c = h"],
    ),
    (
        "struct o t = {\n#ifdef A\n\t.b = g,\n#endif\n\t.a = f,\n};",
        "struct o t = {\n\t.a = f,\n\t.b = g,\n};",
        ["- . a = f , #ifdef A . b = g ,", "+ . a = f , . b = g ,"],
    ),
    ("int t[] = { 1, 2 };", "int t[] = { 2, 1 };", ["- ] = { 1 , 2 }", "+ ] = { 2 , 1 }"]),
    ("struct s { int a; };", "struct s { long a; };", ["- s { int a ; }", "+ s { long a ; }"]),
]


@pytest.mark.parametrize(("before", "after", "lines"), SHOWN, ids=[one[0] for one in SHOWN])
def test_only_what_differs_is_shown(before: str, after: str, lines: list[str]) -> None:
    found = diff_definitions(before, after).lines
    assert [next((one for one in lines if _is_around(one, line)), line) for line in found] == lines


def _is_around(part: str, line: str) -> bool:
    """Tell whether a line has a part; what stands around it may be more."""
    return part[0] == line[0] and part[2:] in line


def test_what_is_allowed_alone_is_no_difference() -> None:
    assert diff_definitions("static int f(void) { }", "int f(void) { }").lines == ()


def test_the_place_is_that_of_the_first_token_that_differs() -> None:
    before = "static struct o t = { .a = f, .b = g };"
    after = "struct o t __initdata = {\n#ifdef A\n.b = k,\n#endif\n.a = h };"
    found = diff_definitions(before, after)
    assert isinstance(found, TokenDiff)
    assert (_token(before, found.before), _token(after, found.after)) == ("f", "h")


def _token(text: str, number: int) -> str:
    lines = [line for line in text.split("\n") if not line.startswith("#")]
    for mark in "{}=.,;":
        lines = [line.replace(mark, f" {mark} ") for line in lines]
    return " ".join(lines).split()[number]
