"""Brackets, and what stands outside of them, on tokens or on words.

The caller names the opening brackets that count, since the grammar differs from place to place. A
comma inside of any bracket does not end an entry of an initializer (C11 6.7.9). Only parentheses
keep a comma from ending a macro's argument (C11 6.10.3p11).

A plain string is read as words of one character.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Protocol, TypeVar

EVERY = "([{"
_CLOSED_BY = {"(": ")", "[": "]", "{": "}"}


@cache
def _steps(brackets: str) -> Mapping[str, int]:
    """Return how much deeper each bracket leads."""
    return dict.fromkeys(brackets, 1) | {_CLOSED_BY[opening]: -1 for opening in brackets}


class Worded(Protocol):
    """A token, or anything else that has a token's text."""

    @property
    def text(self) -> str:
        """The text: of a bracket, that one character."""


Spelled = TypeVar("Spelled", bound=Worded | str)


def nested(words: Iterable[Spelled], brackets: str = EVERY) -> Iterator[tuple[Spelled, int]]:
    """Yield each word, and how many brackets are open behind it.

    >>> list(nested("a(b)c"))
    [('a', 0), ('(', 1), ('b', 1), (')', 0), ('c', 0)]
    """
    steps, depth = _steps(brackets), 0
    for word in words:
        depth += steps.get(word if isinstance(word, str) else word.text, 0)
        yield word, depth


def closing(words: Sequence[Worded | str], opening: int = 0, brackets: str = EVERY) -> int:
    """Return the index of the bracket that closes the one at `opening`; behind the end if none.

    >>> closing("f(a, (b))", 1), closing("f(a", 1)
    (8, 3)
    """
    steps, depth = _steps(brackets), 0
    for at in range(opening, len(words)):
        word = words[at]
        depth += steps.get(word if isinstance(word, str) else word.text, 0)
        if not depth:
            return at
    return len(words)


def matching(words: Sequence[Worded | str], opening: int) -> int:
    """Return the index of the bracket that closes the one at `opening`, or the last index.

    >>> matching("f(a, (b))", 1), matching("f(a", 1)
    (8, 2)
    """
    return min(closing(words, opening), len(words) - 1)


def opening(words: Sequence[Worded | str], closing: int) -> int:
    """Return the index of the bracket that the one at `closing` closes, 0 if there is none.

    >>> opening("f(a, (b))", 8), opening("a)", 1)
    (1, 0)
    """
    steps, depth = _steps(EVERY), 0
    for at in range(closing, -1, -1):
        word = words[at]
        depth += steps.get(word if isinstance(word, str) else word.text, 0)
        if not depth:
            return at
    return 0


class Brackets:
    """How the brackets of a text pair, for whoever asks at many places: found in one pass.

    `openings` has the place of each opening bracket by that of the closing one, `closings` the
    other way round. `arguments` says of each place how many commas stand in front of it, outside of
    inner brackets, behind the innermost bracket that is open there.

    >>> found = Brackets("f(a, (b), c)")
    >>> found.closings, found.enclosing(10), found.enclosing(6), found.arguments[10]
    ({5: 7, 1: 11}, 1, 5, 2)
    """

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words
        self.openings: dict[int, int] = {}
        self.closings: dict[int, int] = {}
        self.arguments: list[int] = []
        self._enclosing: dict[str, list[int]] = {}
        steps, commas = _steps(EVERY), 0
        opened: list[tuple[int, int]] = []  # places, and the commas in front
        for at, word in enumerate(words):
            self.arguments.append(commas)
            step = steps.get(word, 0)
            if step < 0:
                start, commas = opened.pop() if opened else (-1, 0)
                if start >= 0:
                    self.openings[at], self.closings[start] = start, at
            if step > 0:
                opened.append((at, commas))
                commas = 0
            commas += word == ","

    def enclosing(self, at: int, brackets: str = EVERY) -> int:
        """Return the place of the innermost bracket of these kinds that is open at `at`, or -1."""
        if brackets not in self._enclosing:
            self._enclosing[brackets] = self._innermost(brackets)
        return self._enclosing[brackets][min(at, len(self.words))] if at > 0 else -1

    def _innermost(self, brackets: str) -> list[int]:
        found, now = [], -1
        steps = _steps(EVERY)
        outer: list[int] = []
        for at, word in enumerate(self.words):
            found.append(now)
            step = steps.get(word, 0)
            if step > 0:
                outer.append(now)
                now = at if word in brackets else now
            elif step < 0:
                now = outer.pop() if outer else -1
        return [*found, now]


def last_of(words: Sequence[Worded | str], at: int) -> int:
    """Return the index of the bracket that closes the one at `at`; `at` where none opens.

    >>> last_of("a(b)c", 0), last_of("a(b)c", 1), last_of("a(b)c", 3)
    (0, 3, 3)
    """
    word = words[at]
    is_open = (word if isinstance(word, str) else word.text) in _CLOSED_BY
    return matching(words, at) if is_open else at


def enclosing(words: Sequence[Worded | str], at: int, brackets: str = EVERY) -> int:
    """Return the index of the innermost bracket that is open in front of `at`, -1 if none is.

    >>> enclosing("f(a, (b), c)", 10), enclosing("f(a, (b), c)", 6), enclosing("f(a)", 0)
    (1, 5, -1)
    """
    steps, depth = _steps(brackets), 0
    for back in range(at - 1, -1, -1):
        word = words[back]
        depth += steps.get(word if isinstance(word, str) else word.text, 0)
        if depth > 0:
            return back
    return -1


def outside(
    words: Sequence[Worded | str], wanted: Collection[str], brackets: str = EVERY
) -> list[int]:
    """Return the indices of the wanted words that stand outside of brackets.

    >>> outside("a=(b=c);d", {"=", ";"})
    [1, 7]
    """
    return [
        at
        for at, (word, depth) in enumerate(nested(words, brackets))
        if not depth and (word if isinstance(word, str) else word.text) in wanted
    ]


def split_at(
    words: Sequence[Spelled], separator: str = ",", brackets: str = EVERY
) -> list[Sequence[Spelled]]:
    """Return what stands between the separators outside of brackets, empty pieces included.

    >>> split_at("a,f(b,c),"), split_at("")
    (['a', 'f(b,c)', ''], [''])
    """
    cuts = [-1, *outside(words, {separator}, brackets), len(words)]
    return [words[start + 1 : end] for start, end in pairwise(cuts)]


def listed(words: Sequence[Spelled], brackets: str = EVERY) -> list[Sequence[Spelled]]:
    """Return the entries of a list between braces, which a comma may end (C11 6.7.2.2, 6.7.9).

    >>> listed("a,f(b,c),"), listed("")
    (['a', 'f(b,c)'], [])
    """
    pieces = split_at(words, ",", brackets)
    return pieces if pieces[-1] else pieces[:-1]
