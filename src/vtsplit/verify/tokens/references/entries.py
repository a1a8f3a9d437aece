"""Entries of a table that change places: of members of one union the last entry counts.

C11 6.7.9p19: a later entry for the same place takes the place of the one above.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from vtsplit.cst.lexer import Kind, Token, code_tokens, lex
from vtsplit.cst.spans import nested
from vtsplit.verify.tokens.entities import EntityKind
from vtsplit.verify.tokens.program import Thing, mentions, words
from vtsplit.verify.tokens.references.reachable import declared_words
from vtsplit.verify.verdict import Mismatch, Verdict

_UNION = re.compile(r"\bunion\b[^;{}]*\{")


def check_entries(
    before: Mapping[str, tuple[Thing, ...]],
    pairs: Iterable[tuple[Thing, Thing]],
    verdict: Verdict,
) -> None:
    """Record tables whose entries change places, and name members of one unnamed union."""
    for was, now in pairs:
        if was.entity.sort is not EntityKind.OBJECT or was.entity.body[1:2] != ("{",):
            continue
        ours, theirs = _named(was.text), _named(now.text)
        if ours == theirs or sorted(ours) != sorted(theirs):
            continue
        places = {name: at for at, name in enumerate(theirs)}
        moved = {(a, b) for a, b in combinations(ours, 2) if places[a] > places[b]}
        for members in _unions(before[was.unit.path], was):
            for one, other in sorted(moved):
                if {one, other} <= members:
                    message = f"has '.{one}' and '.{other}', of one union, in another order"
                    conditional = was.is_conditional or now.is_conditional
                    sites = was.site(), now.site()
                    found = Mismatch("table", now.entity.name, message, *sites, (), conditional)
                    verdict.record(found)


def _named(text: str) -> list[str]:
    """Return the members that the entries of a table name.

    >>> _named("struct s t = { .b = f(.c), .a = { .d = 1 } };")
    ['b', 'a']
    """
    tokens = code_tokens(lex(text))
    start = next((at for at, token in enumerate(tokens) if token.text == "="), 0)
    found: list[str] = []
    last = Token(Kind.PUNCT, "{")
    is_member = False
    for token, depth in nested(tokens[start + 2 : -2]):
        if is_member:
            found.append(token.text)
        is_member = token.text == "." and not depth and last.text in {"{", ","}
        if token.kind is not Kind.DIRECTIVE:
            last = token
    return found


def _unions(things: Sequence[Thing], table: Thing) -> list[frozenset[str]]:
    """Return the words of each union without a name in the type of a table."""
    wanted = {*table.entity.signature} - {table.entity.name}
    seen: set[str] = set()
    found: list[frozenset[str]] = []
    while names := wanted - seen:
        seen |= names
        for _, thing in mentions(things, names):
            if thing.entity.sort is EntityKind.TYPE and declared_words(thing) & names:
                if "{" not in thing.text:
                    wanted |= words(thing.text)  # a typedef of what stands elsewhere
                found += _unnamed_unions(thing.text)
    return found


def _unnamed_unions(text: str) -> list[frozenset[str]]:
    """Return the words of each union that has no name, so that its members are the structure's.

    >>> text = "struct s { union { int a, b; }; union { int c; } d; };"
    >>> [sorted(one) for one in _unnamed_unions(text)]
    [['a', 'b', 'int']]
    """
    found = []
    for match in _UNION.finditer(text):
        depth, end = 1, match.end()
        while depth and end < len(text):
            depth += (text[end] == "{") - (text[end] == "}")
            end += 1
        if text[end:].lstrip().startswith(";") and match.start():
            found.append(words(text[match.end() : end - 1]))
    return found
