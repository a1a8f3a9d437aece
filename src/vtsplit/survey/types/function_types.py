"""Functions that a header declares by their type, as in `open_t foo_open;` (C11 6.7.6.3p8)."""

from vtsplit.cst.heads.typed import TypeReadError, read_signature
from vtsplit.cst.nodes import Declaration
from vtsplit.cst.parser import parse_module
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.cfile.files import CFile
from vtsplit.survey.headers.includes import IncludeGraph, is_absent
from vtsplit.survey.order.providers import find_declaring

_MOST = 8  # typedefs of typedefs that are looked through


def declares_function(item: Declaration, path: str, graph: IncludeGraph) -> bool:
    """Tell whether the type of what a header seems to hold is a function's.

    `path` is the header's; typedefs of what it includes are known as well.
    """
    name = type_name(item)
    paths = sorted(graph.reach(path)) if name else []
    for _ in range(_MOST):
        found = find_declaring(graph, paths, [name]).get(name, ()) if name else ()
        targets = [
            definition.item
            for one in sorted(found)
            if not is_absent(one)
            for definition in CFile(one, parse_module(graph.text(one))).definitions.of(
                name, Sort.TYPE
            )
            if isinstance(definition.item, Declaration)
        ]
        if not targets or any(target.head.is_function for target in targets):
            return bool(targets)
        name = type_name(targets[0])
    return False


def type_name(item: Declaration) -> str:
    """Return the name of a plain typedef that is the whole type of a declaration."""
    try:
        key = read_signature(item.head).key
    except TypeReadError:
        return ""
    return str(key[1]) if len(key) == 2 and key[0] == "names" else ""
