"""What runs have left in a tree, as JSON has it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec

from vtsplit.change.replacing import State
from vtsplit.cli.machine.envelope import Report


class LeftFile(msgspec.Struct):
    """A file that a run was to replace, and what was in its place when recover began."""

    path: str
    state: Literal["before", "after", "gone", "other"]


class LeftFolder(msgspec.Struct):
    """A folder in which a run was ended while it wrote."""

    path: str
    files: list[LeftFile]


class RecoverReport(Report, kw_only=True):
    """All that recover says."""

    command: str = "recover"
    verdict: Literal["recovered", "nothing-to-do", "half-written", "refused"]
    folders: list[LeftFolder] = msgspec.field(default_factory=list)


def left_folder(path: Path, states: Iterable[tuple[str, State]]) -> LeftFolder:
    """Return what a run has left in a folder."""
    known: dict[State, Literal["before", "after", "gone", "other"]] = {
        State.BEFORE: "before",
        State.AFTER: "after",
        State.GONE: "gone",
        State.OTHER: "other",
    }
    return LeftFolder(str(path), [LeftFile(name, known[state]) for name, state in states])
