"""Where the `#if` groups of a text are, and which brackets pair whatever options are set."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from vtsplit.cst.conditions import truth_of
from vtsplit.cst.directives import BRANCHES, OPENERS, directive_name
from vtsplit.cst.lexer import Kind, Token

_CLOSED_BY = {")": "(", "]": "[", "}": "{"}


class Group(NamedTuple):
    """An `#if` up to its `#endif`: offsets in the text."""

    start: int
    end: int


class Conditionals:
    r"""The groups, and the brackets: those that pair within one branch.

    `closings` has for the offset of an opening bracket that of the closing one. Brackets of other
    branches, or that pair with one in a branch, are not in it.

    >>> from vtsplit.cst.lexer import lex
    >>> found = Conditionals(lex("f(a)\n#if B\ng(\n#else\nh(\n#endif\nb)"))
    >>> found.closings, found.is_paired, found.groups
    ({1: 3}, False, [Group(start=5, end=29)])
    """

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.groups: list[Group] = []
        self.directives: list[tuple[int, int]] = []
        self.closings: dict[int, int] = {}
        self.is_paired = True
        self._members: list[tuple[int, int]] = []  # offset of a conditional, index of its group
        self._open: list[tuple[str, int, tuple[int, ...]]] = []
        self._path: tuple[int, ...] = ()
        self._saved: list[tuple[int, str, list[tuple[str, int, tuple[int, ...]]]]] = []
        at = 0
        for token in tokens:
            if token.kind is Kind.DIRECTIVE:
                self.directives.append((at, at + len(token.text)))
                self._follow(directive_name(token.text), token.text, at)
            elif token.text in ("(", "[", "{"):
                self._open.append((token.text, at, self._path))
            elif token.text in _CLOSED_BY:
                self._close(token.text, at)
            at += len(token.text)
        self.is_paired &= not self._open and not self._saved
        self._members.sort()

    def _follow(self, name: str, text: str, at: int) -> None:
        if name in OPENERS:
            self.groups.append(Group(at, at))
            self._saved.append((len(self.groups) - 1, text, list(self._open)))
            self._path = (*self._path, at)
        elif name not in BRANCHES and name != "endif":
            return
        elif not self._saved:
            self.is_paired = False
            return
        group, opener, before = self._saved[-1]
        self._members.append((at, group))
        if name in BRANCHES:
            self._leave_branch(opener, before)
            self._open = list(before)
            self._saved[-1] = (group, text, before)
            self._path = (*self._path[:-1], at)
        elif name == "endif":
            if not self._leave_branch(opener, before):
                self._open = list(before)
            self._saved.pop()
            self._path = self._path[:-1]
            self.groups[group] = Group(self.groups[group].start, at + len(text))

    def _leave_branch(self, opener: str, before: Sequence[object]) -> bool:
        """Note whether the branch pairs; tell whether its brackets count behind it."""
        if list(before) == self._open:
            return True
        self.is_paired = False
        return truth_of(opener) is not False

    def _close(self, bracket: str, at: int) -> None:
        opened, start, path = self._open.pop() if self._open else ("", -1, ())
        if opened == _CLOSED_BY[bracket] and path == self._path:
            self.closings[start] = at
        else:
            self.is_paired = False

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
