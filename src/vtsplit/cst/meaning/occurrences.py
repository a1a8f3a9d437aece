"""What each occurrence of a file-scope name in an item means: the object itself or something else.

C keeps labels, tags and members apart from ordinary names (C11 6.2.3), a local declaration hides
the outer one, and comments, strings and macro bodies are text of their own kind.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from vtsplit.cst.directives import CONDITIONALS, Macro, directive_name, read_macro
from vtsplit.cst.heads.annotations import AGGREGATES
from vtsplit.cst.lexer import Kind, Token, lex, lex_line
from vtsplit.cst.meaning.macro_arguments import MEMBER_ARGUMENT, ArgumentUse, MacroOf, argument_uses
from vtsplit.cst.meaning.scopes import Range, shadowed_ranges
from vtsplit.cst.meaning.statements import StatementTokens
from vtsplit.cst.nodes import Declaration, Item, MacroCall
from vtsplit.cst.spans import nested


class Meaning(Enum):
    """What a name stands for at one place."""

    CODE = "code"
    COMMENT = "comment"
    MEMBER = "member"
    LABEL = "label"
    TAG = "tag"
    SHADOWED = "shadowed"
    PARAMETER = "parameter"
    MACRO = "macro"
    PASTED = "pasted piece"
    # An argument of a macro that makes a string of it.
    SHOWN = "shown name"
    # An argument of a macro that may do more with it than take its value: name a member, as well.
    MIXED = "macro's argument"

    @property
    def refers(self) -> bool:
        """Whether the place names the file-scope object, so that a rename changes it."""
        return self in {Meaning.CODE, Meaning.SHOWN, Meaning.COMMENT}

    @property
    def is_code(self) -> bool:
        """Whether the place uses the file-scope object."""
        return self in {Meaning.CODE, Meaning.SHOWN, Meaning.MIXED}

    @property
    def needs(self) -> bool:
        """Whether the place may need a declaration: a macro that pastes may also name it."""
        return self.is_code or self is Meaning.PASTED


@dataclass(frozen=True)
class Occurrence:
    """A name at an offset of the item's `code`."""

    name: str
    offset: int
    meaning: Meaning


_WORD = re.compile(r"[\w$]+")
_MANY = 200  # if there are more names, each word of a text is looked up among them


@lru_cache(maxsize=256)
def word_pattern(names: frozenset[str]) -> re.Pattern[str]:
    """Return a pattern that finds any of the names as a whole word.

    >>> word_pattern(frozenset({"f"})).findall("f ff f()")
    ['f', 'f']
    """
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return re.compile(rf"(?<![\w$])(?:{'|'.join(map(re.escape, longest_first))})(?![\w$])")


def find_whole_names(names: frozenset[str], text: str) -> Iterator[re.Match[str]]:
    """Yield where a text has any of the names as a whole word: each is an identifier.

    >>> [match.start() for match in find_whole_names(frozenset({"f"}), "f ff f()")]
    [0, 5]
    """
    if len(names) > _MANY:
        # A pattern tries one name after the other at each word.
        return (match for match in _WORD.finditer(text) if match[0] in names)
    return word_pattern(names).finditer(text)


def find_occurrences(
    item: Item, names: frozenset[str], macro_of: MacroOf = lambda _: None
) -> tuple[Occurrence, ...]:
    """Return where an item has these names and what they mean there; never inside of strings.

    `macro_of` returns a macro's definition, so that an argument it pastes is told from one it uses.

    >>> from vtsplit.cst.parser import parse_module
    >>> item = parse_module("struct o t = { .f = f }; // f()").items[0]
    >>> [(o.offset, o.meaning.value) for o in find_occurrences(item, frozenset({"f"}))]
    [(16, 'member'), (20, 'code'), (28, 'comment')]
    """
    code = item.code
    # Most items have none of them, and to look for a name is faster than for a pattern.
    if len(names) <= _MANY and not any(name in code for name in names):
        return ()
    if not any(True for _ in find_whole_names(names, code)):
        return ()
    return tuple(_OccurrenceFinder(item, lex(code), names, macro_of).find())


