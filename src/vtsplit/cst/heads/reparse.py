"""Read whole functions that vtsplit wrote with pycparser: are they C?"""

import re
from collections.abc import Iterator, Sequence

from pycparser import c_parser

from vtsplit.cst.heads.annotations import (
    AGGREGATES,
    KEYWORDS,
    QUALIFIERS,
    STORAGE,
    TYPE_WORDS,
    is_annotation,
)
from vtsplit.cst.heads.skeleton import skeleton
from vtsplit.cst.heads.stand_ins import in_ascii
from vtsplit.cst.heads.typed import TypedefParser, TypeReadError, typedef_names
from vtsplit.cst.lexer import TRIVIA, Kind, Token
from vtsplit.cst.nodes import FunctionDef
from vtsplit.cst.spans import closing

_PLACE = re.compile(r"^:\d+:\d+: ")
# In front of a declaration, of a cast, and of no type at all.
_STARTS = frozenset({"{", "}", ";"}) | STORAGE | QUALIFIERS
_BEFORE_CAST = frozenset({"return", "case", "else", "do"})
_NO_TYPE = AGGREGATES | {".", "->", "goto"}


def read_function(function: FunctionDef) -> None:
    """Check that a function is C (C11 6.9.1), annotations apart.

    Raises TypeReadError, which says where pycparser stops.

    >>> from vtsplit.cst.parser import parse_module
    >>> read_function(parse_module("__init u8 f(u8 a)\\n{\\n\\treturn (u8)~a;\\n}\\n").items[0])
    """
    head = skeleton(function.head)
    body = _behind(function.tokens, function.body)
    arguments = _type_arguments(body)
    shown = "".join(arguments.get(at, _shown(token)) for at, token in enumerate(body))
    parser = TypedefParser()
    parser.typedefs = frozenset(map(in_ascii, typedef_names(function.head) | _types(body)))
    try:
        parser.parse(in_ascii(f"{head}{shown}".replace("\r", " ")))
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


def _type_arguments(tokens: Sequence[Token]) -> dict[int, str]:
    """Return what to show for types that a call takes, `container_of(a, struct foo, b)`.

    Only a macro can take one, so that an expression stands there once it is expanded.
    """
    code = [at for at, token in enumerate(tokens) if token.kind not in TRIVIA]
    texts = [tokens[at].text for at in code]
    shown: dict[int, str] = {}
    for place in range(2, len(code)):
        # The parser knows `offsetof`; `int g(struct foo *)` is a declaration.
        name, before = tokens[code[place - 1]], tokens[code[place - 2]]
        declares = before.kind is Kind.IDENT and before.text not in _BEFORE_CAST
        if texts[place] != "(" or not _is_name(name) or declares or name.text == "offsetof":
            continue
        end = closing(texts, place, "(")
        for argument in _arguments(texts, place + 1, end):
            if _is_type([tokens[code[one]] for one in argument]):
                shown |= dict.fromkeys((code[one] for one in argument), " ")
                shown[code[argument[0]]] = "0"
    return shown


def _arguments(texts: Sequence[str], start: int, end: int) -> Iterator[range]:
    """Yield the places of each argument between parentheses."""
    depth = 0
    for at in range(start, end):
        depth += (texts[at] in "([{") - (texts[at] in ")]}")
        if texts[at] == "," and not depth:
            yield range(start, at)
            start = at + 1
    yield range(start, end)


def _is_type(tokens: Sequence[Token]) -> bool:
    """Tell a type from an expression, if its words do: a lone name may be either."""
    bare = [token for token in tokens if token.text not in QUALIFIERS]
    texts = [token.text for token in bare]
    words = [text for text in texts if text != "*"]
    if not words or texts[: len(words)] != words:
        return False
    if words[0] in AGGREGATES:
        return len(words) == 2
    pointer = len(words) == 1 and len(texts) > 1 and _is_name(bare[0])
    return pointer or all(word in TYPE_WORDS for word in words)


def _types(tokens: Sequence[Token]) -> set[str]:
    """Guess the typedefs that a body names, by what stands round them.

    A name that is a product's first factor as well may be among them: the parser knows that a
    parameter or a variable is none.
    """
    code = [t for t in tokens if t.kind not in TRIVIA and not is_annotation(t.text)]
    texts = [token.text for token in code]
    found = set()
    for at, token in enumerate(code):
        if not _is_name(token) or (at and texts[at - 1] in _NO_TYPE):
            continue
        end = at + 1
        while end < len(code) and (texts[end] == "*" or texts[end] in QUALIFIERS):
            end += 1
        skipped = texts[at + 1 : end]
        named = end < len(code) and _is_name(code[end])
        pointer = texts[end : end + 2] == ["(", "*"] and not skipped
        if (
            QUALIFIERS & {*skipped}
            or (named and (not skipped or _begins(texts, at)))
            or (skipped and texts[end : end + 1] in ([","], [")"]))
            or (not skipped and _is_cast(code, at))
            or (pointer and _declares_pointer(code, end + 2, _begins(texts, at)))
        ):
            found.add(token.text)
    return found


def _is_name(token: Token) -> bool:
    return token.kind is Kind.IDENT and token.text not in KEYWORDS


def _begins(texts: Sequence[str], at: int) -> bool:
    """Tell whether a word is the first one of a declaration, qualifiers apart."""
    before = texts[max(at - 2, 0) : at]
    return before[-1:] == [] or before[-1] in _STARTS or before == ["for", "("]


def _is_cast(code: Sequence[Token], at: int) -> bool:
    """Tell `(name)` in front of an operand, where it is neither a call's nor a condition's."""
    texts = [token.text for token in code[max(at - 2, 0) : at + 2]]
    if len(texts) < 4 or texts[1] != "(" or texts[3] != ")":
        return False
    before, behind = code[at - 2], code[at + 2 : at + 3]
    opens = before.kind is Kind.PUNCT and before.text not in {")", "]"}
    operand = behind and (behind[0].kind is not Kind.PUNCT or behind[0].text in {"~", "!", "{"})
    return bool((opens or before.text in _BEFORE_CAST) and operand)


def _declares_pointer(code: Sequence[Token], at: int, begins: bool) -> bool:
    """Tell `(*)` and, at the beginning of a declaration, `(*name)`; `at` is behind the star."""
    while at < len(code) and (code[at].text == "*" or code[at].text in QUALIFIERS):
        at += 1
    if begins and at < len(code) and _is_name(code[at]):
        return [token.text for token in code[at + 1 : at + 3]] in ([")", "("], [")", "["])
    return at < len(code) and code[at].text == ")"
