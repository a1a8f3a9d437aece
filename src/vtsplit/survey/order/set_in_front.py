"""The macros that headers surely define in front of a header that comes with them.

`#define FOO_CORE` above `#include "foo_api.h"` tells that header who includes it.
"""

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from vtsplit.cst.directives import BRANCHES, OPENERS
from vtsplit.cst.lexer import COMMENT
from vtsplit.survey.headers.includes import INCLUDE, Include, IncludeGraph, is_absent

_COMMENT = re.compile(COMMENT)
_LINE = re.compile(
    r"\n[ \t]*#[ \t]*(define|undef|if|ifdef|ifndef|elif|elifdef|elifndef|else|endif)\b([^\n]*)"
    rf"|{INCLUDE.pattern}"
)


class HeaderLine(NamedTuple):
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
    undefined: set[str] = field(default_factory=set)

    def enter(self, path: str, is_sure: bool, said: Set[str] = frozenset()) -> bool:
        """Walk through a header; return whether the target has surely come.

        `said` is what the header that includes it has defined above, whoever includes that one.
        """
        if path == self.target:
            here = self.have | said
            self.found = here if self.found is None else self.found & here
            return is_sure
        if is_absent(path) or not self.seen.isdisjoint({(path, True), (path, is_sure)}):
            return False
        self.seen.add((path, is_sure))
        own: set[str] = set()
        for step in steps_of(self.graph, path):
            sure = is_sure and step.is_sure
            if step.include is not None:
                inner = self.graph.resolve(*step.include, path)
                if inner is not None and self.enter(inner, sure, own):
                    return True
            elif not step.is_define:
                self.undefined.add(step.macro)
            elif step.is_sure:
                own.add(step.macro)
                if is_sure:
                    self.have.add(step.macro)
        return False


def set_in_front(graph: IncludeGraph, includes: Iterable[Include], target: str) -> frozenset[str]:
    """Return the macros that surely are defined wherever `target` may be read first.

    The includes come one after the other. A macro that some header undefines does not count.
    """
    walk = _Walk(graph, target)
    for one in includes:
        if walk.enter(next(iter(one.files)), is_sure=not one.guard):
            break
    return frozenset(walk.found or ()) - walk.undefined


def steps_of(graph: IncludeGraph, path: str) -> tuple[HeaderLine, ...]:
    """Return what a header includes, defines and undefines, in order."""
    return graph.known.recall(("steps of", path), partial(_steps, graph.text(path)))


def _steps(text: str) -> tuple[HeaderLine, ...]:
    r"""Read a header. What stands under any condition but the include guard is not sure.

    >>> [(one.macro, one.is_sure) for one in _steps("#define A\n#ifdef B\n#define C\n#endif\n")]
    [('A', True), ('C', False)]
    >>> [one.is_sure for one in _steps("#ifndef G\n#define G\n#define A\n#endif\n#define B\n")]
    [True, True, True]
    """
    lines = [match.groups() for match in _LINE.finditer("\n" + _COMMENT.sub(" ", text))]
    is_guarded = [line[0] for line in lines[:2]] == ["ifndef", "define"]
    is_guarded = is_guarded and lines[0][1].split()[:1] == lines[1][1].split()[:1]
    depth, found = -1 if is_guarded else 0, []
    for directive, rest, quote, name in lines:
        if directive in OPENERS:
            depth += 1
        elif directive == "endif":
            depth = max(depth - 1, 0)  # behind an include guard nothing is guarded any more
        elif directive in BRANCHES:
            depth = max(depth, 1)  # what is read the second time, if it is the guard's
        elif quote:
            found.append(HeaderLine((quote, name), "", False, depth <= 0))
        elif words := rest.split():
            macro = words[0].partition("(")[0]
            found.append(HeaderLine(None, macro, directive == "define", depth <= 0))
    return tuple(found)
