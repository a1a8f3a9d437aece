"""Includes that mean something else in another file, because of the code in front of them."""

from collections.abc import Iterable
from functools import partial

from vtsplit.cst.guards import item_guards
from vtsplit.cst.nodes import Directive, Module
from vtsplit.survey.headers.decided_names import decided_names, written
from vtsplit.survey.headers.includes import Include, IncludeGraph, is_absent
from vtsplit.survey.order.type_layout import laid_out_by_pragma, layout_macros


def configured_includes(module: Module, includes: Iterable[Include]) -> dict[int, str]:
    """Return the includes that no other file can have alike, by index, with the reason."""
    packed = laid_out_by_pragma(module)
    why = "under a #pragma that decides on the layout of types"
    return {include.index: why for include in includes if include.index in packed}


def decided_in_front(
    graph: IncludeGraph, module: Module, includes: Iterable[Include]
) -> dict[str, tuple[Include, str]]:
    """Return the names that another file would not get alike by an include, as a macro decides.

    That is a macro that the source defines or undefines in front of it: each name has both.
    """
    found: dict[str, tuple[Include, str]] = {}
    guards = item_guards(module)
    front: dict[str, str] = {}
    undefined: set[str] = set()
    direct = {include.index: include for include in includes}
    for index, item in enumerate(module.items):
        if not isinstance(item, Directive):
            continue
        if item.macro is not None:
            front[item.macro.name] = written(item.macro)
        elif item.name == "undef":
            # What the source has defined itself is gone, as in the other file.
            if item.argument not in front or item.argument in undefined:
                undefined.add(item.argument)
                front[item.argument] = item.argument
            elif not guards[index]:
                del front[item.argument]
        include = direct.get(index)
        if include is not None and front:
            decided = decided_names(graph, _own_headers(graph, include), front)
            for name, macro in decided.items():
                found.setdefault(name, (include, macro))
    return found


def _own_headers(graph: IncludeGraph, include: Include) -> list[str]:
    """Return the headers of the source's own that come with an include.

    What comes with it from an `include` folder is for all files, and does not ask who includes it.
    """
    if not include.target.startswith('"'):
        return []
    return [
        path
        for path, depth in include.files.items()
        if not is_absent(path) and (not depth or "include" not in path.split("/"))
    ]


def deciding_macros(graph: IncludeGraph, include: Include, macros: Iterable[str]) -> set[str]:
    """Return the macros that decide on a type of a header of the source's own."""
    found: set[str] = set()
    for path in _own_headers(graph, include):
        text = graph.text(path)
        named = [name for name in macros if name in text]
        if named:
            deciding = graph.known.recall(("layout macros", path), partial(layout_macros, text))
            found |= deciding.intersection(named)
    return found
