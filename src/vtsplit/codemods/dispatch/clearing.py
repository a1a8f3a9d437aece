"""Statements that clear what a parameter points to: `*x = 0` of a number, else memset."""

import re
from typing import Any

from vtsplit.cst.heads.annotations import QUALIFIERS
from vtsplit.cst.heads.declarator import Head, read_head
from vtsplit.cst.heads.parameter_marks import parameter_annotations
from vtsplit.cst.heads.typed import TypeReadError, read_signature
from vtsplit.cst.lexer import TRIVIA, lex
from vtsplit.cst.spans import closing, matching

_NUMBER = re.compile(
    r"(?:(?:un)?signed|char|short|int|long|float|double|_?_?[us](?:8|16|32|64)|u?int\d+_t|s?size_t)"
)
_PRIMARY = re.compile(r"!?\w+")


class NotClearedError(Exception):
    """A parameter that no statement can clear; the message says why."""


def cleared(name: str, declared: str) -> str:
    """Return the statement that clears a parameter, without its `;`. Raises NotClearedError.

    >>> cleared("n", "uint32_t *const n"), cleared("name", "const char **name")
    ('*n = 0', '*name = NULL')
    >>> cleared("err", "uint32_t err[static 1]"), cleared("m", "u8 m[N + 1][2]")
    ('memset(err, 0, 1 * sizeof(*err))', 'memset(m, 0, (N + 1) * sizeof(*m))')
    """
    head = read_head(f"void f({declared})")
    try:
        (key,) = read_signature(head).key[1]
    except (TypeReadError, ValueError) as error:
        raise NotClearedError(f"'{declared}' cannot be cleared") from error
    target = key[-1] if key[0] == "pointer" else ()
    if not target or target[0] == "function" or "const" in _qualifiers(target):
        raise NotClearedError(f"'{declared}' cannot be cleared")
    opening = _opening(head, name)
    if opening >= 0:
        length = _length(head, opening)
        if not length:
            raise NotClearedError(f"the length of '{declared}' is not known")
        return f"memset({name}, 0, {length} * sizeof(*{name}))"
    if target[0] == "pointer":
        return f"*{name} = NULL"
    words = target[target.index("names") + 1 :] if "names" in target else ()
    if "_Bool" in words:
        return f"*{name} = false"
    if "void" in words:
        raise NotClearedError(f"'{declared}' does not tell how much to clear")
    if any(_NUMBER.fullmatch(word) for word in words):
        return f"*{name} = 0"
    return f"memset({name}, 0, sizeof(*{name}))"


def _qualifiers(key: tuple[Any, ...]) -> set[str]:
    """Return the qualifiers of a type itself: an array has those of its elements."""
    if key[0] == "array":
        return _qualifiers(key[-1])
    return {part for part in key if isinstance(part, str)} & QUALIFIERS


def _opening(head: Head, name: str) -> int:
    """Return the index of the bracket that makes a parameter an array, -1 if it is none."""
    code = [
        at for at in range(head.open_paren, head.close_paren) if head.tokens[at].kind not in TRIVIA
    ]
    texts = [head.tokens[at].text for at in code]
    first = last = next((i for i, text in enumerate(texts) if text == name), 0)
    # `(*a)[2]` is a pointer; `(a)[2]` and `(*a[2])(int)` are arrays.
    while first and texts[first - 1 : first] == ["("] and texts[last + 1 : last + 2] == [")"]:
        first, last = first - 1, last + 1
    is_array = first > 0 and texts[last + 1 : last + 2] == ["["]
    return code[last + 1] if is_array else -1


def _length(head: Head, opening: int) -> str:
    """Return the length in brackets, as a factor; empty if they do not tell it."""
    marks = parameter_annotations(head)
    inside = [
        token
        for at, token in enumerate(head.tokens[: matching(head.tokens, opening)])
        if at > opening and at not in marks and token.text not in QUALIFIERS | {"static"}
    ]
    text = "".join(token.text for token in inside).strip()
    if text in {"", "*"}:
        return ""
    return text if is_operand(text) else f"({text})"


def is_operand(expression: str) -> bool:
    """Tell whether any operator may stand beside an expression without taking it apart.

    >>> is_operand("!a"), is_operand("f(a, b)"), is_operand("f(a) + 1")
    (True, True, False)
    """
    return bool(_PRIMARY.fullmatch(expression)) or _is_one_call(expression)


def _is_one_call(expression: str) -> bool:
    tokens = [token for token in lex(expression.removeprefix("!")) if token.text.strip()]
    if len(tokens) < 3 or tokens[1].text != "(":
        return False
    return closing(tokens, 1, "(") == len(tokens) - 1
