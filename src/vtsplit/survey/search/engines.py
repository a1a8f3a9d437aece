"""Looking for names in the text of files: two ways, one for few names and one for many."""

import errno
import os
from abc import ABC, abstractmethod
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import ahocorasick_rs

_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$")
_TO_BLANKS = bytes(char if char in _WORD else ord(" ") for char in range(256))
_PIECE = 1 << 23  # bytes that are searched at once: no file of Linux has more than three times that
_MOST_READ = 1 << 30  # bytes of one file
_RARE = 4  # bytes: a text so short is found in many a file

Numbers = Sequence[int]
GONE: Numbers = ()  # of a file that is not there any more


class Search(ABC):
    """Looks for names in files below a folder, by the numbers that the names have."""

    base: str

    def run(self, paths: list[str]) -> list[Numbers | None]:
        """Return the numbers of the names that each file has; None for one that is unreadable."""
        return [_numbers_in(self._numbers, self.base + path) for path in paths]

    @abstractmethod
    def _numbers(self, text: bytes) -> Iterable[int]:
        """Return the numbers of the names that a text has."""


class AutomatonSearch(Search):
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


class SetSearch(Search):
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
    names = sorted(set(patterns))
    shared = [_shared(*pair) for pair in pairwise(names)]
    found = names
    for least in sorted({*shared, *range(1, _RARE)} - {0}, reverse=True):
        if len(found) <= few or (least < _RARE and len(found) <= most):
            break
        found = names[:1]
        for name, length in zip(names[1:], shared, strict=True):
            if length >= least:
                found[-1] = found[-1][:length]
            else:
                found.append(name)
    return found


def _shared(one: bytes, other: bytes) -> int:
    """Return how many bytes two names have in common at their beginnings."""
    length = min(len(one), len(other))
    return next((at for at in range(length) if one[at] != other[at]), length)


def _numbers_in(numbers: Callable[[bytes], Iterable[int]], path: str) -> Numbers | None:
    """Return the numbers in a file: GONE for one that has gone, None if it cannot be read."""
    try:
        # What was a file when it was listed may be a FIFO now, for which one would wait.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError:
        return GONE
    except OSError:
        return None
    try:
        size = os.fstat(descriptor).st_size
        if size <= _PIECE:
            return array("I", sorted(numbers(_read(descriptor, size))))
        found: set[int] = set()
        for piece in _pieces(descriptor, size):
            found.update(numbers(piece))
        return array("I", sorted(found))
    except (OSError, _TooLargeError):
        return None
    finally:
        os.close(descriptor)


def _read(descriptor: int, size: int) -> bytes:
    """Return the text of a file; a single read may return less than there is."""
    text = os.read(descriptor, size)
    while len(text) < size and (more := os.read(descriptor, size - len(text))):
        text += more
    return text


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
