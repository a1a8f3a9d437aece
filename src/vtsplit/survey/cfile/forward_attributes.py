"""Attributes that a function's forward declaration has, and its definition has not.

GNU C allows none behind the parameters of a definition, so that many stand at a declaration.
"""

import re
from collections.abc import Iterable

from vtsplit.cst.heads.annotations import is_annotation
from vtsplit.cst.heads.skeleton import declarator_end
from vtsplit.cst.lexer import Kind, code_tokens
from vtsplit.cst.nodes import Declaration, FunctionDef
from vtsplit.cst.spans import listed, matching
from vtsplit.survey.cfile.definitions import Definition

GNU = frozenset({"__attribute__", "__attribute"})
# They silence a warning about static functions only.
_OF_STATIC = frozenset({"__maybe_unused", "__used", "__always_unused"})
_OF_STATIC_GNU = frozenset({"unused", "used", ""})


def only_forward(forward: Definition, definitions: Iterable[Definition]) -> frozenset[str]:
    """Return the annotations of a forward declaration that no definition has."""
    every = tuple(definitions)
    only = _annotations(forward) - _OF_STATIC
    for definition in every:
        only -= _annotations(definition)
    known = frozenset[str]().union(*(_gnu_attributes(one) for one in every))
    lost = _gnu_attributes(forward) - known - _OF_STATIC_GNU
    return only | {token.text for token in forward.item.tokens if lost and token.text in GNU}


def _gnu_attributes(definition: Definition) -> frozenset[str]:
    """Return what `__attribute__((...))` says, one by one: `__cold__` is `cold`."""
    tokens = code_tokens(definition.item.tokens)
    found = set()
    for at, token in enumerate(tokens[:-2]):
        if token.text in GNU and tokens[at + 1].text == tokens[at + 2].text == "(":
            inner = tokens[at + 3 : matching(tokens, at + 2)]
            found |= {"".join(one.text for one in entry) for entry in listed(inner, "(")}
    return frozenset(re.sub(r"__(\w+?)__", r"\1", one) for one in found)


def behind_parameters(forward: Definition, only: frozenset[str]) -> str:
    """Return what stands behind a function's parameters, if these annotations all do."""
    item = forward.item
    if not isinstance(item, Declaration) or not item.head.is_function or item.head.more:
        return ""
    end = declarator_end(item.head)
    behind = item.head.tokens[end:]
    if any(token.kind is Kind.DIRECTIVE for token in behind):
        return ""
    if any(token.text in only for token in item.head.tokens[:end]):
        return ""
    text = "".join(" " if token.kind is Kind.COMMENT else token.text for token in behind)
    return " ".join(text.split()).rstrip("; ")


def _annotations(definition: Definition) -> frozenset[str]:
    item = definition.item
    if not isinstance(item, FunctionDef | Declaration):
        return frozenset()
    end = item.head.initializer
    text = item.text[:end] if end else item.text
    return frozenset(
        token.text
        for token in item.head.tokens
        if token.kind is Kind.IDENT and is_annotation(token.text) and token.text in text
    )
