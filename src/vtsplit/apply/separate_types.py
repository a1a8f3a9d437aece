"""Separate tables from their types, before anything is planned: main also needs the types."""

from vtsplit.codemods.separate import separate
from vtsplit.cst.heads.own_type import separated
from vtsplit.cst.nodes import Declaration
from vtsplit.cst.parser import parse_module
from vtsplit.planning.build.core_name import present_source
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action, Step
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.spec.document import Spec
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.cfile.files import CFile
from vtsplit.tree.overlay import OverlaidTree
from vtsplit.tree.source_tree import SourceTree


def separate_types(spec: Spec, tree: SourceTree) -> tuple[SourceTree, tuple[Step, ...]]:
    """Return a tree whose tables are not declared together with their types, and steps for it.

    It is the same tree where there is no such table, or where the two cannot be separated. Each
    line has the number that it has on disk.
    """
    path = present_source(spec, tree).source
    source = CFile(path, parse_module(tree.find(path) or ""))
    indices = {
        definition.index
        for table in spec.tables
        for definition in source.definitions.of(table, Sort.OBJECT)
        if isinstance(definition.item, Declaration) and separated(definition.item)
    }
    if not indices:
        return tree, ()
    steps = tuple(_step(source, index) for index in sorted(indices))
    return OverlaidTree(tree, {path: separate(source.module, indices)}), steps


def _step(source: CFile, index: int) -> Step:
    item = source.module.items[index]
    assert isinstance(item, Declaration)
    symbol = Symbol.kept(item.head.tag, Role.LOCAL)
    reason = Reason(Why.WITH_OBJECT, name=item.name)
    return Step(Action.SEPARATE, symbol, source.site(index), reason, (source.lines(index),))
