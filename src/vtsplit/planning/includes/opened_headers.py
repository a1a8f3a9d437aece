"""What a header of the source includes, for a file that cannot include the header itself."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from posixpath import dirname, relpath

from vtsplit.cst.guards import include_guard, item_guards
from vtsplit.cst.nodes import Directive
from vtsplit.cst.parser import parse_module
from vtsplit.survey.headers.includes import Include, IncludeGraph, is_absent
from vtsplit.survey.order.configured import configured_includes, decided_in_front
from vtsplit.survey.order.front_macros import FrontMacros


def with_parts(
    graph: IncludeGraph, source: str, includes: Iterable[Include], opened: frozenset[str]
) -> list[Include]:
    """Return includes of the source, with those of opened headers in front of each such header."""
    found: list[Include] = []
    for include in includes:
        path = next(iter(include.files))
        parts = list(_parts(graph, source, path, opened)) if path in opened else []
        found += [
            replace(part, guard=include.guard, index=include.index, part=at - len(parts))
            for at, part in enumerate(parts)
        ]
        found.append(include)
    return found


def _parts(
    graph: IncludeGraph, source: str, path: str, opened: frozenset[str]
) -> Iterator[Include]:
    """Yield what a header always includes and no macro or pragma of its own decides on, in order.

    Of a header that is opened itself, its parts come first.
    """
    module = parse_module(graph.text(path))
    guards = item_guards(module)
    once = {guard[0]} if (guard := include_guard(module)) else set()
    every = [
        Include(item.include, guards[at], at, found)
        for at, item in enumerate(module.items)
        if isinstance(item, Directive) and item.include
        if (found := _reached(graph, item.include, path)) is not None
    ]
    decided = decided_in_front(graph, module, every)
    front = FrontMacros(graph, module, every, decided)
    configured = configured_includes(module, every)
    for include in every:
        asked = {one.name for one in front.asked_for([include])} - once
        is_decided = any(one is include for one, _ in decided.values())
        if include.guard or asked or is_decided or include.index in configured:
            continue
        target = _retarget(graph, include, source)
        if target is None:
            continue
        inner = next(iter(include.files))
        if inner in opened and inner != path:
            yield from _parts(graph, source, inner, opened - {path})
        yield replace(include, target=target)


def _reached(graph: IncludeGraph, target: str, includer: str) -> dict[str, int] | None:
    """Return what comes with an include of a header, as `Include` has it; a system's is itself."""
    found = graph.resolve(target[0], target[1:-1], includer)
    if found is None:
        return {target: 0} if target[0] == "<" else None
    return graph.reach(found)


def _retarget(graph: IncludeGraph, include: Include, source: str) -> str | None:
    """Return how the source would write an include of a header; None where it would find another.

    A quoted name is looked for beside the file that has it (C11 6.10.2p3 leaves that to compilers),
    so that the source may have to say where that is.
    """
    path = next(iter(include.files))
    wanted = None if is_absent(path) else path
    targets = [include.target]
    if include.target[0] == '"' and wanted is not None:
        targets.append(f'"{relpath(path, dirname(source) or ".")}"')
    fitting = (one for one in targets if graph.resolve(one[0], one[1:-1], source) == wanted)
    return next(fitting, None)
