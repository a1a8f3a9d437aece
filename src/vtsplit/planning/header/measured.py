"""Find the places that may need the length of an array: `sizeof`, its address, a macro."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from vtsplit.cst.heads.annotations import KEYWORDS
from vtsplit.cst.lexer import BLANKS, Kind, lex, lex_line, plain_code
from vtsplit.cst.meaning.expansion import MacrosOf
from vtsplit.cst.meaning.macro_arguments import enclosing_call
from vtsplit.cst.meaning.occurrences import word_pattern
from vtsplit.cst.spans import enclosing

_SIZES = frozenset(
    "sizeof _Countof typeof __typeof __typeof__ typeof_unqual _Alignof __alignof __alignof__ "
    "alignof ARRAY_SIZE".split()  # the last is of include/linux/array_size.h
)
_ELEMENT = frozenset({"[", "->", "."})
_STEPS = frozenset({"+", "-", "[", "++", "--", "+=", "-="})
# Functions of the C library (C11 7.21.6, 7.22.5, 7.24) that no tree need have.
_LIBRARY = frozenset(
    "bsearch qsort memchr memcmp memcpy memmove memset printf fprintf sprintf snprintf vprintf "
    "puts fputs perror strcat strchr strcmp strcoll strcpy strcspn strlen strncat strncmp strncpy "
    "strpbrk strrchr strspn strstr strtok scanf sscanf fopen fread fwrite free realloc atoi "
    "strtol strtoul getenv remove rename system strdup strndup strcasecmp".split()
)
# A directive, with the comments that stand in front of it.
_DIRECTIVE = re.compile(rf"{BLANKS}#")
_DEPTH = 8  # macros that are looked through
IsFunction = Callable[[str], bool]


@dataclass(frozen=True)
class SizeUse:
    """A use of an array that may need its length; `macro` is one that is not known.

    One that is not `must` compiles without the length in all that is seen of it.
    """

    must: bool = True
    macro: str = ""


def no_function(name: str) -> bool:
    """Tell of no name that it is a function."""
    return False


def size_use(
    text: str, offset: int, name: str, macros_of: MacrosOf, is_function: IsFunction = no_function
) -> SizeUse | None:
    """Return how the array at an offset of a text is used there, None where its length is idle.

    `sizeof(a[0])` and `sizeof(*a)` are sizes of an element, which need no length.

    >>> texts = "sizeof(a)", "sizeof(*a)", "&a + 1", "NUM(a)", "f(&a[1])", "if (a)"
    >>> uses = [size_use(text, text.index("a"), "a", lambda _: ()) for text in texts]
    >>> ["" if use is None else use.macro or "size" for use in uses]
    ['size', '', 'size', 'NUM', '', '']
    """
    directive = _DIRECTIVE.match(text)
    hashed = directive.end() if directive else 0
    tokens = lex_line(text[hashed:offset]) if hashed else lex(text[:offset])
    before = [t.text for t in plain_code(tokens)]
    behind = offset + len(name)
    rest = lex_line(text[behind:]) if hashed else lex(text[behind : behind + 400])
    after = [t.text for t in plain_code(rest)]
    return _Look(macros_of, is_function).at(before, after, _DEPTH)


class _Look:
    def __init__(self, macros_of: MacrosOf, is_function: IsFunction) -> None:
        self.macros_of = macros_of
        self.is_function = is_function

    def at(self, before: Sequence[str], after: Sequence[str], depth: int) -> SizeUse | None:
        """Return how an operand is used that stands between these words."""
        before, after = list(before), list(after)
        while True:
            last, following = before[-1:], after[:1]
            if following and following[0] in _ELEMENT:
                return None
            if last == ["&"]:
                return self._address(before[:-1], after)
            if last and last[0] in _SIZES:
                return SizeUse()
            if last == ["("] and following == [")"] and not _calls(before[:-1]):
                before, after = before[:-1], after[1:]
                continue
            if not last or last[0] not in {"(", ","} or following not in ([")"], [","]):
                return None
            return self._argument(before, after, depth)

    def _address(self, before: list[str], after: list[str]) -> SizeUse:
        while before[-1:] == ["("] and after[:1] == [")"] and not _calls(before[:-1]):
            before, after = before[:-1], after[1:]
        steps = (after and after[0] in _STEPS) or (before and before[-1] in {"+", "-", "*"})
        return SizeUse(must=bool(steps))

    def _argument(self, before: list[str], after: list[str], depth: int) -> SizeUse | None:
        if before[-1] == "," and _bracket_around(before) != "(":
            return None
        callee, index = enclosing_call(before, len(before))
        if callee in _SIZES and not self.macros_of(callee):
            is_element = after[:1] == [")"] and after[1:2] and after[1] in {"[", "->"}
            return None if is_element else SizeUse()
        return self._by_macro(callee, index, depth, _before_call(before))

    def _by_macro(self, callee: str, index: int, depth: int, before: str) -> SizeUse | None:
        """Return what a macro does with an argument, itself or by one that it calls."""
        if not _is_word(callee) or callee in KEYWORDS or before in {".", "->"} or not depth:
            return None
        macros = self.macros_of(callee)
        if not macros:
            known = callee in _LIBRARY or callee.startswith("__builtin_")
            return None if known or self.is_function(callee) else SizeUse(macro=callee)
        found: SizeUse | None = None
        for macro in macros:
            place = macro.parameter_of(index)
            if macro.parameters is None or place is None:
                continue
            body = [token.text for token in macro.body]
            for at, word in enumerate(body):
                if word != macro.parameters[place]:
                    continue
                use = self.at(body[:at], body[at + 1 :], depth - 1)
                if use is not None and (found is None or (use.must and not found.must)):
                    found = use
        return found


def _calls(before: Sequence[str]) -> bool:
    """Tell whether a parenthesis behind these words is that of a call, or of `sizeof`."""
    return bool(before) and _is_word(before[-1]) and before[-1] not in KEYWORDS - _SIZES


def _bracket_around(before: Sequence[str]) -> str:
    """Return the bracket that is open behind some words."""
    opening = enclosing(before, len(before))
    return before[opening] if opening >= 0 else ""


def _before_call(before: Sequence[str]) -> str:
    """Return the word in front of the name that is called around the end of some words."""
    opening = enclosing(before, len(before), "(")
    return before[opening - 2] if opening > 1 else ""


def _is_word(text: str) -> bool:
    return text[:1].isalpha() or text[:1] == "_"


def measured_in_macros(
    text: str, names: frozenset[str], macros_of: MacrosOf
) -> Iterator[tuple[str, int]]:
    """Yield the arrays whose length the macros take that a text uses, and the use's offset."""
    offset = 0
    for token in lex(text):
        if token.kind is Kind.IDENT:
            for name in _measured_by(token.text, names, macros_of, _DEPTH):
                yield name, offset
        offset += len(token.text)


def _measured_by(
    word: str, names: frozenset[str], macros_of: MacrosOf, depth: int
) -> Iterator[str]:
    for macro in macros_of(word) if depth else ():
        body = " ".join(token.text for token in macro.body)
        for match in word_pattern(names).finditer(body):
            if size_use(body, match.start(), match[0], macros_of):
                yield match[0]
        for token in macro.body:
            if token.kind is Kind.IDENT and token.text != word:
                yield from _measured_by(token.text, names, macros_of, depth - 1)
