"""Macros among the words of a parameter, `int flags UNUSED`, told by where they stand.

What they are called does not tell: in lower case as well as in capitals, such a macro is a word too
many beside the parameter's type and name.
"""

import re
from functools import cache

from vtsplit.cst.heads.annotations import (
    AGGREGATES,
    KEYWORDS,
    QUALIFIERS,
    TYPE_WORDS,
    is_annotation,
    may_annotate,
)
from vtsplit.cst.heads.declarator import Head, standard_attribute
from vtsplit.cst.lexer import TRIVIA, Kind, Token, code_words
from vtsplit.cst.spans import last_of, matching

_IN_BRACKETS = QUALIFIERS | {"static"}
# Words that say what a parameter is for, whatever else stands beside it.
_SPEAKS = re.compile(
    r"IN|OUT|IN_?OUT|OPTIONAL|CONST|RESTRICT|(?:\w+_)?UNUSED(?:_\w+)?|_[A-Z][a-z]\w*_"
)


@cache
def parameter_annotations(head: Head) -> frozenset[int]:
    """Return the indices of tokens that are such macros; arguments in parentheses follow some.

    >>> from vtsplit.cst.heads.declarator import read_head
    >>> def marks(text):
    ...     head = read_head(text)
    ...     return [head.tokens[at].text for at in sorted(parameter_annotations(head))]
    >>> marks("int f(int a FOO_UNUSED, struct bar foo_unused *b, void *c FOO((unused)))")
    ['FOO_UNUSED', 'foo_unused', 'FOO']
    >>> marks("int f(int n, int a[FOO n], int b[static FOO 2], int c[n * 2])")
    ['FOO', 'FOO']
    >>> marks("int f(FOO *a, u64 FOO, const char *const b, int (*c)(int), foo_t d[FOO])")
    []
    """
    if not head.is_function:
        return frozenset()
    found: set[int] = set()
    code = [
        at
        for at in range(head.open_paren + 1, head.close_paren)
        if head.tokens[at].kind not in TRIVIA and head.tokens[at].kind is not Kind.DIRECTIVE
    ]
    while code:
        one = []
        while code and head.tokens[code[0]].text != ",":
            at = code[0]
            last = standard_attribute(head.tokens, at)
            if last >= 0:
                code = [index for index in code if index > last]
                continue
            one.append(at)
            last = last_of(head.tokens, at)
            while code and code[0] <= last:
                code.pop(0)
        found |= _marks(head.tokens, one) | _bracket_marks(head.tokens, one)
        code = code[1:]
    return frozenset(found)


def _marks(tokens: tuple[Token, ...], code: list[int]) -> set[int]:
    """Find the macros of one parameter; `code` has one index for a whole pair of brackets."""
    texts = [tokens[at].text for at in code]
    names = [i for i, at in enumerate(code) if _is_name(tokens[at])]
    tag = next((i for i, text in enumerate(texts) if text in AGGREGATES), None)
    if tag is not None:
        names = [i for i in names if i < tag] + [i for i in names if i > tag][1:]
    marks = {i for i in names if texts[i + 1 : i + 2] == ["("] and _is_doubled(tokens, code[i + 1])}
    marks |= {i for i in names[:1] if _stands_in_front(i, names, texts)}
    names = [i for i in names if i not in marks]
    typed = tag is not None or any(text in TYPE_WORDS for text in texts)
    # A pointer's name follows its last star, or stands with it in parentheses: `(*a)(int)`.
    inner = [i for i, at in enumerate(code) if _texts(tokens, at)[:2] == ["(", "*"]]
    stars = inner[:1] or [i for i, text in enumerate(texts) if text == "*"]
    if stars:
        before = [i for i in names if i < stars[-1]]
        behind = [i for i in names if i > stars[-1]]
        marks |= set(_surplus(before, texts, 0 if typed else 1, last=False))
        marks |= set(_surplus(behind, texts, 0 if inner else 1, last=False))
    else:
        marks |= set(_surplus(names, texts, 1 if typed else 2, last=typed))
    return {code[i] for i in marks}


def _bracket_marks(tokens: tuple[Token, ...], code: list[int]) -> set[int]:
    """Find the macros that stand for `restrict` or the like in brackets (C11 6.7.6.3p7)."""
    found = set()
    for at in (at for at in code if tokens[at].text == "["):
        inside = [i for i in range(at + 1, matching(tokens, at)) if tokens[i].kind not in TRIVIA]
        while inside and tokens[inside[0]].text in _IN_BRACKETS:
            inside.pop(0)
        # No expression starts with a name and another name, or a number.
        if len(inside) > 1 and _is_name(tokens[inside[0]]):
            behind = tokens[inside[1]]
            found |= {inside[0]} if _is_name(behind) or behind.kind is Kind.NUMBER else set()
    return found


def _surplus(names: list[int], texts: list[str], wanted: int, last: bool) -> list[int]:
    """Return the names beyond those wanted: such as look like macros first, then the last ones.

    With `last` the name that stands last is kept, as in `int foo_unused a`.
    """
    surplus = len(names) - wanted
    if surplus <= 0:
        return []
    likely = [i for i in reversed(names) if may_annotate(texts[i]) or _SPEAKS.fullmatch(texts[i])]
    likely.sort(key=lambda i: _SPEAKS.fullmatch(texts[i]) is None)
    rest = [i for i in (names if last else reversed(names)) if i not in likely]
    return (likely + rest)[:surplus]


def _stands_in_front(first: int, names: list[int], texts: list[str]) -> bool:
    """Tell `READS(n) const char *a`: a call in front of what has a type and a name of its own."""
    if texts[first + 1 : first + 2] != ["("] or any(t in TYPE_WORDS for t in texts[:first]):
        return False
    rest = texts[first + 2 :]
    typed = any(text in TYPE_WORDS or text in AGGREGATES for text in rest)
    pointed = any(i > first and "*" in texts[i:] for i in names)
    return typed or pointed or len(names) > 2


def _is_name(token: Token) -> bool:
    return token.kind is Kind.IDENT and token.text not in KEYWORDS and not is_annotation(token.text)


def _texts(tokens: tuple[Token, ...], opening: int) -> list[str]:
    last = matching(tokens, opening) if tokens[opening].text == "(" else opening
    return code_words(tokens[opening : last + 1])


def _is_doubled(tokens: tuple[Token, ...], opening: int) -> bool:
    """Tell `((...))`, which no declarator has."""
    inner = _texts(tokens, opening)
    return inner[:2] == ["(", "("] and inner[-2:] == [")", ")"]
