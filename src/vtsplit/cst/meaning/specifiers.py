"""What stands in front of declarators: storage, qualifiers, a type."""

from vtsplit.cst.heads.annotations import (
    AGGREGATES,
    ATTRIBUTES,
    INLINE,
    KEYWORDS,
    QUALIFIERS,
    STORAGE,
    TYPE_WORDS,
    TYPEOF,
    is_annotation,
    is_annotation_call,
)
from vtsplit.cst.meaning.places import Places
from vtsplit.cst.spans import last_of

POINTERS = frozenset({"*", "^"})
_PLAIN_SPECIFIERS = STORAGE | INLINE | QUALIFIERS | TYPE_WORDS | {"__auto_type"}


class Specifiers:
    """What stands in front of the declarators at `start`, and where that ends.

    `typed`: a type is there; `sure`: by words that nothing but a declaration has.
    """

    def __init__(self, code: Places, start: int) -> None:
        self.code = code
        self.end = start
        self.typed = self.sure = self.linked = False
        self.enumerators: list[int] = []
        while code.is_word(self.end) and self._take(code.text(self.end)):
            pass

    def _take(self, word: str) -> bool:
        code, at = self.code, self.end
        if word in _PLAIN_SPECIFIERS:
            self.sure = True
            self.typed |= word in TYPE_WORDS or word == "__auto_type"
            self.linked |= word == "extern"
            self.end = at + 1
        elif word in AGGREGATES:
            self.typed = self.sure = True
            self._take_aggregate(word)
        elif word in TYPEOF or word in ATTRIBUTES or is_annotation(word):
            self.typed |= word in TYPEOF
            self.sure |= word in TYPEOF
            called = code.text(at + 1) == "("
            self.end = code.closing(at + 1) + 1 if called else at + 1
        elif word in KEYWORDS:
            self.typed = self.sure = False
            return False
        elif self.typed:
            return False
        else:
            return self._take_typedef_name()
        return True

    def _take_typedef_name(self) -> bool:
        """Take a word as a type when a declarator can follow it."""
        code, at = self.code, self.end
        following = code.text(at + 1)
        beside = code.is_word(at + 1)
        pointer = following == "*" or (following == "(" and code.text(at + 2) in POINTERS)
        if not beside and not pointer:
            return False
        self.typed = True
        self.sure |= beside
        self.end = at + 1
        return True

    def _take_aggregate(self, word: str) -> None:
        code = self.code
        at, tagged = self.end + 1, False
        while code.is_word(at):
            called = code.text(at + 1) == "(" and is_annotation_call(code.text(at))
            if not called and not is_annotation(code.text(at)):
                if tagged:
                    break
                tagged = True
            at = code.closing(at + 1) + 1 if called else at + 1
        if code.text(at) == "{":
            end = code.closing(at)
            if word == "enum":
                self._take_enumerators(at + 1, end)
            at = end + 1
        self.end = at

    def _take_enumerators(self, at: int, end: int) -> None:
        while at < end:
            if self.code.is_word(at):
                self.enumerators.append(at)
            while at < end and self.code.text(at) != ",":
                at = last_of(self.code.texts, at) + 1
            at += 1
