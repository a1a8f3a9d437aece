"""A split in memory, as far as it goes: what would refuse it."""

from vtsplit.account import account
from vtsplit.changes import changes_to
from vtsplit.diagnostics import Problem, RefusedError
from vtsplit.planning.plan import Planner
from vtsplit.self_check import check_outcome
from vtsplit.spec import Spec
from vtsplit.split import carry_out
from vtsplit.survey.words import WordIndex
from vtsplit.tree import SourceTree


def dry_run(spec: Spec, tree: SourceTree, index: WordIndex) -> tuple[Problem, ...]:
    """Return what a split by this spec is refused for; nothing where it goes through."""
    try:
        planner = Planner(spec, tree, index=index)
        plan = planner.plan()
        outcome = carry_out(plan, tree, planner.macro_of)
        check_outcome(plan, outcome)
        account(plan, changes_to(tree, outcome.after), 3, tree.real)
    except RefusedError as error:
        return error.problems
    return ()
