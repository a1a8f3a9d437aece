"""Continuation lines of a declaration, and whether a file aligns them to the open parenthesis."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from vtsplit.cst.lexer import Kind, Token, lex
from vtsplit.cst.nodes import FunctionDef, Item
from vtsplit.cst.style.align import width

_LIMIT = 80


class ContinuationLine(NamedTuple):
    """A line below an open parenthesis; `blank` characters of white space stand in front of it.

    `offset` is that of its first character, `has` the column it starts in, from 0, and `wants` the
    one behind the parenthesis.
    """

    offset: int
    blank: int
    has: int
    wants: int


def aligns(items: Iterable[Item]) -> bool:
    r"""Tell whether the heads of a file's functions are aligned, as most of their lines tell.

    >>> from vtsplit.cst.parser import parse_module
    >>> aligns(parse_module("int f(int a,\n\t\tint b)\n{\n}\n").items), aligns(())
    (False, True)
    """
    found = [
        one.has == one.wants
        for item in items
        if isinstance(item, FunctionDef) and "\n" in item.text[: item.body]
        for one in continuation_lines(item.text[: item.body])
    ]
    return 2 * sum(found) >= len(found)


def continuation_lines(text: str) -> Iterator[ContinuationLine]:
    r"""Yield each continuation line of a declaration inside of parentheses that may be aligned.

    A line that would not fit there is left out, and so is one behind a parenthesis that ends its
    line.

    >>> [(one.offset, one.has, one.wants) for one in continuation_lines("int f(int a,\n  int b);")]
    [(15, 2, 6)]
    """
    tokens = lex(text)
    columns: list[int | None] = []  # behind each open parenthesis, None where it ends its line
    moved = 0  # how far the line that is read will move
    offset = column = 0
    for at, token in enumerate(tokens):
        starts = at > 0 and tokens[at - 1].text.endswith("\n")
        if starts:
            column = moved = 0
            blank = token.text if token.kind is Kind.SPACE else ""
            rest = _rest_of_line(tokens, at)[len(blank) :]
            wants = columns[-1] if columns else None
            is_code = rest.strip() and not rest.startswith(("/*", "//", "*"))
            if wants is not None and is_code and width(rest, wants) <= _LIMIT:
                has = width(blank)
                moved = wants - has
                yield ContinuationLine(offset + len(blank), len(blank), has, wants)
        end = width(token.text, column)
        if token.text == "(":
            hangs = not _rest_of_line(tokens, at + 1).strip()
            columns.append(None if hangs else end + moved)
        elif token.text == ")" and columns:
            columns.pop()
        column = end
        offset += len(token.text)


def _rest_of_line(tokens: tuple[Token, ...], at: int) -> str:
    return "".join(token.text for token in tokens[at:]).split("\n")[0].rstrip("\r")
