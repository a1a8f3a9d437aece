"""Which names the items of a header need to be declared, and whether it may be included twice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise

from vtsplit.cst.guards import include_guard
from vtsplit.cst.heads.annotations import AGGREGATES, QUALIFIERS, RESERVED, is_annotation
from vtsplit.cst.lexer import Kind, Token, plain_code
from vtsplit.cst.nodes import Declaration, FunctionDef, Item, Module
from vtsplit.cst.parser import parse_module
from vtsplit.cst.spans import Brackets
from vtsplit.survey.cfile.definitions import Definitions
from vtsplit.survey.headers.header_parts import POINTED
from vtsplit.survey.headers.includes import Include, IncludeGraph

# Marks a plain name in a body: most are members of macros or the like, so that it counts only where
# a header declares a variable of that name.
VARIABLE = " ;"
# What a type may stand behind.
_STARTS = frozenset({"", "(", ",", "{", ";", "}", "const", "static", "extern", "typedef"})


def is_repeatable(graph: IncludeGraph, include: Include) -> bool:
    """Tell whether a header may be included twice: it has an include guard, or is not at hand."""
    text = graph.text(next(iter(include.files)))
    if not text.strip() or re.search(r"^[ \t]*#[ \t]*pragma[ \t]+once\b", text, re.MULTILINE):
        return True
    return include_guard(parse_module(text)) is not None


def used_names(module: Module) -> Iterator[str]:
    r"""Yield the names whose declaration a header's items need: types, and what is called.

    Bodies of macros do not count: they need it where they are used.

    >>> module = parse_module("static inline int f(struct s *a)\n{\n\treturn g(a->b, u8 *c);\n}\n")
    >>> sorted(used_names(module))
    ['g', 'struct s', 'u8']
    >>> module = parse_module("struct s { int (*f)(const char *, const size_t); };\n")
    >>> sorted(used_names(module))
    ['size_t']
    >>> module = parse_module("static inline int f(void)\n{\n\treturn (1 + 2) * g(3);\n}\n")
    >>> sorted(used_names(module))
    ['g']
    """
    own = set(Definitions.in_module(module).by_name)
    for item in module.items:
        if isinstance(item, FunctionDef | Declaration):
            yield from (name for name in _used_by(item) if name not in own)


def _used_by(item: Item) -> Iterable[str]:
    return used_in(item.tokens, in_body=isinstance(item, FunctionDef))


def used_in(tokens: Sequence[Token], in_body: bool) -> Iterable[str]:
    """Yield the names that tokens of a declaration, or a function, need to be declared."""
    tokens = plain_code(tokens)
    pairs = pairwise(token.text for token in tokens)
    declared = {word for before, word in pairs if _is_named(before)}  # parameters and locals
    parameters = _Parameters(tokens)
    for at, token in enumerate(tokens):
        word = token.text
        before = tokens[at - 1].text if at else ""
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        if token.kind is not Kind.IDENT or word in RESERVED or before in {".", "->", "goto"}:
            continue
        if is_annotation(word) or after is None:
            continue
        if before in AGGREGATES:
            # Behind a pointer in a prototype or a member, an incomplete type will do.
            if in_body or before == "enum" or after.text != "*":
                yield f"{before} {word}"
            elif _depth(tokens, at):
                yield f"{before} {word}{POINTED}"
        elif (
            _is_type(before, after)
            or (in_body and _is_called_or_constant(word, before, after))
            or (not in_body and after.text in {",", ")"} and parameters.has(at))
        ):
            yield word
        elif not in_body and before in _STARTS and _is_pointer(tokens[at + 1 : at + 3]):
            yield word  # what a function returns: `word (*hook)(void)`
        elif word.isupper() and (before == "[" or (len(word) > 2 and not in_body)):
            yield word  # an array bound, an enumerator's value, a macro for a member's name
        elif in_body and word not in declared:
            yield f"{word}{VARIABLE}"


def _is_pointer(tokens: Sequence[Token]) -> bool:
    return [token.text for token in tokens] == ["(", "*"]


def _is_called_or_constant(word: str, before: str, after: Token) -> bool:
    # Behind a star in a body it is multiplied: functions are declared in few bodies.
    is_called = after.text == "(" and (before == "*" or not _is_named(before))
    return is_called or (word.isupper() and len(word) > 2)


def _depth(tokens: list[Token], at: int) -> int:
    """Return how many parentheses are open at a token."""
    return sum((t.text == "(") - (t.text == ")") for t in tokens[:at])


def _is_type(before: str, after: Token) -> bool:
    """Tell a type by its place: a name behind it, or a star behind it where something starts."""
    if after.text == "*":
        return before in _STARTS
    return after.kind is Kind.IDENT and not _is_named(before)


class _Parameters:
    """The parameters that a declaration lists without a name; brackets are paired once."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens

    @cached_property
    def _brackets(self) -> Brackets:
        return Brackets([token.text for token in self._tokens])

    def has(self, at: int) -> bool:
        """Tell whether a lone word is the type of such a parameter (C11 6.7.6p1)."""
        words = self._brackets.words
        start = at
        while start and words[start - 1] in QUALIFIERS:
            start -= 1
        if not start or words[start - 1] not in {"(", ","}:
            return False
        if words[start - 1] == "(" and words[at + 1 : at + 3] == [")", "("]:
            return False  # the declarator of `int (name)(void)`
        opened = self._brackets.enclosing(at, "(")
        before = words[opened - 1] if opened > 0 else ""
        is_name = before.isidentifier() and before not in RESERVED and not is_annotation(before)
        return before == ")" or is_name


def _is_named(before: str) -> bool:
    """Tell whether a name behind this word is being declared, so that it is no use."""
    return before == "*" or (before.isidentifier() and before not in RESERVED)
