"""Gather the page of a range of commits: the diff of each, and its proof."""

from collections.abc import Iterable, Sequence

from vtsplit import __version__
from vtsplit.change.changes import ChangeSet
from vtsplit.cli.page.content import ChangeSection, Page
from vtsplit.cli.page.diff.file_diffs import file_diffs
from vtsplit.cli.page.proofs import proof_of, worst
from vtsplit.diagnostics import number, visible
from vtsplit.series.repository.revisions import Revision
from vtsplit.verify.verdict import Verdict

_COMMIT = 12


def page_of_range(
    range_: str, commits: Iterable[tuple[Revision, str, ChangeSet, Verdict | None]]
) -> Page:
    """Return the page of commits; each has the text of its message, its changes, its verdict."""
    sections: list[ChangeSection] = []
    found: Sequence[tuple[Revision, str, ChangeSet, Verdict | None]] = list(commits)
    for at, (one, text, changes, verdict) in enumerate(found, 1):
        title = f"{at}/{len(found)} {one.commit[:_COMMIT]} {visible(one.subject)}"
        files = file_diffs(changes, prefix=f"{at}-")
        sections.append(
            ChangeSection(f"commit{at}", title, visible(text, "\n\t"), proof_of(verdict), files)
        )
    facts = (("vtsplit", __version__), ("base commit", found[0][0].parent[:_COMMIT]))
    return Page(
        title=f"{visible(range_)}: {number(len(found), 'commit')}",
        proof=worst([section.proof for section in sections]),
        facts=facts,
        sections=tuple(sections),
    )
