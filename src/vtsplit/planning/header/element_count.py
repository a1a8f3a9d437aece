"""How many elements an initializer gives an array that has no length in its brackets."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from vtsplit.cst.heads.annotations import KEYWORDS, QUALIFIERS
from vtsplit.cst.lexer import TRIVIA, Kind, Token
from vtsplit.cst.meaning.expansion import (
    ExpandedToken,
    ExpansionError,
    MacrosOf,
    expansions,
    written,
)
from vtsplit.cst.meaning.macro_arguments import MEMBER_ARGUMENT
from vtsplit.cst.nodes import Declaration
from vtsplit.cst.spans import closing, listed, matching, nested
from vtsplit.survey.types.positions import Position, Positions

Placed = tuple[Token, int]  # with its offset
ValueOf = Callable[[Sequence[str]], int | None]
_STRING = re.compile(r'(L|u8|u|U)?"(.*)"\Z', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]+|[0-7]{1,3}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[^xuU0-7])")
# gettext's, which systems' headers define: each of them makes one string of one.
_ONE_TEXT = frozenset({"_", "N_", "gettext_noop"})


class CountError(Exception):
    """The elements cannot be counted; the message says why."""


@dataclass(frozen=True)
class Element:
    """What an array's elements are.

    `kind` is "char", "number", "pointer", "scalar" (one of these), "text" (an array of
    characters), "structure" or "unknown". `tag` is the structure's tag or typedef, and
    `positions` is the order of its members.
    """

    kind: str
    tag: str = ""
    positions: Positions | None = None


def count_elements(
    item: Declaration, element: Element, macros_of: MacrosOf, value_of: ValueOf
) -> int:
    r"""Return how many elements the initializer of an array has (C11 6.7.9p14-22).

    >>> from vtsplit.cst.parser import parse_module
    >>> items = parse_module('int a[] = { 1, [4] = B, 2, };\nchar b[] = "ab\\n" "c";\n').items
    >>> number = lambda words: int(words[0])
    >>> count_elements(items[0], Element("number"), lambda _: (), number)
    6
    >>> count_elements(items[1], Element("char"), lambda _: (), number)
    5

    Raises CountError.
    """
    start, end = item.initializer or (0, 0)
    if start == end:
        raise CountError("it has no initializer here")
    tokens, offset = [], 0
    for token in item.tokens:
        if start <= offset < end and token.kind not in TRIVIA:
            tokens.append((token, offset))
        offset += len(token.text)
    return _count(tokens, element, macros_of, value_of)


def count_between(
    braces: tuple[Placed, Placed],
    tokens: Sequence[Placed],
    element: Element,
    macros_of: MacrosOf,
    value_of: ValueOf,
) -> int:
    """Return how many elements some of the entries are that stand between two braces.

    Raises CountError, also where the last element is not complete.
    """
    if all(token.text == "," for token, _ in tokens):
        return 0
    return _count([braces[0], *tokens, braces[1]], element, macros_of, value_of, is_part=True)


def _count(
    tokens: Sequence[Placed],
    element: Element,
    macros_of: MacrosOf,
    value_of: ValueOf,
    is_part: bool = False,
) -> int:
    try:
        found = expansions(written(tokens), macros_of)
    except ExpansionError as error:
        raise CountError(str(error)) from None
    counts = {_Count(element, value_of, is_part).of(one.words) for one in found}
    if len(counts) > 1:
        raise CountError("macros of its initializer have several definitions, which differ in it")
    return counts.pop()


class _Count:
    """Counts the elements of one initializer, entry by entry."""

    def __init__(self, element: Element, value_of: ValueOf, is_part: bool = False) -> None:
        self.element = element
        self.is_part = is_part  # others follow, in a count of their own
        self.value_of = value_of
        self.index = 0  # of the element that the next value goes to
        self.most = 0
        self.position: Position | None = None  # inside of an element, where one has begun

    def of(self, words: Sequence[ExpandedToken]) -> int:
        while len(words) > 1 and words[0].text == "(" and closing(words, 0, "(") == len(words) - 1:
            words = words[1:-1]
        if words and words[0].text != "{":
            return self._text(words)
        entries = listed(words[1:-1])
        one_text = len(entries) == 1 and _is_text(entries[0]) and not self.is_part
        if one_text and self.element.kind in {"char", "number", "scalar"}:
            return self._text(entries[0])
        for entry in entries:
            if entry:
                self._take(entry)
        if self.is_part and self.position is not None:
            raise CountError("an #if or another directive stands inside of an entry")
        if not self.most:
            raise CountError("its initializer has no entry")
        return self.most

    def _text(self, words: Sequence[ExpandedToken]) -> int:
        """Return the length of a string, with the 0 behind it."""
        if self.element.kind not in {"char", "number"} or not _is_text(words):
            raise CountError("its initializer is not in braces, and no string")
        return text_length([word.text for word in words], self.element.kind == "char") + 1

    def _take(self, entry: Sequence[ExpandedToken]) -> None:
        if entry[0].text == "[":
            entry = self._designated(entry)
        elif entry[0].text == ".":
            raise CountError("an entry has the designator of a member")
        if self.position is not None or not self._is_whole(entry):
            self._into_member(entry)
        else:
            self.index += 1
        self.most = max(self.most, self.index + (self.position is not None))

    def _designated(self, entry: Sequence[ExpandedToken]) -> Sequence[ExpandedToken]:
        """Go to the element that a designator names; return the words of the value."""
        end = matching(entry, 0)
        inner = [word.text for word in entry[1:end]]
        if "..." in inner:  # GNU C: a range
            inner = inner[inner.index("...") + 1 :]
        value = self.value_of(inner)
        if value is None or value < 0:
            raise CountError(f"the value of '{' '.join(inner)}' in its initializer cannot be told")
        self.index, self.position = value, None
        rest = entry[end + 1 :]
        if rest and rest[0].text in {".", "["}:
            # What follows without a designator would go on inside of that element.
            self.position = Position(0, "an entry names a member of an element")
            self.most = max(self.most, self.index + 1)
            return rest
        return rest[1:] if rest and rest[0].text == "=" else rest

    def _is_whole(self, entry: Sequence[ExpandedToken]) -> bool:
        """Tell whether a value is that of one element, and not the first of its members."""
        if entry[0].text == "{":
            if matching(entry, 0) != len(entry) - 1:
                raise CountError("what stands between two commas of its initializer is unclear")
            return True
        _refuse_unknown_calls(entry)
        kind = self.element.kind
        if kind in {"char", "number", "pointer", "scalar"}:
            return True
        if kind == "text":
            return _is_text(entry)
        if kind == "structure":
            if _literal_of(entry) == self.element.tag:
                return True
            if len(entry) == 1 and entry[0].token.kind is Kind.IDENT:
                raise CountError(f"'{entry[0].text}' in its initializer may be a macro")
        return False

    def _into_member(self, entry: Sequence[ExpandedToken]) -> None:
        positions = self.element.positions
        if positions is None or (self.position and self.position.why):
            why = self.position.why if self.position else "an entry has no braces of its own"
            if entry[0].text in {".", "["} and self.position:
                return
            raise CountError(why)
        position = positions.behind(
            self.position or positions.start(), [word.text for word in entry]
        )
        if not position.why:
            self.position = position
        elif position.index == len(positions.slots) and not positions.why:
            self.index, self.position = self.index + 1, None
        else:
            raise CountError(f"an entry has no braces of its own, and {position.why}")


def _refuse_unknown_calls(entry: Sequence[ExpandedToken]) -> None:
    """Refuse a call in an entry: a constant has no call, so it is a macro not in the tree."""
    for (word, depth), (following, _) in pairwise(nested(entry)):
        name = word.text
        if depth or word.token.kind is not Kind.IDENT or following.text != "(":
            continue
        known = name in KEYWORDS or name in MEMBER_ARGUMENT or name in _ONE_TEXT
        if not known and not name.startswith("__"):
            raise CountError(f"macro '{name}' in its initializer is not in the tree")


def _literal_of(entry: Sequence[ExpandedToken]) -> str:
    """Return the type of a compound literal `(struct x){ ... }`; empty for other values."""
    end = closing(entry, 0, "(") if entry[0].text == "(" else len(entry)
    rest = entry[end + 1 :]
    if not rest or rest[0].text != "{" or matching(rest, 0) != len(rest) - 1:
        return ""
    return " ".join(word.text for word in entry[1:end] if word.text not in QUALIFIERS)


def _is_text(words: Sequence[ExpandedToken]) -> bool:
    return bool(words) and all(word.token.kind is Kind.STRING for word in words)


def text_length(strings: Sequence[str], in_bytes: bool) -> int:
    r"""Return how many characters adjacent strings have together, without the 0 at the end.

    >>> text_length(['"a\\n\\x41"', '"\\0"'], True), text_length(['L"\u00fc"'], False)
    (4, 1)
    """
    prefixes = {match[1] or "" for one in strings if (match := _STRING.match(one))}
    wide = bool(prefixes & {"L", "u", "U"})
    if wide is in_bytes or "R" in prefixes:
        raise CountError("its string is not of the array's kind of characters")
    total = 0
    for one in strings:
        match = _STRING.match(one)
        if match is None:
            raise CountError("its string cannot be read")
        rest = _ESCAPE.sub("", match[2])
        codes = [chr(int(text[2:], 16)) for text in re.findall(r"\\[uU][0-9a-fA-F]+", match[2])]
        if "\\" in rest or (wide and any(ord(char) > 0xFFFF for char in rest + "".join(codes))):
            raise CountError("the length of its string depends on the compiler")
        total += len(_ESCAPE.findall(match[2])) - len(codes)
        whole = rest + "".join(codes)
        total += len(whole.encode("utf-8", "surrogateescape")) if in_bytes else len(whole)
    return total
