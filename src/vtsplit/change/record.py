"""The journal of a run on disk: written before the first file changes, gone when all is done.

Its name says how far the run is. `preparing` lists what may lie beside the files, before any of it
is made; `journal` says that files are being replaced; `done` that only what lies beside is left.
One rename goes from each name to the next, and is synced before anything else is done.
"""

import contextlib
import os
import stat
from pathlib import Path

from vtsplit.change.durable import create, remove, remove_folder, sync_folders
from vtsplit.change.replacing import replacings
from vtsplit.tree.journal import (
    DONE,
    FOLDER,
    JOURNAL,
    PREPARING,
    VERSION,
    Journal,
    is_real_folder,
    is_there,
    read_journal,
)

_UNNAMED = "new"  # a journal that is being written


class Record:
    """The journal of one run in the folder `home`."""

    def __init__(self, home: Path, journal: Journal) -> None:
        self.home = home
        self.journal = journal
        self._folder = home / FOLDER
        self._committed = False  # for a disk that does not answer

    def begin(self) -> None:
        """Write down what is to be made. Raises OSError."""
        try:
            self._folder.mkdir()
        except FileExistsError:
            if not stat.S_ISDIR(self._folder.lstat().st_mode):
                raise
        new = self._folder / _UNNAMED
        remove(new)
        create(new, self.journal.encode())
        new.replace(self._folder / PREPARING)
        sync_folders([self._folder, self.home])

    def commit(self) -> None:
        """Say that files are going to be replaced: all that is listed is there. Raises OSError."""
        (self._folder / PREPARING).replace(self._folder / JOURNAL)
        self._committed = True
        sync_folders([self._folder])

    @property
    def is_committed(self) -> bool:
        """Tell whether files may have been replaced; the disk knows, if it answers."""
        try:
            (self._folder / JOURNAL).lstat()
        except FileNotFoundError:
            return False
        except OSError:
            return self._committed
        return True

    def settle(self) -> None:
        """Say that all files are as they are to be. Raises OSError if that cannot be said."""
        (self._folder / JOURNAL).replace(self._folder / DONE)
        self._committed = False
        with contextlib.suppress(OSError):  # if a power cut takes it back, the files stay right
            sync_folders([self._folder])

    def clean(self) -> list[Path]:
        """Remove what lies beside the files, then the journal; return what could not be removed.

        The journal stays as long as there is something that it lists.
        """
        all_ = replacings(self.home, self.journal)
        left = [path for one in all_ for path in (one.fresh, one.backup) if not remove(path)]
        for folder in reversed(self.journal.folders):
            remove_folder(self.home / folder)
        if left or os.path.islink(self._folder):  # noqa: PTH114 - not ours, nor what it leads to
            return left
        left = [
            path for name in (_UNNAMED, PREPARING, DONE) if not remove(path := self._folder / name)
        ]
        remove_folder(self._folder)
        return left


def leftovers(home: Path) -> Record | None:
    """Return the record of a dead run that has left things beside whole files. Raises RefusedError.

    Ask this under the lock of the folder: a run that is still alive also has such a record.
    """
    folder = home / FOLDER
    if not is_real_folder(folder):
        return None
    for name in (DONE, PREPARING):
        if is_there(folder / name):
            return Record(home, read_journal(folder / name))
    return Record(home, Journal(VERSION, 0, (), ()))  # it has not come to write its journal
