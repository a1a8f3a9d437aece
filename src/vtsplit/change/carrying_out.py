"""Carry a change out on disk: prepare, say so in the journal, replace, clean up; or restore.

All new contents are laid down beside the files that they replace, which is where a disk is full or
a folder closed. Only then does one rename after another put them in place. If one fails, those that
are done are undone (VT073). If the process dies, the journal has what `vtsplit recover` needs.
"""

import contextlib
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vtsplit.change.changes import FileChange
from vtsplit.change.durable import sync_folders
from vtsplit.change.record import Record, leftovers
from vtsplit.change.replacing import (
    ChangedError,
    LostContentError,
    Replacing,
    State,
    digest,
    parents,
    put_all_after,
    replacings,
)
from vtsplit.diagnostics import HalfWrittenError, Problem, RefusedError, Site, number
from vtsplit.interrupt import held_back, tell
from vtsplit.rule import Rule
from vtsplit.tree.journal import FOLDER, VERSION, Journal, JournalEntry, is_there, recover_command
from vtsplit.tree.source_tree import CHANGED

FAILED = Rule(
    "VT073",
    "failed",
    "a file cannot be written",
    "The message names the file and says why it cannot be written: the disk is full, or you may "
    "not write to the file or to its folder. All files of the tree are as they were before, unless "
    "the message says otherwise.",
    "Free some space on the disk, or get the right to write to the file and its folder "
    "(`ls -ld FOLDER` shows who has it). Then run the same command again. If the message names a "
    "file that cannot be removed, remove it.",
    "It comes up with `--write` in a folder that belongs to another user.",
)

NOT_RESTORED = Rule(
    "VT073",
    "not-restored",
    "writing failed, and not all files could be restored",
    "A file could not be written, and then a file that had been written already could not be "
    "brought back. So some files of the tree are new, and others are as they were before.",
    "Free some space on the disk, or get the right to write to the file that the message names. "
    "Then run `vtsplit recover TREE --undo`: it brings all files back as they were before. Until "
    "then, do not edit files of the tree, and leave its folder `.vtsplit` alone.",
    "It comes up when a disk fails while vtsplit writes.",
)


@dataclass(frozen=True)
class Target:
    """A change with the file that it replaces, links followed.

    `model` is another file whose mode and attributes the new one gets.
    """

    change: FileChange
    path: Path
    model: Path | None = None


def carry_out(
    home: Path, targets: Sequence[Target], count: int, say: Callable[[str], None]
) -> None:
    """Write all targets, below the folder that gets the journal; `count` is told as written.

    Raises RefusedError where nothing was written, and HalfWrittenError.
    """
    with held_back():
        try:
            clear(home)
            record = Record(home, _journal(home, targets))
        except OSError as error:  # a folder that cannot be seen is not one that has to be made
            message = (
                f"cannot look at '{error.filename}': {error.strerror}; every file is as it was"
            )
            raise RefusedError(Problem(FAILED, message, Site(str(error.filename)))) from error
        run = _WritingRun(record, targets)
        try:
            run.forward()
        except BaseException as error:
            problems = run.back(error)
            if record.is_committed:
                tell(f"not all files were restored; run: {recover_command(home)}")
                raise HalfWrittenError(*problems) from error
            if isinstance(error, (OSError, ChangedError, LostContentError)):
                raise RefusedError(*problems) from error
            raise
        tell(f"{number(count, 'file')} {'was' if count == 1 else 'were'} written")
        for path in record.clean():
            say(f"warning: '{path}' cannot be removed; run: {recover_command(home)}")


def clear(home: Path) -> int:
    """Remove what a dead run has left beside whole files; return how many files it had listed.

    Raises RefusedError.
    """
    dead = leftovers(home)
    if dead is None:
        return 0
    for path in dead.clean():
        message = f"cannot remove '{path}', which a run that was ended has left"
        raise RefusedError(Problem(FAILED, message, Site(str(path)), "remove it"))
    return len(dead.journal.entries)


