"""Macros that one header sets and another has a default for: the first has to come first.

`#ifndef pr_fmt` stands around the default of printk.h. A header that defines such a macro relies
on being included before: behind the default, it would define the macro twice (C11 6.10.3p2).
"""

import re
from collections.abc import Callable, Iterable, Iterator

from vtsplit.survey.headers.certain_text import certain_text
from vtsplit.survey.headers.includes import IncludeGraph

_DEFAULT = re.compile(
    r"^[ \t]*#[ \t]*ifndef[ \t]+(\w+)[ \t]*\r?\n[ \t]*#[ \t]*define[ \t]+\1\b(?![ \t]*\r?\n)",
    re.MULTILINE,
)
_DEFINED = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", re.MULTILINE)
_UNDEFINED = re.compile(r"^[ \t]*#[ \t]*undef[ \t]+(\w+)", re.MULTILINE)


def late_settings(graph: IncludeGraph, headers: Iterable[str]) -> frozenset[tuple[str, str]]:
    """Return macros, each with the header that sets it behind another's default.

    `headers` are included one after the other. What a configuration can take out sets nothing.
    """
    spans = _spans(headers, graph.included_by)
    earliest: dict[str, int] = {}
    for path, (_, end) in spans.items():
        for macro in _defaults(graph, path):
            earliest[macro] = min(end, earliest.get(macro, end))
    return frozenset(
        (macro, path)
        for path, (start, _) in spans.items()
        for macro in _defines(graph, path) & earliest.keys()
        if earliest[macro] < start and macro in _settings(graph, path)
    )


def _spans(
    headers: Iterable[str], included_by: Callable[[str], Iterable[str]]
) -> dict[str, tuple[int, int]]:
    """Return when each header that comes with these begins and ends, in the order of endings."""
    spans: dict[str, tuple[int, int]] = {}
    starts: dict[str, int] = {}
    time = 0
    pending: list[tuple[str, Iterator[str]]] = [("", iter(headers))]
    while pending:
        path, inner = pending[-1]
        following = next((one for one in inner if one not in starts), None)
        time += 1
        if following is not None:
            starts[following] = time
            pending.append((following, iter(included_by(following))))
        else:
            pending.pop()
            if pending:
                spans[path] = starts[path], time
    return spans


def _defaults(graph: IncludeGraph, path: str) -> frozenset[str]:
    """Return the macros that a header defines if nobody has; an include guard has no value."""
    return graph.known.recall(
        ("defaults of", path), lambda: frozenset(_DEFAULT.findall(graph.text(path)))
    )


def _defines(graph: IncludeGraph, path: str) -> frozenset[str]:
    return graph.known.recall(
        ("defines of", path), lambda: frozenset(_DEFINED.findall(graph.text(path)))
    )


def _settings(graph: IncludeGraph, path: str) -> frozenset[str]:
    return graph.known.recall(
        ("settings of", path),
        lambda: (
            frozenset(_DEFINED.findall(certain_text(graph.text(path))))
            - _defaults(graph, path)
            - frozenset(_UNDEFINED.findall(graph.text(path)))
        ),
    )
