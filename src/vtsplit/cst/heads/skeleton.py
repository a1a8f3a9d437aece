"""What of a head is its type: its text, with all that is no part of that blanked."""

from vtsplit.cst.heads.annotations import (
    ATTRIBUTES,
    INLINE,
    STORAGE,
    is_annotation,
    may_annotate,
)
from vtsplit.cst.heads.declarator import Head, standard_attributes
from vtsplit.cst.heads.macro_types import (
    convention_words,
    list_macro,
    macro_types,
    made_name,
    trailing_words,
    type_in_capitals,
)
from vtsplit.cst.heads.parameter_marks import parameter_annotations
from vtsplit.cst.lexer import TRIVIA, Kind, Token
from vtsplit.cst.spans import matching, nested


def skeleton(head: Head) -> str:
    """Return the head's text with everything blanked that is no part of the type, same length.

    >>> from vtsplit.cst.heads.declarator import read_head
    >>> skeleton(read_head("static __init int f(void /* none */)"))
    '              int f(void           )'
    """
    pieces: list[str] = []
    end = declarator_end(head)
    marks = marked_words(head)
    listing = list_macro(head)
    standard = standard_attributes(head.tokens)
    at = 0
    made = macro_types(head)
    while at < len(head.tokens):
        token = head.tokens[at]
        last = at
        if at in made:
            last = made[at]
            pieces.append(made_name(head.tokens[at : last + 1]))
            at = last + 1
            continue
        if at in listing:
            pieces.append(" " * len(token.text))
            at += 1
            continue
        hidden = at in standard or at in marks
        if hidden or (at != head.name_index and is_masked(token, head, at, end)):
            last = at if at in standard else through_arguments(head.tokens, at)
            text = "".join(token.text for token in head.tokens[at : last + 1])
            pieces.append("".join("\n" if char == "\n" else " " for char in text))
        else:
            pieces.append(token.text)
        at = last + 1
    return "".join(pieces)


def marked_words(head: Head) -> frozenset[int]:
    """Return the indices of macros that their places tell."""
    return parameter_annotations(head) | convention_words(head) | trailing_words(head)


def is_masked(token: Token, head: Head, at: int, end: int) -> bool:
    """Tell whether a token is no part of the type; `end` is the index behind the declarator."""
    if at >= end:
        return True
    if token.kind in {Kind.COMMENT, Kind.SPLICE, Kind.DIRECTIVE, Kind.OTHER}:
        return True
    if token.kind is not Kind.IDENT:
        return False
    word = token.text
    if word in STORAGE or word in INLINE or word in ATTRIBUTES or is_annotation(word):
        return True
    if word == "noreturn" and at < head.name_index:
        return True  # of <stdnoreturn.h> (C11 7.23); elsewhere it may be a name
    if not may_annotate(word) or at > head.name_index >= 0:
        return False
    # In capitals in front of the name: a type when nothing else can be it.
    return at != type_in_capitals(head)


def through_arguments(tokens: tuple[Token, ...], at: int) -> int:
    """Return the index of the last token of a word with what follows it in parentheses."""
    following = _significant(tokens, at + 1)
    called = following < len(tokens) and tokens[following].text == "("
    return matching(tokens, following) if called and tokens[at].kind is Kind.IDENT else at


def declarator_end(head: Head) -> int:
    """Return the index behind the declarator: annotations, an initializer, `;` follow it."""
    if head.is_function:
        return _behind_function(head)
    for at, (token, depth) in enumerate(nested(head.tokens, "([")):
        if at >= head.name_index and depth <= 0 and token.text in {"=", ";", ","}:
            return at
    return len(head.tokens)


def _behind_function(head: Head) -> int:
    """Return the index behind a function's declarator; `(*f(int a))(void)` goes on behind `a)`."""
    last = head.close_paren
    while (at := _significant(head.tokens, last + 1)) < len(head.tokens):
        if head.tokens[at].text != ")":
            break
        last = at
        while (at := _significant(head.tokens, last + 1)) < len(head.tokens):
            if head.tokens[at].text not in {"(", "["}:
                break
            last = matching(head.tokens, at)
    return last + 1


def _significant(tokens: tuple[Token, ...], at: int) -> int:
    while at < len(tokens) and tokens[at].kind in TRIVIA:
        at += 1
    return at
