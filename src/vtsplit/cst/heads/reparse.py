"""Read whole functions that vtsplit wrote with pycparser: are they C?"""

import re

from pycparser import c_parser

from vtsplit.cst.heads.annotations import KEYWORDS, is_annotation
from vtsplit.cst.heads.skeleton import skeleton
from vtsplit.cst.heads.stand_ins import in_ascii
from vtsplit.cst.heads.typed import TypedefParser, TypeReadError
from vtsplit.cst.lexer import TRIVIA, Kind, Token
from vtsplit.cst.nodes import FunctionDef

_PLACE = re.compile(r"^:\d+:\d+: ")

_WIDTHS = frozenset({"8", "16", "32", "64"})


def read_function(function: FunctionDef) -> None:
    """Check that a function is C (C11 6.9.1), annotations apart.

    Raises TypeReadError, which says where pycparser stops.

    >>> from vtsplit.cst.parser import parse_module
    >>> read_function(parse_module("__init u8 f(u8 a)\\n{\\n\\treturn (u8)~a;\\n}\\n").items[0])
    """
    head = skeleton(function.head)
    tokens = function.tokens
    body = "".join(_shown(t) for t in _behind(tokens, function.body))
    parser = TypedefParser()
    parser.typedefs = frozenset(map(in_ascii, _types(tokens))) | {"bool"}
    try:
        parser.parse(in_ascii(f"{head}{body}".replace("\r", " ")))
    except (c_parser.ParseError, RecursionError) as error:
        # Without a file's name its place says nothing, nor does a colon in front of no place.
        reason = _PLACE.sub("", str(error)).removeprefix(": ")
        stop = reason.removeprefix("before: ")
        why = reason if stop == reason else f"the parser stops in front of '{stop}'"
        raise TypeReadError(f"it cannot be read as C ({why})") from error


def _behind(tokens: tuple[Token, ...], offset: int) -> list[Token]:
    at = 0
    for index, token in enumerate(tokens):
        if at >= offset:
            return list(tokens[index:])
        at += len(token.text)
    return []


def _shown(token: Token) -> str:
    hidden = token.kind in {Kind.COMMENT, Kind.DIRECTIVE, Kind.SPLICE} or (
        token.kind is Kind.IDENT and is_annotation(token.text)
    )
    return " " if hidden else token.text


def _types(tokens: tuple[Token, ...]) -> set[str]:
    """Guess typedefs: a name in front of another, or of stars, where nothing stands before it."""
    code = [t for t in tokens if t.kind not in TRIVIA and not is_annotation(t.text)]
    found = set()
    for at, token in enumerate(code[:-1]):
        if token.kind is not Kind.IDENT or token.text in KEYWORDS:
            continue
        before = code[at - 1].text if at else ""
        after = at + 1
        while after < len(code) - 1 and code[after].text == "*":
            after += 1
        stars = after > at + 1
        starts = before in {"", ";", "{", "}", "(", ",", "const", "static", "inline", "*/"}
        named = code[after].kind is Kind.IDENT and code[after].text not in KEYWORDS
        cast = before == "(" and code[after].text == ")" and (stars or _is_width(token.text))
        if before in {"struct", "union", "enum"}:
            continue
        if cast or (starts and named) or (starts and stars and code[after].text in {",", ")"}):
            found.add(token.text)
    return found


def _is_width(word: str) -> bool:
    return word.endswith("_t") or (word[:1] in "us" and word[1:] in _WIDTHS)
