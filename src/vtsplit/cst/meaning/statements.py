"""Statements read by their shape: where one starts and ends, and which names it declares.

Bodies of kernel code hold macros that no C parser reads and typedefs that the text does not
declare, so a declaration is told by what its beginning looks like: a word that only a declaration
has (`struct`, `int`, `static`), two words side by side, or a word, stars and a name (C11 6.7).
"""

import re
from collections.abc import Sequence

from vtsplit.cst.heads.annotations import (
    AGGREGATES,
    ATTRIBUTES,
    KEYWORDS,
    QUALIFIERS,
    STORAGE,
    TYPE_WORDS,
    TYPEOF,
    is_annotation,
    is_annotation_call,
    may_annotate,
)
from vtsplit.cst.lexer import Token
from vtsplit.cst.meaning.places import CLOSERS, Places
from vtsplit.cst.meaning.specifiers import POINTERS, Specifiers
from vtsplit.cst.spans import last_of

_ENDS_DECLARATOR = frozenset({"=", ",", ";", ":"})
_DECLARING_MACRO = re.compile(r"(?:DEFINE|DECLARE)_\w+|(?!INIT_)\w+_HEAD")


class StatementTokens(Places):
    """The significant tokens, read as statements."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        super().__init__(tokens)
        # What is asked for each of many names in one body is found once.
        self._starts: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        self._declared: dict[int, frozenset[int]] = {}

    def statement_start(self, place: int) -> int:
        """Return where the statement around `place` starts, behind its labels."""
        passed: list[int] = []
        while place > 0 and place not in self._starts:
            passed.append(place)
            at = place - 1
            text = self.texts[at]
            if text == ";" or (text == "(" and self.text(at - 1) == "for"):
                break
            if text == "{" and self.aggregate(at) != "enum":
                break
            if text in CLOSERS:
                opening = self.opening(at)
                if self._ends_statement(opening, at):
                    break
                at = opening
            place = at
        start = self._starts.get(place)
        if start is None:
            start = self._behind_labels(max(place, 0))
        self._starts |= dict.fromkeys(passed, start)
        return start

    def _ends_statement(self, opening: int, closing: int) -> bool:
        before = self.text(opening - 1)
        if self.text(closing) == "}":
            # `{ }, a` goes on behind an initializer, `struct { } a` behind a type.
            goes_on = self.text(closing + 1) in {",", ")", "]", ".", "->"}
            return not (goes_on or before == "=" or self.aggregate(opening))
        # `if (a) b`, `for_each(a) b`, `MACRO(a)` and a new line: another statement starts at b.
        return (
            self.text(closing) == ")"
            and self.is_word(closing + 1)
            and self.is_word(opening - 1)
            and not is_annotation(self.text(closing + 1))
            and self.text(closing + 1) not in (ATTRIBUTES | QUALIFIERS)
            and before not in TYPEOF
            and not is_annotation_call(before)
        )

    def _behind_labels(self, start: int) -> int:
        while True:
            if self.text(start) == "case":
                while self.text(start) not in {":", ";", "{", ""}:
                    start += 1
                start += self.text(start) == ":"
            elif self.is_word(start) and self.text(start + 1) == ":":
                start += 2
            else:
                return start

    def statement_end(self, start: int) -> int:
        """Return the place of the last token of the statement that starts at `start` (C11 6.8).

        >>> from vtsplit.cst.lexer import lex
        >>> StatementTokens(lex("if (a) b(); else { c; } d;")).statement_end(0)
        12
        """
        # Statements that end with the one that is read: what they begin with, and where.
        outer: list[tuple[str, int]] = []
        while True:
            start = self._behind_labels(start)
            inner = self._inner(start)
            if start not in self._ends and inner is not None:
                outer.append((self.text(start), start))
                start = inner
                continue
            if start not in self._ends:
                is_block = self.text(start) == "{"
                self._ends[start] = self.closing(start) if is_block else self._to_semicolon(start)
            end = self._ends[start]
            while outer:
                word, start = outer.pop()
                if word == "if" and self.text(end + 1) == "else":
                    outer.append(("else", start))
                    start = end + 2
                    break
                if word == "do" and self.text(end + 1) == "while":
                    end = self._to_semicolon(end + 1)
                self._ends[start] = end
            else:
                return end

    def _inner(self, start: int) -> int | None:
        """Return where the statement starts that one at `start` has inside; None if it has none."""
        word = self.text(start)
        if word == "do":
            return start + 1
        if not self.is_word(start) or self.text(start + 1) != "(":
            return None
        close = self.closing(start + 1)
        has_one = self.is_word(close + 1) or self.text(close + 1) == "{" or word in KEYWORDS
        return close + 1 if has_one else None

    def _to_semicolon(self, at: int) -> int:
        while at < len(self.texts):
            text = self.texts[at]
            if text == ";":
                return at
            if text in CLOSERS:
                return at - 1
            at = last_of(self.texts, at) + 1
        return len(self.texts) - 1

    def declared(self, start: int) -> tuple[int, ...]:
        """Return the places of the names that a statement at `start` declares as its own.

        A function or an `extern` object does not count: the file-scope name is meant (C11 6.2.2p4).

        >>> from vtsplit.cst.lexer import lex
        >>> StatementTokens(lex("struct x a = { b }, *(*c)(int d), e(f);")).declared(0)
        (2, 11)
        """
        by_macro = self._declared_by_macro(start)
        if by_macro is not None:
            return (by_macro,)
        specifiers = Specifiers(self, start)
        places = specifiers.enumerators
        at = specifiers.end
        while specifiers.typed or specifiers.sure:
            name, after, linked = self._declarator(at)
            if name < 0 or self.text(after) not in _ENDS_DECLARATOR:
                break
            nested = self.text(at) == "("
            if nested and not specifiers.sure and self.text(after - 1) not in {")", "]"}:
                break
            if nested and not specifiers.sure and self.closing(at) == after - 1:
                break  # `free(*name);` is a call
            if not linked and not specifiers.linked:
                places.append(name)
            if self.text(after) in {"=", ":"}:
                after = self._behind_value(after)
            if self.text(after) != ",":
                break
            at = after + 1
        return tuple(places)

    def declares(self, start: int, place: int) -> bool:
        """Tell whether a statement at `start` declares the name at `place` as its own."""
        if start not in self._declared:
            self._declared[start] = frozenset(self.declared(start))
        return place in self._declared[start]

    def _declared_by_macro(self, start: int) -> int | None:
        """Read `static DEFINE_MUTEX(name);`, `DEFINE_FLEX(struct type, name, ...);`."""
        while self.text(start) in STORAGE | QUALIFIERS:
            start += 1
        if self.text(start + 1) != "(" or not _DECLARING_MACRO.fullmatch(self.text(start)):
            return None
        at = start + 2
        if self.text(at) in AGGREGATES | TYPE_WORDS | QUALIFIERS:
            while at < len(self.texts) and self.texts[at] not in {",", ")", ";"}:
                at += 1
            at += 1
        return at if self.is_word(at) and self.text(at + 1) in {",", ")"} else None

    def parameter(self, place: int) -> int:
        """Return the place of the `(` of the list in which `place` is declared as parameter, or -1.

        A word, a star and a name alone could be a product: there the list must be a declarator's.
        """
        at = place
        while True:
            opening = self.enclosing(at)
            if opening < 0 or self.text(opening) != "(":
                return -1
            start = at
            while start > opening + 1 and self.text(start - 1) not in {",", ";"}:
                start = self.opening(start - 1) if self.text(start - 1) in CLOSERS else start - 1
            specifiers = Specifiers(self, start)
            if specifiers.typed or specifiers.sure:
                name, after, _ = self._declarator(specifiers.end)
                if name == place and self.text(after) in {",", ")", ";"}:
                    known = specifiers.sure or self._is_declarators(opening)
                    return opening if known else -1
            if self.text(opening + 1) not in POINTERS:
                return -1
            at = opening

    def _is_declarators(self, opening: int) -> bool:
        start = self.statement_start(opening)
        specifiers = Specifiers(self, start)
        declares = specifiers.typed or specifiers.sure
        return declares and "=" not in self.texts[start:opening]

    def _declarator(self, at: int) -> tuple[int, int, bool]:
        """Read a declarator: its name's place or -1, the place behind it, if it is a function's."""
        at = self._behind_stars(at)
        if self.text(at) == "(":
            name, _, linked = self._declarator(at + 1)
            pointer = self.text(at + 1) in POINTERS
            at = self.closing(at) + 1
        elif self.is_word(at) and self.text(at) not in KEYWORDS:
            # `int UNKNOWN_MACRO name`: the last of the words, unless that looks like a macro.
            while (
                self.is_word(at + 1)
                and self.text(at + 1) not in KEYWORDS
                and not may_annotate(self.text(at + 1))
            ):
                at += 1
            name, linked, pointer, at = at, False, False, at + 1
        else:
            return -1, at, False
        while True:
            if self.text(at) in {"(", "["}:
                linked |= self.text(at) == "(" and not pointer
                at = self.closing(at) + 1
            elif self.is_word(at) and may_annotate(self.text(at)):
                at += 1
                at = self.closing(at) + 1 if self.text(at) == "(" else at
            elif self.text(at) in ATTRIBUTES:
                at = self.closing(at + 1) + 1
            else:
                return name, at, linked

    def _behind_stars(self, at: int) -> int:
        while self.text(at) in POINTERS or self.text(at) in QUALIFIERS or self._annotates(at):
            called = self.is_word(at) and is_annotation_call(self.text(at))
            at = self.closing(at + 1) + 1 if called and self.text(at + 1) == "(" else at + 1
        return at

    def _annotates(self, at: int) -> bool:
        return self.text(at) in ATTRIBUTES or (self.is_word(at) and is_annotation(self.text(at)))

    def _behind_value(self, at: int) -> int:
        while at < len(self.texts) and self.texts[at] not in {",", ";"}:
            if self.texts[at] in CLOSERS:
                return at
            at = last_of(self.texts, at) + 1
        return at
