"""Choose what the header and main include, without headers that a program can have once."""

from vtsplit.planning.context import Context
from vtsplit.planning.declaring import Declaring
from vtsplit.planning.fronts.front import Fronts
from vtsplit.planning.fronts.new_files import NewFiles
from vtsplit.planning.locals.closure import MovedLocals
from vtsplit.planning.moving import Moving
from vtsplit.planning.steps import Ledger

_DEEP = 3  # headers inside of each other that cannot be shared: more are not looked into


def plan_fronts(
    context: Context, moving: Moving, declaring: Declaring, moved: MovedLocals, ledger: Ledger
) -> Fronts:
    """Return what both files start with; `moved` are types and macros that go there.

    A header that holds a variable or says something of the module cannot be included by main too
    (VT049). If main needs only what that header includes, it includes this itself.
    """

    def attempt(opened: frozenset[str]) -> tuple[NewFiles, Fronts]:
        includes = context.includes.opening(opened) if opened else context.includes
        files = NewFiles(context, includes, Ledger())
        return files, files.plan(moving, declaring, moved)

    first, fronts = attempt(frozenset())
    last, opened = first, frozenset[str]()
    for _ in range(_DEEP):
        if last.single <= opened:
            break
        opened |= last.single
        last, others = attempt(opened)
        if not last.single and set(last.ledger.problems) < set(first.ledger.problems):
            ledger.take(last.ledger)
            return others
    ledger.take(first.ledger)
    return fronts
