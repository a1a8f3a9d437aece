"""Work that grows no faster than the text: it is counted, or compared for two sizes."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vtsplit.cst import inside, spans
from vtsplit.cst.guards import MOST_NESTED, find_beyond, item_guards, token_guards
from vtsplit.cst.lexer import Kind, lex
from vtsplit.cst.meaning.occurrences import find_occurrences
from vtsplit.cst.meaning.statements import StatementTokens
from vtsplit.cst.parser import parse_anew, parse_module

pytestmark = pytest.mark.slow

brackets = st.text("()[]{}a,;", max_size=40)


@given(brackets)
def test_pairs_of_brackets_are_those_that_a_search_finds(text: str) -> None:
    found = spans.Brackets(text)
    for at, char in enumerate(text):
        if char in ")]}":
            assert found.openings.get(at, 0) == spans.opening(text, at)
        if char in "([{":
            assert found.closings.get(at, len(text) - 1) == spans.matching(text, at)


@given(
    st.recursive(
        st.text("a,;", max_size=4),
        lambda s: st.tuples(st.sampled_from(["()", "[]", "{}"]), s, s).map(
            lambda one: f"{one[0][0]}{one[1]}{one[0][1]}{one[2]}"
        ),
        max_leaves=12,
    )
)
def test_innermost_bracket_is_the_one_that_a_search_finds(text: str) -> None:
    found = spans.Brackets(text)
    for at in range(len(text) + 1):
        assert found.enclosing(at) == spans.enclosing(text, at)
        start = found.enclosing(at) + 1
        assert at == len(text) or found.arguments[at] == len(spans.outside(text[start:at], {","}))


def grows_gently(work: Callable[[int], object], size: int) -> bool:
    """Tell whether four times the size take much less than sixteen times the time."""
    for _ in range(3):  # the machine may be busy
        times = []
        for count in (size, 4 * size):
            start = time.process_time()
            work(count)
            times.append(time.process_time() - start)
        if times[1] < 8 * times[0] + 0.05:
            return True
    return False


def body(statement: str, count: int) -> str:
    return "int f(void)\n{\n" + f"\t{statement}\n" * count + "}\n"


TEXTS: dict[str, Callable[[int], str]] = {
    "a comment that does not end": lambda n: "int x;\n" + "/* x\n" * n,
    "calls in a declaration": lambda n: "int x = " + "f(1) + " * n + "1;\n",
    "annotations": lambda n: "int x " + "__aligned(8) " * n + ";\n",
    "macro calls without a semicolon": lambda n: "DEFINE_X(a)\n" * n,
    "lone words": lambda n: '#define QUIET _Pragma("x")\n' + "QUIET\n" * n,
    "hashes in one line": lambda n: ";#" * n + "\n",
    "comments behind a declaration": lambda n: "int a; " + "/* x */ " * n + "int b;\n",
    "ends of conditions that began in front": lambda n: "int a = (\n#endif\n" * (n // 8),
    "branches with statements": lambda n: "int a\n#if A\n= 1;\n" + "int b;\n" * n + "#endif\n;\n",
}


@pytest.mark.parametrize("what", TEXTS)
def test_parsing_grows_with_the_text(what: str) -> None:
    make = TEXTS[what]
    assert grows_gently(lambda n: parse_module(make(n)), 3000)


CONDITIONS: dict[str, Callable[[int], str]] = {
    "inside of one another": lambda n: "#if A\n" * n + "int a;\n" + "#endif\n" * n,
    "with items": lambda n: "#if A\nint a;\n" * n + "#endif\n" * n,
    "branches": lambda n: "#if A\n" + "#elif B\nint a;\n" * n + "#endif\n",
    "in one item": lambda n: "int a[] = {\n" + "#if A\n1,\n" * n + "#endif\n" * n + "};\n",
}


@pytest.mark.parametrize("what", CONDITIONS)
def test_conditions_are_followed_in_bounds(what: str) -> None:
    make = CONDITIONS[what]

    def work(count: int) -> None:
        module = parse_module(make(count))
        guards = [item_guards(module), *(tuple(token_guards(item)) for item in module.items)]
        assert max(len(guard) for many in guards for guard in many) <= MOST_NESTED

    assert grows_gently(work, 500)
    assert find_beyond(parse_module(make(MOST_NESTED))) is None
    assert find_beyond(parse_module(make(MOST_NESTED + 1))) is not None


USES: dict[str, Callable[[int], str]] = {
    "calls": lambda n: body("open(0);", n),
    "arguments of one call": lambda n: body(f"g({'open, ' * n}0);", 1),
    "an initializer": lambda n: body(f"int a[] = {{ {'open, ' * n} }};", 1),
    "nested parentheses": lambda n: body("(" * n + "open" + ", open)" * n + ";", 1),
    "blocks that hide it": lambda n: body("{ int open; open = 1; }", n),
    "declarators": lambda n: body(f"int a{', open' * n};", 1),
    "conditions": lambda n: body("a = b ? open : close;", n),
}


@pytest.mark.parametrize("what", USES)
def test_uses_of_a_name_are_told_in_one_pass(what: str) -> None:
    make = USES[what]

    def work(count: int) -> None:
        (item,) = parse_module(make(count)).items
        assert find_occurrences(item, frozenset({"open", "close"}))

    assert grows_gently(work, 300)


def test_comment_is_not_given_back_for_the_end_of_another() -> None:
    module = parse_module("int a; /* c */ int b; /* d */\n")
    assert [item.text for item in module.items] == ["int a;", "int b;"]


def test_comment_that_does_not_end_is_one_token() -> None:
    tokens = lex("a /* b\n/* c\n")
    assert [token.kind for token in tokens] == [Kind.IDENT, Kind.SPACE, Kind.COMMENT]
    text = "int a;\n/* no end\nint b;\n"
    module = parse_module(text)
    assert (module.code, len(module.items)) == (text, 1)


def test_statements_inside_of_one_another_have_one_end() -> None:
    for count, size, head in ((3000, 5, "for (;;) "), (3000, 4, "if (a) "), (1500, 1, "do ")):
        code = StatementTokens(lex(head * count + "b(); else c(); d();"))
        ends = {code.statement_end(place) for place in range(0, size * count, size)}
        assert len(ends) <= 2
        assert max(ends) < len(code.texts) - 1


INSIDE: dict[str, Callable[[int], str]] = {
    "calls": lambda n: body("f(a, b);", n),
    "one expression": lambda n: body("x = " + "a * f(b) + c->d + " * n + "1;", 1),
    "calls in each other": lambda n: body("f(" * n + ")" * n + ";", 1),
    "calls of what is called": lambda n: body("f" + "(1)" * n + ";", 1),
    "else in a row": lambda n: body("if (a) f(1); else " * n + ";", 1),
    "blocks in each other": lambda n: body("{ if (a) " * n + ";" + " }" * n, 1),
    "statements that are cut": lambda n: body("\n#if A\nif (a)\n#endif\nf(1);", n),
    "conditions in each other": lambda n: body("\n#if A\n" * n + "f(1);" + "\n#endif\n" * n, 1),
    "brackets that do not pair": lambda n: body("f((" * n + "\n#if A\n)\n#endif\n", 1),
    "initializers in each other": lambda n: body("x = " + "{ a * f(b), " * n + "}" * n + ";", 1),
}


@pytest.mark.parametrize("name", INSIDE)
def test_what_is_inside_is_read_in_time_that_grows_with_it(name: str) -> None:
    assert grows_gently(lambda count: [*map(inside, parse_anew(INSIDE[name](count)).items)], 400)
