"""The `#if` conditions in force at an item, their weakest cover, and text put under them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from how_many import examples
from vtsplit.cst.conditions import Condition, Guard, cover, negate
from vtsplit.cst.guards import guarded, include_guard, item_guards
from vtsplit.cst.nodes import Declaration, Module
from vtsplit.cst.parser import parse_module


def guards_of(text: str) -> dict[str, Guard]:
    """For each object that the text declares, its guard; the last one where there are several."""
    module = parse_module(text)
    found = zip(module.items, item_guards(module), strict=True)
    return {item.name: guard for item, guard in found if isinstance(item, Declaration)}


def expressions(text: str) -> dict[str, list[str]]:
    return {name: [c.expression for c in guard] for name, guard in guards_of(text).items()}


# (text, conditions at each object)
CASES: list[tuple[str, dict[str, list[str]]]] = [
    ("int a;\n", {"a": []}),
    ("#ifdef A\nint a;\n#endif\nint b;\n", {"a": ["defined(A)"], "b": []}),
    ("#ifndef A\nint a;\n#else\nint b;\n#endif\n", {"a": ["!defined(A)"], "b": ["defined(A)"]}),
    ("#if A\nint a;\n#else\nint b;\n#endif\n", {"a": ["A"], "b": ["!A"]}),
    ("#if A(x)\nint a;\n#else\nint b;\n#endif\n", {"a": ["A(x)"], "b": ["!A(x)"]}),
    ("#if A == 1\n#else\nint b;\n#endif\n", {"b": ["!(A == 1)"]}),
    ("#if !A && B\n#else\nint b;\n#endif\n", {"b": ["!(!A && B)"]}),
    ("#if defined A\nint a;\n#elif defined (B)\nint b;\n#endif\n",
     {"a": ["defined(A)"], "b": ["!defined(A) && defined(B)"]}),
    ("#if A\nint a;\n#elif B || C\nint b;\n#elif D\nint c;\n#else\nint d;\n#endif\nint e;\n",
     {"a": ["A"], "b": ["!A && (B || C)"], "c": ["!A && !(B || C) && D"],
      "d": ["!A && !(B || C) && !D"], "e": []}),
    ("#ifdef A\n#elifdef B\nint b;\n#elifndef C\nint c;\n#endif\n",
     {"b": ["!defined(A) && defined(B)"], "c": ["!defined(A) && !defined(B) && !defined(C)"]}),
    # nesting
    ("#ifdef A\n#ifndef B\nint a;\n#endif\n#if C && D\nint b;\n#endif\nint c;\n#endif\n",
     {"a": ["defined(A)", "!defined(B)"], "b": ["defined(A)", "C && D"], "c": ["defined(A)"]}),
    ("#if A\n#else\n#if B\n#else\nint a;\n#endif\nint b;\n#endif\n",
     {"a": ["!A", "!B"], "b": ["!A"]}),
    # how it is written does not count
    (" #  if  A  /* c */ \\\n\t&& B // d\nint a;\n# endif\n", {"a": ["A && B"]}),
    ("#ifdef A\r\nint a;\r\n#endif\r\nint b;\r\n", {"a": ["defined(A)"], "b": []}),
    # inside of items
    ("int f(void)\n{\n#ifdef A\n\tint c;\n#endif\n}\nint a;\n", {"a": []}),
    ("#ifdef A\nint f(int a)\n{\n#else\nint f(void)\n{\n#endif\n}\nint c;\n", {"c": []}),
    # unbalanced
    ("#ifdef A\nint a;\n", {"a": ["defined(A)"]}),
    ("#else\n#endif\n#elif A\nint a;\n", {"a": []}),
    # include guards are none
    ("#ifndef H\n#define H\nint a;\n#ifdef A\nint b;\n#endif\nint c;\n#endif\n",
     {"a": [], "b": ["defined(A)"], "c": []}),
    ("#ifndef M\n#define M\nint a;\n#endif\n#ifdef X\nint b;\n#endif\n",
     {"a": ["!defined(M)"], "b": ["defined(X)"]}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), CASES)
def test_conditions(text: str, wanted: dict[str, list[str]]) -> None:
    assert expressions(text) == wanted


def test_directives_stand_outside_of_the_branches_they_bound() -> None:
    module = parse_module("#ifdef A\n#define M\n#else\n#include <b.h>\n#endif\n")
    assert [len(guard) for guard in item_guards(module)] == [0, 1, 0, 1, 0]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("#ifndef H\n#define H\nint a;\n#endif\n", "H"),
        ("/* c */\n#ifndef H\n#define H 1\n#endif /* H */\n\n/* end */\n", "H"),
        ("#if !defined(H)\n#define H\n#endif\n", "H"),
        ("#ifndef H\n#define H\n#ifdef A\n#else\n#endif\n#endif\n", "H"),
        ("", None),
        ("#ifndef H\n#define H\nint a;\n#endif\nint b;\n", None),
        ("#ifndef H\n#define G\n#endif\n", None),
        ("#ifdef H\n#define H\n#endif\n", None),
        ("#if defined(H)\n#define H\n#endif\n", None),
        ("int a;\n#ifndef H\n#define H\n#endif\n", None),
        # the last #endif is another block's, or the block has another branch
        ("#ifndef M\n#define M\n#endif\nint a;\n#ifdef X\nint b;\n#endif\n", None),
        ("#ifndef H\n#define H\n#else\nint a;\n#endif\n", None),
    ],
)
def test_include_guards(text: str, name: str | None) -> None:
    assert include_guard(parse_module(text)) == ((name, 1) if name else None)


@pytest.mark.parametrize(
    ("expression", "denied"),
    [
        ("A", "!A"),
        ("!A", "A"),
        ("defined(A)", "!defined(A)"),
        ("! defined(A)", "defined(A)"),
        ("A(b)", "!A(b)"),
        ("A(b(c))", "!(A(b(c)))"),
        ("!A || B", "!(!A || B)"),
        ("A > 1", "!(A > 1)"),
        ("!!A", "!(!!A)"),
    ],
)
def test_denial(expression: str, denied: str) -> None:
    assert negate(expression) == denied


# (text that declares objects named a, b ..., the conditions that cover them all)
COVERS = [
    ("int a;", []),
    ("#ifdef A\nint a;\n#endif\n", ["defined(A)"]),
    ("#ifdef A\nint a;\n#else\nint b;\n#endif\n", []),
    ("#ifdef A\nint a;\n#endif\n#ifndef A\nint b;\n#endif\n", []),
    ("#ifdef A\nint a;\n#endif\nint b;\n", []),
    ("#ifdef A\nint a;\nint b;\n#endif\n", ["defined(A)"]),
    ("#if A\nint a;\n#elif B\nint b;\n#else\nint c;\n#endif\n", []),
    ("#if A\nint a;\n#elif B\nint b;\n#endif\n", ["A || (!A && B)"]),
    ("#if A\nint a;\n#elif B\n#else\nint c;\n#endif\n", ["A || (!A && !B)"]),
    ("#ifdef A\nint a;\n#endif\n#ifdef B\nint b;\n#endif\n", ["defined(A) || defined(B)"]),
    ("#ifdef A\n#ifdef B\nint a;\n#else\nint b;\n#endif\n#endif\n", ["defined(A)"]),
    ("#if A\n#if B\nint a;\n#else\nint b;\n#endif\n#else\nint c;\n#endif\n", []),
    ("#if A\n#if B\nint a;\n#endif\n#if C\nint b;\n#endif\n#endif\n", ["A", "B || C"]),
    ("#if A\n#if B\nint a;\n#endif\n#endif\n#if C\nint b;\n#endif\n", ["(A && B) || C"]),
    ("#if A\nint a;\n#if B\nint b;\n#endif\n#endif\n", ["A"]),
]


@pytest.mark.parametrize(("text", "wanted"), COVERS)
def test_cover(text: str, wanted: list[str]) -> None:
    covered = cover(guards_of(text).values())
    assert [condition.expression for condition in covered] == wanted
    backwards = cover(reversed(guards_of(text).values()))
    assert len(backwards) == len(wanted)


def test_branches_of_one_number_in_two_blocks_do_not_join() -> None:
    first = Condition("A", block=0, branch=0, branches=2)
    second = Condition("B", block=1, branch=1, branches=2)
    assert cover([(first,), (second,)]) == (Condition("A || B"),)


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        ([], ""),
        ([((), "x;\n")], "x;\n"),
        ([(("defined(A)",), "x;\n")], "#ifdef A\nx;\n#endif\n"),
        ([(("!defined(A)",), "x;\n")], "#ifndef A\nx;\n#endif\n"),
        ([(("A && B",), "x;\n")], "#if A && B\nx;\n#endif\n"),
        ([(("A",), "x;\n"), (("A",), "y;\n")], "#if A\nx;\ny;\n#endif\n"),
        ([(("A",), "x;\n"), (("B",), "y;\n")], "#if A\nx;\n#endif\n#if B\ny;\n#endif\n"),
        (
            [(("A",), "x;\n"), (("A", "B"), "y;\n"), ((), "z;\n")],
            "#if A\nx;\n#if B\ny;\n#endif\n#endif\nz;\n",
        ),
    ],
)
def test_text_under_guards(pieces: list[tuple[tuple[str, ...], str]], text: str) -> None:
    made = [(tuple(Condition(e) for e in guard), piece) for guard, piece in pieces]
    assert guarded(made) == text


EXPRESSIONS = st.sampled_from(
    ["A", "!A", "defined(A)", "!defined(B)", "A && B", "A || B", "A == 1", "F(x)", "!F(x, y)"]
)
GUARDS = st.lists(EXPRESSIONS, max_size=3).map(lambda es: tuple(Condition(e) for e in es))


@given(st.lists(GUARDS, max_size=6))
@settings(max_examples=examples(100), deadline=None)
def test_text_under_guards_read_again_has_them(guards: list[Guard]) -> None:
    pieces = [(guard, f"int x{at};\n") for at, guard in enumerate(guards)]
    assert list(guards_of(guarded(pieces)).values()) == guards


@st.composite
def conditional_texts(draw: st.DrawFn, depth: int = 2) -> str:
    """A text of objects and blocks; names are given later."""
    pieces = []
    for _ in range(draw(st.integers(0, 2 + (depth == 2)))):
        if depth and draw(st.booleans()):
            block = f"#if {draw(EXPRESSIONS)}\n{draw(conditional_texts(depth - 1))}"
            for _ in range(draw(st.integers(0, 2))):
                block += f"#elif {draw(EXPRESSIONS)}\n{draw(conditional_texts(depth - 1))}"
            if draw(st.booleans()):
                block += f"#else\n{draw(conditional_texts(depth - 1))}"
            pieces.append(f"{block}#endif\n")
        else:
            pieces.append("int NAME;\n")
    return "".join(pieces)


@given(conditional_texts())
@settings(max_examples=examples(60), deadline=None)
def test_objects_moved_under_their_own_guards_keep_them(text: str) -> None:
    for number in range(text.count("NAME")):
        text = text.replace("NAME", f"x{number}", 1)
    before = guards_of(text)
    moved = guarded([(guard, f"int {name};\n") for name, guard in before.items()])
    assert guards_of(moved) == before


def test_an_empty_module_has_no_guards() -> None:
    assert item_guards(Module(())) == ()
