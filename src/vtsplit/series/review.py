"""Verify a range of commits, each against the one before."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from vtsplit.diagnostics import number
from vtsplit.series.compared import differing_between
from vtsplit.series.repository.revisions import Revision, Revisions
from vtsplit.verify.inputs.differing import Differing
from vtsplit.verify.required import require_build
from vtsplit.verify.verdict import Verdict

# How two trees are compared that differ in some files.
Compare = Callable[[Revision, Path, Path, Differing], Verdict]

_NAMED = 3  # files outside of the tree


def verify_each(
    revisions: Revisions, compare: Compare, is_strict: bool
) -> Iterator[tuple[Revision, Verdict]]:
    """Yield each commit with the verdict on it. Working tree, index and branches are left alone.

    With `is_strict`, a proof that is weaker than it could be has problems. Raises RefusedError
    where git fails.
    """
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
            if outside := revisions.outside(one.parent, one.commit):
                verdict.weaken(_not_compared(outside, revisions.prefix.rstrip("/")))
            if is_strict:
                require_build(verdict)
            yield one, verdict
            before = after


def _not_compared(outside: Sequence[str], tree: str) -> str:
    more = ", ..." if len(outside) > _NAMED else ""
    names = ", ".join(outside[:_NAMED])
    return f"not compared: {number(len(outside), 'file')} outside of '{tree}' ({names}{more})"
