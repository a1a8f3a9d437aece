"""Where names occur in a whole tree, read from disk in parallel; never parsed here."""

import errno
import os
import time
from abc import ABC, abstractmethod
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import ahocorasick_rs

from vtsplit.workers import processes, threads

C_SUFFIXES = (".c", ".h", ".S", ".inc", ".y", ".l")
TEXT_SUFFIXES = (*C_SUFFIXES, ".rst", ".txt", ".md", ".lds", ".py", ".pl", ".sh", ".awk", ".json")
_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$")
_TO_BLANKS = bytes(char if char in _WORD else ord(" ") for char in range(256))
_CHUNK = 512
_PIECE = 1 << 23  # bytes that are searched at once: no file of Linux has more than three times that
_MOST_READ = 1 << 30  # bytes of one file
_KEPT = frozenset({".git", ".pc"})
_TICK = 2 * 10**9  # ns: the coarsest times of a file system in use
_RARE = 4  # bytes: a text so short is found in many a file
MANY = 500  # names from which on SetSearch is the faster one

Numbers = Sequence[int]
_Run = Callable[[list[list[str]]], Iterable[list[Numbers | None]]]


@dataclass(frozen=True)
class Words:
    """For each name the files it occurs in as a whole word, paths from the root, sorted.

    `unread` are files and folders that could not be searched, for want of permission or by a fault
    of the disk.
    """

    files: dict[str, tuple[str, ...]]
    unread: tuple[str, ...] = ()

    def of(self, name: str) -> tuple[str, ...]:
        """Return the files that have the name."""
        return self.files.get(name, ())


def list_sources(root: Path, suffixes: tuple[str, ...] = TEXT_SUFFIXES) -> list[str]:
    """Return the paths, from the root, of all files with these suffixes; links are not followed.

    What git and quilt keep for themselves, `.pc` with its copies of older files, is left out.
    """
    return _list(root, suffixes)[0]


