"""Plan again when the tree changes while a plan is made."""

from collections.abc import Callable
from typing import TypeVar

from vtsplit.cli.terminal.printing import say
from vtsplit.diagnostics import RefusedError
from vtsplit.tree.source_tree import CHANGED

_TIMES = 3

ResultT = TypeVar("ResultT")


def planned_again(plan: Callable[[], ResultT], quiet: bool) -> ResultT:
    """Return what a plan comes to; make it anew if files that it read have changed meanwhile.

    Another run that writes to the tree is the usual cause. Raises RefusedError, also if files
    change every time.
    """
    for left in reversed(range(_TIMES)):
        try:
            return plan()
        except RefusedError as refused:
            changed = {problem.rule for problem in refused.problems} == {CHANGED}
            if not left or not changed:
                raise
            if not quiet:
                say("files have changed in the meantime: planning again")
    raise AssertionError
