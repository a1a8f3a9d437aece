"""Includes that others make needless: what was chosen for one name may come by a later choice."""

from collections.abc import Collection, Iterable, Mapping

from vtsplit.planning.includes.in_front import InFront
from vtsplit.survey.headers.header_parts import POINTED, declared_by, reach_surely
from vtsplit.survey.headers.includes import Include, IncludeGraph, IncludeSlot
from vtsplit.survey.headers.self_contained import VARIABLE


def drop_redundant(
    in_front: InFront,
    chosen: dict[IncludeSlot, Include],
    kept: Iterable[Include],
    front: Collection[str],
    declaring: Mapping[str, Collection[str]],
    relied: Collection[str],
) -> None:
    """Take out chosen includes without which the others still bring all names, and in time.

    `declaring` has the names that the new file uses, with the headers that declare each; `relied`
    are those that its headers use. What declares one of them itself stays, though it may also come
    by another header's way, and so do those `kept`.
    """
    graph, staying = in_front.graph, {one.place for one in kept}
    bare = {name.removesuffix(VARIABLE).removesuffix(POINTED) for name in relied}
    for place in sorted(chosen.keys() - staying, reverse=True):
        include = chosen[place]
        own = next(iter(include.files))
        is_direct = any(own in headers for headers in declaring.values())
        if is_direct or bare & declared_by(graph, own):
            continue
        rest = {one: other for one, other in chosen.items() if one != place}
        if _is_lost(graph, declaring.values(), include, rest.values()):
            continue
        if not in_front.missing(rest, front, frozenset(declaring)):
            del chosen[place]


def _is_lost(
    graph: IncludeGraph,
    declaring: Collection[Collection[str]],
    include: Include,
    rest: Collection[Include],
) -> bool:
    """Tell whether an include brings what declares a name, and the rest does not, or less surely.

    `declaring` are the headers that declare each name.
    """
    for sure in (False, True):
        own, others = _brought(graph, [include], sure), _brought(graph, rest, sure)
        for headers in declaring:
            if not own.isdisjoint(headers) and others.isdisjoint(headers):
                return True
    return False


def _brought(graph: IncludeGraph, includes: Iterable[Include], sure: bool) -> set[str]:
    """Return the headers that come with some includes; if `sure`, in every configuration."""
    if not sure:
        return {path for one in includes for path in one.files}
    unguarded = (next(iter(one.files)) for one in includes if not one.guard)
    return {path for header in unguarded for path in reach_surely(graph, header)}
