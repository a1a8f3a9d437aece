"""Brackets on tokens: which one closes which, and what stands outside of them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from how_many import examples
from vtsplit.cst.lexer import lex
from vtsplit.cst.spans import (
    closing,
    enclosing,
    last_of,
    listed,
    matching,
    nested,
    opening,
    outside,
    split_at,
)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [("(a)", 0, 2), ("a[b[c]]d", 1, 6), ('(")")', 0, 2), ("(/* ) */)", 0, 2), ("((a)", 0, 3)],
)
def test_matching_brackets(text: str, first: int, last: int) -> None:
    assert matching(lex(text), first) == last


@pytest.mark.parametrize(
    ("text", "brackets", "pieces"),
    [
        ("a,f(b,c)", "([{", ["a", "f(b,c)"]),
        ("{a,b},[c,d]", "([{", ["{a,b}", "[c,d]"]),
        ("{a,b},[c,d]", "(", ["{a", "b}", "[c", "d]"]),
        ("{a,b},[c,d]", "([", ["{a", "b}", "[c,d]"]),
        ("{a,b},[c,d]", "({", ["{a,b}", "[c", "d]"]),
        ("a),b", "(", ["a),b"]),
        (",", "([{", ["", ""]),
        ("", "([{", [""]),
    ],
)
def test_pieces_between_commas(text: str, brackets: str, pieces: list[str]) -> None:
    assert split_at(text, ",", brackets) == pieces
    assert [
        "".join(t.text for t in piece) for piece in split_at(lex(text), ",", brackets)
    ] == pieces


@pytest.mark.parametrize(
    ("text", "entries"),
    [("", []), ("a", ["a"]), ("a,", ["a"]), (",", [""]), ("a,,b", ["a", "", "b"])],
)
def test_a_comma_may_end_a_list(text: str, entries: list[str]) -> None:
    assert listed(text) == entries


@pytest.mark.parametrize(
    ("text", "at", "brackets", "found"),
    [("f(a,b", 5, "([{", 1), ("f({b", 3, "(", 1), ("f(a)b", 4, "(", -1), ("(a)),b", 6, "(", -1)],
)
def test_the_bracket_around(text: str, at: int, brackets: str, found: int) -> None:
    assert enclosing(text, at, brackets) == found


# Texts whose brackets pair, as those of C do.
PAIRED = st.recursive(
    st.sampled_from(["a", ",", ";", ""]),
    lambda inner: st.builds(
        lambda first, kind, second: first + kind[0] + second + kind[1],
        inner,
        st.sampled_from(["()", "[]", "{}"]),
        inner,
    ),
    max_leaves=12,
)


@given(PAIRED, PAIRED)
@settings(max_examples=examples(50))
def test_one_walk_agrees_with_the_other(before: str, text: str) -> None:
    whole = before + text
    for at, (char, _) in enumerate(nested(whole)):
        if char in "([{":
            end = closing(whole, at)
            assert end == matching(whole, at) == last_of(whole, at)
            assert opening(whole, end) == at
            assert enclosing(whole, end) == at
        else:
            assert last_of(whole, at) == at
    assert [depth for _, depth in nested(whole)][-1:] in ([], [0])
    assert all(enclosing(whole, at) < 0 for at in outside(whole, {"a", ",", ";"}))
    assert ",".join(map("".join, split_at(whole))) == whole
