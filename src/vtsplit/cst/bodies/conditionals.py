"""Where the `#if` groups of a text are, and which brackets pair whatever options are set."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from vtsplit.cst.directives import BRANCHES, OPENERS, directive_name
from vtsplit.cst.lexer import Kind, Token

_CLOSED_BY = {")": "(", "]": "[", "}": "{"}


class ConditionalGroup(NamedTuple):
    """An `#if` up to its `#endif`: offsets in the text."""

    start: int
    end: int


class Conditionals:
    r"""The groups, and the brackets: those that pair within one branch.

    `closings` has for the offset of an opening bracket that of the closing one. `unpaired` are the
    offsets of the other brackets: what they pair with depends on options, if they pair at all.

    >>> from vtsplit.cst.lexer import lex
    >>> found = Conditionals(lex("f(a)\n#if B\ng(\n#else\nh(\n#endif\nb)"))
    >>> found.closings, found.unpaired, found.groups
    ({1: 3}, [12, 21, 31], [ConditionalGroup(start=5, end=29)])
    """

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.groups: list[ConditionalGroup] = []
        self.directives: list[tuple[int, int]] = []
        self.closings: dict[int, int] = {}
        self.unpaired: list[int] = []
        self._members: list[tuple[int, int]] = []  # offset of a conditional, index of its group
        self._open: list[tuple[str, int, tuple[int, ...]]] = []  # brackets, each with its path
        self._path: tuple[int, ...] = ()  # the branches that are open
        self._saved: list[int] = []  # the groups that are open
        self._is_stray = False
        at = 0
        for token in tokens:
            if token.kind is Kind.DIRECTIVE:
                self.directives.append((at, at + len(token.text)))
                self._follow(directive_name(token.text), at, at + len(token.text))
            elif token.text in ("(", "[", "{"):
                self._open.append((token.text, at, self._path))
            elif token.text in _CLOSED_BY:
                self._close(token.text, at)
            at += len(token.text)
        self.unpaired = sorted([*self.unpaired, *(start for _, start, _ in self._open)])

    @property
    def is_paired(self) -> bool:
        """Whether all brackets pair, and all directives as well."""
        return not self.unpaired and not self._saved and not self._is_stray

    def pairs_within(self, start: int, end: int) -> bool:
        """Tell whether all brackets between two offsets pair."""
        at = bisect_right(self.unpaired, start)
        return at == len(self.unpaired) or self.unpaired[at] >= end

    def _follow(self, name: str, at: int, end: int) -> None:
        if name in OPENERS:
            self.groups.append(ConditionalGroup(at, at))
            self._saved.append(len(self.groups) - 1)
            self._path = (*self._path, at)
        elif name not in BRANCHES and name != "endif":
            return
        elif not self._saved:
            self._is_stray = True
            return
        group = self._saved[-1]
        self._members.append((at, group))
        if name in BRANCHES:
            self._path = (*self._path[:-1], at)
        elif name == "endif":
            self._saved.pop()
            self._path = self._path[:-1]
            self.groups[group] = ConditionalGroup(self.groups[group].start, end)

    def _close(self, bracket: str, at: int) -> None:
        opened, start, path = self._open.pop() if self._open else ("", -1, ())
        if opened == _CLOSED_BY[bracket] and path == self._path:
            self.closings[start] = at
        else:
            self.unpaired += [start, at] if opened else [at]

    def directives_in(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the directives that begin between two offsets."""
        first = bisect_left(self.directives, (start, 0))
        return self.directives[first : bisect_left(self.directives, (end, 0))]

    def widened(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets around all groups that have a directive between these two."""
        first = bisect_left(self._members, (start, -1))
        last = bisect_left(self._members, (end, -1))
        cut = [self.groups[group] for _, group in self._members[first:last]]
        return (
            min([start, *(group.start for group in cut)]),
            max([end, *(group.end for group in cut)]),
        )
