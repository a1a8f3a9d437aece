"""The declarators of one declaration, `static int a(int), *b;`: each read, and some left out.

They share the specifiers (C11 6.7p6); stars, brackets and an initializer are a declarator's own.
"""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import accumulate

from vtsplit.cst.heads.declarator import Head, head_of
from vtsplit.cst.heads.macro_types import macro_types
from vtsplit.cst.lexer import TRIVIA, Token, code_words, lex
from vtsplit.cst.nodes import Declaration
from vtsplit.cst.spans import last_of


@dataclass(frozen=True)
class Declarator:
    """One declarator: its text is from `start` to `end` in the declaration's; `head` has all."""

    head: Head
    start: int
    end: int

    @property
    def name(self) -> str:
        """The name that it declares."""
        return self.head.name


def declarators_of(item: Declaration) -> tuple[Declarator, ...]:
    """Return the declarators of a declaration; one that declares no name has none.

    >>> from vtsplit.cst.parser import parse_module
    >>> item = parse_module("static int a(int x, int y), *const b, c[2] = { 1, 2 };").items[0]
    >>> [(one.name, item.text[one.start : one.end]) for one in declarators_of(item)]
    [('a', 'a(int x, int y)'), ('b', '*const b'), ('c', 'c[2] = { 1, 2 }')]
    """
    tokens, first = item.tokens, _first_of_declarator(item.head)
    if first < 0:
        return ()
    offsets = [0, *accumulate(len(token.text) for token in tokens)]
    found = []
    at = start = first
    while at < len(tokens):
        text = tokens[at].text
        if text in {",", ";"}:
            begin, end = _trimmed(tokens, start, at)
            head = item.head if start == first else head_of(tokens[:first] + tokens[begin:end])
            found.append(Declarator(head, offsets[begin], offsets[end]))
            start = at + 1
            if text == ";":
                break
        at = last_of(tokens, at) + 1
    return tuple(found)


def _first_of_declarator(head: Head) -> int:
    """Return the index of the first token behind the specifiers."""
    calls = macro_types(head)
    at, nearest = 0, head.name_index
    while at < head.name_index:
        text = head.tokens[at].text
        if text == "*":
            return at
        if at in calls:
            at = calls[at]
        elif (end := last_of(head.tokens, at)) > head.name_index:
            return at
        else:
            at = end
        at += 1
    return nearest


def _trimmed(tokens: tuple[Token, ...], start: int, end: int) -> tuple[int, int]:
    while start < end and tokens[start].kind in TRIVIA:
        start += 1
    while start < end and tokens[end - 1].kind in TRIVIA:
        end -= 1
    return start, end


def without_declarators(item: Declaration, names: Collection[str]) -> Declaration:
    """Return a declaration without some of its names; at least one name stays.

    >>> from vtsplit.cst.parser import parse_module
    >>> item = parse_module("static int a(int), b(int),  c(int);").items[0]
    >>> [without_declarators(item, names).text for names in ({"a"}, {"b"}, {"a", "c"})]
    ['static int b(int),  c(int);', 'static int a(int),  c(int);', 'static int b(int);']
    """
    pieces, at, kept = [], 0, False
    found = declarators_of(item)
    for place, one in enumerate(found):
        if one.name not in names:
            kept = True
        elif kept:
            pieces.append(item.text[at : found[place - 1].end])
            at = one.end
        elif place + 1 < len(found):
            pieces.append(item.text[at : one.start])
            at = found[place + 1].start
    pieces.append(item.text[at:])
    return item.with_changes(text="".join(pieces))


def declared_apart(item: Declaration) -> tuple[str, ...]:
    """Return the text of a declaration for each name alone; none if they leave some of it out.

    >>> from vtsplit.cst.parser import parse_module
    >>> declared_apart(parse_module("static int a(int), *b;").items[0])
    ('static int a(int);', 'static int *b;')
    """
    found = declarators_of(item)
    specifiers = item.text[: found[0].start] if found else ""
    texts = [item.text[one.start : one.end] for one in found]
    if code_words(lex(f"{specifiers}{','.join(texts)};")) != code_words(item.tokens):
        return ()
    return tuple(f"{specifiers}{text};" for text in texts)