class _OccurrenceFinder:
    def __init__(
        self,
        item: Item,
        tokens: tuple[Token, ...],
        names: frozenset[str],
        macro_of: MacroOf,
    ) -> None:
        self.item = item
        self.tokens = tokens
        self.names = names
        self.macro_of = macro_of

    def find(self) -> Iterator[Occurrence]:
        offset = 0
        reader: _MeaningReader | None = None
        for at, token in enumerate(self.tokens):
            if token.kind is Kind.IDENT and token.text in self.names:
                reader = reader or self._reader()
                yield Occurrence(token.text, offset, reader.meaning(at))
            elif token.kind is Kind.COMMENT:
                yield from self._in_comment(token.text, offset)
            elif token.kind is Kind.DIRECTIVE:
                yield from self._in_directive(token.text, offset)
            offset += len(token.text)

    def _reader(self) -> _MeaningReader:
        macro = isinstance(self.item, MacroCall)
        body = len(self.tokens)
        if not isinstance(self.item, Declaration):
            body = _first_block(self.tokens)
        hidden = shadowed_ranges(self.tokens, self.names, body, macro)
        return _MeaningReader(self.tokens, hidden, self.macro_of)

    def _in_comment(self, text: str, offset: int) -> Iterator[Occurrence]:
        for match in find_whole_names(self.names, text):
            before = text[: match.start()]
            called = text[match.end() : match.end() + 2] == "()"
            if before.endswith((".", "->", "::")) and not before.endswith(".."):
                # A full stop ends a sentence when a blank follows it: `... so. name()`.
                meaning = Meaning.MEMBER
            elif re.search(r"(?:struct|union|enum)\s+\Z", before):
                meaning = Meaning.TAG
            else:
                # A plain English word (`probe`) is the function only when it is written as a call.
                named = called or "_" in match[0] or any(char.isdigit() for char in match[0])
                meaning = Meaning.COMMENT if named else Meaning.SHADOWED
            yield Occurrence(match[0], offset + match.start(), meaning)

    def _in_directive(self, text: str, offset: int) -> Iterator[Occurrence]:
        kind = directive_name(text)
        macro = read_macro(text)
        hashed = text.index("#") + 1
        tokens = lex_line(text[hashed:])
        reader: _MeaningReader | None = None
        at_offset = offset + hashed
        for at, token in enumerate(tokens):
            if token.kind is Kind.COMMENT:
                yield from self._in_comment(token.text, at_offset)
            elif token.kind is Kind.IDENT and token.text in self.names and kind != "include":
                if reader is None:
                    block = _first_block(tokens, inside=True)
                    hidden = shadowed_ranges(tokens, self.names, block)
                    reader = _MeaningReader(tokens, hidden, self.macro_of)
                meaning = _meaning_in_directive(reader, at, kind, macro)
                yield Occurrence(token.text, at_offset, meaning)
            at_offset += len(token.text)


def _first_block(tokens: Sequence[Token], inside: bool = False) -> int:
    """Return the index of the first brace outside of parentheses, the number of tokens if none.

    `inside` takes one inside of them as well: a macro's body is `({ ... })` often.
    """
    braces = (
        at
        for at, (token, depth) in enumerate(nested(tokens, "(["))
        if token.text == "{" and (inside or not depth)
    )
    return next(braces, len(tokens))


