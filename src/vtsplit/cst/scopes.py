"""Where a local declaration or a parameter hides a file-scope name (C11 6.2.1), found on tokens.

Bodies of kernel code hold macros that no C parser reads, so that declarations are told by their
shape: two words side by side, or a type and stars in front of the name, where a statement starts.
"""

import re
from collections.abc import Sequence

from vtsplit.cst.annotations import AGGREGATES, QUALIFIERS, STORAGE, TYPE_WORDS, TYPEOF
from vtsplit.cst.lexer import TRIVIA, Kind, Token

_NO_TYPE = frozenset("return goto case else do sizeof break continue default if while".split())
_ENDS_DECLARATOR = frozenset({"=", ";", ",", "[", ")"})
_DECLARING_MACRO = re.compile(r"(?:DEFINE|DECLARE)_\w+|\w+_HEAD")


def shadowed_ranges(
    tokens: Sequence[Token], names: frozenset[str], body: int
) -> dict[str, list[tuple[int, int]]]:
    """Return for each name the ranges of token indices in which another declaration hides it.

    `tokens` are those of a function definition and `body` is the index of its opening brace.

    >>> from vtsplit.cst.lexer import lex
    >>> tokens = lex("int f(int a) { int b = a; { long a; g(a); } return a; }")
    >>> shadowed_ranges(tokens, frozenset({"b"}), 10)
    {'b': [(13, 40)]}
    """
    code = [at for at, token in enumerate(tokens) if _counts(token)]
    found: dict[str, list[tuple[int, int]]] = {}
    for place, at in enumerate(code):
        name = tokens[at].text
        if name in names and tokens[at].kind is Kind.IDENT:
            scope = _Place(tokens, code, place).scope(body)
            if scope:
                found.setdefault(name, []).append(scope)
    return found


def _counts(token: Token) -> bool:
    return token.kind not in TRIVIA and token.kind is not Kind.DIRECTIVE


class _Place:
    """An identifier in a function, with its neighbours among the significant tokens."""

    def __init__(self, tokens: Sequence[Token], code: list[int], place: int) -> None:
        self.tokens = tokens
        self.code = code
        self.place = place

    def text(self, place: int) -> str:
        return self.tokens[self.code[place]].text if 0 <= place < len(self.code) else ""

    def is_word(self, place: int) -> bool:
        return 0 <= place < len(self.code) and self.tokens[self.code[place]].kind is Kind.IDENT

    def scope(self, body: int) -> tuple[int, int] | None:
        """Return the range of token indices this place's declaration hides; None if it is none."""
        at = self.code[self.place]
        if at < body:
            return (at, len(self.tokens)) if self._is_parameter() else None
        if self._is_declared():
            return at, self._end()
        return None

    def _is_parameter(self) -> bool:
        before, after = self.text(self.place - 1), self.text(self.place + 1)
        if after not in {",", ")", "["}:
            return False
        return (self.is_word(self.place - 1) and before not in AGGREGATES) or before in {"*", "]"}

    def _is_declared(self) -> bool:
        before, after = self.text(self.place - 1), self.text(self.place + 1)
        if before == "(" and self._is_declaring_macro(self.place - 2):
            return True
        if after not in _ENDS_DECLARATOR:
            return False
        if before == "*":
            return self._stars_declare(after)
        if before == ",":
            return self._continues_declaration()
        if self.is_word(self.place - 1):
            return before not in _NO_TYPE and before not in AGGREGATES
        # typeof(x) name
        return before == ")" and self.text(self._opening(self.place - 1) - 1) in TYPEOF

    def _is_declaring_macro(self, place: int) -> bool:
        return bool(_DECLARING_MACRO.fullmatch(self.text(place))) and self._starts_statement(place)

    def _stars_declare(self, after: str) -> bool:
        place = self.place - 1
        while self.text(place) == "*" or self.text(place) in QUALIFIERS:
            place -= 1
        if self.text(place) == "(" and after == ")" and self.text(self.place + 2) == "(":
            place -= 1  # type (*name)(...)
        if self.text(place) == ",":
            return self._continues_declaration()
        if self.text(place) == ")":
            place = self._opening(place) - 1
            return self.text(place) in TYPEOF
        if not self.is_word(place) or self.text(place) in _NO_TYPE:
            return False
        while self.text(place - 1) in (AGGREGATES | QUALIFIERS | STORAGE | TYPE_WORDS):
            place -= 1
        return self.text(place) in (AGGREGATES | QUALIFIERS | STORAGE | TYPE_WORDS) or (
            self._starts_statement(place)
        )

    def _starts_statement(self, place: int) -> bool:
        before = self.text(place - 1)
        return before in {"{", "}", ";"} or (before == "(" and self.text(place - 2) == "for")

    def _continues_declaration(self) -> bool:
        """Tell `int a, name;` from `f(a, name)` and `a = 1, name = 2`."""
        place, first = self.place - 1, self.place
        while place >= 0 and self.text(place) not in {";", "{"}:
            if self.text(place) in {")", "]"}:
                first = place = self._opening(place)
            elif self.text(place) == "}":
                opening = self._opening(place)
                if self.text(opening - 1) != "=":
                    break
                first = place = opening
            elif self.text(place) in {"(", "["}:
                return self.text(place - 1) == "for" and self._opens_declaration(first)
            else:
                first = place
            place -= 1
        return self._opens_declaration(first)

    def _opens_declaration(self, place: int) -> bool:
        """Tell whether a statement that starts here declares: `type name`, `type *name`."""
        word = self.text(place)
        if word in (AGGREGATES | QUALIFIERS | STORAGE | TYPE_WORDS | TYPEOF):
            return True
        if not self.is_word(place) or word in _NO_TYPE:
            return False
        place += 1
        stars = self.text(place) == "*"
        while self.text(place) == "*":
            place += 1
        if not self.is_word(place):
            return False
        return not stars or self.text(place + 1) in _ENDS_DECLARATOR

    def _opening(self, place: int) -> int:
        """Return the place of the bracket that the one at `place` closes."""
        depth = 0
        while place >= 0:
            depth += (self.text(place) in {")", "]", "}"}) - (self.text(place) in {"(", "[", "{"})
            if not depth:
                return place
            place -= 1
        return 0

    def _end(self) -> int:
        """Return the index of the token that ends the scope: the brace that closes the block."""
        depth = parens = 0
        for place in range(self.place, len(self.code)):
            text = self.text(place)
            parens += (text == "(") - (text == ")")
            if text == "{":
                depth += 1
            elif text == "}":
                depth -= 1
                # `for (int a; ...) { }`: the scope ends with the loop's own block.
                if depth < 0 or (depth == 0 and parens < 0):
                    return self.code[place]
            elif text == ";" and parens < 0 and not depth:
                return self.code[place]
        return len(self.tokens)
