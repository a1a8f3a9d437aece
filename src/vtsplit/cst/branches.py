"""Branches of `#if`: which of them no compiler reads, and which exclude each other."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

from vtsplit.cst.conditions import are_opposite, plain_condition, truth_of
from vtsplit.cst.directives import BRANCHES, CONDITIONALS, OPENERS, directive_name

_MAY_BE_DEAD = re.compile(
    r"^[ \t\f\v]*#[ \t]*(?:if[ \t]*\(?[ \t]*[01]\b|ifn?def[ \t]+__ASSEMBL|if.*__ASSEMBL)",
    re.MULTILINE,
)
_Depth = tuple[int, int]  # open braces, open parentheses


class Assumed:
    """The conditions that a scan has chosen, as a bracket opens only where they hold."""

    def __init__(self) -> None:
        self.chosen: list[tuple[str, bool]] = []

    def choose(self, directive: str, holds: bool) -> None:
        """Take a condition to hold, or not, from here on."""
        self.chosen.append((plain_condition(directive), holds))

    def truth_of(self, directive: str) -> bool | None:
        """Tell whether a condition holds under those that are chosen; None if either may be.

        >>> assumed = Assumed()
        >>> assumed.choose("#ifdef A", True)
        >>> assumed.truth_of("#if !defined A"), assumed.truth_of("#ifdef B")
        (False, None)
        """
        surely = truth_of(directive)
        if surely is not None or not self.chosen:
            return surely
        condition = plain_condition(directive)
        for chosen, holds in self.chosen:
            if condition == chosen:
                return holds
            if are_opposite(condition, chosen):
                return not holds
        return None


class Opened:
    """An `#if` within an item: how deep the brackets are where it opens, and behind branches."""

    def __init__(self, opener: str, depth: _Depth, is_dead: bool, is_settled: bool) -> None:
        self.opener = opener
        self.depth = depth
        self.is_inside = any(depth)
        self.is_dead = is_dead
        self.is_settled = is_settled  # one branch surely is the one
        self.is_known = is_dead or is_settled
        self.behind: list[_Depth] = []  # behind each branch that may be read

    def branch(self, directive: str, depth: _Depth, assumed: Assumed) -> _Depth:
        """Go to the next branch; return how deep it begins."""
        if not self.is_dead:
            self.behind.append(depth)
        truth = None if directive_name(directive) == "else" else assumed.truth_of(directive)
        self.is_dead = self.is_settled or truth is False
        self.is_settled |= truth is True
        return self.depth

    def close(self, depth: _Depth, assumed: Assumed) -> _Depth:
        """Return how deep it is behind the `#endif`: as behind the last branch that may be read."""
        if not self.is_dead:
            self.behind.append(depth)
        elif not self.behind:
            return self.depth
        last = self.behind[-1]
        if not self.is_known and len(self.behind) < 3:
            has_other = len(self.behind) == 2
            if last != (self.behind[0] if has_other else self.depth):
                assumed.choose(self.opener, not has_other)
        return last


def conditionals(text: str, pattern: re.Pattern[str], end: int) -> Iterator[re.Match[str]]:
    """Yield the conditional directives in front of `end`; `pattern` also finds what hides some."""
    for match in pattern.finditer(text, 0, end):
        if match[0].lstrip()[:1] == "#" and directive_name(match[0]) in CONDITIONALS:
            yield match


@lru_cache(maxsize=4)
def _openers(text: str, pattern: re.Pattern[str]) -> dict[int, str]:
    opened: list[str] = []
    found: dict[int, str] = {}
    for match in conditionals(text, pattern, len(text)):
        found[match.start()] = opened[-1] if opened else ""
        name = directive_name(match[0])
        if name in OPENERS:
            opened.append(match[0])
        elif opened and name == "endif":
            opened.pop()
        elif opened:
            opened[-1] = match[0]
    return found


def opener_of(text: str, pattern: re.Pattern[str], at: int) -> str:
    """Return the directive of the innermost `#if` that is open at a directive, its last branch's.

    `pattern` finds directives and what hides them.
    """
    return _openers(text, pattern).get(at, "")


class DeadText:
    r"""The stretches of a text that stand under `#if 0` and the like: they need not be C.

    >>> text = "int a;\n#if 0\nDon't (\n#else\nint b;\n#endif\n"
    >>> found = DeadText(text, re.compile("^#.*", re.MULTILINE))
    >>> found.end_at(14), found.end_at(30)
    (21, -1)
    """

    def __init__(self, text: str, pattern: re.Pattern[str]) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        if _MAY_BE_DEAD.search(text):
            self._find(text, pattern)

    def _find(self, text: str, pattern: re.Pattern[str]) -> None:
        # For each open #if: was an earlier branch surely taken, is this one surely not taken?
        opened: list[tuple[bool, bool]] = []
        for match in conditionals(text, pattern, len(text)):
            name = directive_name(match[0])
            was_dead = any(is_dead for _, is_dead in opened)
            if name in OPENERS:
                truth = truth_of(match[0])
                opened.append((truth is True, truth is False))
            elif opened and name in BRANCHES:
                settled, _ = opened[-1]
                truth = None if name == "else" else truth_of(match[0])
                opened[-1] = (settled or truth is True, settled or truth is False)
            elif opened:
                opened.pop()
            is_dead = any(is_dead for _, is_dead in opened)
            if was_dead and not is_dead:
                self.ends.append(match.start())
            elif is_dead and not was_dead:
                self.starts.append(match.end())
            elif is_dead and len(opened) and opened[-1][1] and name in BRANCHES:
                # One such branch ends and another begins.
                self.ends.append(match.start())
                self.starts.append(match.end())
        if len(self.ends) < len(self.starts):
            self.ends.append(len(text))

    def end_at(self, offset: int) -> int:
        """Return the end of the dead text that an offset is in; -1 if it is in none."""
        at = bisect_right(self.starts, offset) - 1
        return self.ends[at] if at >= 0 and offset < self.ends[at] else -1
