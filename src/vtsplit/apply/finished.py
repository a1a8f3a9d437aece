"""A split that is made in memory, with its changes, each of them accounted for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vtsplit.apply.account import AccountedHunk, account
from vtsplit.apply.transform import Transformed, transform
from vtsplit.change.changes import ChangeSet, changes_to
from vtsplit.spec.document import Spec
from vtsplit.survey.search.index import WordIndex
from vtsplit.tree.source_tree import SourceTree

if TYPE_CHECKING:
    from vtsplit.verify.verdict import Verdict


@dataclass(frozen=True)
class FinishedSplit:
    """A split that is made in memory and checked; `verdict` is there if it was also proved."""

    spec: Spec
    source: SourceTree
    result: Transformed
    changes: ChangeSet
    hunks: list[AccountedHunk]
    verdict: Verdict | None = None


def finish(
    spec: Spec,
    source: SourceTree,
    index: WordIndex | None,
    context: int = 3,
    *,
    force: bool = False,
) -> FinishedSplit:
    """Make a split in memory; `context` is how many lines a hunk has round its changes.

    Raises RefusedError.
    """
    result = transform(spec, source, force=force, index=index)
    changes = changes_to(source, result.texts, result.moved)
    hunks = account(result.plan, changes, context, source.real)
    return FinishedSplit(spec, source, result, changes, hunks)
