"""Where names occur in a whole tree, read from disk in parallel; never parsed here."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import ahocorasick_rs

C_SUFFIXES = (".c", ".h", ".S", ".inc", ".y", ".l")
TEXT_SUFFIXES = (*C_SUFFIXES, ".rst", ".txt", ".md", ".lds", ".py", ".pl", ".sh", ".awk", ".json")
_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$")
_CHUNK = 512
_KEPT = frozenset({".git", ".pc"})


@dataclass(frozen=True)
class Words:
    """For each name the files it occurs in as a whole word, paths from the root, sorted."""

    files: dict[str, tuple[str, ...]]

    def of(self, name: str) -> tuple[str, ...]:
        """Return the files that have the name."""
        return self.files.get(name, ())


def list_sources(root: Path, suffixes: tuple[str, ...] = TEXT_SUFFIXES) -> list[str]:
    """Return the paths, from the root, of all files with these suffixes; links are not followed.

    What git and quilt keep for themselves, `.pc` with its copies of older files, is left out.
    """
    found: list[str] = []
    pending = [str(root)]
    cut = len(str(root).rstrip("/")) + 1
    while pending:
        try:
            with os.scandir(pending.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        if entry.name not in _KEPT:
                            pending.append(entry.path)
                    elif entry.name.endswith(suffixes) and entry.is_file(follow_symlinks=False):
                        found.append(entry.path[cut:])
        except OSError:
            # A folder one may not enter holds nothing that could be changed either.
            continue
    return sorted(found)


def find_words(
    root: Path,
    names: Iterable[str],
    paths: list[str] | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Words:
    """Search the tree's files for names as whole words, on all cores.

    The search itself runs without Python's lock, so that threads do share the work.
    `progress` is called with how many files of how many are done.
    """
    patterns = sorted({name.encode() for name in names if name})
    if not patterns:
        return Words({})
    chosen = list_sources(root) if paths is None else paths
    search = _Search(root, patterns)
    chunks = [chosen[at : at + _CHUNK] for at in range(0, len(chosen), _CHUNK)]
    found: dict[str, set[str]] = {pattern.decode(): set() for pattern in patterns}
    done = 0
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        jobs = pool.map(search.run, chunks)
        for chunk, hits in zip(chunks, jobs, strict=True):
            for name, path in hits:
                found[name].add(path)
            done += len(chunk)
            progress(done, len(chosen))
    return Words({name: tuple(sorted(paths)) for name, paths in found.items()})


class WordIndex:
    """Remembers what searches of a tree have found, so that each name is looked for once.

    It goes stale when the tree changes; `progress` is that of `find_words`.
    """

    def __init__(
        self, root: Path, progress: Callable[[int, int], None] = lambda done, total: None
    ) -> None:
        self.root = root
        self.progress = progress
        self._files: dict[str, tuple[str, ...]] = {}

    def find(self, names: Iterable[str]) -> Words:
        """Return where these names occur; what is not known yet is searched for at once."""
        wanted = {name for name in names if name}
        missing = wanted - self._files.keys()
        if missing:
            self._files |= find_words(self.root, missing, progress=self.progress).files
        return Words({name: self._files[name] for name in wanted})


class _Search:
    """Looks for names in files; a few beginnings of names first, in which most files fail."""

    def __init__(self, root: Path, patterns: list[bytes]) -> None:
        self.base = f"{root}/"
        self.patterns = patterns
        self.names = ahocorasick_rs.BytesAhoCorasick(patterns)
        self.beginnings = ahocorasick_rs.BytesAhoCorasick(beginnings(patterns))

    def run(self, paths: list[str]) -> set[tuple[str, str]]:
        """Return the pairs of name and path that are found; files that cannot be read have none."""
        hits = set()
        for path in paths:
            try:
                text = _read(self.base + path)
            except OSError:
                continue
            if not self.beginnings.find_matches_as_indexes(text):
                continue
            for pattern, start, end in self.names.find_matches_as_indexes(text, overlapping=True):
                if (not start or text[start - 1] not in _WORD) and (
                    end == len(text) or text[end] not in _WORD
                ):
                    hits.add((self.patterns[pattern].decode(), path))
        return hits


def beginnings(patterns: Iterable[bytes], most: int = 24) -> list[bytes]:
    """Return at most so many beginnings, as long as they can be, one of which each pattern has.

    >>> beginnings([b"foo_get", b"foo_set", b"probe"], most=2)
    [b'foo_', b'prob']
    """
    every = set(patterns)
    for length in range(max(map(len, every)), 0, -1):
        found = {pattern[:length] for pattern in every}
        if len(found) <= most:
            return sorted(found)
    return sorted({pattern[:1] for pattern in every})


def _read(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, os.fstat(descriptor).st_size)
    finally:
        os.close(descriptor)
