"""Hold a commit against the patches that a series has for it: the next one, or several of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from vtsplit.apply.proof import BESIDE_WRAPPERS, judge_dispatch, verify_texts
from vtsplit.apply.transform import Transformed
from vtsplit.cst.parser import parse_module
from vtsplit.diagnostics import RefusedError, number
from vtsplit.planning.steps import Action, Step
from vtsplit.series.at_once import StepsAtOnce, all_at_once, find_unlike, functions_of, no_step
from vtsplit.series.compared import ComparedTrees, two_commits
from vtsplit.series.cutting.stages import Stages, make_stages
from vtsplit.series.repository.checked_out import CheckedOut
from vtsplit.series.repository.revisions import Commits, Revision
from vtsplit.spec.document import Spec
from vtsplit.survey.cfile.definitions import Definitions
from vtsplit.tree.source_tree import SourceTree
from vtsplit.verify.inputs.flags import by_other_names
from vtsplit.verify.objects.compiled import compile_changed
from vtsplit.verify.tokens.design import Design
from vtsplit.verify.verdict import Answer, Mismatch, Verdict, not_used
from vtsplit.verify.verify import Request, verify


class BySpec(NamedTuple):
    """The verdict on a commit by a spec; None if the spec makes something else, and why."""

    verdict: Verdict | None
    why: str = ""


@dataclass(frozen=True)
class SpecSteps:
    """The patches that a spec makes, for the commits of a range; `place` is for their files."""

    commits: Commits
    place: CheckedOut
    spec: Spec
    defines: Mapping[str, str]

    def may_be(self, before: Path, after: Path) -> bool:
        """Tell whether main gains functions from one tree to another: wrappers, most likely."""
        was, now = (functions_of(_text_of(root / self.spec.main)) for root in (before, after))
        return not now <= was

    def verify(self, one: Revision, request: Request) -> BySpec:
        """Return the verdict on a commit that is what the next patches of a series make.

        `request` says how to compare. Raises RefusedError.
        """
        with two_commits(self.commits, one.parent, one.commit, self.place) as compared:
            return _verify_steps(compared, request, self.spec, self.defines)


def verify_commit(
    one: Revision, request: Request, defines: Mapping[str, str], steps: SpecSteps | None
) -> tuple[Verdict, bool]:
    """Return the verdict on a commit, and whether that is what the spec makes of it.

    What is likelier is tried first, the same program or wrappers; the other follows if that proves
    nothing. If neither does, a limit says why it is not by the spec. Raises RefusedError.
    """
    found = None
    if steps is not None and steps.may_be(request.before, request.after):
        found = steps.verify(one, request)
        if found.verdict is not None:
            return found.verdict, True
    verdict = verify(request)
    compile_changed(request, defines, verdict)
    if steps is None or verdict.outcome is Answer.PROVED:
        return verdict, False
    found = found or steps.verify(one, request)
    if found.verdict is not None:
        return found.verdict, True
    verdict.limits.append(not_used(steps.spec.file, found.why))
    return verdict, False


def _verify_steps(
    compared: ComparedTrees, request: Request, spec: Spec, defines: Mapping[str, str]
) -> BySpec:
    before, _ = compared.sources
    try:
        cut = make_stages(spec, before, None)
    except RefusedError as error:
        return BySpec(None, f"vtsplit refuses it on the commit before: {_first(error)}")
    for steps in all_at_once(cut):
        if next(_unlike(steps, cut, spec, compared), None) is None:
            asked = _request_for(steps, compared, request)
            if steps.is_same_program:
                verdict = verify(asked)
                compile_changed(asked, defines, verdict)
                return BySpec(verdict)
            plan = replace(cut.result.plan, steps=_opened(cut.result.plan.steps, steps, before))
            made = _new_functions(cut.result, steps, spec.main, before)
            result = replace(cut.result, plan=plan, made=made)
            result = replace(result, texts=steps.texts_by_old_path, moved=steps.moved)
            return BySpec(_judge(asked, spec, compared.sources, steps, result, defines))
    return BySpec(None, _why_unlike(cut, spec, compared))


def _request_for(steps: StepsAtOnce, compared: ComparedTrees, request: Request) -> Request:
    """Return a request for two trees, in words of the steps that lead from one to the other."""
    renamed = {**compared.differing.renamed, **steps.moved}
    records = request.records
    return replace(
        request,
        before=compared.before,
        after=compared.after,
        home=compared.home,
        differing=replace(compared.differing, renamed=renamed),
        records=records and by_other_names(records, [*steps.moved.items()]),
        design=Design(steps.names),
    )


def _judge(
    request: Request,
    spec: Spec,
    trees: tuple[SourceTree, SourceTree],
    steps: StepsAtOnce,
    result: Transformed,
    defines: Mapping[str, str],
) -> Verdict:
    """Return the verdict on steps with wrappers: those in front are proved, the rest compared."""
    first = steps.same_program
    texts = first.texts_by_old_path
    verdict = verify_texts(request, trees[0], texts, first.moved, first.names)
    judge_dispatch(request, spec, trees, result, verdict, defines)
    said = "the program changes as the spec says: each item was compared with it"
    verdict.limits.append(BESIDE_WRAPPERS if first.stages else said)
    return verdict


def _first(error: RefusedError) -> str:
    one = error.problems[0]
    return f"{one.message} ({one.site})" if one.site else one.message


def _unlike(
    steps: StepsAtOnce, cut: Stages, spec: Spec, compared: ComparedTrees
) -> Iterator[Mismatch]:
    made = _new_functions(cut.result, steps, spec.main, compared.sources[0])
    option = spec.dispatch.backend.config if spec.dispatch else None
    return find_unlike(steps, made, compared.sources, compared.differing, option)


def _why_unlike(cut: Stages, spec: Spec, compared: ComparedTrees) -> str:
    """Say what a commit has other than those steps make that it is most like."""
    if not cut.every:
        return "all that it asks for is done in the commit before"
    none = no_step(compared.sources[0], compared.differing)
    every = [[*_unlike(steps, cut, spec, compared)] for steps in (*all_at_once(cut), none)]
    found = min(every, key=len)
    if found is every[-1]:
        return "the commit makes none of its steps"
    first, *others = found
    more = f", and {number(len(others), 'more difference')}" if others else ""
    return f"the commit makes other changes than its steps: {_as_words(first)}{more}"


def _as_words(one: Mismatch) -> str:
    site = one.after or one.before
    place = f" ({site})" if site and site.line else ""
    return f"{one.what} '{one.name}' {one.message}{place}"


def _new_functions(
    result: Transformed, steps: StepsAtOnce, main: str, before: SourceTree
) -> Mapping[str, str]:
    """Return which functions main gains by steps, each with what it serves."""
    there, then = (functions_of(text) for text in (before.find(main), steps.texts.get(main)))
    return {name: why for name, why in result.made.items() if name in then - there}


def _opened(steps: Sequence[Step], done: StepsAtOnce, before: SourceTree) -> tuple[Step, ...]:
    """Return which steps are done of those that make a name seen by other files."""
    made = done.texts_by_old_path
    seen: dict[str, tuple[Definitions, Definitions]] = {}
    for step in steps:
        path = step.site.path
        if step.action in {Action.DECLARE, Action.EXPOSE} and path not in seen:
            texts = before.find(path) or "", made.get(path, before.find(path) or "")
            was, now = (Definitions.in_module(parse_module(text)) for text in texts)
            seen[path] = was, now
    return tuple(
        step
        for step in steps
        if step.site.path in seen
        for was, now in [seen[step.site.path]]
        if _is_open(now, step.symbol.new) and not _is_open(was, step.symbol.new)
    )


def _is_open(definitions: Definitions, name: str) -> bool:
    found = definitions.of(name)
    return bool(found) and not any(one.is_static for one in found)


def _text_of(path: Path) -> str:
    """Return a file's text; these trees are made of links, which a SourceTree does not follow."""
    return path.read_text(errors="surrogateescape") if path.is_file() else ""
