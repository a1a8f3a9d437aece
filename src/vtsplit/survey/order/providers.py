"""Which include of a source file provides a name, so that a new file includes just what it uses."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import ahocorasick_rs

from vtsplit.survey.headers.includes import Include, IncludeGraph, IncludeSlot, is_absent
from vtsplit.survey.headers.name_lines import declares_at
from vtsplit.survey.headers.system_headers import EVERYWHERE, names_of_header

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class ChosenIncludes:
    """The includes to take, in the source's order, and the names that none of them provides.

    `declaring` are the headers, of all that there were to choose from, that declare each name.
    """

    includes: tuple[Include, ...]
    unresolved: tuple[str, ...]
    declaring: Mapping[str, set[str]]


def find_declaring(
    graph: IncludeGraph,
    paths: Iterable[str],
    names: Iterable[str],
    incomplete: bool = False,
) -> dict[str, set[str]]:
    """Return for each name the headers that declare it: `struct x` is looked for as its tag.

    With `incomplete`, a tag that is declared forward will do.

    The look is at the line the name stands in, not at the whole header.
    """
    wanted: dict[str, list[str]] = {}
    for name in names:
        wanted.setdefault(name.rpartition(" ")[2], []).append(name)
    if not wanted:
        return {}
    words = sorted(wanted)
    automaton = ahocorasick_rs.AhoCorasick(words)
    found: dict[str, set[str]] = {}
    for path in paths:
        if is_absent(path):
            having = names_of_header(path)
            for name in (one for every in wanted.values() for one in every if one in having):
                found.setdefault(name, set()).add(path)
            continue
        text = graph.text(path)
        if not text.isascii():
            # The search takes Unicode only; bytes that are none cannot be part of a name.
            text = _SURROGATE.sub("\ufffd", text)
        for pattern, start, end in automaton.find_matches_as_indexes(text, overlapping=True):
            for name in wanted[words[pattern]]:
                if path not in found.get(name, ()) and declares_at(
                    text, start, end, name, incomplete
                ):
                    found.setdefault(name, set()).add(path)
    return found


def undeclared(graph: IncludeGraph, paths: Iterable[str], names: Iterable[str]) -> list[str]:
    """Return the names that none of these headers declares, in their order."""
    wanted = list(names)
    found = find_declaring(graph, paths, wanted)
    return [name for name in wanted if name not in found]


def choose_includes(
    graph: IncludeGraph,
    available: Sequence[Include],
    names: Iterable[str],
) -> ChosenIncludes:
    """Choose among the source's includes those that provide the names.

    An include whose own header declares a name is taken first; a name then left is served by an
    include taken already, else by the one in which it lies least deep.
    """
    wanted = list(dict.fromkeys(names))
    paths = list(dict.fromkeys(path for include in available for path in include.files))
    return choose_among(available, wanted, find_declaring(graph, paths, wanted))


def choose_among(
    available: Sequence[Include], wanted: Sequence[str], declaring: Mapping[str, set[str]]
) -> ChosenIncludes:
    """Choose as `choose_includes` does, where it is known which headers declare each name."""
    chosen: dict[IncludeSlot, Include] = {}
    for name in wanted:
        if name in EVERYWHERE:
            # Any header of the library that comes along anyway will do.
            continue
        own = [i for i in available if any(i.files.get(p) == 0 for p in declaring.get(name, ()))]
        if own:
            chosen.setdefault(own[0].place, own[0])
    unresolved = []

    def reaching(name: str) -> int:
        headers = declaring.get(name, set())
        return sum(not include.files.keys().isdisjoint(headers) for include in available)

    # What few includes provide decides first; what all provide is then there already.
    for name in sorted(wanted, key=reaching):
        headers = declaring.get(name, set())
        if any(not include.files.keys().isdisjoint(headers) for include in chosen.values()):
            continue
        best = min(
            (
                (
                    min(include.files[p] for p in headers if p in include.files),
                    include.place,
                    include,
                )
                for include in available
                if not include.files.keys().isdisjoint(headers)
            ),
            key=lambda found: found[:2],
            default=None,
        )
        if best is None:
            unresolved.append(name)
        else:
            chosen.setdefault(best[2].place, best[2])
    includes = tuple(chosen[place] for place in sorted(chosen))
    return ChosenIncludes(includes, tuple(unresolved), declaring)
