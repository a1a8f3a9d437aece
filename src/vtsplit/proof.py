"""A split is proved before it is shown or written: what `split --verify` adds."""

import tempfile
from dataclasses import replace
from pathlib import Path
from posixpath import basename

from vtsplit.changes import changes_to
from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.planning.steps import Plan
from vtsplit.spec import Spec
from vtsplit.transform import Result, transform, without_dispatch
from vtsplit.tree import SourceTree
from vtsplit.verify.compare import Design
from vtsplit.verify.differing import Differing, is_source
from vtsplit.verify.flags import Records
from vtsplit.verify.scratch import lay_out
from vtsplit.verify.stated import compare_stated
from vtsplit.verify.verdict import Designed, Verdict
from vtsplit.verify.verify import Request, verify

_HELP = "nothing was written; `vtsplit verify` shows all of it"


def stated_names(plan: Plan) -> dict[str, str]:
    """Return all renames of a plan."""
    return {old: new for one in plan.renames.values() for old, new in one.names.items()}


def prove(
    root: Path, spec: Spec, tree: SourceTree, result: Result, records: Records | None
) -> Verdict:
    """Return the verdict on a change that is not written yet.

    Raises RefusedError where it is not proved: VT310 for each difference, else what stood in the
    way.
    """
    verdict = verify_split(root, spec, tree, result, records)
    if spec.dispatch is not None:
        compare_dispatched(result, result.over(tree), verdict)
    problems = [
        Problem("VT310", f"not proved: {one.what} '{one.name}' {one.message}", one.before, _HELP)
        for one in verdict.differences
    ]
    if problems or verdict.problems:
        raise RefusedError(*problems, *verdict.problems)
    return verdict


def compare_dispatched(result: Result, tree: SourceTree, verdict: Verdict) -> None:
    """Hold a tree against all that a spec with dispatch comes to, and list what that brings.

    The split alone does not have what only wrappers need: their declarations, for one.
    """
    compare_stated(result.new_texts, result.made, tree, verdict)
    known = {(one.change, one.name) for one in verdict.designed}
    wrong = {one.name for one in verdict.differences}
    changes = {"expose": "made global", "declare": "declared"}
    for step in result.plan.steps:
        change = changes.get(step.action, "")
        if change and (change, step.subject) not in known and step.subject not in wrong:
            verdict.designed.append(Designed(change, step.subject, Site(step.path)))


def verify_split(
    root: Path,
    spec: Spec,
    tree: SourceTree,
    result: Result,
    records: Records | None,
    request: Request | None = None,
) -> Verdict:
    """Return the verdict on the split that a spec asks for, dispatch left out.

    `request` says how to compare. Raises RefusedError.
    """
    if spec.dispatch is not None:
        result = transform(without_dispatch(spec), tree)
    changes = changes_to(tree, result.texts, result.moved)
    # What else a rename changes, as in documents, is no part of the program.
    parts = [
        part for change in changes for part in change.apart() if is_source(basename(part.path))
    ]
    differing = Differing(
        frozenset(c.path for c in parts if c.before is not None and c.after is not None),
        frozenset(c.path for c in parts if c.before is None),
        frozenset(c.path for c in parts if c.after is None),
        {change.old_path: change.path for change in changes if change.old_path},
    )
    with tempfile.TemporaryDirectory(prefix="vtsplit-") as folder:
        after = Path(folder).resolve()
        lay_out(root.resolve(), changes, after)
        design = Design(stated_names(result.plan))
        asked = request or Request(root, after, differing, records, design)
        verdict = verify(replace(asked, after=after, differing=differing, design=design))
    if spec.dispatch is not None:
        verdict.limits.append(
            "wrappers, the tables' entries and the module's start were held against the spec: what "
            "else the split changes was compared without them"
        )
    return verdict
