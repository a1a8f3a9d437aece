"""The type of a table as written, told from the macros that stand beside it."""

from collections.abc import Collection

from vtsplit.cst.heads.annotations import (
    ATTRIBUTES,
    INLINE,
    KEYWORDS,
    QUALIFIERS,
    STORAGE,
    is_annotation,
    may_annotate,
)
from vtsplit.cst.heads.declarator import Head, standard_attributes
from vtsplit.cst.heads.macro_types import macro_types, type_in_capitals
from vtsplit.cst.lexer import TRIVIA, Kind
from vtsplit.cst.spans import matching

_BESIDE = STORAGE | INLINE | QUALIFIERS | ATTRIBUTES


def written_type(head: Head, macros: Collection[str] = ()) -> str:
    """Return the type without what says where the object is kept or how it is linked.

    `macros` are those of the file. A type that is defined together with the table is its tag.

    >>> from vtsplit.cst.heads.declarator import read_head
    >>> for text in (
    ...     "MAYBE_STATIC struct ops t = {",
    ...     "static SECTION(x) const struct ops *const t[] = {",
    ...     "LOCAL ops_t t = {",
    ...     "struct ops { int a; } t[] = {",
    ...     "static int (*const t[])(struct dev *dev) = {",
    ... ):
    ...     written_type(read_head(text))
    'struct ops'
    'struct ops *[]'
    'ops_t'
    'struct ops[]'
    'int (*[])()'
    """
    words = _Words(head, macros)
    texts = []
    for at, token in enumerate(head.tokens[: head.name_index]):
        if at == head.aggregate and head.tag:
            texts.append(head.tag)
        elif at in words.aggregate and head.tag:
            continue
        elif at not in words.known and at not in words.beside and token.kind is not Kind.DIRECTIVE:
            texts.append(" " if token.kind in TRIVIA else token.text)
    array = head.tokens[head.name_index + 1 : head.name_index + 2]
    is_array = bool(array) and array[0].text == "["
    written = " ".join("".join(texts).split()) + ("[]" if is_array else "")
    depth = written.count("(") - written.count(")")  # a pointer to a function, its name left out
    return written + ")()" * depth


def words_beside(head: Head) -> frozenset[str]:
    """Return the words that may be macros of the project's own, as they stand beside a type.

    Where several words are in capitals, that is all of them.

    >>> from vtsplit.cst.heads.declarator import read_head
    >>> [*words_beside(read_head("LOCAL struct ops t __initdata = {"))]
    ['LOCAL']
    >>> words_beside(read_head("static ops_t t = {")) == frozenset()
    True
    """
    words = _Words(head, ())
    several = words.is_typed or len(words.others) > 1
    return frozenset(head.tokens[at].text for at in words.others) if several else frozenset()


class _Words:
    """What stands in front of a table's name, as the indices of tokens.

    `known` are C's own words beside the type, and annotations; `others` may be the type or macros;
    `beside` are those that are macros, with the arguments that they take.
    """

    def __init__(self, head: Head, macros: Collection[str]) -> None:
        self.head = head
        self.known: set[int] = set(standard_attributes(head.tokens))
        self.aggregate = _aggregate(head)
        self.is_typed = bool(self.aggregate)
        self.others: dict[int, int] = {}  # with their ends
        self._read()
        self.beside = frozenset(
            at
            for first in self.others.keys() - self._types(macros)
            for at in range(first, self.others[first] + 1)
        )

    def _read(self) -> None:
        head = self.head
        calls = macro_types(head, specifiers_only=True)
        last = -1
        for at, token in enumerate(head.tokens[: max(head.name_index, 0)]):
            if at <= last or token.kind is not Kind.IDENT or at in self.known | self.aggregate:
                continue
            last = calls.get(at, self._end(at))
            if token.text in _BESIDE or is_annotation(token.text):
                self.known.update(range(at, last + 1))
            elif token.text in KEYWORDS or at in calls:
                self.is_typed = True
            else:
                self.others[at] = last

    def _end(self, at: int) -> int:
        """Return where the arguments of a word end; the word itself where it has none."""
        tokens, opening = self.head.tokens, at + 1
        while opening < len(tokens) and tokens[opening].kind in TRIVIA:
            opening += 1
        if opening < len(tokens) and tokens[opening].text == "(":
            closing = matching(tokens, opening)
            return closing if closing < self.head.name_index else at
        return at

    def _types(self, macros: Collection[str]) -> set[int]:
        """Return which of the other words are the type; several where that cannot be told."""
        if self.is_typed:
            return set()
        tokens = self.head.tokens
        left = set(self.others)
        for is_macro in (
            {at for at, end in self.others.items() if end > at},
            {at for at in self.others if tokens[at].text in macros},
            {at for at in self.others if may_annotate(tokens[at].text)},
        ):
            left = left - is_macro or left
        in_capitals = type_in_capitals(self.head)
        return {in_capitals} if in_capitals in left else left


def _aggregate(head: Head) -> frozenset[int]:
    """Return the indices of `struct x` or `struct x { ... }` in a head."""
    if head.aggregate < 0:
        return frozenset()
    if head.defines_tag:
        return frozenset(range(head.aggregate, matching(head.tokens, head.aggregate_body) + 1))
    word = head.tag.rpartition(" ")[2]
    places = range(head.aggregate + 1, max(head.name_index, 0))
    last = next((at for at in places if head.tokens[at].text == word), head.aggregate)
    return frozenset(range(head.aggregate, last + 1))
