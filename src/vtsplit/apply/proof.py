"""Prove a split before it is shown or written: `split --verify`."""

import tempfile
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from posixpath import basename

from vtsplit.apply.apart.take import take_apart
from vtsplit.apply.transform import Transformed, transform, without_dispatch
from vtsplit.change.changes import ChangeSet, changes_to
from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.planning.context import read_context
from vtsplit.planning.plan import make_plan
from vtsplit.planning.steps import Action
from vtsplit.progress import Tell, silent
from vtsplit.rule import Rule
from vtsplit.spec.document import Spec
from vtsplit.survey.build.build_files import is_build_file
from vtsplit.tree.source_tree import SourceTree
from vtsplit.verify.inputs.differing import Differing, is_source
from vtsplit.verify.inputs.flags import Records
from vtsplit.verify.inputs.scratch import lay_out
from vtsplit.verify.no_build import WEAKER, weaker_proof
from vtsplit.verify.objects.compiled import WrappersOfMain, compile_changed
from vtsplit.verify.options import compare_options
from vtsplit.verify.stated import compare_stated, compare_unstated
from vtsplit.verify.tokens.design import Design
from vtsplit.verify.verdict import IntendedChange, Verdict
from vtsplit.verify.verify import NO_FILE_DIFFERS, Request, verify

NOT_PROVED = Rule(
    "VT310",
    "not-proved",
    "the change could not be proved",
    "`split --verify` found a difference: a macro that sees a name change, a defect of vtsplit, "
    "or, with `[dispatch]`, files that do not compile or give new warnings. If a reference "
    "means another 'struct x', main may lack an include that the source has in front: a header "
    "that sets `_GNU_SOURCE` or `_FILE_OFFSET_BITS` changes what later headers declare.",
    "Nothing was written. Write the change to a copy of the tree: `vtsplit verify` then shows "
    "all of it. If a name means another thing in main, compare main's includes with the source's, "
    "in their order.",
    "It comes up when `split --verify` compiles the result and the compiler gives a new warning.",
)


_HELP = "nothing was written; `vtsplit verify` shows all of it"
BESIDE_WRAPPERS = (
    "wrappers, the entries of tables and the module's start were compared with the spec; "
    "everything else that the split changes was compared without them"
)


def prove(
    spec: Spec,
    tree: SourceTree,
    result: Transformed,
    records: Records | None,
    defines: Mapping[str, str],
    tell: Tell = silent,
) -> Verdict:
    """Return the verdict on a change that is not written yet; `tell` is told how far it is.

    Raises RefusedError where it is not proved: VT310 for each difference, else what stood in the
    way.
    """
    root = tree.root
    asked = Request(root, root, Differing(), records, tell=tell)
    verdict = verify_split(root, spec, tree, result, records, asked)
    changes = changes_to(tree, result.texts, result.moved)
    if spec.dispatch is not None or defines:
        differing = differing_files(changes)
        with tempfile.TemporaryDirectory(prefix="vtsplit-") as folder:
            after = Path(folder).resolve()
            lay_out(root, changes, after)
            request = replace(asked, after=after, differing=differing)
            if spec.dispatch is None:
                compile_changed(request, defines, verdict)
            else:
                judge_dispatch(request, spec, (tree, result.over(tree)), result, verdict, defines)
    unwritten = {change.path for change in changes}
    problems = []
    for one in verdict.differences:
        message = f"not proved: {one.what} '{one.name}' {one.message}"
        problem = Problem(NOT_PROVED, message, one.before or one.after, _HELP)
        problems.append(problem if one.before else _of_result(problem, unwritten))
    problems += (_of_result(problem, unwritten) for problem in verdict.problems)
    if problems:
        raise RefusedError(*problems)
    return verdict


def verify_by_spec(
    request: Request,
    spec: Spec | None,
    trees: tuple[SourceTree, SourceTree],
    defines: Mapping[str, str],
) -> Verdict:
    """Return the verdict on two trees that exist; a spec may say how they differ.

    Without dispatch a spec states the renames. With it, the split that it asks for is proved, and
    the rest is held against its policies. Raises RefusedError.
    """
    before, _ = trees
    if spec is not None and spec.dispatch is not None:
        result = transform(spec, before)
        verdict = verify_split(request.before, spec, before, result, request.records, request)
        judge_dispatch(request, spec, trees, result, verdict, defines)
        return verdict
    if spec is not None:
        names = make_plan(read_context(spec, take_apart(spec, before).tree)).new_names
        request = replace(request, design=Design(names))
    verdict = verify(request)
    compile_changed(request, defines, verdict)
    return verdict


