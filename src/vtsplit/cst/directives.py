"""Directives read: their name, what a `#define` defines, what an `#include` includes."""

import re
from dataclasses import dataclass

from vtsplit.cst.lexer import COMMENT, SPLICE, TRIVIA, Kind, Token, lex_line

_NAME = re.compile(r"[ \t\f\v]*#[ \t]*(\w*)")
_BLANK = re.compile(rf"(?:{COMMENT}|{SPLICE}|[ \t\f\v\r\n])+")
_INCLUDE = re.compile(r"""[ \t\f\v]*#[ \t]*include(?:_next)?[ \t]*(<[^>\n]+>|"[^"\n]+")""")

OPENERS = frozenset({"if", "ifdef", "ifndef"})
BRANCHES = frozenset({"else", "elif", "elifdef", "elifndef"})
CONDITIONALS = OPENERS | BRANCHES | {"endif"}


def directive_name(text: str) -> str:
    """Return the word after the `#`, empty for the null directive.

    >>> directive_name("#  ifdef X"), directive_name("#")
    ('ifdef', '')
    """
    match = _NAME.match(text)
    return match[1] if match else ""


def directive_argument(text: str) -> str:
    """Return what follows the name, comments and splices gone, blanks single.

    >>> directive_argument("#if  A  /* why */ && B // so")
    'A && B'
    """
    match = _NAME.match(text)
    return _BLANK.sub(" ", text[match.end() :]).strip() if match else ""


def include_target(text: str) -> str | None:
    """Return the header an `#include` names, with its quotes or angle brackets; None if computed.

    >>> include_target('#include "x86.h"'), include_target("#include HEADER")
    ('"x86.h"', None)
    """
    match = _INCLUDE.match(text)
    return match[1] if match else None


@dataclass(frozen=True)
class Macro:
    """A `#define`: `parameters` is None for an object-like macro; `body` are its tokens."""

    name: str
    parameters: tuple[str, ...] | None
    body: tuple[Token, ...]

    def pastes(self) -> bool:
        """Tell whether the body builds names with `##` (C11 6.10.3.3)."""
        return any(token.text == "##" for token in self.body)


def read_macro(text: str) -> Macro | None:
    """Read a `#define`; None for any other directive.

    >>> macro = read_macro("#define OP(x) .x = foo_##x")
    >>> macro.name, macro.parameters, macro.pastes()
    ('OP', ('x',), True)
    """
    match = _NAME.match(text)
    if not match or match[1] != "define":
        return None
    tokens = lex_line(text[match.end() :])
    at = 0
    while at < len(tokens) and tokens[at].kind in TRIVIA:
        at += 1
    if at == len(tokens) or tokens[at].kind is not Kind.IDENT:
        return None
    name = tokens[at].text
    at += 1
    # Only a parenthesis that touches the name makes the macro function-like (C11 6.10.3p10).
    if at == len(tokens) or tokens[at].text != "(":
        return Macro(name, None, _strip(tokens[at:]))
    parameters = []
    while at < len(tokens) and tokens[at].text != ")":
        if tokens[at].kind is Kind.IDENT or tokens[at].text == "...":
            parameters.append(tokens[at].text.replace("...", "__VA_ARGS__"))
        at += 1
    return Macro(name, tuple(parameters), _strip(tokens[at + 1 :]))


def _strip(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    return tuple(token for token in tokens if token.kind not in TRIVIA)
