"""The significant tokens of a text, and where their brackets pair."""

from collections.abc import Sequence
from functools import cached_property

from vtsplit.cst.heads.annotations import AGGREGATES, is_annotation_call
from vtsplit.cst.heads.declarator import standard_attributes
from vtsplit.cst.lexer import TRIVIA, Kind, Token
from vtsplit.cst.spans import Brackets

OPENERS, CLOSERS = frozenset("([{"), frozenset(")]}")


class Places:
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
        if self.text(place) not in OPENERS:
            return min(place, len(self.texts) - 1)
        return self.brackets.closings.get(place, len(self.texts) - 1)

    def enclosing(self, place: int, brackets: str = "([{") -> int:
        """Return the place of the innermost bracket of these kinds that is open at `place`, or -1.

        >>> from vtsplit.cst.lexer import lex
        >>> Places(lex("f(a, (b), c)")).enclosing(7)
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
