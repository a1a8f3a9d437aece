"""Cut a split into stages. Each is made from the tree as it is, by a plan that leaves out the rest.

So no stage can differ from what `split` makes of the same lines, and the last one is the split.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from posixpath import basename, splitext

from vtsplit.apply.apart.take import take_apart
from vtsplit.apply.dispatch import dispatch
from vtsplit.apply.split import carry_out
from vtsplit.apply.transform import Transformed, transform
from vtsplit.codemods.build.composite import without_last
from vtsplit.cst.nodes import Declaration, Item
from vtsplit.cst.parser import parse_module
from vtsplit.diagnostics import Note, Problem, RefusedError, Site
from vtsplit.planning.build.core_name import present_source
from vtsplit.planning.context import read_context
from vtsplit.planning.dispatch.edits import DispatchPlan
from vtsplit.planning.edits import Plan
from vtsplit.planning.reason import Why
from vtsplit.planning.steps import Action, Drift
from vtsplit.series.cutting.cut_dispatch import only_second, with_wrappers
from vtsplit.series.cutting.cut_split import only_renames, without_calls, without_move
from vtsplit.series.cutting.group_wrappers import check_groups, group_wrappers
from vtsplit.series.cutting.rename_rules import sort_renames
from vtsplit.series.cutting.stage import Stage
from vtsplit.series.rules import NOT_THE_SPLIT
from vtsplit.spec.document import Spec
from vtsplit.spec.posting import StageKind
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.search.index import WordIndex
from vtsplit.tree.overlay import OverlaidTree
from vtsplit.tree.source_tree import SourceTree

_Texts = dict[str, str]


@dataclass(frozen=True)
class Stages:
    """The stages of a split that change something, in order; none if nothing is to be done.

    `notes` and `drift` are those of the split, with what there is to say of groups of wrappers.
    `result` is the split as a whole.
    """

    every: tuple[Stage, ...]
    notes: tuple[Note, ...]
    drift: tuple[Drift, ...]
    result: Transformed


def make_stages(spec: Spec, tree: SourceTree, index: WordIndex | None) -> Stages:
    """Cut a split into stages.

    Raises RefusedError where the split itself is refused.
    """
    cut = _Stages(spec, tree, index)
    dispatch = cut.result.dispatch
    notes = check_groups(dispatch) if dispatch else []
    return Stages(tuple(cut.changing()), (*cut.plan.notes, *notes), cut.result.drift, cut.result)


class _Stages:
    def __init__(self, spec: Spec, tree: SourceTree, index: WordIndex | None) -> None:
        self.spec = spec
        self.tree = tree
        self.result: Transformed = transform(spec, tree, index=index)
        self.plan: Plan = self.result.plan
        self.apart = take_apart(spec, tree)
        self.context = read_context(spec, self.apart.tree, index)
        self.source = parse_module(self.apart.tree.read(self.plan.source.path))

    def changing(self) -> Iterator[Stage]:
        """Yield the stages behind which some file is not as it was in front."""
        before: Mapping[str, str] = {}
        for stage in self._every():
            texts = {path: text for path, text in stage.texts.items() if text != self._old(path)}
            stage = replace(stage, texts=texts, functions=self._functions(stage))
            if texts != before:
                yield stage
            before = texts
        if before != {p: t for p, t in self.result.new_texts.items() if t != self._old(p)}:
            message = "the last patch would not leave what `vtsplit split` makes"
            raise RefusedError(Problem(NOT_THE_SPLIT, message, Site(self.spec.source)))

    def _functions(self, stage: Stage) -> frozenset[str]:
        """Return the names of a stage that are functions of the source; of wrappers, none is."""
        if stage.wrappers:
            return frozenset()
        definitions = self.context.source.definitions
        pairs = [pair for pair in stage.names if definitions.of(pair[0], Sort.FUNCTION)]
        return frozenset(name for pair in pairs for name in pair)

    def _old(self, path: str) -> str | None:
        return None if path in self.result.moved.values() else self.tree.find(path)

    def _every(self) -> Iterator[Stage]:
        tables = self.spec.tables
        names = {old: new for old, new in self.plan.new_names.items() if old not in tables}
        done: dict[str, str] = {}
        for kind, renamed in sort_renames(names, self.spec):
            done |= renamed
            texts = self._texts(only_renames(self.plan, done))
            yield Stage(kind, texts, names=tuple(renamed.items()))
        unmoved = without_move(self.plan, self.source, tables)
        texts = self._texts(unmoved)
        order = {name: at for at, name in enumerate(self.plan.header.order)}
        exposed = [(old, names.get(old, old)) for old in self.plan.source.exposed]
        exposed.sort(key=lambda pair: (order.get(pair[1], len(order)), pair))
        called = (one for one in self.plan.steps if one.reason.why is Why.CALLED_IN_PLACE)
        starting = frozenset(one.symbol.new for one in called if one.action is Action.EXPOSE)
        inline = frozenset(
            one.reason.name for one in self.plan.steps if one.reason.why is Why.MADE_GLOBAL
        )
        yield Stage(
            StageKind.DECLARE, texts, names=tuple(exposed), starting=starting, inline=inline
        )
        if self.plan.source.becomes:
            moved = {self.plan.source.path: self.plan.source.becomes}
            texts = _at(texts, moved) | self._build_without_main()
            yield Stage(StageKind.SOURCE, texts, moved, tuple(moved.items()))
        moving = tuple((old, new) for old, new in tables.items() if self._moves(old))
        if self.result.dispatch is None:
            last = self._at_end(self._texts(self.plan))
            yield Stage(StageKind.MOVE, last, names=moving, more=self._moves_more())
            return
        split = self._at_end(self._texts(without_calls(self.plan, self.source)))
        yield Stage(StageKind.MOVE, split, names=moving, more=self._moves_more())
        yield from self._dispatch(split, self.result.dispatch)

    def _dispatch(self, split: _Texts, plan: DispatchPlan) -> Iterator[Stage]:
        yield Stage(StageKind.SECOND, self._over(split, only_second(plan)))
        done: list[str] = []
        for wrappers in group_wrappers(plan):
            done += wrappers.names
            texts = self._over(split, with_wrappers(plan, done))
            ops = tuple((plan.ops[name], name) for name in wrappers.names)
            yield Stage(StageKind.WRAP, texts, names=ops, wrappers=wrappers)
        last = self._at_end(self._texts(self.plan))
        yield Stage(StageKind.START, self._over(last, plan))

    def _over(self, split: _Texts, plan: DispatchPlan) -> _Texts:
        """Return the texts of a split with what a plan of dispatch makes of them."""
        tree = OverlaidTree(self.tree, split, self.result.moved)
        spec = present_source(self.spec, tree)
        return split | dispatch(plan, spec, tree)

    def _texts(self, plan: Plan) -> _Texts:
        """Return what a plan makes of the files, by the paths that they have now."""
        made = carry_out(plan, self.apart.tree, self.context.macro_of).after
        names = plan.new_names
        steps = (one for one in plan.steps if names.get(one.symbol.old) == one.symbol.new)
        return self.apart.joined(dict(made), plan.source.path, tuple(steps))[0]

    def _at_end(self, texts: _Texts) -> _Texts:
        return _at(texts, self.result.moved)

    def _moves(self, table: str) -> bool:
        return any(isinstance(one, Declaration) and one.name == table for one in self._moved())

    def _moves_more(self) -> bool:
        """Tell whether something moves to main that is no table."""
        own = {*self.spec.tables, *self.spec.tables.values()}
        return any(not isinstance(one, Declaration) or one.name not in own for one in self._moved())

    def _moved(self) -> Iterator[Item]:
        return (self.source.items[at] for at in self.plan.source.moved)

    def _build_without_main(self) -> _Texts:
        """Return the texts of all that is no C, in which main is not listed yet."""
        object_ = splitext(basename(self.plan.main.path))[0] + ".o"
        return {path: without_last(text, object_) for path, text in self.plan.texts.items()}


def _at(texts: Mapping[str, str], moved: Mapping[str, str]) -> _Texts:
    return {moved.get(path, path): text for path, text in texts.items()}
