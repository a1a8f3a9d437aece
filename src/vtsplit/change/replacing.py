"""One file between its two contents: each lies beside it while the other one is in place.

What is done is seen from the disk and not from a note, so that every step may be interrupted and
taken again: by the run itself, or by `vtsplit recover` after the run has died.
"""

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterable, Sequence
from enum import Enum
from pathlib import Path

from vtsplit.change.durable import create, sync_folders
from vtsplit.tree.journal import Journal, JournalEntry


class State(Enum):
    """What is in the place of a file."""

    BEFORE = "before"
    AFTER = "after"
    GONE = "gone"  # no file, though both ends have one
    OTHER = "other"  # a file that this run has not made


class ChangedError(Exception):
    """Somebody else has changed a file since the run began."""

    def __init__(self, entry: JournalEntry) -> None:
        super().__init__(entry.path)
        self.entry = entry


class LostContentError(Exception):
    """The content that is wanted was kept beside the file, and is not there now."""

    def __init__(self, entry: JournalEntry, kept: Path) -> None:
        super().__init__(entry.path)
        self.entry = entry
        self.kept = kept


def digest(content: bytes) -> str:
    """Return what tells a content from every other one."""
    return hashlib.sha256(content).hexdigest()


class Replacing:
    """The change of one file, below the folder that has the journal."""

    def __init__(self, home: Path, entry: JournalEntry) -> None:
        self.entry = entry
        self.target = home / entry.path
        self.fresh = self.target.with_name(entry.fresh)
        self.backup = self.target.with_name(entry.backup)

    def prepare(self, after: bytes | None, mode: int, model: Path | None) -> None:
        """Lay the new content and the old one beside the file, which stays as it is.

        `model` is the file whose owner, mode and attributes the new one gets. Raises OSError.
        """
        if after is not None:
            create(self.fresh, after, mode)
            if model is not None:
                _give_to_owner_of(model, self.fresh)
                shutil.copystat(model, self.fresh)  # mode, ACL and other attributes
                os.utime(self.fresh)  # but not the times: make must see that the file is newer
        if self.entry.before is not None:
            self._keep_old()

    def state(self) -> State:
        """Look at what is in the file's place. Raises OSError."""
        try:
            found = digest(self.target.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            found = None
        if found == self.entry.before:
            return State.BEFORE
        if found == self.entry.after:
            return State.AFTER
        return State.GONE if found is None else State.OTHER

    def check_after(self) -> State:
        """Refuse what `put_after` could not do. Raises OSError and the errors of this module."""
        state = self.state()
        if state is State.OTHER:
            raise ChangedError(self.entry)
        if state is not State.AFTER and self.entry.after is not None:
            self._check_kept(self.fresh, self.entry.after)
        return state

    def put_after(self) -> None:
        """Put the new content in place, or remove the file; the old content stays beside it."""
        state = self.check_after()
        if state is State.AFTER:
            return
        if state is State.BEFORE and self.entry.before is not None:
            self._keep_old()
        if self.entry.after is None:
            self.target.unlink()
        else:
            self.fresh.replace(self.target)

    def check_before(self) -> State:
        """Refuse what `put_before` could not do. Raises OSError and the errors of this module.

        A file that somebody else has changed before the run came to it stays as it is.
        """
        state = self.state()
        if state is State.OTHER:
            if not self._is_untouched():
                raise ChangedError(self.entry)
            return State.BEFORE
        if state is not State.BEFORE and self.entry.before is not None:
            self._check_kept(self.backup, self.entry.before)
        return state

    def put_before(self) -> None:
        """Bring the old content back, or remove the file.

        The new content stays beside it where the file system has hard links: to restore must need
        no space.
        """
        state = self.check_before()
        if state is State.BEFORE:
            return
        if state is State.AFTER and self.entry.after is not None:
            with contextlib.suppress(OSError):
                os.link(self.target, self.fresh)
        if self.entry.before is None:
            self.target.unlink()
        else:
            self.backup.replace(self.target)

    def _keep_old(self) -> None:
        """Have the old content, which is in place, beside the file too. Raises OSError."""
        with contextlib.suppress(FileNotFoundError):
            if digest(self.backup.read_bytes()) == self.entry.before:
                return
            self.backup.unlink()  # a copy that was never finished
        try:
            os.link(self.target, self.backup)  # the very file: owner, times, attributes
        except OSError:  # a file system without links, or someone else's file
            # Never into a file that is there: it may be a link to the target.
            create(self.backup, self.target.read_bytes(), 0o600)
            _give_to_owner_of(self.target, self.backup)
            shutil.copystat(self.target, self.backup)

    def _is_untouched(self) -> bool:
        """Tell whether the new content still waits to be put in place. Raises OSError."""
        try:
            self.fresh.lstat()
        except FileNotFoundError:
            return False
        return True

    def _check_kept(self, kept: Path, wanted: str) -> None:
        try:
            found = digest(kept.read_bytes())
        except FileNotFoundError:
            found = ""
        if found != wanted:
            raise LostContentError(self.entry, kept)


def replacings(home: Path, journal: Journal) -> list[Replacing]:
    """Return the changes of a journal, in its order."""
    return [Replacing(home, entry) for entry in journal.entries]


def put_all_after(all_: Sequence[Replacing]) -> None:
    """Bring all files to their new content: nothing is begun if one of them cannot be."""
    for one in all_:
        one.check_after()
    for one in all_:
        one.put_after()
    sync_folders(parents(all_))


def put_all_before(all_: Sequence[Replacing]) -> None:
    """Bring all files back to their old content: nothing is begun if one of them cannot be."""
    for one in all_:
        one.check_before()
    for one in reversed(all_):
        one.put_before()
    sync_folders(parents(all_))


def parents(all_: Iterable[Replacing]) -> list[Path]:
    """Return the folders that hold the files; one that is not there has no names to lose."""
    return [
        folder for folder in dict.fromkeys(one.target.parent for one in all_) if folder.is_dir()
    ]


def _give_to_owner_of(model: Path, path: Path) -> None:
    """Give a file the owner and the group that `model` has, as far as we may."""
    wanted, found = model.stat(), path.stat()
    if (wanted.st_uid, wanted.st_gid) != (found.st_uid, found.st_gid):
        with contextlib.suppress(PermissionError):
            os.chown(path, wanted.st_uid, wanted.st_gid)
