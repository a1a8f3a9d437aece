"""What each occurrence of a file-scope name in an item means: the object itself or something else.

C keeps labels, tags and members apart from ordinary names (C11 6.2.3), a local declaration hides
the outer one, and comments, strings and macro bodies are text of their own kind.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from vtsplit.cst.annotations import AGGREGATES
from vtsplit.cst.directives import CONDITIONALS, Macro, directive_name, read_macro
from vtsplit.cst.lexer import TRIVIA, Kind, Token, lex, lex_line
from vtsplit.cst.nodes import Declaration, FunctionDef, Item
from vtsplit.cst.scopes import shadowed_ranges


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
    PASTED = "pasted"

    @property
    def refers(self) -> bool:
        """Whether the place names the file-scope object, so that a rename changes it."""
        return self in {Meaning.CODE, Meaning.COMMENT}


@dataclass(frozen=True)
class Occurrence:
    """A name at an offset of the item's `code`."""

    name: str
    offset: int
    meaning: Meaning


MacroOf = Callable[[str], Macro | None]

# Macros that take a member's name, and which argument it is (include/linux/stddef.h,
# container_of.h, list.h; overflow.h). Others are looked up by their definition.
_MEMBER_ARGUMENT = {
    "offsetof": 1,
    "__builtin_offsetof": 1,
    "offsetofend": 1,
    "sizeof_field": 1,
    "container_of": 2,
    "struct_size": 1,
    "typeof_member": 1,
}


def word_pattern(names: frozenset[str]) -> re.Pattern[str]:
    """Return a pattern that finds any of the names as a whole word.

    >>> word_pattern(frozenset({"f"})).findall("f ff f()")
    ['f', 'f']
    """
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return re.compile(rf"(?<![\w$])(?:{'|'.join(map(re.escape, longest_first))})(?![\w$])")


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
    pattern = word_pattern(names)
    if not pattern.search(code):
        return ()
    tokens = lex(code)
    return tuple(_Finder(item, tokens, names, pattern, macro_of).find())


class _Finder:
    def __init__(
        self,
        item: Item,
        tokens: tuple[Token, ...],
        names: frozenset[str],
        pattern: re.Pattern[str],
        macro_of: MacroOf,
    ) -> None:
        self.item = item
        self.tokens = tokens
        self.names = names
        self.pattern = pattern
        self.macro_of = macro_of
        self.code = [
            at
            for at, token in enumerate(tokens)
            if token.kind not in TRIVIA and token.kind is not Kind.DIRECTIVE
        ]
        self.place_of = {at: place for place, at in enumerate(self.code)}
        self.hidden = self._hidden()

    def _hidden(self) -> dict[str, list[tuple[int, int]]]:
        if not isinstance(self.item, FunctionDef):
            return {}
        brace, offset = len(self.item.leading) + self.item.body, 0
        for at, token in enumerate(self.tokens):
            if offset >= brace:
                return shadowed_ranges(self.tokens, self.names, at)
            offset += len(token.text)
        return {}

    def find(self) -> Iterator[Occurrence]:
        offset = 0
        for at, token in enumerate(self.tokens):
            if token.kind is Kind.IDENT and token.text in self.names:
                yield Occurrence(token.text, offset, self._meaning(at, token.text))
            elif token.kind is Kind.COMMENT:
                yield from self._in_comment(token.text, offset)
            elif token.kind is Kind.DIRECTIVE:
                yield from self._in_directive(token.text, offset)
            offset += len(token.text)

    def _in_comment(self, text: str, offset: int) -> Iterator[Occurrence]:
        for match in self.pattern.finditer(text):
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
        code = [at for at, token in enumerate(tokens) if token.kind not in TRIVIA]
        at_offset = offset + hashed
        for at, token in enumerate(tokens):
            if token.kind is Kind.COMMENT:
                yield from self._in_comment(token.text, at_offset)
            elif token.kind is Kind.IDENT and token.text in self.names and kind != "include":
                yield Occurrence(
                    token.text, at_offset, _meaning_in_directive(tokens, code, at, kind, macro)
                )
            at_offset += len(token.text)

    def _text(self, place: int) -> str:
        return self.tokens[self.code[place]].text if 0 <= place < len(self.code) else ""

    def _meaning(self, at: int, name: str) -> Meaning:
        place = self.place_of[at]
        before, after = self._text(place - 1), self._text(place + 1)
        if before in {".", "->"}:
            return Meaning.MEMBER
        if before in AGGREGATES:
            return Meaning.TAG
        if before == "goto":
            return Meaning.LABEL
        if after == ":" and before in {"{", "}", ";", ":", ",", ""}:
            return Meaning.MEMBER if self._in_initializer(place) else Meaning.LABEL
        if any(start <= at < end for start, end in self.hidden.get(name, [])):
            return Meaning.SHADOWED
        if self._declares_member(place):
            return Meaning.MEMBER
        return self._as_argument(place)

    def _in_initializer(self, place: int) -> bool:
        return isinstance(self.item, Declaration) or self._text(place - 1) == ","

    def _declares_member(self, place: int) -> bool:
        """Tell whether the name is declared inside `struct { ... }`."""
        depth = 0
        for back in range(place - 1, -1, -1):
            text = self._text(back)
            depth += (text in {"}", ")", "]"}) - (text in {"{", "(", "["})
            if depth < 0 and text == "{":
                word = self._text(back - 1)
                tag = self._text(back - 2)
                return word in AGGREGATES - {"enum"} or tag in AGGREGATES - {"enum"}
            depth = max(depth, 0)
        return False

    def _as_argument(self, place: int) -> Meaning:
        """Look at the macro, if any, whose whole argument the name is."""
        before, after = self._text(place - 1), self._text(place + 1)
        if before not in {"(", ","} or after not in {")", ","}:
            return Meaning.CODE
        depth, index = 0, 0
        for back in range(place - 1, -1, -1):
            text = self._text(back)
            depth += (text in {"}", ")", "]"}) - (text in {"{", "(", "["})
            if depth < 0:
                return self._argument_of(self._text(back - 1), index) if text == "(" else _PLAIN
            index += text == "," and not depth
        return Meaning.CODE

    def _argument_of(self, callee: str, index: int) -> Meaning:
        if _MEMBER_ARGUMENT.get(callee) == index:
            return Meaning.MEMBER
        return argument_meaning(callee, index, self.macro_of)


