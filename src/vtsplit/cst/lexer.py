"""Text to preprocessing tokens (C11 6.4). Joined again, the tokens are the text, byte for byte."""

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import lru_cache
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
# A comment that nothing ends goes on to the end of the text: it is looked through once. Each is
# atomic, `(?>`: a second way to read one would double the time with each comment in a row.
BLOCK_COMMENT = r"(?>/\*(?s:.*?)(?:\*/|\Z))"
LINE_COMMENT = rf"(?>//(?:{SPLICE}|[^\r\n]|\r(?!\n))*)"
COMMENT = rf"{BLOCK_COMMENT}|{LINE_COMMENT}"
# All there is up to the next token or directive; nothing of it is tried twice.
BLANKS = rf"(?:\s|{COMMENT})*+"
# Behind a backslash none begins: if nothing ends a literal, no escaped quote in it is tried again.
# That is asked behind the quote: a pattern that starts with a character is found faster.
STRING = r'(?:u8|[LuU])?"(?<!\\")(?:\\(?s:.)|[^"\\\n])*"'
CHAR = r"(?:u8|[LuU])?'(?<!\\')(?:\\(?s:.)|[^'\\\n])*'"
# A quote between the digits of a number, `1'000`, opens no character (C23 6.4.4.1, 6.4.8).
NUMBER = r"\.?\d(?:[eEpP][+-]|'[A-Za-z0-9_]|[\w.])*"
# `[[...]]` (C23 6.7.13), in a text without strings and comments.
STANDARD_ATTRIBUTE = re.compile(r"\[\s*\[(?:[^\[\]]|\[[^\[\]]*\])*\]\s*\]")
_SEPARATOR = re.compile(r"'(?<=[0-9A-Fa-f]')[0-9A-Fa-f]")
# A directive starts a line (C11 6.10p2); a comment may stand in front of it, since comments are
# spaces by then. Quotes need not pair in it: `#error don't`.
HASH_LINE = rf"#(?:[^\n\r\\/\"']+|{SPLICE}|\\.?|{COMMENT}|/|{STRING}|(?<!\d){CHAR}|[\"']|\r(?!\n))*"
DIRECTIVE = rf"(?:^|(?<=\*/))[ \t\f\v]*{HASH_LINE}"
# `$` is a letter to GCC (GCC manual, 6.49); others than ASCII's are by C11 6.4.2.1 and annex D.
IDENT = r"(?:[^\W\d]|\$)[\w$]*"
_PUNCT = r"\.\.\.|->|\+\+|--|<<=|>>=|<<|>>|##|&&|\|\||[-+*/%&|^<>=!]=|[-\[\](){}.&*+~!/%<>^|?:;=,#]"

_CODE = [
    (Kind.SPACE, r"(?:[ \t\f\v\ufeff]|\r(?!\n))+"),
    (Kind.NEWLINE, r"\r?\n"),
    (Kind.SPLICE, SPLICE),
    (Kind.COMMENT, COMMENT),
    (Kind.STRING, STRING),
    (Kind.CHAR, CHAR),
    (Kind.IDENT, IDENT),
    (Kind.NUMBER, NUMBER),
    (Kind.PUNCT, _PUNCT),
    (Kind.OTHER, r"(?s:.)"),
]


def _compile(rules: list[tuple[Kind, str]]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{kind.value}>{rule})" for kind, rule in rules), re.MULTILINE)


# A byte order mark may stand in front of a file's first line.
_FILE = _compile([(Kind.DIRECTIVE, rf"{DIRECTIVE}|(?<=\ufeff){HASH_LINE}"), *_CODE])
_LINE = _compile(_CODE)
_KINDS = {kind.value: kind for kind in Kind}

TRIVIA = frozenset({Kind.SPACE, Kind.NEWLINE, Kind.SPLICE, Kind.COMMENT})
_NO_C = TRIVIA | {Kind.DIRECTIVE}


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


def code_tokens(tokens: Iterable[Token]) -> list[Token]:
    """Return the tokens that are neither white space nor comments; a directive is one.

    >>> [token.text for token in code_tokens(lex("a /* b */ c;"))]
    ['a', 'c', ';']
    """
    return [token for token in tokens if token.kind not in TRIVIA]


def code_words(tokens: Iterable[Token]) -> list[str]:
    """Return the texts of `code_tokens`.

    >>> code_words(lex("a /* b */ c;"))
    ['a', 'c', ';']
    """
    return [token.text for token in tokens if token.kind not in TRIVIA]


def plain_code(tokens: Iterable[Token]) -> list[Token]:
    r"""Return the tokens that are neither white space, comments nor directives.

    >>> [token.text for token in plain_code(lex("a;\n#if B\nc;\n#endif\n"))]
    ['a', ';', 'c', ';']
    """
    return [token for token in tokens if token.kind not in _NO_C]


def unfolded(tokens: Iterable[Token]) -> Iterator[Token]:
    r"""Yield the tokens, and instead of each directive those of its line.

    >>> [token.text for token in unfolded(lex("#if A\n")) if token.text.strip()]
    ['#', 'if', 'A']
    """
    for token in tokens:
        if token.kind is Kind.DIRECTIVE:
            yield from lex_line(token.text)
        else:
            yield token


def may_separate_digits(text: str) -> bool:
    """Tell whether a text may have a number such as `1'000`; `case'a':` looks like one.

    >>> may_separate_digits("int a = 0xF'F;"), may_separate_digits("char a = '1'; /* don't */")
    (True, False)
    """
    return _SEPARATOR.search(text) is not None


def _tokens(pattern: re.Pattern[str], text: str) -> tuple[Token, ...]:
    return _short(pattern, text) if len(text) < _SHORT else _make(pattern, text)


def _make(pattern: re.Pattern[str], text: str) -> tuple[Token, ...]:
    # Not by Token(...): this is where a scan of a tree spends most of its time.
    make = tuple.__new__
    return tuple([make(Token, (_KINDS[m.lastgroup or ""], m[0])) for m in pattern.finditer(text)])


# A line, a head, a condition: the same ones are asked for again and again.
_SHORT = 160
_short = lru_cache(maxsize=4096)(_make)
