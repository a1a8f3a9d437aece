"""Where names occur in a whole tree, read from disk in parallel; never parsed here."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from vtsplit.progress import Progress, silent
from vtsplit.survey.search.engines import GONE, AutomatonSearch, Numbers, SetSearch
from vtsplit.survey.search.listing import FileListing
from vtsplit.workers import processes, threads

_CHUNK = 512
MANY = 500  # names from which on SetSearch is the faster one

_SearchRun = Callable[[list[list[str]]], Iterable[list[Numbers | None]]]


@dataclass(frozen=True)
class WordFiles:
    """For each name the files it occurs in as a whole word, paths from the root, sorted.

    `unread` are files and folders that could not be searched, as permission is missing or the disk
    has a fault; `gone` are files that were listed and then no longer there.
    """

    files: dict[str, tuple[str, ...]]
    unread: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    def of(self, name: str) -> tuple[str, ...]:
        """Return the files that have the name."""
        return self.files.get(name, ())


def find_words(
    root: Path,
    names: Iterable[str],
    paths: list[str] | None = None,
    progress: Progress = silent,
) -> WordFiles:
    """Search the tree's files for names as whole words, on all cores.

    `progress` is called with how many files of how many are done.
    """
    patterns = sorted({name.encode() for name in names if name})
    if not patterns:
        return WordFiles({})
    chosen, unread, gone = paths, list[str](), list[str]()
    if chosen is None:
        listing = FileListing(root)
        chosen, unread = listing.files, listing.closed
    chunks = [chosen[at : at + _CHUNK] for at in range(0, len(chosen), _CHUNK)]
    found: dict[bytes, list[str]] = {}
    done = 0
    with _searching(root, patterns, len(chosen)) as run:
        for chunk, hits in zip(chunks, run(chunks), strict=True):
            for path, numbers in zip(chunk, hits, strict=True):
                if numbers is None:
                    unread.append(path)
                elif numbers == GONE:  # an empty array is not equal to it
                    gone.append(path)
                for number in numbers or ():
                    found.setdefault(patterns[number], []).append(path)
            done += len(chunk)
            progress(done, len(chosen))
    nowhere: tuple[str, ...] = ()
    return WordFiles(
        {
            pattern.decode(): tuple(sorted(found[pattern])) if pattern in found else nowhere
            for pattern in patterns
        },
        tuple(unread),
        tuple(gone),
    )


@contextmanager
def _searching(root: Path, patterns: list[bytes], files: int) -> Iterator[_SearchRun]:
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
