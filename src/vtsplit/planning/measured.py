"""Where the length of an array is asked for: `sizeof` of it, or a macro that takes that."""

import re
from collections.abc import Iterator

from vtsplit.cst.lexer import TRIVIA, Kind, lex, lex_line
from vtsplit.cst.macro_arguments import MacroOf, enclosing_call
from vtsplit.cst.occurrences import word_pattern

_ELEMENT = re.compile(r"\w+\s*(?:\[|->|\.)")
_DEPTH = 8  # macros that are looked through


def takes_size(text: str, offset: int, macro_of: MacroOf) -> bool:
    """Tell whether the length of the array that stands at an offset matters there.

    `sizeof(a[0])` and `sizeof(*a)` are sizes of an element, which need no length.

    >>> [takes_size(text, text.index("a"), lambda _: None) for text in ("sizeof(a)", "sizeof(*a)")]
    [True, False]
    """
    if _ELEMENT.match(text, offset):
        return False
    hashed = text.find("#") + 1 if text.lstrip().startswith("#") else 0
    tokens = lex_line(text[hashed:offset]) if hashed else lex(text[:offset])
    words = [t.text for t in tokens if t.kind not in TRIVIA and t.kind is not Kind.DIRECTIVE]
    return _is_measured(words, macro_of, _DEPTH)


def _is_measured(before: list[str], macro_of: MacroOf, depth: int) -> bool:
    """Tell whether an operand is measured that stands behind these words."""
    at = len(before)
    while at > 1 and before[at - 1] == "(" and not _is_word(before[at - 2]):
        at -= 1
    if at and before[at - 1] == "sizeof":
        return True
    if not at or before[at - 1] not in {"(", ","}:
        return False
    callee, index = enclosing_call(before, at)
    return callee == "sizeof" or _measures(callee, index, macro_of, depth)


def _measures(callee: str, index: int, macro_of: MacroOf, depth: int) -> bool:
    """Tell whether a macro takes the size of an argument, itself or by one that it calls."""
    macro = macro_of(callee) if depth else None
    place = macro.parameter_of(index) if macro else None
    if macro is None or macro.parameters is None or place is None:
        return callee == "ARRAY_SIZE"  # include/linux/array_size.h
    body = [token.text for token in macro.body]
    return any(
        _is_measured(body[:at], macro_of, depth - 1)
        for at, word in enumerate(body)
        if word == macro.parameters[place] and not _names_element(body[at + 1 :])
    )


def _names_element(after: list[str]) -> bool:
    while after[:1] == [")"]:
        after = after[1:]
        if after[:1] == ["["]:
            return True
    return after[:1] == ["["]


def _is_word(text: str) -> bool:
    return text[:1].isalpha() or text[:1] == "_"


def measured_in_macros(
    text: str, names: frozenset[str], macro_of: MacroOf
) -> Iterator[tuple[str, int]]:
    """Yield the arrays whose length the macros take that a text uses, and the use's offset."""
    offset = 0
    for token in lex(text):
        if token.kind is Kind.IDENT:
            for name in _measured_by(token.text, names, macro_of, _DEPTH):
                yield name, offset
        offset += len(token.text)


def _measured_by(word: str, names: frozenset[str], macro_of: MacroOf, depth: int) -> Iterator[str]:
    macro = macro_of(word) if depth else None
    if macro is None:
        return
    body = " ".join(token.text for token in macro.body)
    for match in word_pattern(names).finditer(body):
        if takes_size(body, match.start(), macro_of):
            yield match[0]
    for token in macro.body:
        if token.kind is Kind.IDENT and token.text != word:
            yield from _measured_by(token.text, names, macro_of, depth - 1)
