"""Make the whole change of a tree in memory: the split, then dispatch over its result."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec

from vtsplit.apply.apart.take import take_apart
from vtsplit.apply.dispatch import dispatch
from vtsplit.apply.dispatch_check import check_dispatch
from vtsplit.apply.line_map import LineMap
from vtsplit.apply.self_check import check_outcome
from vtsplit.apply.split import carry_out
from vtsplit.diagnostics import RefusedError
from vtsplit.planning.build.core_name import present_source
from vtsplit.planning.context import read_context
from vtsplit.planning.dispatch.edits import DispatchPlan
from vtsplit.planning.dispatch.plan import plan_dispatch
from vtsplit.planning.dispatch.second.module_init import InitNames
from vtsplit.planning.edits import Plan
from vtsplit.planning.plan import make_plan
from vtsplit.planning.steps import Action, Drift
from vtsplit.spec.document import Spec
from vtsplit.survey.search.index import WordIndex
from vtsplit.tree.overlay import OverlaidTree
from vtsplit.tree.source_tree import SourceTree


@dataclass(frozen=True)
class Transformed:
    """What is to be done and what comes of it: the texts of changed files by their paths so far.

    `made` are the functions that main gains to choose between backends, each with what it serves.
    `moved` are new paths, by old one, of files that get another. `drift` are wrappers that are not
    what the spec says and stay. `dispatch` is the plan of what comes over the split, if the spec
    asks for that.
    """

    plan: Plan
    texts: Mapping[str, str]
    made: Mapping[str, str]
    moved: Mapping[str, str] = field(default_factory=dict)
    drift: tuple[Drift, ...] = ()
    dispatch: DispatchPlan | None = None

    @property
    def new_texts(self) -> dict[str, str]:
        """The texts by the paths that their files are to have."""
        return {self.moved.get(path, path): text for path, text in self.texts.items()}

    def over(self, tree: SourceTree) -> OverlaidTree:
        """Return the tree as it is to be."""
        return OverlaidTree(tree, self.new_texts, self.moved)


def transform(
    spec: Spec,
    tree: SourceTree,
    *,
    force: bool = False,
    index: WordIndex | None = None,
) -> Transformed:
    """Plan and carry out in memory. Raises RefusedError; nothing is written in any case.

    `index` is asked where names have been looked for already; `force` is for wrappers that differ.
    """
    apart = take_apart(spec, tree)
    result = _transform(spec, apart.tree, force, index)
    plan = result.plan
    texts, every = apart.joined(dict(result.texts), plan.source.path, plan.steps)
    return replace(result, texts=texts, plan=replace(plan, steps=every))


def _transform(spec: Spec, tree: SourceTree, force: bool, index: WordIndex | None) -> Transformed:
    context = read_context(spec, tree, index)
    plan = make_plan(context)
    outcome = carry_out(plan, tree, context.macro_of)
    check_outcome(plan, outcome)
    first = Transformed(plan, dict(outcome.after), {}, outcome.moved)
    if spec.dispatch is None:
        return first
    split = first.over(tree)
    spec = present_source(spec, split)
    # What dispatch says of lines is about the tree in memory, which nobody can look at.
    places = LineMap(plan, tree, first.texts, first.moved)
    try:
        graph = context.graph.over(split, {*first.texts, *first.new_texts}, spec.source)
        names = InitNames(**plan.module_entries)
        second = plan_dispatch(spec, split, graph, names, force, places.site)
        spec = second.spec
        more = dispatch(second, spec, split)
        check_dispatch(second, spec, split, more)
    except RefusedError as error:
        problems = [replace(p, site=p.site and places.site(p.site)) for p in error.problems]
        raise RefusedError(*problems) from error
    steps = (*plan.steps, *map(places.step, second.steps))
    notes = (
        *plan.notes,
        *(replace(n, site=n.site and places.site(n.site)) for n in second.notes),
    )
    written = {Action.WRAP, Action.REWRITE}
    made = {one.symbol.new: one.reason.name for one in second.steps if one.action in written}
    made |= {name: f"op {op}" for name, op in second.ops.items()}
    texts = {places.old_path(path): text for path, text in more.items()}
    whole = replace(plan, steps=steps, notes=notes)
    drift = tuple(replace(one, site=places.site(one.site)) for one in second.drift)
    return Transformed(whole, {**first.texts, **texts}, made, first.moved, drift, second)


def without_dispatch(spec: Spec) -> Spec:
    """Return a spec of the split alone, which changes no program."""
    return msgspec.structs.replace(spec, dispatch=None, ops={}, init=None)
