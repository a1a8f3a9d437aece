"""The macros that headers surely define in front of a header that comes with them.

`#define FOO_CORE` above `#include "foo_api.h"` tells that header who includes it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from vtsplit.survey.headers.certain_text import certain_text
from vtsplit.survey.headers.includes import INCLUDE, Include, IncludeGraph, is_absent

_LINE = re.compile(rf"{INCLUDE.pattern}|\n[ \t]*#[ \t]*(define|undef)[ \t]+(\w+)")


class Step(NamedTuple):
    """A line of a header: one that includes another one, or that defines or undefines `macro`."""

    include: tuple[str, str] | None
    macro: str
    is_define: bool
    is_sure: bool


@dataclass
class _Walk:
    """How far a walk has come, and what is surely defined there."""

    graph: IncludeGraph
    target: str
    have: set[str] = field(default_factory=set)
    found: set[str] | None = None
    seen: set[tuple[str, bool]] = field(default_factory=set)

    def enter(self, path: str, is_sure: bool) -> bool:
        """Walk through a header; return whether the target has surely come."""
        if path == self.target:
            self.found = set(self.have) if self.found is None else self.found & self.have
            return is_sure
        if is_absent(path) or not self.seen.isdisjoint({(path, True), (path, is_sure)}):
            return False
        self.seen.add((path, is_sure))
        for step in steps_of(self.graph, path):
            sure = is_sure and step.is_sure
            if step.include is not None:
                inner = self.graph.resolve(*step.include, path)
                if inner is not None and self.enter(inner, sure):
                    return True
            elif not step.is_define:
                self.have.discard(step.macro)
            elif sure:
                self.have.add(step.macro)
        return False


def set_in_front(graph: IncludeGraph, includes: Iterable[Include], target: str) -> frozenset[str]:
    """Return the macros that surely are defined wherever `target` may be read first.

    The includes come one after the other.
    """
    walk = _Walk(graph, target)
    for one in includes:
        if walk.enter(next(iter(one.files)), is_sure=not one.guard):
            break
    return frozenset(walk.found or ())


def steps_of(graph: IncludeGraph, path: str) -> tuple[Step, ...]:
    """Return what a header includes, defines and undefines, in order."""
    return graph.known.recall(("steps of", path), partial(_steps, graph.text(path)))


def _steps(text: str) -> tuple[Step, ...]:
    r"""Read a header.

    >>> [(one.macro, one.is_sure) for one in _steps("#define A\n#ifdef B\n#define C\n#endif\n")]
    [('A', True), ('C', False)]
    """
    sure = {match.group().strip() for match in _LINE.finditer("\n" + certain_text(text))}
    return tuple(_read(text, sure))


def _read(text: str, sure: set[str]) -> Iterator[Step]:
    for match in _LINE.finditer("\n" + text):
        quote, name, directive, macro = match.groups()
        is_sure = match.group().strip() in sure
        yield Step((quote, name) if name else None, macro or "", directive == "define", is_sure)
