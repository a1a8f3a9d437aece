"""Separate tables, and what they name, from their types before anything is planned.

Main also needs the types.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from vtsplit.codemods.separate import join, separate
from vtsplit.cst.heads.own_type import separated
from vtsplit.cst.lexer import Kind
from vtsplit.cst.nodes import Declaration
from vtsplit.cst.parser import parse_module
from vtsplit.planning.build.core_name import present_source
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action, Step
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.spec.document import Spec
from vtsplit.survey.cfile.definitions import Definition, Sort
from vtsplit.survey.cfile.files import CFile
from vtsplit.tree.overlay import OverlaidTree
from vtsplit.tree.source_tree import SourceTree


def separate_types(spec: Spec, tree: SourceTree) -> tuple[SourceTree, tuple[Step, ...]]:
    """Return a tree whose tables are declared apart from their types, and the steps for that.

    The same is done for objects of the source that the tables name, since the header declares them,
    and for objects whose type the tables name. If nothing can be separated, the tree itself is
    returned. Each line keeps the number that it has on disk.
    """
    path = present_source(spec, tree).source
    source = CFile(path, parse_module(tree.find(path) or ""))
    main = CFile(spec.main, parse_module(tree.find(spec.main) or ""))
    tables = [one for table in spec.tables for one in source.definitions.of(table, Sort.OBJECT)]
    moved = [one for new in spec.tables.values() for one in main.definitions.of(new, Sort.OBJECT)]
    named = _named_by((*tables, *moved)).difference(spec.tables)
    words = {word for name in named for word in (name, f"struct {name}", f"union {name}")}
    objects = [
        one
        for word in sorted(words.intersection(source.definitions.by_name))
        for one in source.definitions.of(word, Sort.OBJECT, Sort.TENTATIVE, Sort.TYPE)
    ]
    indices = _separable((*tables, *objects))
    if not indices:
        return tree, ()
    steps = tuple(_step(source, index) for index in sorted(indices))
    return OverlaidTree(tree, {path: separate(source.module, indices)}), steps


def tables_apart(source: CFile, names: Iterable[str]) -> CFile:
    """Return a file whose tables of these names stand apart from their types, where they can.

    Each line keeps its number. If nothing can be separated, the file itself is returned.
    """
    indices = _separable(one for name in names for one in source.definitions.of(name, Sort.OBJECT))
    if not indices:
        return source
    return CFile(source.path, parse_module(separate(source.module, indices)))


def _separable(definitions: Iterable[Definition]) -> set[int]:
    return {
        one.index
        for one in definitions
        if isinstance(one.item, Declaration) and separated(one.item)
    }


def _named_by(tables: Iterable[Definition]) -> set[str]:
    return {token.text for one in tables for token in one.item.tokens if token.kind is Kind.IDENT}


def _step(source: CFile, index: int) -> Step:
    item = source.module.items[index]
    assert isinstance(item, Declaration)
    symbol = Symbol.kept(item.head.tag, Role.LOCAL)
    reason = Reason(Why.WITH_OBJECT, name=item.name)
    return Step(Action.SEPARATE, symbol, source.site(index), reason, (source.lines(index),))


def join_kept(
    texts: Mapping[str, str], path: str, steps: tuple[Step, ...], others: tuple[Step, ...]
) -> tuple[dict[str, str], tuple[Step, ...]]:
    """Return texts in which a type and its object are together again if neither has moved.

    `steps` are those of `separate_types`, `others` those of the plan. Returned are the steps that
    are left: what is not apart needs none, and its object becomes global in lines of the type.
    """
    tags = {step.symbol.old for step in steps}
    if not tags or path not in texts:
        return dict(texts), others
    text, joined = join(parse_module(texts[path]), tags)
    whole = {step.reason.name: step.spans for step in steps if step.symbol.old in joined}
    left = [step for step in steps if step.symbol.old not in joined]
    return {**texts, path: text}, (
        *left,
        *(
            replace(step, spans=whole[step.symbol.old])
            if step.action is Action.EXPOSE and step.symbol.old in whole
            else step
            for step in others
        ),
    )
