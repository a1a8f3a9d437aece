"""Includes that others make needless: what was chosen for one name may come by a later choice."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from vtsplit.planning.includes.in_front import InFront
from vtsplit.survey.headers.header_parts import POINTED, declared_by, reach_surely
from vtsplit.survey.headers.includes import Include, IncludeGraph, IncludeSlot
from vtsplit.survey.headers.self_contained import VARIABLE
from vtsplit.survey.order.providers import choose_includes, find_declaring


def drop_redundant(
    in_front: InFront,
    chosen: dict[IncludeSlot, Include],
    kept: Iterable[Include],
    front: Collection[str],
    names: Sequence[str],
    relied: Collection[str],
) -> None:
    """Take out chosen includes without which the others still bring all names, and in time.

    `names` are those that the new file uses, `relied` those that its headers do. What declares one
    of them itself stays, though it may also come by another header's way, and so do those `kept`.
    """
    staying = {one.place for one in kept}
    for place in sorted(chosen.keys() - staying, reverse=True):
        include = chosen[place]
        if _declares(in_front.graph, include, names, relied):
            continue
        rest = {one: other for one, other in chosen.items() if one != place}
        if _brings_less(in_front.graph, rest.values(), include, names):
            continue
        if not in_front.missing(rest, front, frozenset(names)):
            del chosen[place]


def _declares(
    graph: IncludeGraph, include: Include, names: Sequence[str], relied: Collection[str]
) -> bool:
    """Tell whether the header that an include names itself declares what somebody uses."""
    own = [path for path, depth in include.files.items() if not depth]
    bare = {name.removesuffix(VARIABLE).removesuffix(POINTED) for name in relied}
    return any(not bare.isdisjoint(declared_by(graph, path)) for path in own) or bool(
        find_declaring(graph, own, names)
    )


def _brings_less(
    graph: IncludeGraph, rest: Iterable[Include], include: Include, names: Sequence[str]
) -> bool:
    """Tell whether names come by an include that the rest does not bring as surely."""
    for sure in (False, True):
        others = [_surely(graph, one) if sure else one for one in rest if not (sure and one.guard)]
        own = _surely(graph, include) if sure else include
        missing = set(choose_includes(graph, others, names).unresolved)
        if missing and missing != set(choose_includes(graph, [*others, own], names).unresolved):
            return True
    return False


def _surely(graph: IncludeGraph, include: Include) -> Include:
    return replace(include, files=reach_surely(graph, next(iter(include.files))))