_PLAIN = Meaning.CODE


def argument_meaning(callee: str, index: int, macro_of: MacroOf, depth: int = 8) -> Meaning:
    """Tell what a macro makes of an argument: pastes it, names a member by it, or just uses it.

    >>> paste = read_macro("#define OP(x) vmx_##x")
    >>> argument_meaning("OP", 0, {"OP": paste}.get)
    <Meaning.PASTED: 'pasted'>
    """
    macro = macro_of(callee) if depth else None
    if macro is None or not macro.parameters or index >= len(macro.parameters):
        return Meaning.CODE
    parameter = macro.parameters[index]
    body = [token.text for token in macro.body]
    found = Meaning.CODE
    for at, word in enumerate(body):
        if word != parameter:
            continue
        before = body[at - 1] if at else ""
        after = body[at + 1] if at + 1 < len(body) else ""
        if "##" in {before, after}:
            return Meaning.PASTED
        if before in {".", "->"}:
            found = Meaning.MEMBER
        elif before in {"(", ","} and after in {")", ","}:
            outer, position = _enclosing_call(body, at)
            if _MEMBER_ARGUMENT.get(outer) == position:
                found = Meaning.MEMBER
            elif outer != callee:
                inner = argument_meaning(outer, position, macro_of, depth - 1)
                found = inner if inner is not Meaning.CODE else found
    return found


def _enclosing_call(body: list[str], at: int) -> tuple[str, int]:
    depth, index = 0, 0
    for back in range(at - 1, -1, -1):
        depth += (body[back] == ")") - (body[back] == "(")
        if depth < 0:
            return (body[back - 1] if back else ""), index
        index += body[back] == "," and not depth
    return "", 0


def _meaning_in_directive(
    tokens: tuple[Token, ...], code: list[int], at: int, kind: str, macro: Macro | None
) -> Meaning:
    place = code.index(at)
    name = tokens[at].text
    before = tokens[code[place - 1]].text if place else ""
    after = tokens[code[place + 1]].text if place + 1 < len(code) else ""
    if kind in CONDITIONALS or kind in {"undef", "error", "warning"}:
        return Meaning.MACRO
    if macro is not None:
        if before == "define":
            return Meaning.MACRO
        if macro.parameters and name in macro.parameters:
            return Meaning.PARAMETER
        if "##" in {before, after}:
            return Meaning.PASTED
    if before in {".", "->"}:
        return Meaning.MEMBER
    return Meaning.TAG if before in AGGREGATES else Meaning.CODE