def _of_result(problem: Problem, unwritten: Collection[str]) -> Problem:
    """Put the line into the message where it is one of a text that is not on disk."""
    site = problem.site
    if site is None or not site.line or site.path not in unwritten:
        return problem
    message = f"{problem.message} (line {site.line} of the result)"
    return replace(problem, message=message, site=Site(site.path))


def judge_dispatch(
    request: Request,
    spec: Spec,
    trees: tuple[SourceTree, SourceTree],
    result: Transformed,
    verdict: Verdict,
    defines: Mapping[str, str],
) -> None:
    """Hold what dispatch adds against the spec, and have it compiled; the verdict gets all.

    `trees` are before and after, `result` is what the spec comes to on the one before.
    """
    assert spec.dispatch is not None
    before, after = trees
    backend = spec.dispatch.backend
    if request.differing and NO_FILE_DIFFERS in verdict.limits:
        verdict.limits.remove(NO_FILE_DIFFERS)  # that is so of the split alone
    # The split has not said so if it changes nothing.
    is_said = any(one.startswith(WEAKER) for one in verdict.weaker)
    is_c = any(map(request.differing.is_c, request.differing.paths))
    if request.records is None and is_c and not is_said:
        verdict.weaken(weaker_proof(*request.asked()))
    compare_dispatched(result, trees, verdict)
    expected = {*result.texts, *result.moved.values()}
    changed = {*request.differing.paths, *result.new_texts}
    expected |= compare_options(before.find, after.find, changed, backend.config, verdict)
    compare_unstated(request.differing, expected, verdict)
    names = frozenset(one.name for one in verdict.proved if one.stage == "spec")
    wrappers = WrappersOfMain(spec.main, names, backend.source, backend.config)
    compile_changed(request, defines, verdict, wrappers if names else None)


def differing_files(changes: ChangeSet) -> Differing:
    """Return which files of a program a change changes, makes and removes."""
    # What else a rename changes, as in documents, is no part of the program.
    parts = [
        part for change in changes for part in change.apart() if is_source(basename(part.path))
    ]
    return Differing(
        frozenset(c.path for c in parts if c.before is not None and c.after is not None),
        frozenset(c.path for c in parts if c.before is None),
        frozenset(c.path for c in parts if c.after is None),
        {change.old_path: change.path for change in changes if change.old_path},
    )


def compare_dispatched(
    result: Transformed, trees: tuple[SourceTree, SourceTree], verdict: Verdict
) -> None:
    """Hold the tree after against all that a spec with dispatch comes to; list what that brings.

    The split alone does not have what only wrappers need: their declarations, for one.
    """
    before, after = trees
    compare_stated(result.new_texts, result.made, after, verdict, before)
    known = {(one.change, one.name) for one in verdict.designed}
    wrong = {one.name for one in verdict.differences}
    changes = {Action.EXPOSE: "made global", Action.DECLARE: "declared"}
    for step in result.plan.steps:
        change, name = changes.get(step.action, ""), step.symbol.new
        if change and (change, name) not in known and name not in wrong:
            verdict.designed.append(IntendedChange(change, name, Site(step.site.path)))
    for path, text in result.new_texts.items():
        is_told = ("object listed", path) in known or path in wrong
        if is_build_file(path) and before.find(path) != text and not is_told:
            verdict.designed.append(IntendedChange("object listed", path, Site(path)))


def verify_split(
    root: Path,
    spec: Spec,
    tree: SourceTree,
    result: Transformed,
    records: Records | None,
    request: Request | None = None,
) -> Verdict:
    """Return the verdict on the split that a spec asks for, dispatch left out.

    `request` says how to compare. Raises RefusedError.
    """
    if spec.dispatch is not None:
        result = transform(without_dispatch(spec), tree)
    asked = request or Request(root, root, Differing(), records)
    asked = replace(asked, before=root)
    verdict = verify_texts(asked, tree, result.texts, result.moved, result.plan.new_names)
    if spec.dispatch is not None:
        verdict.limits.append(BESIDE_WRAPPERS)
    return verdict


def verify_texts(
    request: Request,
    tree: SourceTree,
    texts: Mapping[str, str],
    moved: Mapping[str, str],
    names: Mapping[str, str],
) -> Verdict:
    """Return the verdict on a tree and the same with these texts, by their paths so far.

    `moved` are new paths and `names` new names, by old ones; `request` says how to compare.
    """
    changes = changes_to(tree, texts, moved)
    differing = differing_files(changes)
    with tempfile.TemporaryDirectory(prefix="vtsplit-") as folder:
        after = Path(folder).resolve()
        lay_out(request.before.resolve(), changes, after)
        return verify(replace(request, after=after, differing=differing, design=Design(names)))
