"""Read directives: their name, what a `#define` defines, what an `#include` includes."""

import re
from dataclasses import dataclass

from vtsplit.cst.lexer import COMMENT, SPLICE, TRIVIA, Kind, Token, code_tokens, lex_line

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


def decided_macro(text: str) -> str | None:
    """Return the macro that a directive defines or undefines; None for any other directive.

    >>> decided_macro("#define A(x) x"), decided_macro("#undef A  // so"), decided_macro("#if A")
    ('A', 'A', None)
    """
    if macro := read_macro(text):
        return macro.name
    return directive_argument(text) if directive_name(text) == "undef" else None


def include_target(text: str) -> str | None:
    """Return the header an `#include` names, with its quotes or angle brackets; None if computed.

    >>> include_target('#include "x86.h"'), include_target("#include HEADER")
    ('"x86.h"', None)
    """
    match = _INCLUDE.match(text)
    return match[1] if match else None


@dataclass(frozen=True)
class Macro:
    """A `#define`: `parameters` is None for an object-like macro; `body` are its tokens.

    With `is_variadic` the last parameter takes all arguments that are left: `__VA_ARGS__` for
    `...`, or GNU C's `args...`.
    """

    name: str
    parameters: tuple[str, ...] | None
    body: tuple[Token, ...]
    is_variadic: bool = False

    def pastes(self) -> bool:
        """Tell whether the body builds names with `##` (C11 6.10.3.3)."""
        return any(
            token.text == "##" and not self.takes_comma(at + 1)
            for at, token in enumerate(self.body)
        )

    def takes_comma(self, at: int) -> bool:
        """Tell whether the body's token `at` is the variable list behind GNU C's `, ##`.

        That drops the comma where the list is empty, and joins nothing else.
        """
        words = [token.text for token in self.body[max(at - 2, 0) : at + 1]]
        return self.is_variadic and words == [",", "##", (self.parameters or ("",))[-1]]

    def parameter_of(self, index: int) -> int | None:
        """Return which parameter takes an argument; None where the macro has none for it."""
        last = len(self.parameters or ()) - 1
        if index > last and not self.is_variadic:
            return None
        return min(index, last) if last >= 0 else None


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
    end = next((i for i in range(at, len(tokens)) if tokens[i].text == ")"), len(tokens))
    inside = tokens[at:end]
    parameters = [token.text for token in inside if token.kind is Kind.IDENT]
    is_variadic = any(token.text == "..." for token in inside)
    if is_variadic and [token.text for token in _strip(inside)][-2:-1] in (["("], [","]):
        parameters.append("__VA_ARGS__")
    return Macro(name, tuple(parameters), _strip(tokens[end + 1 :]), is_variadic)


def _strip(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    return tuple(code_tokens(tokens))
