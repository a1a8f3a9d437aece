"""Verify a range of commits, each against the one before."""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from vtsplit.series.compared import differing_between
from vtsplit.series.repository.revisions import Revision, Revisions
from vtsplit.verify.inputs.differing import Differing
from vtsplit.verify.verdict import Verdict

# How two trees are compared that differ in some files.
Compare = Callable[[Revision, Path, Path, Differing], Verdict]


def verify_each(revisions: Revisions, compare: Compare) -> Iterator[tuple[Revision, Verdict]]:
    """Yield each commit with the verdict on it. Working tree, index and branches are left alone.

    Raises RefusedError where git fails.
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
            yield one, compare(one, before, after, differing_between(changes, trees, submodules))
            before = after
