"""Verify a range of commits, each against the one before."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from vtsplit.series.compared import checked_out, differing_between, not_compared
from vtsplit.series.repository.revisions import Revision, Revisions
from vtsplit.series.step import SpecSteps, verify_commit
from vtsplit.spec.document import Spec
from vtsplit.verify.inputs.differing import Differing
from vtsplit.verify.inputs.flags import Records, by_other_names
from vtsplit.verify.required import require_build
from vtsplit.verify.verdict import NO_DISPATCH, Answer, Verdict, not_used
from vtsplit.verify.verify import Request

# How two trees are compared that differ in some files.
_Compare = Callable[[Revision, Path, Path, Differing], Verdict]


@dataclass(frozen=True)
class HowToVerify:
    """How each commit of a range is compared.

    `unused` says why a spec that was found is not used, or is "". `asking` opens what a request for
    one commit runs in: it may say more of how to compare. With `is_strict`, a proof that is weaker
    than it could be has problems.
    """

    records: Records | None
    spec: Spec | None
    unused: str
    defines: Mapping[str, str]
    is_strict: bool
    asking: Callable[[Request], AbstractContextManager[Request]]


class VerifiedRevision(NamedTuple):
    """A commit with its verdict, and whether the spec was held against it."""

    revision: Revision
    verdict: Verdict
    is_by_spec: bool


def verify_range(revisions: Revisions, how: HowToVerify) -> Iterator[VerifiedRevision]:
    """Yield each commit with the verdict on it. Working tree, index and branches are left alone.

    One that changes the program is held against the spec, if there is one. Raises RefusedError.
    """
    records, spec = how.records, how.spec
    if records is not None:
        records = by_other_names(records, revisions.renamed())
    by_spec: set[str] = set()
    with checked_out(revisions) as place:
        unused, steps = how.unused, None
        if spec is not None and spec.dispatch is None:
            unused = not_used(spec.file, NO_DISPATCH)  # only wrappers change a program
        elif spec is not None:
            steps = SpecSteps(revisions, place, spec, how.defines)

        def compare(one: Revision, before: Path, after: Path, differing: Differing) -> Verdict:
            trees = Request(before, after, differing, records, home=revisions.root)
            with how.asking(trees) as request:
                verdict, is_by_spec = verify_commit(one, request, how.defines, steps)
            by_spec.update([one.commit] if is_by_spec else [])
            if unused and verdict.outcome is not Answer.PROVED:
                verdict.limits.append(unused)
            return verdict

        for one, verdict in _verify_each(revisions, compare, how.is_strict):
            yield VerifiedRevision(one, verdict, one.commit in by_spec)


def _verify_each(
    revisions: Revisions, compare: _Compare, is_strict: bool
) -> Iterator[tuple[Revision, Verdict]]:
    with TemporaryDirectory(prefix="vtsplit-") as name:
        folder = Path(name).resolve()
        before = folder / revisions.all[0].parent
        revisions.lay_out(before.name, before)
        for one in revisions.all:
            after = folder / one.commit
            revisions.lay_out(one.commit, after)
            changes = revisions.changes(one.parent, one.commit)
            submodules = revisions.submodules(one.parent, one.commit)
            # The two have links to the tree, which a search does not follow.
            trees = before, after, revisions.root
            verdict = compare(one, before, after, differing_between(changes, trees, submodules))
            if left := not_compared(revisions, one.parent, one.commit):
                verdict.weaken(left)
            if is_strict:
                require_build(verdict)
            yield one, verdict
            before = after
