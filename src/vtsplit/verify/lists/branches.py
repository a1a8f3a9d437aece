"""Under which conditions a build file says something: the branches that a place stands in."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import NamedTuple

from vtsplit.survey.build.cmake_commands import read_commands

# The lines of a chain so far: the last one is the branch's own, and the others do not hold.
Branch = tuple[str, ...]
Branches = tuple[Branch, ...]


class Relation(Enum):
    """Whether two places count under the same conditions."""

    SAME = "same"
    OTHER = "other"
    UNKNOWN = "unknown"


class Turn(NamedTuple):
    """A line that starts a chain of branches, goes on to its next branch, or ends it."""

    place: int
    does: str
    head: str


# BSD make's `.if`, and `!IF` of nmake; GNU make's and automake's lines are known to the reader.
_DOTTED = re.compile(r"^[.!][ \t]*(?P<word>\w+)(?P<rest>(?:\\\r?\n|[^\n#])*)", re.MULTILINE)
_MESON = re.compile(
    r"^[ \t]*(?P<word>if|elif|else|endif|foreach|endforeach)\b(?P<rest>[^\n#]*)", re.MULTILINE
)
# A project's own commands may begin alike: `endpoint_add(x)`.
_LOOPS = "for|foreach|while|function|macro|block"
_STARTS = re.compile(rf"if(?:n?def|n?make|n?eq)?|{_LOOPS}")
_GOES_ON = re.compile(r"else|elif(?:n?def|n?make)?|else?if")
_ENDS = re.compile(rf"end(?:if|{_LOOPS})")


def dotted(text: str) -> Iterator[Turn]:
    """Yield the conditions of a Makefile of BSD make or nmake."""
    return _by_lines(_DOTTED, text)


def of_meson(text: str) -> Iterator[Turn]:
    """Yield the conditions and loops of a meson.build."""
    return _by_lines(_MESON, text)


def of_cmake(text: str) -> Iterator[Turn]:
    """Yield the conditions, loops and functions of a CMake file."""
    for command in read_commands(text):
        words = " ".join(argument.text for argument in command.arguments)
        if does := _does(command.name):
            # What `else` and `endif` repeat says nothing.
            shown = command.name if command.name == "else" else f"{command.name} {words}"
            yield Turn(command.start, does, shown)


def branches_at(turns: Iterable[Turn], place: int) -> Branches:
    """Return the branches that are open at a place.

    >>> turns = [*of_meson("if a\\nx = 1\\nelse\\nx = 2\\nendif\\n")]
    >>> [branches_at(turns, at) for at in (5, 17)]
    [(('if a',),), (('if a', 'else'),)]
    """
    open_: list[Branch] = []
    for turn in turns:
        if turn.place > place:
            break
        if turn.does == "starts":
            open_.append((turn.head,))
        elif open_:
            last = open_.pop()
            if turn.does == "goes on":
                open_.append((*last, turn.head))
    return tuple(open_)


def relate(one: Branches, other: Branches) -> Relation:
    """Compare two places. Conditions of other words may mean the same.

    >>> a, not_a, b = ("if a",), ("if a", "else"), ("if b",)
    >>> [relate((a,), others).value for others in ((a,), (), (not_a,), (b,))]
    ['same', 'other', 'other', 'unknown']
    """
    ours, theirs = Counter(one), Counter(other)
    if ours == theirs:
        return Relation.SAME
    if ours <= theirs or theirs <= ours:
        return Relation.OTHER
    for a in ours:
        for b in theirs:
            length = min(len(a), len(b))
            if a != b and a[:length] == b[:length]:
                return Relation.OTHER
    return Relation.UNKNOWN


def _by_lines(pattern: re.Pattern[str], text: str) -> Iterator[Turn]:
    for match in pattern.finditer(text):
        word = match["word"].lower()
        if does := _does(word):
            rest = match["rest"].replace("\\", " ")
            yield Turn(match.start(), does, " ".join([word, *rest.split()]))


def _does(word: str) -> str | None:
    """Tell what a word does to a chain.

    >>> [_does(word) for word in ("ifdef", "elseif", "endif", "include")]
    ['starts', 'goes on', 'ends', None]
    """
    does = {"starts": _STARTS, "goes on": _GOES_ON, "ends": _ENDS}
    return next((name for name, pattern in does.items() if pattern.fullmatch(word)), None)
