"""Where a local declaration or a parameter hides a file-scope name (C11 6.2.1), found on tokens."""

import re
from collections.abc import Sequence

from vtsplit.cst.directives import BRANCHES, OPENERS, directive_name
from vtsplit.cst.heads.annotations import AGGREGATES, QUALIFIERS, TYPE_WORDS
from vtsplit.cst.lexer import Kind, Token
from vtsplit.cst.meaning.statements import StatementTokens

_TYPE_NAME = re.compile(r"\w+_t|(?:__)?[us](?:8|16|32|64)")

Range = tuple[int, int]


def shadowed_ranges(
    tokens: Sequence[Token], names: frozenset[str], body: int, macro: bool = False
) -> dict[str, list[Range]]:
    """Return for each name the ranges of token indices in which another declaration hides it.

    `tokens` are those of a function definition and `body` is the index of its opening brace; of
    anything else that has no body, `body` is their number. `macro` tells a macro's call, whose
    arguments can be a parameter list: `SYSCALL_DEFINE1(f, int, a) { }`.

    >>> from vtsplit.cst.lexer import lex
    >>> tokens = lex("int f(int a) { int b = a; { long a; g(a); } return a; }")
    >>> shadowed_ranges(tokens, frozenset({"b"}), 10)
    {'b': [(13, 40)]}
    """
    code = StatementTokens(tokens)
    finder = _ShadowFinder(tokens, code, body, macro)
    found: dict[str, list[Range]] = {}
    for place, name in enumerate(code.texts):
        if name in names and code.is_word(place):
            hidden = finder.range_of(place)
            if hidden:
                found.setdefault(name, []).append(hidden)
    return found


class _ShadowFinder:
    def __init__(
        self, tokens: Sequence[Token], code: StatementTokens, body: int, macro: bool
    ) -> None:
        self.tokens = tokens
        self.code = code
        self.body = body
        self.macro = macro
        self.depths = _depths(tokens)

    def range_of(self, place: int) -> Range | None:
        """Return the range that the declaration at this place hides; None if it hides nothing."""
        at = self.code.indices[place]
        in_head = at < self.body
        listed = self.code.parameter(place)
        if listed >= 0:
            own = (in_head and self.body < len(self.tokens) and self._is_own(listed)) or self.macro
            closing = self.code.indices[self.code.closing(listed)]
            return at, len(self.tokens) if own else closing + 1
        if in_head:
            alone = self._is_old_style(place) or (self.macro and self._is_paired(place))
            return (at, len(self.tokens)) if alone else None
        brace = self.code.enclosing(place, "{")
        if self.code.aggregate(brace) in {"struct", "union"}:
            return None
        start = self.code.statement_start(place)
        return (at, self._end(place, start)) if self.code.declares(start, place) else None

    def _is_own(self, opening: int) -> bool:
        """Tell the function's own parameter list from that of a parameter or of what it returns."""
        code = self.code
        if code.text(opening - 1) == ")" and code.text(code.opening(opening - 1) + 1) in {"*", "^"}:
            return False
        outer = code.enclosing(opening)
        return outer < 0 or code.text(outer + 1) in {"*", "^"}

    def _is_old_style(self, place: int) -> bool:
        """Tell whether `place` is in the identifier list of a K&R definition (C11 6.9.1p6)."""
        if self.body == len(self.tokens) or self.code.enclosing(place) < 0:
            return False
        listed = self.code.text(place - 1) in {"(", ","} and self.code.text(place + 1) in {",", ")"}
        head = zip(self.code.indices, self.code.texts, strict=True)
        return listed and any(text == ";" for at, text in head if at < self.body)

    def _is_paired(self, place: int) -> bool:
        """Tell whether a type is the argument in front, as in `SYSCALL_DEFINE1(f, int, a)`."""
        code = self.code
        if code.text(place - 1) != "," or code.text(place + 1) not in {",", ")"}:
            return False
        if code.is_word(place - 2) and _TYPE_NAME.fullmatch(code.text(place - 2)):
            return True
        at = place - 2
        while at > 0 and code.text(at) not in {",", "("}:
            if code.text(at) in (TYPE_WORDS | AGGREGATES | QUALIFIERS | {"*"}):
                return True
            at -= 1
        return False

    def _end(self, place: int, start: int) -> int:
        """Return the token index at which the scope ends: the brace that closes the block."""
        code = self.code
        if code.text(start - 1) == "(" and code.text(start - 2) == "for":
            # The scope of `for (int a; ...) s` ends with s (C11 6.8.5p5).
            return code.indices[code.statement_end(start - 2)] + 1
        depth = self.depths[code.indices[start]]
        for at in range(code.indices[place], len(self.tokens)):
            if self.tokens[at].text == "}" and self.depths[at] <= depth:
                return at
        return len(self.tokens)


def _depths(tokens: Sequence[Token]) -> list[int]:
    """Return for each token the brace depth in front of it.

    At `#else` it goes back to what it was at the `#if`: a brace may open in each branch.
    """
    depths: list[int] = []
    depth = 0
    saved: list[int] = []
    for token in tokens:
        depths.append(depth)
        if token.kind is Kind.DIRECTIVE:
            name = directive_name(token.text)
            if name in OPENERS:
                saved.append(depth)
            elif name in BRANCHES and saved:
                depth = saved[-1]
            elif name == "endif" and saved:
                saved.pop()
        elif token.kind is Kind.PUNCT:
            depth += (token.text == "{") - (token.text == "}")
    return depths
