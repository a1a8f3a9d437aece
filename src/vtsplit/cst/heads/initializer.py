"""The entries of a brace-enclosed initializer (C11 6.7.9), by our own tokens: braces and commas."""

from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate

from vtsplit.cst.lexer import TRIVIA, Kind, Token, code_words
from vtsplit.cst.nodes import Declaration
from vtsplit.cst.spans import last_of, matching


@dataclass(frozen=True)
class InitializerEntry:
    """One entry: its designator (`.op`, `[INDEX]`, empty for a positional one) and value tokens.

    GNU C's old `op: value` is read as `.op`.
    `offset` is where the entry starts, in the declaration's `text`; `places` are the offsets of
    the value's tokens.
    """

    designator: str
    value: tuple[Token, ...]
    offset: int
    places: tuple[int, ...] = ()


def read_entries(declaration: Declaration) -> tuple[InitializerEntry, ...]:
    """Return the entries of a declaration's initializer; none when there is no braced one.

    >>> from vtsplit.cst.parser import parse_module
    >>> table = parse_module("struct o t = { .f = f, [1] = { g, h }, OPS(i, j) };").items[0]
    >>> [(entry.designator, "".join(t.text for t in entry.value)) for entry in read_entries(table)]
    [('.f', 'f'), ('[1]', '{ g, h }'), ('', 'OPS(i, j)')]
    """
    extent = declaration.initializer
    if extent is None:
        return ()
    offset = extent[0]
    tokens = _tokens_between(declaration.tokens, *extent)
    start = next((at for at, t in enumerate(tokens) if t.kind not in TRIVIA), len(tokens))
    if start == len(tokens) or tokens[start].text != "{":
        return ()
    end = matching(tokens, start)
    offset += sum(len(token.text) for token in tokens[: start + 1])
    entries: list[InitializerEntry] = []
    at = first = start + 1
    while at <= end:
        if at == end or tokens[at].text == ",":
            entry = _entry(tokens[first:at], offset)
            entries += [entry] if entry else []
            offset += sum(len(token.text) for token in tokens[first : at + 1])
            first = at = at + 1
        else:
            at = last_of(tokens, at) + 1
    return tuple(entries)


def _tokens_between(tokens: tuple[Token, ...], first: int, end: int) -> tuple[Token, ...]:
    """Return the tokens from one offset in their text to another."""
    offsets = [0, *accumulate(len(token.text) for token in tokens)]
    return tokens[bisect_left(offsets, first) : bisect_left(offsets, end)]


def _entry(tokens: tuple[Token, ...], offset: int) -> InitializerEntry | None:
    at = 0
    while at < len(tokens) and (tokens[at].kind in TRIVIA or tokens[at].kind is Kind.DIRECTIVE):
        offset += len(tokens[at].text)
        at += 1
    rest: list[Token] = []
    places: list[int] = []
    place = offset
    for token in tokens[at:]:
        if token.kind is not Kind.DIRECTIVE:
            rest.append(token)
            places.append(place)
        place += len(token.text)
    if not rest:
        return None
    old = [i for i, t in enumerate(rest) if t.kind not in TRIVIA][:2]
    if rest[0].kind is Kind.IDENT and len(old) == 2 and rest[old[1]].text == ":":
        rest = [Token(Kind.PUNCT, "."), rest[0], Token(Kind.PUNCT, "="), *rest[old[1] + 1 :]]
        places = [places[0], places[0], places[old[1]], *places[old[1] + 1 :]]
    equals = _designated(rest)
    designator = "".join(code_words(rest[:equals]))
    start, end = equals + 1 if equals else 0, len(rest)
    while start < end and rest[start].kind in TRIVIA:
        start += 1
    while start < end and rest[end - 1].kind in TRIVIA:
        end -= 1
    return InitializerEntry(designator, tuple(rest[start:end]), offset, tuple(places[start:end]))


def _designated(tokens: list[Token]) -> int:
    """Return the index of the `=` behind a designator, 0 when there is none."""
    if tokens[0].text not in {".", "["}:
        return 0
    return next((at for at, token in enumerate(tokens) if token.text == "="), 0)
