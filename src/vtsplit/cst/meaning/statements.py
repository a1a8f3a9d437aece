"""Statements read by their shape: where one starts and ends, and which names it declares.

Bodies of kernel code hold macros that no C parser reads and typedefs that the text does not
declare, so a declaration is told by what its beginning looks like: a word that only a declaration
has (`struct`, `int`, `static`), two words side by side, or a word, stars and a name (C11 6.7).
"""

import re
from collections.abc import Sequence
from functools import cached_property

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
    may_annotate,
)
from vtsplit.cst.heads.declarator import standard_attributes
from vtsplit.cst.lexer import TRIVIA, Kind, Token
from vtsplit.cst.spans import Brackets, last_of

_OPENERS, _CLOSERS = frozenset("([{"), frozenset(")]}")
_POINTERS = frozenset({"*", "^"})
_ENDS_DECLARATOR = frozenset({"=", ",", ";", ":"})
_DECLARING_MACRO = re.compile(r"(?:DEFINE|DECLARE)_\w+|(?!INIT_)\w+_HEAD")
_PLAIN_SPECIFIERS = STORAGE | INLINE | QUALIFIERS | TYPE_WORDS | {"__auto_type"}


class Code:
    """The significant tokens: no trivia, directives or `[[...]]`. A place is an index among them.

    `attributes` are the indices of the tokens of `[[...]]`.
    """

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.attributes = standard_attributes(tokens)
        self.indices = [
            at
            for at, token in enumerate(tokens)
            if token.kind not in TRIVIA
            and token.kind is not Kind.DIRECTIVE
            and at not in self.attributes
        ]
        self.texts = [tokens[at].text for at in self.indices]
        self.kinds = [tokens[at].kind for at in self.indices]
        # What is asked for each of many names in one body is found once.
        self._starts: dict[int, int] = {}
        self._declared: dict[int, frozenset[int]] = {}

    @cached_property
    def brackets(self) -> Brackets:
        """How the brackets of the tokens pair."""
        return Brackets(self.texts)

    def text(self, place: int) -> str:
        """Return the token there; empty outside of the text."""
        return self.texts[place] if 0 <= place < len(self.texts) else ""

    def is_word(self, place: int) -> bool:
        """Tell whether a name or keyword stands there."""
        return 0 <= place < len(self.kinds) and self.kinds[place] is Kind.IDENT

    def opening(self, place: int) -> int:
        """Return the place of the bracket that the one at `place` closes, 0 when there is none."""
        return self.brackets.openings.get(place, 0)

    def closing(self, place: int) -> int:
        """Return the place of the bracket that closes the one at `place`, else the last place."""
        if self.text(place) not in _OPENERS:
            return min(place, len(self.texts) - 1)
        return self.brackets.closings.get(place, len(self.texts) - 1)

    def enclosing(self, place: int, brackets: str = "([{") -> int:
        """Return the place of the innermost bracket of these kinds that is open at `place`, or -1.

        >>> from vtsplit.cst.lexer import lex
        >>> Code(lex("f(a, (b), c)")).enclosing(7)
        1
        """
        return self.brackets.enclosing(place, brackets)

    def aggregate(self, brace: int) -> str:
        """Return `struct`, `union` or `enum` when the brace opens the body of one, else nothing."""
        at = brace - 1
        while self.is_word(at) or self.text(at) == ")":
            if self.text(at) == ")":
                at = self.opening(at) - 1
                if not is_annotation_call(self.text(at)):
                    return ""
            elif self.text(at) in AGGREGATES:
                return self.text(at)
            at -= 1
        return ""

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
            if text in _CLOSERS:
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
        >>> Code(lex("if (a) b(); else { c; } d;")).statement_end(0)
        12
        """
        start = self._behind_labels(start)
        word = self.text(start)
        if word == "{":
            return self.closing(start)
        if word == "do":
            end = self.statement_end(start + 1)
            return self._to_semicolon(end + 1) if self.text(end + 1) == "while" else end
        if self.is_word(start) and self.text(start + 1) == "(":
            close = self.closing(start + 1)
            if self.is_word(close + 1) or self.text(close + 1) == "{" or word in KEYWORDS:
                end = self.statement_end(close + 1)
                has_else = word == "if" and self.text(end + 1) == "else"
                return self.statement_end(end + 2) if has_else else end
        return self._to_semicolon(start)

    def _to_semicolon(self, at: int) -> int:
        while at < len(self.texts):
            text = self.texts[at]
            if text == ";":
                return at
            if text in _CLOSERS:
                return at - 1
            at = last_of(self.texts, at) + 1
        return len(self.texts) - 1

    def declared(self, start: int) -> tuple[int, ...]:
        """Return the places of the names that a statement at `start` declares as its own.

        A function or an `extern` object is none: the file-scope name is meant (C11 6.2.2p4).

        >>> from vtsplit.cst.lexer import lex
        >>> Code(lex("struct x a = { b }, *(*c)(int d), e(f);")).declared(0)
        (2, 11)
        """
        by_macro = self._declared_by_macro(start)
        if by_macro is not None:
            return (by_macro,)
        specifiers = _Specifiers(self, start)
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
                start = self.opening(start - 1) if self.text(start - 1) in _CLOSERS else start - 1
            specifiers = _Specifiers(self, start)
            if specifiers.typed or specifiers.sure:
                name, after, _ = self._declarator(specifiers.end)
                if name == place and self.text(after) in {",", ")", ";"}:
                    known = specifiers.sure or self._is_declarators(opening)
                    return opening if known else -1
            if self.text(opening + 1) not in _POINTERS:
                return -1
            at = opening

    def _is_declarators(self, opening: int) -> bool:
        start = self.statement_start(opening)
        specifiers = _Specifiers(self, start)
        declares = specifiers.typed or specifiers.sure
        return declares and "=" not in self.texts[start:opening]

    def _declarator(self, at: int) -> tuple[int, int, bool]:
        """Read a declarator: its name's place or -1, the place behind it, if it is a function's."""
        at = self._behind_stars(at)
        if self.text(at) == "(":
            name, _, linked = self._declarator(at + 1)
            pointer = self.text(at + 1) in _POINTERS
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
        while self.text(at) in _POINTERS or self.text(at) in QUALIFIERS or self._annotates(at):
            called = self.is_word(at) and is_annotation_call(self.text(at))
            at = self.closing(at + 1) + 1 if called and self.text(at + 1) == "(" else at + 1
        return at

    def _annotates(self, at: int) -> bool:
        return self.text(at) in ATTRIBUTES or (self.is_word(at) and is_annotation(self.text(at)))

    def _behind_value(self, at: int) -> int:
        while at < len(self.texts) and self.texts[at] not in {",", ";"}:
            if self.texts[at] in _CLOSERS:
                return at
            at = last_of(self.texts, at) + 1
        return at


class _Specifiers:
    """What stands in front of the declarators at `start`, and where that ends.

    `typed`: a type is there; `sure`: by words that nothing but a declaration has.
    """

    def __init__(self, code: Code, start: int) -> None:
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
        pointer = following == "*" or (following == "(" and code.text(at + 2) in _POINTERS)
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
