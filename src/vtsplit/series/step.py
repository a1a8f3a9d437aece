"""Hold a commit that changes the program against the patch that a series has for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from vtsplit.apply.proof import judge_dispatch
from vtsplit.apply.transform import Transformed
from vtsplit.cst.nodes import FunctionDef
from vtsplit.cst.parser import parse_module
from vtsplit.diagnostics import RefusedError
from vtsplit.planning.steps import Action, Step
from vtsplit.series.compared import ComparedTrees, two_commits
from vtsplit.series.cutting.stage import Stage
from vtsplit.series.cutting.stages import make_stages
from vtsplit.series.repository.checked_out import CheckedOut
from vtsplit.series.repository.revisions import Commits, Revision
from vtsplit.spec.document import Spec
from vtsplit.spec.posting import OTHER_PROGRAM
from vtsplit.survey.cfile.definitions import Definitions
from vtsplit.tree.source_tree import SourceTree
from vtsplit.verify.inputs.differing import Differing
from vtsplit.verify.objects.compiled import compile_changed
from vtsplit.verify.stated import compare_stated, compare_unstated
from vtsplit.verify.verdict import BY_TEXTS, Answer, Verdict
from vtsplit.verify.verify import Request, verify


@dataclass(frozen=True)
class SpecSteps:
    """The patches that a spec makes, for the commits of a range; `place` is for their files."""

    commits: Commits
    place: CheckedOut
    spec: Spec
    defines: Mapping[str, str]

    def may_be(self, before: Path, after: Path) -> bool:
        """Tell whether main gains functions from one tree to another: wrappers, most likely."""
        was, now = (_functions(_text_of(root / self.spec.main)) for root in (before, after))
        return not now <= was

    def verify(self, one: Revision, request: Request) -> Verdict | None:
        """Return the verdict on a commit that is what the next patches of a series make.

        None if it is something else, or more than wrappers: that is for a comparison by tokens.
        `request` says how to compare. Raises RefusedError.
        """
        with two_commits(self.commits, one.parent, one.commit, self.place) as compared:
            return _verify_step(compared, request, self.spec, self.defines)


def verify_commit(
    one: Revision, request: Request, defines: Mapping[str, str], steps: SpecSteps | None
) -> tuple[Verdict, bool]:
    """Return the verdict on a commit, and whether that is what the spec makes of it.

    What is likelier is tried first, the same program or wrappers; the other follows if that proves
    nothing. Raises RefusedError.
    """
    is_likely = steps is not None and steps.may_be(request.before, request.after)
    if steps is not None and is_likely and (step := steps.verify(one, request)):
        return step, True
    verdict = verify(request)
    compile_changed(request, defines, verdict)
    if steps is not None and not is_likely and verdict.outcome is not Answer.PROVED:
        step = steps.verify(one, request)
        return step or verdict, step is not None
    return verdict, False


def _verify_step(
    compared: ComparedTrees, request: Request, spec: Spec, defines: Mapping[str, str]
) -> Verdict | None:
    before, after = compared.sources
    try:
        cut = make_stages(spec, before, None)
    except RefusedError:
        return None  # the spec asks for something that this commit cannot be a part of
    for stage in cut.every:
        if stage.kind not in OTHER_PROGRAM:
            return None
        made = _new_functions(cut.result, stage, spec.main, before)
        if not _is_behind(stage, made, after, compared.differing):
            continue
        plan = replace(cut.result.plan, steps=_opened(cut.result.plan.steps, stage, before))
        result = replace(cut.result, plan=plan, texts=stage.texts, made=made, moved={})
        asked = replace(request, before=compared.before, home=compared.home)
        verdict = verify(replace(asked, after=compared.before, differing=Differing()))
        asked = replace(asked, after=compared.after, differing=compared.differing)
        judge_dispatch(asked, spec, compared.sources, result, verdict, defines)
        verdict.limits.append(
            "the program changes as the spec says: each item was compared with it"
        )
        return verdict
    return None


def _new_functions(
    result: Transformed, stage: Stage, main: str, before: SourceTree
) -> Mapping[str, str]:
    """Return which functions main gains by a stage, each with what it serves."""
    there, then = (_functions(text) for text in (before.find(main), stage.texts.get(main)))
    return {name: why for name, why in result.made.items() if name in then - there}


def _opened(steps: Sequence[Step], stage: Stage, before: SourceTree) -> tuple[Step, ...]:
    """Return which steps a stage takes of those that make a name seen by other files."""
    seen: dict[str, tuple[Definitions, Definitions]] = {}
    for step in steps:
        path = step.site.path
        if step.action in {Action.DECLARE, Action.EXPOSE} and path not in seen:
            texts = before.find(path) or "", stage.texts.get(path, before.find(path) or "")
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


def _functions(text: str | None) -> set[str]:
    items = parse_module(text or "").items
    return {item.name for item in items if isinstance(item, FunctionDef)}


def _is_behind(
    stage: Stage, made: Mapping[str, str], after: SourceTree, differing: Differing
) -> bool:
    """Tell whether a tree has all that a stage makes, and differs in nothing else."""
    found = Verdict(BY_TEXTS)
    compare_stated(stage.texts, made, after, found)
    compare_unstated(differing, stage.texts, found)
    return not found.differences
