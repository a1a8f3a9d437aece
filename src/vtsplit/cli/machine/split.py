"""The outcome of a split, as JSON has it."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from vtsplit.apply.account import AccountedHunk
from vtsplit.change.changes import ChangeSet
from vtsplit.cli.machine.envelope import Origin, Report, place
from vtsplit.planning.edits import Plan
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action, Step
from vtsplit.planning.symbol import Role


class Change(msgspec.Struct):
    """A file that changes, by its path afterwards, and how many lines it gains and loses."""

    path: str
    old_path: str | None
    added: int
    removed: int


class Place(msgspec.Struct):
    """A place in a file of the tree before; line and column count from 1."""

    path: str
    line: int
    column: int


class Because(msgspec.Struct, omit_defaults=True):
    """The reason of a step. Which fields there are besides `why` depends on it."""

    why: Why
    name: str = ""
    of: str = ""
    path: str = ""
    through: str = ""
    site: Place | None = None


class Taken(msgspec.Struct):
    """A step: what is done to which symbol, where, why, and in which hunks it shows.

    `old` is empty for what is added, `new` for what goes. Line 0 is the file as a whole.
    """

    action: Action
    old: str
    new: str
    role: Role
    path: str
    line: int
    reason: Because
    hunks: list[int]


class Shown(msgspec.Struct):
    """A hunk of the diff; `steps` are the indices of those that made it."""

    path: str
    old_start: int
    old_lines: int
    new_start: int
    new_lines: int
    steps: list[int]


class Noted(msgspec.Struct):
    """A warning or a note. Line 0 is the file as a whole; without a path it is about all."""

    kind: str
    message: str
    help: str
    path: str | None
    line: int
    column: int


class SplitReport(Report, kw_only=True):
    """All that a split says."""

    command: str = "split"
    verdict: Literal["written", "would-change", "nothing-to-do", "refused", "half-written"]
    written: bool = False
    changes: list[Change] = msgspec.field(default_factory=list)
    steps: list[Taken] = msgspec.field(default_factory=list)
    hunks: list[Shown] = msgspec.field(default_factory=list)
    notes: list[Noted] = msgspec.field(default_factory=list)


def report_split(
    plan: Plan, changes: ChangeSet, hunks: Iterable[AccountedHunk], made: Origin, *, written: bool
) -> SplitReport:
    """Return the whole outcome of a split."""
    accounted = list(hunks)
    done: Literal["written", "would-change"] = "written" if written else "would-change"
    return SplitReport(
        spec=made.spec,
        base=made.base,
        verdict=done if changes else "nothing-to-do",
        written=written,
        changes=changed(changes),
        steps=[_taken(at, step, accounted) for at, step in enumerate(plan.steps)],
        hunks=[_shown(one) for one in accounted],
        notes=[Noted(n.kind.value, n.message, n.help, *place(n.site)) for n in plan.notes],
    )


def changed(changes: ChangeSet) -> list[Change]:
    """Return the files of a change as JSON has them."""
    return [Change(one.path, one.old_path, one.added, one.removed) for one in changes.stat()]


def _taken(at: int, step: Step, hunks: list[AccountedHunk]) -> Taken:
    symbol, site = step.symbol, step.site
    made = [index for index, one in enumerate(hunks) if at in one.steps]
    because = _because(step.reason)
    return Taken(
        step.action, symbol.old, symbol.new, symbol.role, site.path, site.line, because, made
    )


def _because(reason: Reason) -> Because:
    at = reason.site
    site = Place(at.path, at.line, at.column) if at else None
    return Because(reason.why, reason.name, reason.of, reason.path, reason.through, site)


def _shown(one: AccountedHunk) -> Shown:
    hunk = one.hunk
    return Shown(
        hunk.path, hunk.old_start, hunk.old_lines, hunk.new_start, hunk.new_lines, [*one.steps]
    )
