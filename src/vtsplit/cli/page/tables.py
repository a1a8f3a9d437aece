"""The tables before and after, entry by entry."""

from collections import Counter
from collections.abc import Mapping

from vtsplit.apply.transform import Transformed
from vtsplit.cli.page.content import EntryRow, TableView
from vtsplit.cst.heads.initializer import read_entries
from vtsplit.cst.nodes import Declaration
from vtsplit.cst.parser import parse_module
from vtsplit.diagnostics import visible
from vtsplit.spec.document import Spec
from vtsplit.tree.source_tree import SourceTree


def table_views(spec: Spec, source: SourceTree, result: Transformed) -> tuple[TableView, ...]:
    """Return each table that the tree has on both sides."""
    tree = result.over(source)
    before = _tables(source, spec.source) | _tables(source, spec.main)
    after = _tables(tree, spec.main)
    return tuple(
        TableView(old, new, before[name][0], spec.main, _entries(before[name][1], after[new][1]))
        for old, new in spec.tables.items()
        for name in [old if old in before else new]
        if name in before and new in after
    )


def _tables(tree: SourceTree, path: str) -> dict[str, tuple[str, Declaration]]:
    """Return the objects of a file that have a value, by name, with the file's path."""
    items = parse_module(tree.read(path)).items if tree.exists(path) else ()
    return {
        item.name: (path, item)
        for item in items
        if isinstance(item, Declaration) and item.initializer is not None
    }


def _entries(before: Declaration, after: Declaration) -> tuple[EntryRow, ...]:
    """Return the entries of both, in the order of the table after; those that went come last."""
    old, new = _values(before), _values(after)
    names = dict.fromkeys([*new, *old])
    return tuple(EntryRow(name, old.get(name, ""), new.get(name, "")) for name in names)


def _values(table: Declaration) -> Mapping[str, str]:
    """Return the values of a table by designator; a positional entry has its place for a name.

    Branches of an `#if` may name a member more than once: each but the first has its number.
    """
    found: dict[str, str] = {}
    counts = Counter[str]()
    for at, entry in enumerate(read_entries(table)):
        name = entry.designator or f"#{at}"
        counts[name] += 1
        shown = name if counts[name] == 1 else f"{name} ({counts[name]})"
        found[shown] = visible("".join(token.text for token in entry.value), "\n\t")
    return found
