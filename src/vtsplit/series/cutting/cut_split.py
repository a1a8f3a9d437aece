"""Leave out of the plan of a split what comes in a later stage."""

from collections.abc import Mapping
from dataclasses import replace

from vtsplit.cst.nodes import Declaration, Module
from vtsplit.planning.edits import HeaderEdit, MainEdit, Plan, Renames, SourceEdit


def only_renames(plan: Plan, names: Mapping[str, str]) -> Plan:
    """Return a plan that changes these names and nothing else."""
    return replace(
        plan,
        source=SourceEdit(plan.source.path),
        header=HeaderEdit(plan.header.path),
        main=MainEdit(plan.main.path),
        renames=_renames(plan, names),
        forwarding={},
        inline={},
        texts={},
    )


def without_move(plan: Plan, source: Module, tables: Mapping[str, str]) -> Plan:
    """Return a plan after which all is global and declared, and the tables are where they were.

    `source` is the source's module, `tables` are the new names of tables by their old ones.
    """
    edit = plan.source
    names = {old: new for old, new in plan.new_names.items() if old not in tables}
    own = {*tables, *tables.values()}
    dropped = {at for at in edit.dropped if _is_redundant(source, at, own)}
    thinned = {at: found - own for at, found in edit.thinned.items() if found - own}
    declared = tuple(one for one in plan.header.declared if one.name not in own)
    return replace(
        plan,
        source=replace(
            edit,
            moved=frozenset(),
            dropped=frozenset(dropped),
            thinned=thinned,
            becomes=None,
        ),
        header=replace(plan.header, declared=declared),
        main=MainEdit(plan.main.path),
        renames=_renames(plan, names),
        forwarding={},
        texts={},
    )


def without_calls(plan: Plan, source: Module) -> Plan:
    """Return a plan after which the source still registers what starts and stops the module."""
    dropped = {at for at in plan.source.dropped if isinstance(source.items[at], Declaration)}
    return replace(plan, source=replace(plan.source, dropped=frozenset(dropped)))


def _is_redundant(source: Module, at: int, tables: set[str]) -> bool:
    """Tell a declaration that the header's makes redundant; a table's declaration never is."""
    item = source.items[at]
    return isinstance(item, Declaration) and item.name not in tables


def _renames(plan: Plan, names: Mapping[str, str]) -> dict[str, Renames]:
    cut = {path: Renames(_of(one.names, names), _of(one.comments, names))
           for path, one in plan.renames.items()}  # fmt: skip
    return {path: one for path, one in cut.items() if one.names or one.comments}


def _of(renamed: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    return {old: new for old, new in renamed.items() if names.get(old) == new}
