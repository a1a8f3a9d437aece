"""The journal of a run that writes: what it says, where it is, and what it means for others.

It is a file in a hidden folder of the tree, and it is there only while the files of a change are
being replaced. If it is there and no run is writing, a run has died and the tree is half written:
then no command works on the tree but `vtsplit recover`.
"""

import errno
import json
import os
import shlex
import stat
from collections.abc import Iterable
from functools import partial
from pathlib import Path, PurePosixPath

import msgspec

from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.rule import Example, Rule
from vtsplit.tree.lock import wait_for_writer

FOLDER = ".vtsplit"
# The name of the file is the state of the run: one rename goes from each to the next.
PREPARING = "preparing"  # no file is changed yet; what is listed may lie beside the files
JOURNAL = "journal"  # files are being replaced
DONE = "done"  # all files are as wanted; what is listed may still lie beside them

_WRITTEN = """\
{"version": 1, "process": 4711, "folders": [], "entries": [{"path": "lamp.c", "before": "%s",
"after": "%s", "fresh": ".vtsplit-00.new", "backup": ".vtsplit-00.old"}]}
"""

TORN = Rule(
    "VT075",
    "half-written",
    "the tree is half written",
    "A run was ended in the middle of writing: by a kill, a crash or a power cut. Some files may "
    "be changed and some not. A plan for such a tree would be wrong.",
    "Run `vtsplit recover TREE`. It says what happened. With `--undo` or `--finish` it brings the "
    "tree to either end.",
    Example(files={f"{FOLDER}/{JOURNAL}": _WRITTEN % ("0" * 64, "1" * 64)}),
)

DAMAGED = Rule(
    "VT075",
    "damaged-journal",
    "the journal of a run cannot be read",
    "A run that was ended has left a journal, and this file is not what vtsplit wrote. So it is "
    "not known which files the run has changed.",
    "Compare the tree with git or a copy. Remove the folder `.vtsplit` when the tree is right.",
    Example(files={f"{FOLDER}/{JOURNAL}": "{}\n"}, command="vtsplit recover ."),
)

VERSION = 1

# A folder that we may not look into, or whose path is too long, has no journal of ours.
_NOT_OURS = {errno.EACCES, errno.ENAMETOOLONG, errno.ELOOP}


class JournalEntry(msgspec.Struct, frozen=True):
    """One file to change: digests of its content before and after, None where it is not there.

    `path` is below the folder that has the journal. `fresh` has the new content and `backup` the
    old one; they are names beside the file.
    """

    path: str
    before: str | None
    after: str | None
    fresh: str
    backup: str


class Journal(msgspec.Struct, frozen=True):
    """What a run is to change, in this order, and the folders that it makes, outermost first."""

    version: int
    process: int
    folders: tuple[str, ...]
    entries: tuple[JournalEntry, ...]

    def encode(self) -> bytes:
        """Return the text of the file; a path may have bytes that are no UTF-8."""
        return json.dumps(msgspec.to_builtins(self), indent=1).encode("ascii")


def read_journal(file: Path) -> Journal:
    """Read a journal. Raises RefusedError (VT075) if it is not one that vtsplit wrote."""
    try:
        journal = msgspec.convert(json.loads(file.read_bytes()), Journal)
        reason = _fault(journal)
    except (OSError, ValueError, RecursionError) as error:
        reason = error.strerror or "" if isinstance(error, OSError) else "it is no journal"
    if reason:
        shown = Site(_shown(file))
        raise RefusedError(Problem(DAMAGED, f"cannot read the journal: {reason}", shown))
    return journal


def _fault(journal: Journal) -> str:
    """Return what is wrong with a journal: nothing may lead it out of its folder."""
    if journal.version != VERSION:
        return f"another version of vtsplit wrote it ({journal.version})"
    paths = [*journal.folders, *(entry.path for entry in journal.entries)]
    names = [name for entry in journal.entries for name in (entry.fresh, entry.backup)]
    if not all(_is_inside(path) for path in paths):
        return "it names a path outside of its folder"
    if not all(name.startswith(".vtsplit-") and "/" not in name for name in names):
        return "it names a file that is not of vtsplit"
    return ""


def _is_inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    bad = {"..", "/", ".git"}
    return bool(parts) and "\0" not in path and not bad & {part.lower() for part in parts}


def has_journal(folder: Path | str) -> bool:
    """Tell whether a run has begun to replace files below a folder, and has not finished.

    vtsplit makes no link; one that is there is not its own. A disk that fails says yes: to read
    the journal then tells why it cannot be read.
    """
    place = f"{folder}/{FOLDER}"
    try:
        return is_there(f"{place}/{JOURNAL}") and stat.S_ISDIR(os.lstat(place).st_mode)
    except OSError as error:
        return error.errno not in _NOT_OURS


def is_there(path: Path | str) -> bool:
    """Tell whether something has this name. Raises OSError if the disk does not say."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def is_real_folder(path: Path | str) -> bool:
    """Tell whether a folder is there, and not a link to one. A disk that fails says no."""
    return os.path.isdir(path) and not os.path.islink(path)  # noqa: PTH112, PTH114


def refuse_half_written(root: Path, folders: Iterable[Path], alone: bool = False) -> None:
    """Refuse a tree if one of these folders, or one above the tree, has a journal (VT075).

    If a run is writing at this moment, it is waited for; `alone` says that none can be.
    """
    inside = [folder for folder in folders if has_journal(folder)]
    above = [folder for folder in root.parents if concerns(folder, root)]
    for folder in (*inside, *above):
        if not alone:
            wait_for_writer(folder, partial(has_journal, folder))
        if has_journal(folder):
            raise torn(folder)


def concerns(folder: Path, root: Path) -> bool:
    """Tell whether a folder above a tree has a journal of files in it.

    One of a stranger, as anybody can put it into /tmp, is no reason to stop.
    """
    if not has_journal(folder):
        return False
    file = folder / FOLDER / JOURNAL
    try:
        if file.lstat().st_uid not in {os.geteuid(), 0, root.stat().st_uid}:
            return False
        entries = read_journal(file).entries
    except (OSError, RefusedError):
        return False
    return any((folder / entry.path).is_relative_to(root) for entry in entries)


def torn(folder: Path) -> RefusedError:
    """Return the refusal for a folder that has the journal of a dead run."""
    journal = read_journal(folder / FOLDER / JOURNAL)
    message = f"a run of vtsplit (process {journal.process}) has ended in the middle of writing"
    advice = f"run: {recover_command(folder)}"
    return RefusedError(Problem(TORN, message, Site(_shown(folder)), advice))


def recover_command(folder: Path) -> str:
    """Return the command that says more about a folder that is half written."""
    return f"vtsplit recover {shlex.quote(_shown(folder))}"


def _shown(path: Path) -> str:
    """Return a path from the current folder, if it is below it."""
    try:
        here = Path.cwd()
    except OSError:
        return str(path)
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
