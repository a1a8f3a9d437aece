"""What searches of a tree have found, kept in the user's cache folder for the next run.

A file there holds for the files of the tree that have not changed since: each has a stamp of what
the file system says of it. The change time is part of it, which no program sets (inode(7)).
"""

import os
import sys
import tempfile
import time
from array import array
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

import msgspec

from vtsplit import __version__
from vtsplit.survey.search.listing import TEXT_SUFFIXES

# What is found by other rules is not taken: raise the number when a search finds other words.
_RULES = f"1 {__version__} {sys.byteorder} {' '.join(TEXT_SUFFIXES)}"
_SUFFIX = ".words"
_FRESH = ".new"
_DIGEST = 16  # bytes
MOST_NAMES = 20_000
MOST_TREES = 20
_DEAD = 60  # seconds: no run takes so long to write a file


@dataclass(frozen=True)
class KeptWords:
    """The files of a tree with their stamps, and for each name the files that have it.

    A file that may have changed while it was searched has no stamp.
    """

    stamps: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class _Stored(msgspec.Struct, array_like=True):
    rules: str
    root: bytes
    paths: bytes  # with NUL between them
    stamps: bytes  # of 8 bytes each
    names: dict[str, bytes]  # to the numbers of paths, of 4 bytes each


def cache_folder() -> Path | None:
    """Return the folder for all trees (XDG Base Directory Specification); None if there is none."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(base):  # noqa: PTH117
        return Path(base) / "vtsplit/words"
    with suppress(RuntimeError):  # nobody knows the user's home
        return Path.home() / ".cache/vtsplit/words"
    return None


def kept_file(root: Path) -> Path | None:
    """Return the file for a tree."""
    folder = cache_folder()
    if folder is None:
        return None
    real = os.fsencode(root.resolve())
    return folder / f"{blake2b(real, digest_size=_DIGEST).hexdigest()}{_SUFFIX}"


def stamps_of(root: Path, paths: Iterable[str], before: int | None = None) -> dict[str, int]:
    """Return the stamps of those files that are there, and have changed `before` a time, in ns."""
    base = f"{root}/"
    found = {}
    for path in paths:
        with suppress(OSError):
            seen = os.stat(base + path, follow_symlinks=False)  # noqa: PTH116
            if before is None or seen.st_ctime_ns < before:
                found[path] = _stamp(seen)
    return found


def _stamp(seen: os.stat_result) -> int:
    # The hash of a tuple of whole numbers is the same in each run.
    return hash((seen.st_ctime_ns, seen.st_mtime_ns, seen.st_size, seen.st_ino))


def read_kept(root: Path) -> KeptWords:
    """Return what earlier runs have found in a tree; nothing if that cannot be trusted."""
    path = kept_file(root)
    try:
        if path is None or path.stat().st_uid != os.geteuid():
            return KeptWords()
        stored = _decode(path.read_bytes())
        if stored.rules != _RULES or stored.root != os.fsencode(root.resolve()):
            return KeptWords()
        found = _words_of(stored)
    except (OSError, ValueError, IndexError, msgspec.MsgspecError):
        return KeptWords()
    with suppress(OSError):  # the folder can be read only
        os.utime(path)
    return found


def _words_of(stored: _Stored) -> KeptWords:
    """Return what is stored. Raises ValueError or IndexError if it contradicts itself."""
    paths = os.fsdecode(stored.paths).split("\0")
    stamps = array("q", stored.stamps)
    names = {
        name: tuple(paths[number] for number in array("I", numbers))
        for name, numbers in stored.names.items()
    }
    return KeptWords({p: s for p, s in zip(paths, stamps, strict=True) if s}, names)


def _decode(data: bytes) -> _Stored:
    """Return what a file holds. Raises ValueError or MsgspecError if it is not whole."""
    if blake2b(data[_DIGEST:], digest_size=_DIGEST).digest() != data[:_DIGEST]:
        raise ValueError("the file is cut short")
    return msgspec.msgpack.decode(data[_DIGEST:], type=_Stored)


def write_kept(root: Path, kept: KeptWords) -> None:
    """Keep what was found for the next run; a full disk or a folder of somebody else is ignored.

    A file that is not whole is not read. Of two runs at once, the file of the last one stays.
    """
    path = kept_file(root)
    if path is None:
        return
    paths = sorted({*kept.stamps, *(one for files in kept.files.values() for one in files)})
    numbers = {one: number for number, one in enumerate(paths)}
    stored = _Stored(
        _RULES,
        os.fsencode(root.resolve()),
        os.fsencode("\0".join(paths)),
        array("q", (kept.stamps.get(one, 0) for one in paths)).tobytes(),
        {
            name: array("I", (numbers[one] for one in files)).tobytes()
            for name, files in kept.files.items()
        },
    )
    data = msgspec.msgpack.encode(stored)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, fresh = tempfile.mkstemp(_FRESH, dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(blake2b(data, digest_size=_DIGEST).digest() + data)
            Path(fresh).replace(path)
        except OSError:
            Path(fresh).unlink()
            raise
        _forget(path.parent)
    except OSError:
        return


def _forget(folder: Path) -> None:
    """Remove what dead runs have left, and the files of trees that were searched long ago."""
    known: list[tuple[float, Path]] = []
    for path in folder.iterdir():
        with suppress(OSError):
            used = path.stat().st_mtime
            if path.suffix == _SUFFIX:
                known.append((used, path))
            elif path.suffix == _FRESH and used < time.time() - _DEAD:
                path.unlink()
    for _, path in sorted(known)[:-MOST_TREES]:
        with suppress(OSError):
            path.unlink()