def _list(root: Path, suffixes: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Return the files below a root, sorted, and the folders that cannot be looked into."""
    found: list[str] = []
    closed: list[str] = []
    pending = [str(root)]
    cut = len(str(root).rstrip("/")) + 1
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        if entry.name not in _KEPT:
                            pending.append(entry.path)
                    elif entry.name.endswith(suffixes) and entry.is_file(follow_symlinks=False):
                        found.append(entry.path[cut:])
        except FileNotFoundError:
            continue  # it has gone in the meantime
        except OSError:
            closed.append(folder[cut:])
    return sorted(found), sorted(closed)


def find_words(
    root: Path,
    names: Iterable[str],
    paths: list[str] | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Words:
    """Search the tree's files for names as whole words, on all cores.

    `progress` is called with how many files of how many are done.
    """
    patterns = sorted({name.encode() for name in names if name})
    if not patterns:
        return Words({})
    chosen, unread = _list(root, TEXT_SUFFIXES) if paths is None else (paths, [])
    chunks = [chosen[at : at + _CHUNK] for at in range(0, len(chosen), _CHUNK)]
    found: dict[bytes, list[str]] = {}
    done = 0
    with _searching(root, patterns, len(chosen)) as run:
        for chunk, hits in zip(chunks, run(chunks), strict=True):
            for path, numbers in zip(chunk, hits, strict=True):
                if numbers is None:
                    unread.append(path)
                for number in numbers or ():
                    found.setdefault(patterns[number], []).append(path)
            done += len(chunk)
            progress(done, len(chosen))
    nowhere: tuple[str, ...] = ()
    return Words(
        {
            pattern.decode(): tuple(sorted(found[pattern])) if pattern in found else nowhere
            for pattern in patterns
        },
        tuple(unread),
    )


@contextmanager
def _searching(root: Path, patterns: list[bytes], files: int) -> Iterator[_Run]:
    """Yield what searches chunks of paths, by the way that is the faster one."""
    if files <= _CHUNK:
        yield partial(map, AutomatonSearch(root, patterns).run)
        return
    if len(patterns) < MANY:
        search = AutomatonSearch(root, patterns)
        with threads() as pool:
            yield lambda chunks: pool.map(search.run, chunks)
        return
    with processes(partial(_prepare, root, patterns)) as pool:
        yield lambda chunks: pool.map(_run, chunks)


_prepared: dict[str, "SetSearch"] = {}


def _prepare(root: Path, patterns: list[bytes]) -> None:
    _prepared["search"] = SetSearch(root, patterns)


def _run(paths: list[str]) -> list[Numbers | None]:
    return _prepared["search"].run(paths)


class WordIndex:
    """Remembers what searches of a tree have found, so that each name is looked for once.

    All searches are over the files that were there at the first one. `progress` is that of
    `find_words`.
    """

    def __init__(
        self, root: Path, progress: Callable[[int, int], None] = lambda done, total: None
    ) -> None:
        self.root = root
        self.progress = progress
        self._files: dict[str, tuple[str, ...]] = {}
        self._unread: tuple[str, ...] = ()
        self._listed: tuple[list[str], list[str]] | None = None
        self._began = _file_time()

    def find(self, names: Iterable[str]) -> Words:
        """Return where these names occur; what is not known yet is searched for at once."""
        wanted = {name for name in names if name}
        missing = wanted - self._files.keys()
        if missing:
            self._listed = self._listed or _list(self.root, TEXT_SUFFIXES)
            paths, closed = self._listed
            found = find_words(self.root, missing, paths, self.progress)
            self._files |= found.files
            self._unread = (*closed, *found.unread)
        return Words({name: self._files[name] for name in wanted}, self._unread)

    def changed(self) -> list[str]:
        """Return the files in which a search would now find other names than it did.

        Only files that are new, gone or changed since the index was made are searched again.
        """
        if self._listed is None:
            return []
        there, _ = _list(self.root, TEXT_SUFFIXES)
        before = set(self._listed[0])
        again = [path for path in there if path not in before or self._is_touched(path)]
        suspects = {*again, *before.difference(there)}
        if not suspects:
            return []
        now = find_words(self.root, self._files, again)
        found = (suspects.intersection(paths) for paths in self._files.values())
        pairs = zip(self._files, found, strict=True)
        return sorted(
            {path for name, then in pairs for path in then.symmetric_difference(now.of(name))}
        )

    def _is_touched(self, path: str) -> bool:
        try:
            return os.stat(f"{self.root}/{path}").st_ctime_ns >= self._began  # noqa: PTH116
        except OSError:
            return True


def _file_time() -> int:
    """Return the time that a file would get which is changed now; no later one, if in doubt."""
    clock = getattr(time, "CLOCK_REALTIME_COARSE", None)  # the clock of Linux's file systems
    return time.time_ns() - _TICK if clock is None else time.clock_gettime_ns(clock)


class _Search(ABC):
    """Looks for names in files below a folder, by the numbers that the names have."""

    base: str

    def run(self, paths: list[str]) -> list[Numbers | None]:
        """Return the numbers of the names that each file has; None for one that is unreadable."""
        return [_numbers_in(self._numbers, self.base + path) for path in paths]

    @abstractmethod
    def _numbers(self, text: bytes) -> Iterable[int]:
        """Return the numbers of the names that a text has."""


class AutomatonSearch(_Search):
    """Looks for names in files; a few beginnings of names first, in which most files fail.

    It runs without Python's lock, so that threads do share the work. For some hundreds of names:
    each hit takes time, and of many names there are many.
    """

    def __init__(self, root: Path, patterns: list[bytes]) -> None:
        self.base = f"{root}/"
        self.names = ahocorasick_rs.BytesAhoCorasick(patterns)
        self.beginnings = ahocorasick_rs.BytesAhoCorasick(beginnings(patterns))

    def _numbers(self, text: bytes) -> set[int]:
        if not self.beginnings.find_matches_as_indexes(text):
            return set()
        return {
            number
            for number, start, end in self.names.find_matches_as_indexes(text, overlapping=True)
            if _is_whole(text, start, end)
        }


class SetSearch(_Search):
    """Looks for names in files by all words that a file has: as fast for many names as for one."""

    def __init__(self, root: Path, patterns: list[bytes]) -> None:
        self.base = f"{root}/"
        self.patterns = patterns
        self.numbers: dict[bytes, int] = {}
        # What is no word itself, `a-b.c`, is looked for where its longest part is one.
        self.having: dict[bytes, list[int]] = {}
        self.wordless: list[int] = []
        for number, pattern in enumerate(patterns):
            parts = pattern.translate(_TO_BLANKS).split()
            if parts == [pattern]:
                self.numbers[pattern] = number
            elif parts:
                self.having.setdefault(max(parts, key=len), []).append(number)
            else:
                self.wordless.append(number)
        self.words = frozenset(self.numbers.keys() | self.having.keys())

    def _numbers(self, text: bytes) -> Iterator[int]:
        for word in self.words.intersection(text.translate(_TO_BLANKS).split()):
            if word in self.numbers:
                yield self.numbers[word]
            yield from (n for n in self.having.get(word, ()) if self._has(text, n))
        yield from (number for number in self.wordless if self._has(text, number))

    def _has(self, text: bytes, number: int) -> bool:
        pattern = self.patterns[number]
        at = text.find(pattern)
        while at >= 0 and not _is_whole(text, at, at + len(pattern)):
            at = text.find(pattern, at + 1)
        return at >= 0


def _is_whole(text: bytes, start: int, end: int) -> bool:
    return (not start or text[start - 1] not in _WORD) and (
        end == len(text) or text[end] not in _WORD
    )


def beginnings(patterns: Iterable[bytes], few: int = 8, most: int = 24) -> list[bytes]:
    """Return beginnings, one of which each pattern has: few, and each as long as it can be.

    They are at most `few` if four bytes are enough to tell so many apart, else at most `most`.
    A search for a few rare texts is a quick one.

    >>> beginnings([b"foo_get", b"foo_set", b"foo_sum", b"probe"], few=3)
    [b'foo_get', b'foo_s', b'probe']
    >>> beginnings([b"foo_get", b"foo_set", b"probe"], few=1), beginnings([b"ab", b"ac"], 1, 1)
    ([b'foo_', b'probe'], [b'a'])
    """
    found = sorted(set(patterns))
    while len(found) > few:
        common = [os.path.commonprefix(pair) for pair in pairwise(found)]
        longest = max(common, key=len)
        if not longest or (len(longest) < _RARE and len(found) <= most):
            break
        found = sorted({longest, *(one for one in found if not one.startswith(longest))})
    return found


def _numbers_in(numbers: Callable[[bytes], Iterable[int]], path: str) -> Numbers | None:
    """Return the numbers in a file: none for one that has gone, None if it cannot be read."""
    try:
        # What was a file when it was listed may be a FIFO now, for which one would wait.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError:
        return array("I")
    except OSError:
        return None
    try:
        size = os.fstat(descriptor).st_size
        if size <= _PIECE:
            return array("I", sorted(numbers(os.read(descriptor, size))))
        found: set[int] = set()
        for piece in _pieces(descriptor, size):
            found.update(numbers(piece))
        return array("I", sorted(found))
    except (OSError, _TooLargeError):
        return None
    finally:
        os.close(descriptor)


class _TooLargeError(Exception):
    """A file with more text than can be searched."""


def _pieces(descriptor: int, size: int) -> Iterator[bytes]:
    """Yield the text of a large file in pieces of whole lines; holes are passed over."""
    at, read, rest = 0, 0, b""
    while at < size:
        try:
            data = os.lseek(descriptor, at, os.SEEK_DATA)
        except OSError as error:
            if error.errno != errno.ENXIO:  # nothing but a hole is left
                raise
            break
        if data > at and rest:
            yield rest
            rest = b""
        piece = os.pread(descriptor, _PIECE, data)
        at, read = data + len(piece), read + len(piece)
        if not piece:
            break
        if read > _MOST_READ:
            raise _TooLargeError
        end = max(piece.rfind(b"\n"), piece.rfind(b"\0")) + 1
        if not end and at < size:
            raise _TooLargeError  # a line of so many bytes
        yield rest + piece[:end]
        rest = piece[end:]
    if rest:
        yield rest