class _MeaningReader:
    """Tells what the identifiers of an item or of a directive's line mean, in code."""

    def __init__(
        self, tokens: Sequence[Token], hidden: dict[str, list[Range]], macro_of: MacroOf
    ) -> None:
        self.tokens = tokens
        self.code = StatementTokens(tokens)
        self.hidden = {name: _joined(ranges) for name, ranges in hidden.items()}
        self.macro_of = macro_of
        self.place_of = {at: place for place, at in enumerate(self.code.indices)}

    def text(self, at: int, step: int) -> str:
        """Return the significant token so many places from the one at index `at`."""
        return self.code.text(self.place_of[at] + step)

    def callee(self, at: int) -> str:
        """Return what is called with the token at index `at` as an argument, "" for nothing."""
        opening = self.code.enclosing(self.place_of[at])
        return self.code.text(opening - 1) if opening > 0 and self.code.text(opening) == "(" else ""

    def meaning(self, at: int) -> Meaning:
        """Tell what the identifier at index `at` means."""
        if at in self.code.attributes:
            # `[[gnu::cold]]` names an attribute, `[[gnu::cleanup(f)]]` a function.
            opening = next(i for i in range(at, -1, -1) if self.tokens[i].text in {"(", "["})
            return Meaning.CODE if self.tokens[opening].text == "(" else Meaning.MEMBER
        place = self.place_of[at]
        before, after = self.code.text(place - 1), self.code.text(place + 1)
        if before in {".", "->"}:
            return Meaning.MEMBER
        if before in AGGREGATES:
            return Meaning.TAG
        if before == "goto" or self._is_label_value(place) or self._is_asm_name(place):
            return Meaning.LABEL
        if after == ":" and before in {"{", "}", ";", ":", ",", ""}:
            labelled = self._in_front_of_colon(place)
            if labelled is not None:
                return labelled
        if _is_within(at, self.hidden.get(self.code.text(place), [])):
            return Meaning.SHADOWED
        if self._declares_member(place):
            return Meaning.MEMBER
        return self._as_argument(place)

    def _is_label_value(self, place: int) -> bool:
        """Tell GNU C's `&&label` from `a && b`, which has an operand in front."""
        if self.code.text(place - 1) != "&&":
            return False
        before = self.code.text(place - 2)
        if self.code.is_word(place - 2):
            return before == "return"
        return before in {"", "(", "[", "{", "}", ",", ";", "=", "?", ":", "*"}

    def _is_asm_name(self, place: int) -> bool:
        """Tell names of asm's own: the operand `[name] "r" (x)`, a label behind `asm goto`."""
        before, after = self.code.text(place - 1), self.code.text(place + 1)
        if before == "[" and after == "]":
            return self.code.text(place + 2).startswith('"')
        if before not in {":", ","} or after not in {",", ")"}:
            return False
        callee = self.code.text(self.code.enclosing(place) - 1)
        return callee == "goto" or (callee.startswith("asm") and callee.endswith("_goto"))

    def _in_front_of_colon(self, place: int) -> Meaning | None:
        """Tell a label, the old designator `{ name: value }` and a bit-field from `a ? b : c`."""
        waiting = 0
        at = place - 1
        while at >= 0:
            text = self.code.text(at)
            if text in {")", "]", "}"}:
                if text == "}" and self.code.text(at + 1) not in {",", ")", ";", ".", "["}:
                    return Meaning.LABEL
                at = self.code.opening(at)
            elif text == "{":
                in_value = self.code.text(at - 1) in {"=", ",", "{", ")", ":", "]"}
                designates = in_value and self._holds_value(at)
                return Meaning.MEMBER if designates or self.code.aggregate(at) else Meaning.LABEL
            elif text in {"(", "["}:
                return None
            elif text == ";":
                aggregate = self.code.aggregate(self.code.enclosing(place, "{"))
                return Meaning.MEMBER if aggregate else Meaning.LABEL
            elif text == ":":
                waiting += 1
            elif text == "?":
                if not waiting:
                    return None
                waiting -= 1
            at -= 1
        return Meaning.LABEL

    def _holds_value(self, brace: int) -> bool:
        """Tell an initializer's brace from that of a block: `if (a) {`, `case 1: {`, `{ {`."""
        before = self.code.text(brace - 1)
        if before == "=":
            return True
        if before == ")":
            # `(struct x){ a: 1 }`: nothing is called or tested in front of the parenthesis.
            return not self.code.is_word(self.code.opening(brace - 1) - 1)
        outer = self.code.enclosing(brace, "{")
        return outer >= 0 and self._holds_value(outer)

    def _declares_member(self, place: int) -> bool:
        """Tell whether the name is declared as a member inside `struct { ... }`."""
        brace = self.code.enclosing(place, "{")
        if brace < 0 or self.code.aggregate(brace) not in {"struct", "union"}:
            return False
        return self.code.declares(self.code.statement_start(place), place)

    def _as_argument(self, place: int) -> Meaning:
        """Look at the macro, if any, whose argument the name is, or starts: `name.member`."""
        before, after = self.code.text(place - 1), self.code.text(place + 1)
        if before not in {"(", ","} or after not in {")", ",", ".", "["}:
            return Meaning.CODE
        opening = self.code.enclosing(place)
        if opening < 0 or self.code.text(opening) != "(":
            return Meaning.CODE
        index = self.code.brackets.arguments[place]
        callee = self.code.text(opening - 1)
        if MEMBER_ARGUMENT.get(callee) == index:
            return Meaning.MEMBER
        return _argument_meaning(argument_uses(callee, index, self.macro_of))


def _joined(ranges: list[Range]) -> list[Range]:
    """Return ranges in order, those that overlap as one.

    >>> _joined([(1, 9), (2, 4), (12, 13)])
    [(1, 9), (12, 13)]
    """
    found: list[Range] = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def _is_within(at: int, ranges: list[Range]) -> bool:
    number = bisect_right(ranges, at, key=lambda one: one[0])
    return number > 0 and at < ranges[number - 1][1]


def _argument_meaning(uses: frozenset[ArgumentUse]) -> Meaning:
    """Return what a name is to a macro that does this with it."""
    if ArgumentUse.PASTED in uses:
        return Meaning.PASTED
    if ArgumentUse.MEMBER in uses:
        return Meaning.MIXED if ArgumentUse.VALUE in uses else Meaning.MEMBER
    # What is a string alone may be read by the assembler: `asm("call " STRING(op))`.
    return Meaning.SHOWN if ArgumentUse.STRING in uses else Meaning.CODE


def _meaning_in_directive(
    reader: _MeaningReader, at: int, kind: str, macro: Macro | None
) -> Meaning:
    if kind in CONDITIONALS or kind in {"undef", "error", "warning"}:
        return Meaning.MACRO
    if macro is not None:
        before, after = reader.text(at, -1), reader.text(at, 1)
        if before == "define":
            return Meaning.MACRO
        if macro.parameters and reader.text(at, 0) in macro.parameters:
            return Meaning.PARAMETER
        if macro.parameters and reader.callee(at) in macro.parameters:
            # A macro of that name is given: `#define OPS(X) X(open) X(close)`.
            return Meaning.MIXED
        if "##" in {before, after}:
            return Meaning.PASTED
    return reader.meaning(at)
