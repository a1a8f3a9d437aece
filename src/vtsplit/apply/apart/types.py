"""Separate tables, and what they name, from their types before anything is planned.

Main also needs the types.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from vtsplit.apply.apart.asked import AskedTables
from vtsplit.codemods.apart.types import join, separate
from vtsplit.cst.heads.own_type import separated, tag_pattern, with_tag
from vtsplit.cst.nodes import Declaration
from vtsplit.cst.parser import parse_module
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action, Step
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.survey.cfile.definitions import Definition, Sort
from vtsplit.survey.cfile.files import CFile
from vtsplit.survey.headers.includes import graph_of
from vtsplit.survey.headers.system_headers import headers_by_name
from vtsplit.tree.source_tree import SourceTree


def separate_types(asked: AskedTables, tree: SourceTree) -> tuple[str | None, tuple[Step, ...]]:
    """Return the source's text with its tables apart from their types, and the steps for that.

    The same is done for objects of the source that the tables name, since the header declares them,
    and for objects whose type the tables name. If nothing can be separated, there is no text. Each
    line keeps the number that it has on disk.
    """
    source = asked.source
    indices = _separable((*asked.tables, *asked.objects, *asked.types), source)
    if indices and any(not _item(source, index).head.tag for index in indices):
        taken = _FreeTags(tree, source.path)
        indices = {one for one in indices if taken.is_free(_item(source, one))}
    if not indices:
        return None, ()
    steps = tuple(_step(source, index) for index in sorted(indices))
    return separate(source.module, indices), steps


@dataclass(frozen=True)
class _FreeTags:
    """Tells whether a tag is free in what a source file sees."""

    tree: SourceTree
    path: str

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        graph = graph_of(self.tree, self.path)
        return tuple(graph.text(path) for path in graph.reach(self.path))

    def is_free(self, item: Declaration) -> bool:
        """Tell whether no header has the tag that an item is to get, if it has none."""
        if item.head.tag:
            return True
        has_it = tag_pattern(item.name)
        known = any(f"{kind} {item.name}" in headers_by_name() for kind in ("struct", "union"))
        return not known and not any(has_it.search(text) for text in self._texts)


def own_types_apart(source: CFile, names: Iterable[str]) -> CFile:
    """Return a file whose tables of these names stand apart from their types, where they can.

    Each line keeps its number. If nothing can be separated, the file itself is returned. Tags of
    headers are not looked up.
    """
    tables = (one for name in names for one in source.definitions.of(name, Sort.OBJECT))
    indices = _separable(tables, source)
    if not indices:
        return source
    return CFile(source.path, parse_module(separate(source.module, indices)))


def _separable(definitions: Iterable[Definition], source: CFile) -> set[int]:
    found = set()
    for one in definitions:
        if isinstance(one.item, Declaration):
            named = with_tag(one.item)
            is_free = named and not tag_pattern(named.name).search(source.module.code)
            if separated(one.item) or is_free:
                found.add(one.index)
    return found


def _item(source: CFile, index: int) -> Declaration:
    item = source.module.items[index]
    assert isinstance(item, Declaration)
    return item


def _step(source: CFile, index: int) -> Step:
    item = _item(source, index)
    named = with_tag(item)
    why = Why.NAMED_FOR if named else Why.WITH_OBJECT
    symbol = Symbol.kept((named or item).head.tag, Role.LOCAL)
    reason = Reason(why, name=item.name)
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
    changed = {step.symbol.old for step in others}
    made = {step.symbol.old: step for step in steps if step.reason.why is Why.NAMED_FOR}
    unneeded = {tag for tag, step in made.items() if step.reason.name not in changed}
    text, joined = join(parse_module(texts[path]), tags, unneeded)
    whole = {step.reason.name: step.spans for step in steps if step.symbol.old in joined}
    kept = joined.difference(made.keys() - unneeded)  # of the others the tag is new
    left = [step for step in steps if step.symbol.old not in kept]
    return {**texts, path: text}, (
        *left,
        *(
            replace(step, spans=whole[step.symbol.old])
            if step.action is Action.EXPOSE and step.symbol.old in whole
            else step
            for step in others
        ),
    )
