"""One writer for each tree: the folder itself is locked, so that a dead run leaves no lock.

A writer locks its tree for itself, and shares the folders above with the writers of other trees
below them. So a run on a tree and a run on a folder of it wait for each other. The locks are those
of `flock`, which the kernel drops when a process ends, however it ends.
"""

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.rule import Rule

BUSY = Rule(
    "VT076",
    "busy",
    "another run is writing to this tree",
    "Two runs that write at once could each undo what the other one does. vtsplit has waited for "
    "ten seconds, and the other run has not ended.",
    "Run the command again when the other run has ended. The message has the number of its "
    "process.",
    "It comes up when two runs with `--write` work on one tree at the same time.",
)

PATIENCE = 10.0  # seconds to wait for another run
_PAUSE = 0.02
_SILENT = 0.3  # a run that waits no longer than this does not say so
_BLOCKED = (errno.EWOULDBLOCK, errno.EACCES)


@contextlib.contextmanager
def writing_alone(folders: tuple[Path, ...], say: Callable[[str], None]) -> Iterator[None]:
    """Hold the locks of these folders; wait for other runs first, and say for which one.

    Raises RefusedError (VT076).
    """
    started, said = time.monotonic(), False
    while isinstance(held := _try(folders, say), Path):
        waited = time.monotonic() - started
        if waited > PATIENCE:
            raise busy(held)
        if waited > _SILENT and not said:
            say(f"waiting for {_named(held)}, which is writing to '{held}'")
            said = True
        time.sleep(_PAUSE)
    try:
        yield
    finally:
        _close(held)


def wait_for_writer(folder: Path, is_writing: Callable[[], bool]) -> None:
    """Wait while another run is writing. Raises RefusedError (VT076)."""
    started = time.monotonic()
    while is_writing() and is_locked(folder):
        if time.monotonic() - started > PATIENCE:
            raise busy(folder)
        time.sleep(_PAUSE)


def busy(folder: Path) -> RefusedError:
    """Return the refusal for a folder that another run has locked."""
    message = f"{_named(folder)} is writing to this tree"
    return RefusedError(Problem(BUSY, message, Site(str(folder)), "run the command again later"))


def is_locked(folder: Path) -> bool:
    """Tell whether a living process writes below a folder."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return False
    try:
        return _lock(handle, fcntl.LOCK_SH) is False
    finally:
        _close([handle])


def _try(folders: tuple[Path, ...], say: Callable[[str], None]) -> list[int] | Path:
    """Lock all folders at once, or none; return the folder that another process holds."""
    alone = sorted({*folders}, key=lambda folder: len(folder.parts))
    above = [*reversed(alone[0].parents)]
    held: list[int] = []
    for folder in (*above, *alone):
        try:
            handle = os.open(folder, os.O_RDONLY)
        except OSError:
            continue  # a folder above that nobody may list; the tree itself was listed
        held.append(handle)
        done = _lock(handle, fcntl.LOCK_EX if folder in alone else fcntl.LOCK_SH)
        if done is False:
            _close(held)
            return folder
        if done is None and folder in alone:
            say(f"warning: '{folder}' cannot be locked: do not let two runs write to it at once")
    return held


def _lock(handle: int, how: int) -> bool | None:
    """Lock a folder without waiting; None where the file system has no locks."""
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except OSError as error:
        return False if error.errno in _BLOCKED else None
    return True


def _close(handles: Iterable[int]) -> None:
    """Give locks up; an error would hide what went wrong before, and the lock is gone anyway."""
    for handle in handles:
        with contextlib.suppress(OSError):
            os.close(handle)


def _named(folder: Path) -> str:
    process = holder(folder)
    return f"process {process}" if process else "another process"


def holder(folder: Path) -> int:
    """Return the process that has locked a folder, or 0 where the system does not tell.

    The kernel's list names a file by the numbers of its device and inode.
    """
    with contextlib.suppress(OSError):
        status = folder.stat()
        device = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}"
        for line in Path("/proc/locks").read_text().splitlines():
            fields = line.split()
            if "FLOCK" in fields and f"{device}:{status.st_ino}" in fields and "->" not in fields:
                return max(int(fields[fields.index("FLOCK") + 3]), 0)
    return 0
