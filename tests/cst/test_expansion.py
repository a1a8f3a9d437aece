"""Macro calls carried out on tokens: what comes of them, and where each token is from."""

import subprocess

import pytest

from vtsplit.cst.directives import Macro
from vtsplit.cst.lexer import TRIVIA, lex
from vtsplit.cst.meaning.expansion import Expansion, ExpansionError, expansions, written
from vtsplit.cst.nodes import Directive
from vtsplit.cst.parser import parse_module

DEFINITIONS = """\
#define ID(x) x
#define SET(m, f) .m = f
#define BOTH(f, g) SET(get, f), SET(put, g)
#define REST(f, ...) SET(get, f), __VA_ARGS__
#define LIST(args...) { 0, ## args }
#define GLUE(a, b) a ## b
#define TEXT(x) #x
#define LATE(x) TEXT(x)
#define SELF SELF + 1
#define NAME ID
#define EMPTY
#define TWO(a) a EMPTY a
"""

CALLS = """\
ID(f)
BOTH(f, g)
BOTH(ID(f), (g, h))
REST(f, .put = g, 3)
LIST()
LIST(f, g)
GLUE(fo, o) GLUE(SELF, 1) GLUE(, f)
TEXT(a + "b") LATE(SELF)
SELF
NAME(f) NAME (g) NAME
TWO(f) ID
ID(ID)(f)
SET(SELF, BOTH(f, g))
"""


def expand(text: str, definitions: str = DEFINITIONS) -> tuple[Expansion, ...]:
    macros: dict[str, list[Macro]] = {}
    for item in parse_module(definitions).items:
        if isinstance(item, Directive) and item.macro is not None:
            macros.setdefault(item.macro.name, []).append(item.macro)
    tokens, at = [], 0
    for token in lex(text):
        if token.kind not in TRIVIA:
            tokens.append((token, at))
        at += len(token.text)
    return expansions(written(tokens), lambda name: tuple(macros.get(name, ())))


def words(text: str) -> list[str]:
    return [token.text for token in lex(text) if token.kind not in TRIVIA]


def test_as_the_preprocessor_does() -> None:
    done = subprocess.run(
        ["gcc", "-E", "-P", "-"],
        input=DEFINITIONS + CALLS.replace("\n", "\n;;;\n"),
        capture_output=True,
        text=True,
        check=True,
    )
    wanted = done.stdout.split(";;;")
    calls = CALLS.splitlines()
    for call, text in zip(calls, wanted[: len(calls)], strict=True):
        (found,) = expand(call)
        assert [word.text for word in found.words] == words(text), call


def test_places() -> None:
    text = "BOTH(f, ID(g)) h"
    (found,) = expand(text)
    places = {word.text: (word.place, word.anchor) for word in found.words}
    assert {name: places[name][0] for name in "fgh"} == {n: text.index(n) for n in "fgh"}
    assert places["get"] == (-1, 0)
    assert not found.lost


@pytest.mark.parametrize(
    ("text", "why"),
    [("GLUE(f, g)", "macro GLUE pastes it"), ("ID(TEXT(f))", "macro TEXT makes a string of it")],
)
def test_what_is_not_used_as_it_is(text: str, why: str) -> None:
    (found,) = expand(text)
    assert found.lost[text.index("f")] == why


def test_each_definition() -> None:
    definitions = "#define OP(f) .get = f\n#define OP(f)\n#define OP(f) .get = f\n"
    found = expand("OP(a), OP(b)", definitions)
    assert ["".join(w.text for w in one.words) for one in found] == [".get=a,.get=b", ","]


def test_too_much() -> None:
    many = "".join(f"#define M{n} {k}\n" for n in range(5) for k in range(3))
    with pytest.raises(ExpansionError, match="too many definitions"):
        expand("M0 M1 M2 M3 M4", many)
    # A long table makes much, but no more for each of its calls than a short one.
    calls = ", ".join(f"ROW({n})" for n in range(400))
    (found,) = expand(
        calls, "#define ROW(n) { CELL(n), CELL(n), CELL(n) }\n#define CELL(n) (n, 1, 2)\n"
    )
    assert sum(word.text == "{" for word in found.words) == 400
    double = "".join(f"#define D{n} D{n + 1} D{n + 1}\n" for n in range(20))
    with pytest.raises(ExpansionError, match="expands to too much"):
        expand("D0", double)
    with pytest.raises(ExpansionError, match="__VA_OPT__"):
        expand("O(a)", "#define O(...) __VA_OPT__(x)\n")
