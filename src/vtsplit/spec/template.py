"""C text with places to fill: `is_foo({dev})`, `{}`; `{{` and `}}` stand for braces."""

from collections.abc import Mapping
from string import Formatter

from vtsplit.cst.lexer import TRIVIA, Kind, lex

_PAIRS = {"(": ")", "[": "]", "{": "}"}


def fields(template: str) -> tuple[str, ...]:
    """Return the names of a template's places, in order; `{}` is an empty name.

    Raises ValueError when it is no template.

    >>> fields("{dev} && is_foo({})")
    ('dev', '')
    """
    found = []
    for _, name, spec, conversion in Formatter().parse(template):
        if name is None:
            continue
        if spec or conversion or (name and not name.isidentifier()):
            raise ValueError("a place is {} or {name}; write {{ and }} for braces")
        found.append(name)
    return tuple(found)


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return the text with each place filled. Raises KeyError with the name of one that has none.

    >>> fill("is_foo({}->dev)", {"": "port"})
    'is_foo(port->dev)'
    """
    pieces = []
    for literal, name, _, _ in Formatter().parse(template):
        pieces.append(literal)
        if name is not None:
            pieces.append(values[name])
    return "".join(pieces)


def fault(template: str) -> str:
    """Say why a text cannot be a piece of C with places; empty when it can.

    >>> fault("is_foo({})"), fault("is_foo({)")
    ('', "expected '}' before end of string")
    """
    try:
        names = fields(template)
    except ValueError as error:
        return str(error)
    text = fill(template, dict.fromkeys(names, "x"))
    if not text.strip() or not all(char.isprintable() or char in "\t\n" for char in text):
        return "it is empty, or has characters that cannot be shown"
    expected: list[str] = []
    for token in lex(text):
        if token.kind is Kind.DIRECTIVE or (token.kind in TRIVIA and token.text[:1] in "/\\"):
            return "comments and directives have no place in it"
        if token.kind is not Kind.PUNCT:
            continue
        if token.text in _PAIRS:
            expected.append(_PAIRS[token.text])
        elif token.text in _PAIRS.values() and (not expected or expected.pop() != token.text):
            return f"'{token.text}' closes nothing"
    return f"'{expected[-1]}' is missing" if expected else ""
