"""The diff of a page: for each file its pieces, with their kinds and reasons."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from vtsplit.apply.account import AccountedHunk
from vtsplit.change.changes import ChangeSet, FileChange
from vtsplit.cli.output.wording import reason_in_words, subject_in_words
from vtsplit.cli.page.content import DiffPiece, FileDiff, StepKind
from vtsplit.cli.page.diff.kinds import kind_of
from vtsplit.cli.page.diff.moves import find_moves
from vtsplit.cli.page.diff.pieces import Cut, cut, join
from vtsplit.planning.steps import Action, Step
from vtsplit.planning.symbol import Role

CONTEXT = 3
_NAMED = 3  # names in the title of a piece


@dataclass(frozen=True)
class Steps:
    """The steps of a plan, and the indices of those behind each hunk, by file in their order.

    `arriving` are the steps that bring an item from another file, by its new name.
    """

    all: Sequence[Step] = ()
    behind: Mapping[str, Sequence[Sequence[int]]] | None = None
    arriving: Mapping[str, Step] = field(default_factory=dict)

    def of(self, path: str, hunk: int) -> list[Step]:
        """Return the steps behind a hunk of a file."""
        found = (self.behind or {}).get(path, ())
        return [self.all[at] for at in found[hunk]] if hunk < len(found) else []


def steps_of(steps: Sequence[Step], hunks: Iterable[AccountedHunk]) -> Steps:
    """Return the steps of a plan by the hunks that they made."""
    behind: dict[str, list[Sequence[int]]] = {}
    for one in hunks:
        behind.setdefault(one.hunk.path, []).append(one.steps)
    arriving = {one.symbol.new: one for one in steps if one.action is Action.RELOCATE}
    return Steps(steps, behind, arriving)


def file_diffs(
    changes: ChangeSet, steps: Steps = Steps(), prefix: str = ""
) -> tuple[FileDiff, ...]:
    """Return what each file gains and loses, in pieces; `prefix` starts the names of pieces."""
    moves = find_moves(changes)
    counted = {stat.path: stat for stat in changes.stat()}
    found = []
    for at, change in enumerate(changes):
        stat = counted[change.path]
        pieces = _pieces(change, moves, steps, f"{prefix}{at}-")
        found.append(
            FileDiff(
                change.path, pieces, stat.added, stat.removed, change.old_path or "", _note(change)
            )
        )
    return tuple(found)


def _pieces(
    change: FileChange, moves: Mapping[tuple[str, str, int], str], steps: Steps, prefix: str
) -> tuple[DiffPiece, ...]:
    cuts = list(cut(change, CONTEXT, moves))
    behind = [
        [*_arrived(one, change, steps), *_steps_behind(one, steps.of(change.path, one.hunk))]
        for one in cuts
    ]
    kinds = [_kinds(one, found) for one, found in zip(cuts, behind, strict=True)]
    return tuple(
        _piece(
            f"p{prefix}{number}",
            [cuts[at] for at in group],
            [step for at in group for step in behind[at]],
            steps.of(change.path, cuts[group[0]].hunk),
        )
        for number, group in enumerate(join(cuts, kinds))
    )


def _piece(
    ident: str, cuts: Sequence[Cut], own: Sequence[Step], of_hunk: Sequence[Step]
) -> DiffPiece:
    """Return a piece with its own steps, or with those of its hunk if no step is about it."""
    owners = [owner for one in cuts for owner in one.owners]
    is_include = not own and all(owner.is_include for owner in owners)
    steps = own if own or is_include else of_hunk
    found = {StepKind.INCLUDE} if is_include else {kind_of(step) for step in steps}
    kinds = tuple(kind for kind in StepKind if kind in found) or (StepKind.OTHER,)
    rows = tuple(row for one in cuts for row in one.rows)
    return DiffPiece(ident, _title(cuts, kinds), kinds, _reasons(steps), rows, cuts[0].gap)


def _arrived(one: Cut, change: FileChange, steps: Steps) -> list[Step]:
    """Return the steps that have brought an item to this file, if a part adds it."""
    if not any(row.sign == "+" for row in one.rows):
        return []
    found = (steps.arriving.get(owner.name) for owner in one.owners if owner.name)
    here = {change.path, change.old_path}
    return [step for step in found if step is not None and step.site.path not in here]


def _steps_behind(one: Cut, steps: Sequence[Step]) -> list[Step]:
    """Return those of a hunk's steps that a part is about: by name, or by a line that goes.

    In a file that is no C nothing has a name: there a part is about all of them.
    """
    names = {owner.name for owner in one.owners if owner.name}
    if not names and not any(owner.is_include for owner in one.owners):
        return list(steps)
    lines = {row.old for row in one.rows if row.sign == "-"}
    is_table = any(owner.is_table for owner in one.owners)
    return [
        step
        for step in steps
        if not names.isdisjoint({step.symbol.old, step.symbol.new})
        or (is_table and step.symbol.role is Role.ENTRY)
        or any(first <= line <= last for first, last in step.spans for line in lines)
    ]


def _kinds(one: Cut, steps: Sequence[Step]) -> tuple[StepKind, ...]:
    """Return the kinds of a part's steps; none if no step is about it."""
    if not steps and all(owner.is_include for owner in one.owners):
        return (StepKind.INCLUDE,)
    found = {kind_of(step) for step in steps}
    return tuple(kind for kind in StepKind if kind in found)


def _title(cuts: Sequence[Cut], kinds: Sequence[StepKind]) -> str:
    names = dict.fromkeys(o.name for one in cuts for o in one.owners if o.name)
    if not names:
        return "includes" if StepKind.INCLUDE in kinds else ""
    shown = ", ".join([*names][:_NAMED])
    return f"{shown} and {len(names) - _NAMED} more" if len(names) > _NAMED else shown


def _reasons(steps: Iterable[Step]) -> tuple[str, ...]:
    """Return each step with its reason, once, and without what only repeats the subject."""
    said = (
        f"{step.action} {subject_in_words(step)}: {reason_in_words(step.reason)}" for step in steps
    )
    return tuple(dict.fromkeys(said))


def _note(change: FileChange) -> str:
    if change.old_path:
        return f"renamed from {change.old_path}"
    if change.before is None:
        return "new file"
    return "deleted" if change.after is None else ""
