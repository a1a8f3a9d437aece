"""Includes that set how the headers behind them read: what a new file has to include in front.

A source outside of the kernel begins with `config.h`, or with a header that includes it or defines
`_FILE_OFFSET_BITS`. Without that, `off_t` and each `#ifdef HAVE_FOO` may mean something else.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial

from vtsplit.cst.lexer import BLANKS
from vtsplit.survey.headers.header_parts import parts_of
from vtsplit.survey.headers.includes import Include, IncludeGraph, IncludeSlot
from vtsplit.survey.order.feature_macros import is_configuration, setting_includes

_UNLESS = r"[ \t]*#[ \t]*(?:ifndef[ \t]+\w+|if[ \t]+!(?:[ \t]*|[ \t]*\()defined\b[^\n|]*)\r?\n"
_DEMAND = re.compile(rf"^(?P<unless>(?:{_UNLESS}{BLANKS})+)[ \t]*#[ \t]*error\b", re.MULTILINE)
_FORBIDDEN = re.compile(
    r"^[ \t]*#[ \t]*(?:ifdef[ \t]+|if[ \t]+defined\b[ \t(]*)(\w+)[ \t)]*\r?\n"
    rf"{BLANKS}[ \t]*#[ \t]*error\b",
    re.MULTILINE,
)
_ASKED = re.compile(r"(?:ifndef[ \t]+|defined[ \t]*\(?[ \t]*)(\w+)")


def left_to_sources(graph: IncludeGraph, every: Sequence[Include]) -> frozenset[IncludeSlot]:
    """Return the configuration that each source has in front, so that no header includes it.

    `every` are the includes of a source.
    """
    setting = setting_includes(graph, every)
    return frozenset(one.place for one in setting if is_configuration(one.target))


def demanded_includes(
    graph: IncludeGraph, chosen: Iterable[Include], every: Sequence[Include], front: Collection[str]
) -> Iterator[Include]:
    """Yield includes that define what a chosen one demands: it says `#error` without them.

    `front` are headers that the new file has in any case.
    """
    come, asked = set(front), set[str]()
    for include in sorted(chosen, key=lambda one: one.place):
        come |= include.files.keys()
        demands = _demands(graph, [path for path in include.files if path not in asked])
        asked |= include.files.keys()
        for names in demands:
            if _defining(graph, come, names):
                continue
            above = (one for one in every if one.place < include.place)
            found = next((one for one in above if _defining(graph, one.files, names)), None)
            if found is not None:
                come |= found.files.keys()
                yield found


def forestalling_includes(
    graph: IncludeGraph, chosen: Iterable[Include], every: Sequence[Include]
) -> Iterator[Include]:
    """Yield includes that say `#error` if what a chosen one defines stands in front of them.

    The source has them above the chosen one, and may have them below the new header.
    """
    for include in every:
        text = graph.text(next(iter(include.files)))
        names = frozenset(_FORBIDDEN.findall(text)) if "error" in text else frozenset()
        below = (one for one in chosen if one.place > include.place) if names else ()
        if any(_defining(graph, one.files, names) for one in below):
            yield include


def _demands(graph: IncludeGraph, paths: Iterable[str]) -> Iterator[frozenset[str]]:
    """Yield sets of macros: a header wants one of each set to be defined."""
    for path in paths:
        yield from graph.known.recall(("demands", path), partial(_demanded, graph, path))


def _demanded(graph: IncludeGraph, path: str) -> tuple[frozenset[str], ...]:
    text = graph.text(path)
    found = _DEMAND.finditer(text) if "error" in text else ()
    return tuple(frozenset(_ASKED.findall(one["unless"])) for one in found)


def _defining(graph: IncludeGraph, paths: Iterable[str], names: frozenset[str]) -> bool:
    return any(not names.isdisjoint(parts_of(graph, path).macros) for path in paths)
