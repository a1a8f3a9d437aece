"""Names of a table's entries that only a macro makes, so that no text defines them."""

from collections.abc import Iterable, Sequence

from vtsplit.cst.macro_arguments import MacroOf
from vtsplit.cst.nodes import FunctionDef, Item, MacroCall
from vtsplit.diagnostics import Site
from vtsplit.planning.steps import Ledger
from vtsplit.planning.tables import TableReference, refer_item
from vtsplit.survey.files import CFile
from vtsplit.survey.includes import IncludeGraph


def refuse_made_names(
    references: Iterable[TableReference],
    source: CFile,
    moved: frozenset[int],
    macro_of: MacroOf,
    graph: IncludeGraph,
    ledger: Ledger,
) -> None:
    """Refuse entries for functions whose name a macro of the source file pastes (VT044).

    `GEN_OPS(foo)` defines `static int foo_open()`, or `static int FN(open)(void)` does, and the
    table names it, perhaps by a macro of a header too: it would stay static behind its back.
    """
    wanted = {
        reference.name: reference
        for reference in references
        if reference.table.moves
        and not reference.reference.is_dead
        and not source.definitions.of(reference.name)
    }
    made = _made_names(source, moved, macro_of) if wanted else {}
    for name in _in_no_header(sorted(wanted.keys() & made.keys()), source, graph):
        macro, site = made[name]
        ledger.refuse(
            "VT044",
            f"'{name}' ({wanted[name].reason}) is made by macro {macro} here",
            site,
            "what a macro makes static cannot be made global: write it out",
        )


def _made_names(
    source: CFile, moved: frozenset[int], macro_of: MacroOf
) -> dict[str, tuple[str, Site]]:
    """Return the names that macros at file scope bring, with the macro and the place."""
    made: dict[str, tuple[str, Site]] = {}
    for index, item in enumerate(source.module.items):
        if index not in moved and _is_made(item, source, macro_of):
            for reference in refer_item(item, source.definitions, macro_of):
                if reference.through:
                    site = source.site(index, reference.offset)
                    made.setdefault(reference.name, (reference.through, site))
    return made


def _is_made(item: Item, source: CFile, macro_of: MacroOf) -> bool:
    """Tell whether a macro makes an item, or the name of a function."""
    if isinstance(item, FunctionDef):
        name = item.head.name
        macros = source.definitions.macros(name) or [macro_of(name)]
        return any(macro is not None and macro.parameters is not None for macro in macros)
    return isinstance(item, MacroCall)


def _in_no_header(names: Sequence[str], source: CFile, graph: IncludeGraph) -> list[str]:
    """Return the names that no header of the source has as they are; only a macro makes those."""
    left = dict.fromkeys(names)
    for include in graph.direct(source.module) if left else ():
        for path in include.files:
            text = graph.text(path)
            for name in [name for name in left if name in text]:
                del left[name]
            if not left:
                return []
    return list(left)
