"""Take a declaration apart that defines a type and an object at once (C11 6.7p1, 6.7.2.1)."""

import re

from vtsplit.cst.heads.annotations import (
    ATTRIBUTES,
    QUALIFIERS,
    STORAGE,
    is_annotation,
    is_annotation_call,
)
from vtsplit.cst.lexer import TRIVIA, Kind, Token
from vtsplit.cst.nodes import Declaration
from vtsplit.cst.spans import matching

_OF_OBJECT = STORAGE | QUALIFIERS


def separated(item: Declaration) -> tuple[str, str] | None:
    """Return the declaration of the type and that of the object, which say the same together.

    None where the type has no tag, where there are several names, and for a typedef.

    >>> print(*separated(Declaration("", "static struct a { int b; } c[] = { { 1 } };", "")))
    struct a { int b; }; static struct a c[] = { { 1 } };
    >>> separated(Declaration("", "static struct { int b; } c;", "")) is None
    True
    """
    head = item.head
    if not (head.defines_tag and head.tag and head.name) or head.more or "typedef" in head.storage:
        return None
    tokens = item.tokens
    end = _behind_attributes(tokens, matching(tokens, head.aggregate_body) + 1)
    behind = tokens[end : max(head.name_index, end)]
    if any(token.kind is Kind.DIRECTIVE for token in (*tokens[: head.aggregate], *behind)):
        return None
    # A macro of the project's own may be an attribute of the type.
    if any(token.kind is Kind.IDENT and token.text not in _OF_OBJECT for token in behind):
        return None
    storage, kind, rest = (
        "".join(token.text for token in part)
        for part in (tokens[: head.aggregate], tokens[head.aggregate : end], tokens[end:])
    )
    gap = "" if rest[:1].isspace() else " "
    return f"{kind};", f"{storage}{head.tag}{gap}{rest}"


def with_tag(item: Declaration) -> Declaration | None:
    """Return a declaration whose structure has no tag with the object's name as the tag.

    Tags have a name space of their own (C11 6.2.3p1). Whoever asks has to know that the tag is
    free. None for all that `separated` would not take apart then.

    >>> with_tag(Declaration("", "static struct { int b; } c[] = { { 1 } };", "")).text
    'static struct c { int b; } c[] = { { 1 } };'
    """
    head = item.head
    if not head.defines_tag or head.tag or not head.name or head.more or "typedef" in head.storage:
        return None
    tokens = item.tokens
    if tokens[head.aggregate].text not in {"struct", "union"}:
        return None
    at = head.aggregate_body
    while tokens[at - 1].kind in TRIVIA:
        at -= 1
    front, rest = ("".join(token.text for token in part) for part in (tokens[:at], tokens[at:]))
    named = item.with_changes(text=f"{front} {head.name}{rest}")
    return named if separated(named) else None


def without_tag(item: Declaration) -> Declaration:
    """Return a declaration without the tag that `with_tag` has given it.

    >>> without_tag(Declaration("", "static struct c { int b; } c;", "")).text
    'static struct { int b; } c;'
    """
    tokens, at = item.tokens, item.head.aggregate_body
    while at > 0 and tokens[at].kind is not Kind.IDENT:
        at -= 1
    front, rest = (
        "".join(token.text for token in part) for part in (tokens[: at - 1], tokens[at + 1 :])
    )
    return item.with_changes(text=front + rest)


def tag_pattern(tag: str) -> re.Pattern[str]:
    """Return the pattern of a tag, of whatever kind: all kinds have one name space.

    >>> bool(tag_pattern("a").search("enum a"))
    True
    """
    marks = r"(?:[A-Z_]\w*\s+|__attribute__\s*\(\(.*?\)\)\s*)*"
    return re.compile(rf"\b(?:struct|union|enum)\s+{marks}{re.escape(tag)}\b")


def together(kind: Declaration, item: Declaration) -> str | None:
    """Return the declaration that `separated` has taken apart, None for any other two.

    >>> kind, item = Declaration("", "struct a { int b; };", ""), Declaration("", "struct a c;", "")
    >>> together(kind, item)
    'struct a { int b; } c;'
    """
    head = item.head
    if not kind.head.defines_tag or kind.head.name or not kind.text.endswith(";"):
        return None
    if head.defines_tag or head.tag != kind.head.tag:
        return None
    tokens = item.tokens
    keyword, name = head.tag.split()
    tag = [keyword, " ", name]
    starts = range(head.name_index)
    start = next((at for at in starts if [t.text for t in tokens[at : at + 3]] == tag), None)
    if start is None:
        return None
    before, behind = (
        "".join(token.text for token in part) for part in (tokens[:start], tokens[start + 3 :])
    )
    return f"{before}{kind.text[:-1]}{behind}"


def _behind_attributes(tokens: tuple[Token, ...], at: int) -> int:
    """Return the index behind the attributes that follow a brace: they are the type's."""
    end = at
    while at < len(tokens):
        token = tokens[at]
        if token.kind in TRIVIA:
            at += 1
            continue
        if not (token.text in ATTRIBUTES or is_annotation(token.text)):
            break
        end = at = at + 1
        if is_annotation_call(token.text):
            while at < len(tokens) and tokens[at].kind in TRIVIA:
                at += 1
            if at < len(tokens) and tokens[at].text == "(":
                end = at = matching(tokens, at) + 1
    return end
