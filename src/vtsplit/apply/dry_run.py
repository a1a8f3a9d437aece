"""Split in memory, and return what would refuse the split."""

from typing import NamedTuple

from vtsplit.apply.account import account
from vtsplit.apply.transform import transform
from vtsplit.change.changes import changes_to
from vtsplit.diagnostics import Problem, RefusedError
from vtsplit.spec.document import Spec
from vtsplit.survey.search.index import WordIndex
from vtsplit.tree.source_tree import SourceTree


class DryRun(NamedTuple):
    """What a split is refused for, nothing if it goes through; and whether it changes anything."""

    problems: tuple[Problem, ...]
    changes: bool = False


def dry_run(spec: Spec, tree: SourceTree, index: WordIndex) -> DryRun:
    """Return what a split by this spec comes to."""
    try:
        result = transform(spec, tree, index=index)
        changes = changes_to(tree, result.texts, result.moved)
        account(result.plan, changes, 3, tree.real)
    except RefusedError as error:
        return DryRun(error.problems)
    return DryRun((), bool(changes))