def _journal(home: Path, targets: Sequence[Target]) -> Journal:
    folders: dict[str, None] = {}
    entries = []
    for target in targets:
        before, after = target.change.before, target.change.after
        above = [folder for folder in target.path.parents if folder.is_relative_to(home)]
        missing = [folder for folder in above if after is not None and not is_there(folder)]
        folders |= dict.fromkeys(one.relative_to(home).as_posix() for one in reversed(missing))
        token = secrets.token_hex(8)
        entry = JournalEntry(
            target.path.relative_to(home).as_posix(),
            None if before is None else digest(before),
            None if after is None else digest(after),
            f".vtsplit-{token}.new",
            f".vtsplit-{token}.old",
        )
        entries.append(entry)
    return Journal(VERSION, os.getpid(), tuple(folders), tuple(entries))


class _WritingRun:
    """A run that writes: forward, and back if that fails."""

    def __init__(self, record: Record, targets: Sequence[Target]) -> None:
        self.record = record
        self.targets = targets
        self.all = replacings(record.home, record.journal)
        self.pairs = tuple(zip(self.all, targets, strict=True))
        self.at = targets[0].change.path  # what is being written

    def forward(self) -> None:
        """Write all files. Raises what stands in the way, with some files written perhaps."""
        self.record.begin()
        for folder in self.record.journal.folders:
            path = self.record.home / folder
            self.at = next(t.change.path for t in self.targets if path in t.path.parents)
            path.mkdir()
            sync_folders([path.parent])
        for one, target in self.pairs:
            self.at = target.change.path
            change = target.change
            model = target.model or (None if change.before is None else target.path)
            one.prepare(change.after, change.mode, model)
        sync_folders(parents(self.all))
        self.record.commit()
        put_all_after(self.all)
        self.record.settle()

    def back(self, error: BaseException) -> list[Problem]:
        """Restore all that can be restored; return what there is to say of the run."""
        lost: list[Problem] = []
        if self.record.is_committed:
            # The last one that was written is restored first.
            lost = [_lost(*pair) for pair in reversed(self.pairs) if not _restored(pair[0])]
            if not lost:
                with contextlib.suppress(OSError):  # the journal is still there then
                    sync_folders(parents(self.all))
                    self.record.settle()
        left = [] if self.record.is_committed else self.record.clean()
        return [self._failure(error, left), *reversed(lost)]

    def _failure(self, error: BaseException, left: Sequence[Path]) -> Problem:
        path = self._place(error)
        command = recover_command(self.record.home)
        if self.record.is_committed:
            message = f"cannot write '{path}': {_reason(error)}; some files could not be restored"
            advice = f"remove the cause, then run: {command} --undo"
            return Problem(NOT_RESTORED, message, Site(path), advice)
        if isinstance(error, ChangedError):
            message = f"'{path}' has changed on disk in the meantime"
            return Problem(CHANGED, message, Site(path), "run the command again")
        message = f"cannot write '{path}': {_reason(error)}; every file is as it was"
        advice = f"'{left[0]}' cannot be removed; run: {command}" if left else ""
        return Problem(FAILED, message, Site(path), advice)

    def _place(self, error: BaseException) -> str:
        """Return the path of the change that failed: an error of the system names its file."""
        named = getattr(error, "filename2", None) or getattr(error, "filename", None)
        if isinstance(error, (ChangedError, LostContentError)):
            named = self.record.home / error.entry.path
        path = self.record.home if named is None else Path(os.fsdecode(named))
        for one, target in self.pairs:
            if path in {one.target, one.fresh, one.backup}:
                return target.change.path
        return str(path) if FOLDER in path.parts else self.at


def _lost(one: Replacing, target: Target) -> Problem:
    path = target.change.path
    where = "remove it" if target.change.before is None else f"its content is in '{one.backup}'"
    return Problem(NOT_RESTORED, f"'{path}' could not be restored: {where}", Site(path))


def _restored(one: Replacing) -> bool:
    """Bring a file back, and tell whether that went well."""
    try:
        one.put_before()
        return one.state() in (State.BEFORE, State.OTHER)
    except (OSError, ChangedError, LostContentError):
        return False


def _reason(error: BaseException) -> str:
    if isinstance(error, LostContentError):
        return f"'{error.kept}' is not what was written there"
    return (error.strerror if isinstance(error, OSError) else "") or str(error) or repr(error)
