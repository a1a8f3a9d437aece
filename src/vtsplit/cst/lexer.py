"""Text to preprocessing tokens (C11 6.4). Joined again, the tokens are the text, byte for byte."""

import re
from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    """What a token is. A directive is one token: its whole logical line, without the newline."""

    SPACE = "space"
    NEWLINE = "newline"
    SPLICE = "splice"
    COMMENT = "comment"
    DIRECTIVE = "directive"
    IDENT = "ident"
    NUMBER = "number"
    STRING = "string"
    CHAR = "char"
    PUNCT = "punct"
    OTHER = "other"

    # Enum's own is Python code, and sets of kinds are asked for each token.
    __hash__ = object.__hash__


class Token(NamedTuple):
    """A piece of the text and its kind."""

    kind: Kind
    text: str


SPLICE = r"\\[ \t]*\r?\n"
BLOCK_COMMENT = r"/\*(?s:.*?)\*/"
LINE_COMMENT = rf"//(?:{SPLICE}|[^\r\n]|\r(?!\n))*"
COMMENT = rf"{BLOCK_COMMENT}|{LINE_COMMENT}"
STRING = r'(?:u8|[LuU])?"(?:\\(?s:.)|[^"\\\n])*"'
CHAR = r"[LuU]?'(?:\\(?s:.)|[^'\\\n])*'"
# A directive starts a line (C11 6.10p2); a comment may stand in front of it, since comments are
# spaces by then. Quotes need not pair in it: `#error don't`.
HASH_LINE = rf"#(?:[^\n\r\\/\"']+|{SPLICE}|\\.?|{COMMENT}|/|{STRING}|{CHAR}|[\"']|\r(?!\n))*"
DIRECTIVE = rf"(?:^|(?<=\*/))[ \t\f\v]*{HASH_LINE}"
_IDENT = r"(?:[^\W\d]|\$)[\w$]*"
_NUMBER = r"\.?\d(?:[eEpP][+-]|[\w.])*"
_PUNCT = r"\.\.\.|->|\+\+|--|<<=|>>=|<<|>>|##|&&|\|\||[-+*/%&|^<>=!]=|[-\[\](){}.&*+~!/%<>^|?:;=,#]"

_CODE = [
    (Kind.SPACE, r"(?:[ \t\f\v]|\r(?!\n))+"),
    (Kind.NEWLINE, r"\r?\n"),
    (Kind.SPLICE, SPLICE),
    (Kind.COMMENT, COMMENT),
    (Kind.STRING, STRING),
    (Kind.CHAR, CHAR),
    (Kind.IDENT, _IDENT),
    (Kind.NUMBER, _NUMBER),
    (Kind.PUNCT, _PUNCT),
    (Kind.OTHER, r"(?s:.)"),
]


def _compile(rules: list[tuple[Kind, str]]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{kind.value}>{rule})" for kind, rule in rules), re.MULTILINE)


_FILE = _compile([(Kind.DIRECTIVE, DIRECTIVE), *_CODE])
_LINE = _compile(_CODE)
_KINDS = {kind.value: kind for kind in Kind}

TRIVIA = frozenset({Kind.SPACE, Kind.NEWLINE, Kind.SPLICE, Kind.COMMENT})


def lex(text: str) -> tuple[Token, ...]:
    r"""Split any text into tokens; never fails, since what is no token of C is `OTHER`.

    >>> [token.text for token in lex("a->b; // c\n#define X \\\n 1\n")]
    ['a', '->', 'b', ';', ' ', '// c', '\n', '#define X \\\n 1', '\n']
    """
    return _tokens(_FILE, text)


def lex_line(text: str) -> tuple[Token, ...]:
    """Split the inside of a directive or macro body, where a `#` is an operator.

    >>> [token.text for token in lex_line("foo_##x") if token.kind not in TRIVIA]
    ['foo_', '##', 'x']
    """
    return _tokens(_LINE, text)


def _tokens(pattern: re.Pattern[str], text: str) -> tuple[Token, ...]:
    # Not by Token(...): this is where a scan of a tree spends most of its time.
    make = tuple.__new__
    return tuple([make(Token, (_KINDS[m.lastgroup or ""], m[0])) for m in pattern.finditer(text)])
