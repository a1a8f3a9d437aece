"""Continuation lines follow the parenthesis they are aligned to; other lines stay."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from how_many import examples
from vtsplit.cst.lexer import Kind, lex
from vtsplit.cst.style.align import ChangedToken, keep_backslashes, realign, width
from vtsplit.cst.style.indentation import KERNEL


def replace(text: str, old: str, new: str, force: bool = False, limit: int = 80) -> str:
    """Replace one token, with the blank behind it when nothing is left of it, and realign."""
    pieces: list[ChangedToken] = []
    for token in lex(text):
        gone = not new and bool(pieces) and pieces[-1].before == old and token.kind is Kind.SPACE
        after = new if token.text == old else "" if gone else token.text
        pieces.append(ChangedToken(token.text, after, force))
    return realign(pieces, limit)


# (text, token, new, after)
MOVED = [
    ("static f(a,\n\t b);", "static", "", "f(a,\n  b);"),
    ("f(a,\n  b);", "f", "longer_name", "longer_name(a,\n\t    b);"),
    ("long_name(a,\n\t  b);", "long_name", "f", "f(a,\n  b);"),
    # spaces that make the column become the kernel's tabs
    ("long_name(a,\n          b);", "long_name", "seven77", "seven77(a,\n\tb);"),
    ("f(a,\n  b,\n  c);", "f", "ff", "ff(a,\n   b,\n   c);"),
    # the inner parenthesis moves with what stands in front of it, too
    ("f(a, g(b,\n       c),\n  d);", "f", "ff", "ff(a, g(b,\n\tc),\n   d);"),
    ("f(a, g(b,\n       c),\n  d);", "g", "gg", "f(a, gg(b,\n\tc),\n  d);"),
    ("f(a[b +\n    c],\n  d);", "f", "ff", "ff(a[b +\n     c],\n   d);"),
    # a name on the continuation line itself
    ("f(a,\n  g(b,\n    c));", "g", "gg", "f(a,\n  gg(b,\n     c));"),
    ("static f(a,\n\n\t b);", "static", "", "f(a,\n\n  b);"),
    ("static f(a,\r\n\t b);\r\n", "static", "", "f(a,\r\n  b);\r\n"),
    ("static f(a, \\\n\t b);", "static", "", "f(a, \\\n  b);"),
    # parentheses in text are none
    ("static f(a, /* ( */\n\t b);", "static", "", "f(a, /* ( */\n  b);"),
    ("static f(a, // (\n\t b);", "static", "", "f(a, // (\n  b);"),
    ("static f(\"(\", ')',\n\t b);", "static", "", "f(\"(\", ')',\n  b);"),
    (
        "static f(a,\n#if A(\n\t b,\n#endif\n\t c);",
        "static",
        "",
        "f(a,\n#if A(\n  b,\n#endif\n  c);",
    ),
    ("static\tf(a,\n\t  b);", "static", "", "f(a,\n  b);"),
]
# Lines that were not aligned, or whose parenthesis does not move, stay as they are.
STAYS = [
    ("static f(a,\n\tb);", "static", ""),
    ("static f(a,\n\t\tb);", "static", ""),
    ("static f(\n\ta);", "static", ""),
    ("static f(a,\n\t  b);", "static", ""),
    ("static a = b +\n\t c;", "static", ""),
    ("f(a,\n  b);", "b", "longer_name"),
    ("f(a,\n          b); static", "static", ""),
    ("f(a,\n  b) static", "static", "const"),
    ("static f(a);\n\t b;", "static", ""),
    ("static f(a,\n/* c */\t b);", "static", ""),
    (") static\n\t b;", "static", ""),
    ("static {\n\t b;\n}", "static", ""),
]


@pytest.mark.parametrize(("text", "old", "new", "after"), MOVED)
def test_moved(text: str, old: str, new: str, after: str) -> None:
    assert replace(text, old, new) == after


@pytest.mark.parametrize(("text", "old", "new"), STAYS)
def test_stays(text: str, old: str, new: str) -> None:
    lines = replace(text, old, new).split("\n")
    assert lines[1:] == text.replace(old, new).split("\n")[1:]


@pytest.mark.parametrize(
    ("text", "limit", "after"),
    [
        ("static f(a,\n\t\tb);", 80, "f(a,\n  b);"),
        ("static f(a,\n\tb,\n\t\tc);", 80, "f(a,\n  b,\n  c);"),
        # not beyond the limit
        ("static f(a,\n\tbbbbbbbb);", 11, "f(a,\n\tbbbbbbbb);"),
        ("static f(a,\n\tbbbbbbbb);", 12, "f(a,\n  bbbbbbbb);"),
        # lines without any blanks; a directive is none of them
        ("static f(a,\nb,\n#if A\nc);", 80, "f(a,\n  b,\n#if A\n  c);"),
        # behind a bracket that ends its line there is nothing to align to
        ("static f(\n\ta,\n\tb);", 80, "f(\n\ta,\n\tb);"),
        ("static f( \\\n\ta,\n\tb);", 80, "f( \\\n\ta,\n\tb);"),
        # a blank line gets no blanks
        ("static f(a,\n\n\tb);", 80, "f(a,\n\n  b);"),
    ],
)
def test_forced(text: str, limit: int, after: str) -> None:
    assert replace(text, "static", "", force=True, limit=limit) == after


@given(st.text("ab(),[]{};\n\t\r \\\"'/*#", max_size=60))
@settings(max_examples=examples(100), deadline=None)
def test_nothing_changed_is_nothing_moved(text: str) -> None:
    assert realign(ChangedToken(token.text, token.text) for token in lex(text)) == text


@given(st.integers(0, 60))
@settings(max_examples=examples(20))
def test_indent_is_as_wide_as_asked(columns: int) -> None:
    assert width(KERNEL.columns(columns)) == columns
    assert len(KERNEL.columns(columns)) == columns // 8 + columns % 8


@pytest.mark.parametrize(
    ("text", "column", "end"),
    [("", 3, 3), ("ab", 0, 2), ("\t", 0, 8), ("\t", 7, 8), ("\t", 8, 16), ("a\n\tb", 5, 9)],
)
def test_width(text: str, column: int, end: int) -> None:
    assert width(text, column) == end


# (before, name's replacement, after)
BACKSLASHES = [
    ("#define M\t\t\\\n\tname\t\\\n\tb", "nm", "#define M\t\t\\\n\tnm\t\\\n\tb"),
    ("#define M\t\t\t\\\n\tname\t\t\\\n\tb", "longname1",
     "#define M\t\t\t\\\n\tlongname1\t\\\n\tb"),
    ("#define M\t\t\\\n\tname()\t\t\\\n\tb", "n", "#define M\t\t\\\n\tn()\t\t\\\n\tb"),
    ("#define M\t\t\t\\\n\tname(a, b)\t\\\n\tb", "n", "#define M\t\t\t\\\n\tn(a, b)\t\t\\\n\tb"),
    # columns made of spaces behind a tab
    ("#define M\t \\\n\tname \t   \\\n\tb", "longer", "#define M\t \\\n\tlonger     \\\n\tb"),
    # no column: one blank
    ("#define M \\\n\tname \\\n\tb", "longer", "#define M \\\n\tlonger \\\n\tb"),
    # the text reached the column: it stays behind the text
    ("#define M\t\\\n\tname\t\\\n\tb", "longer_name", "#define M\t\\\n\tlonger_name\t\\\n\tb"),
    ("#define M\t\t\t\\\r\n\tname\t\t\\\r\n\tb", "longername",
     "#define M\t\t\t\\\r\n\tlongername\t\\\r\n\tb"),
    ("#define M name", "longer", "#define M longer"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "name", "after"), BACKSLASHES)
def test_backslashes_keep_their_column(before: str, name: str, after: str) -> None:
    assert keep_backslashes(before, before.replace("name", name)) == after


def test_other_line_counts_are_left_alone() -> None:
    assert keep_backslashes("a\t\t\\\nb", "aaa\t\t\\\nb\nc") == "aaa\t\t\\\nb\nc"
