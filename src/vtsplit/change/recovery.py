"""What a dead run has left, and how to bring the tree to either end: before the run, or after it.

Both ways look at the disk and do what is missing there. So either may be interrupted at any moment
and given again, and after one of them was begun the other one can still be taken.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

from vtsplit.change.carrying_out import FAILED, clear
from vtsplit.change.record import Record
from vtsplit.change.replacing import (
    ChangedError,
    LostContentError,
    Replacing,
    State,
    put_all_after,
    put_all_before,
    replacings,
)
from vtsplit.diagnostics import HalfWrittenError, Problem, RefusedError, Site, number
from vtsplit.interrupt import held_back, tell
from vtsplit.rule import Rule
from vtsplit.tree.journal import (
    DAMAGED,
    FOLDER,
    JOURNAL,
    concerns,
    has_journal,
    is_real_folder,
    is_there,
    read_journal,
    recover_command,
)
from vtsplit.tree.lock import writing_alone

CHANGED_SINCE = Rule(
    "VT077",
    "changed-since",
    "a file has changed since the run was ended",
    "The file is neither what it was before the run nor what the run was to write. To recover "
    "would lose that change.",
    "Move the file to another place, and run the command again.",
    "It comes up when somebody edits a file before `vtsplit recover` is run.",
)

LOST_CONTENT = Rule(
    "VT077",
    "lost-content",
    "the content of a file is not there any more",
    "The run that was ended had kept the content beside the file, and that copy is gone.",
    "Take the other way, `--undo` or `--finish`. Or restore the files from git and remove the "
    "folder `.vtsplit`.",
    "It comes up when somebody removes the files `.vtsplit-*` before `vtsplit recover` is run.",
)


class End(Enum):
    """Where to bring a tree."""

    UNDO = "--undo"
    FINISH = "--finish"


class Recovery:
    """A folder in which a dead run has left a journal."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.journal = read_journal(home / FOLDER / JOURNAL)
        self.all = replacings(home, self.journal)
        for one in self.all:
            _check_inside(home, one)

    def states(self) -> list[tuple[str, State]]:
        """Return each file's path with what is in its place now. Raises RefusedError."""
        with _refusing(self.home):
            return [(one.entry.path, one.state()) for one in self.all]

    def obstacles(self, end: End) -> list[Problem]:
        """Return what stands in the way to an end."""
        problems: list[Problem] = []
        for one in self.all:
            try:
                with _refusing(self.home):
                    one.check_before() if end is End.UNDO else one.check_after()
            except RefusedError as refused:
                problems += refused.problems
        return problems

    def bring(self, end: End) -> None:
        """Bring all files to an end, under the lock. Raises RefusedError with nothing done.

        Raises HalfWrittenError if it fails in the middle; it can be done again.
        """
        if problems := self.obstacles(end):
            raise RefusedError(*problems)
        record = Record(self.home, self.journal)
        with held_back():
            try:
                with _refusing(self.home):
                    (put_all_before if end is End.UNDO else put_all_after)(self.all)
                    record.settle()
            except RefusedError as refused:
                tell(f"the tree is half written; run: {recover_command(self.home)}")
                raise HalfWrittenError(*refused.problems) from refused
            files = number(len(self.all), "file")
            are = "is" if len(self.all) == 1 else "are"
            tell(f"{files} {are} as {'before' if end is End.UNDO else 'after'} the run")
            if left := record.clean():
                message = f"cannot remove '{left[0]}'"
                raise RefusedError(Problem(FAILED, message, Site(str(left[0])), "remove it"))


def recoverable(root: Path) -> list[Path]:
    """Return the folders that a dead run has left something in: of a tree, or above it.

    The whole tree is searched, since the run may have been given a folder of it.
    """
    above = [folder for folder in root.parents if concerns(folder, root)]
    here = [root] if is_real_folder(root / FOLDER) else []
    return [*above, *here, *(Path(folder) for folder in _below(root))]


def _below(root: Path) -> Iterator[str]:
    for folder, folders, _ in os.walk(root):
        if FOLDER in folders and Path(folder) != root:
            yield folder
        folders[:] = [name for name in folders if name not in {FOLDER, ".git"}]


@contextmanager
def recovering(home: Path, say: Callable[[str], None]) -> Iterator[Recovery | None]:
    """Yield under the lock what is half written in a folder; None if its files are whole.

    What else a dead run has left there is removed first, and told. Raises RefusedError.
    """
    with writing_alone((home,), say):
        if has_journal(home):
            yield Recovery(home)
            return
        count = clear(home)
        say(f"removed what a run that was ended had laid beside {number(count, 'file')}")
        yield None


@contextmanager
def _refusing(home: Path) -> Iterator[None]:
    """Turn what goes wrong into a refusal."""
    try:
        yield
    except ChangedError as error:
        path = home / error.entry.path
        message = f"'{error.entry.path}' has been changed by somebody else since the run was ended"
        advice = "move the file to another place, and run the command again"
        raise RefusedError(Problem(CHANGED_SINCE, message, Site(str(path)), advice)) from error
    except LostContentError as error:
        message = f"the content for '{error.entry.path}' is not there: it was in '{error.kept}'"
        advice = "take the other way, or restore the files from git and remove '.vtsplit'"
        problem = Problem(LOST_CONTENT, message, Site(error.entry.path), advice)
        raise RefusedError(problem) from error
    except OSError as error:
        named = error.filename2 or error.filename or str(home)
        message = f"cannot write '{named}': {error.strerror or error}"
        raise RefusedError(Problem(FAILED, message, Site(str(named)))) from error


def _check_inside(home: Path, one: Replacing) -> None:
    """Refuse a journal that a link would lead to other files than it names."""
    parent = one.target.parent
    if is_there(parent) and parent.resolve(strict=True) != parent:
        message = f"cannot use the journal: a link is in the path '{one.entry.path}'"
        raise RefusedError(Problem(DAMAGED, message, Site(str(home / FOLDER / JOURNAL))))
