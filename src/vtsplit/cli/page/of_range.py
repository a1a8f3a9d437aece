"""Gather the page of a range of commits: the diff of each, and its proof."""

from collections.abc import Iterable
from typing import NamedTuple

from vtsplit import __version__
from vtsplit.change.changes import ChangeSet
from vtsplit.cli.page.content import ChangeSection, Page
from vtsplit.cli.page.diff.file_diffs import file_diffs
from vtsplit.cli.page.proofs import proof_of, worst
from vtsplit.diagnostics import number, visible
from vtsplit.series.repository.revisions import Revision
from vtsplit.verify.verdict import Verdict

_COMMIT = 12


class ReviewedCommit(NamedTuple):
    """A commit with the text of its message, its changes and, if it was verified, the verdict.

    `spec` is the one that was held against it, or "".
    """

    revision: Revision
    text: str
    changes: ChangeSet
    verdict: Verdict | None = None
    spec: str = ""


def page_of_range(range_: str, commits: Iterable[ReviewedCommit]) -> Page:
    """Return the page of commits."""
    sections: list[ChangeSection] = []
    found = list(commits)
    for at, one in enumerate(found, 1):
        commit, subject = one.revision.commit[:_COMMIT], visible(one.revision.subject)
        text, proof = visible(one.text, "\n\t"), proof_of(one.verdict, one.spec)
        files = file_diffs(one.changes, prefix=f"{at}-")
        title = f"{at}/{len(found)} {commit} {subject}"
        sections.append(ChangeSection(f"commit{at}", title, text, proof, files))
    facts = (("vtsplit", __version__), ("base commit", found[0].revision.parent[:_COMMIT]))
    return Page(
        title=f"{visible(range_)}: {number(len(found), 'commit')}",
        proof=worst([section.proof for section in sections]),
        facts=facts,
        sections=tuple(sections),
    )
