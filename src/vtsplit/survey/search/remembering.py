"""A search that asks what earlier runs have found, and reads only what has changed since."""

import time
from collections.abc import Iterable
from functools import cached_property

from vtsplit.progress import Progress, silent
from vtsplit.survey.search.kept import (
    MOST_NAMES,
    KeptWords,
    read_kept,
    stamps_of,
    write_kept,
)
from vtsplit.survey.search.listing import FileListing
from vtsplit.survey.search.words import WordFiles, find_words

_TICK = 2 * 10**9  # ns
_MOST_STALE = 4096  # files: where more have changed, another tree stands in the same place


def file_time() -> int:
    """Return a time, in nanoseconds, that is no later than what a file gets that changes now.

    Some file systems keep whole seconds only, and FAT pairs of them.
    """
    return time.time_ns() - _TICK


class RememberingSearch:
    """Searches the files of a listing; what it finds is the same whatever earlier runs have kept.

    `began` is a time before the first file is read. Without `is_kept` nothing is taken from
    earlier runs, and nothing is left for later ones.
    """

    def __init__(self, listing: FileListing, began: int, is_kept: bool) -> None:
        self.listing = listing
        self.began = began
        self.is_kept = is_kept
        self._unread: set[str] = set()
        self._gone: set[str] = set()
        self._asked: set[str] = set()
        self._is_new = False

    @cached_property
    def files(self) -> list[str]:
        """The files that are searched."""
        return self.listing.files

    @cached_property
    def _stamps(self) -> dict[str, int]:
        """The stamps of the files before any of them is read; none if nothing is kept."""
        return stamps_of(self.listing.root, self.files) if self.is_kept else {}

    @cached_property
    def _kept(self) -> dict[str, tuple[str, ...]]:
        """What is known of the files as they are now: for each name, those that have it."""
        kept = read_kept(self.listing.root) if self.is_kept else KeptWords()
        if not kept.files:
            return {}
        stale = [p for p in self.files if kept.stamps.get(p, 0) != self._stamps.get(p)]
        if len(stale) > _MOST_STALE:
            return {}
        found = self._search(kept.files, stale)
        self._is_new = bool(stale)
        fresh = self._stamps.keys() - set(stale)
        return {
            name: tuple(sorted({*fresh.intersection(files), *found.of(name)}))
            for name, files in kept.files.items()
        }

    def _search(
        self, names: Iterable[str], paths: list[str], progress: Progress = silent
    ) -> WordFiles:
        _ = self._stamps  # they are taken before a file is read
        found = find_words(self.listing.root, names, paths, progress)
        self._unread.update(found.unread)
        self._gone.update(found.gone)
        return found

    def find(self, names: Iterable[str], progress: Progress = silent) -> WordFiles:
        """Return where these names occur."""
        asked = {name for name in names if name}
        self._asked |= asked
        missing = asked - self._kept.keys()
        if missing:
            self._kept.update(self._search(missing, self.files, progress).files)
            self._is_new = True
        files = {name: self._kept[name] for name in asked}
        return WordFiles(files, (*self.listing.closed, *sorted(self._unread)))

    def keep(self) -> None:
        """Leave what was found to the next run; of very many names, those of this run alone."""
        files = self._kept
        if len(files) > MOST_NAMES:
            files = {name: files[name] for name in self._asked}
        if not self.is_kept or not self._is_new or len(files) > MOST_NAMES:
            return
        sure = [path for path in self._stamps if path not in self._unread | self._gone]
        after = stamps_of(self.listing.root, sure, before=self.began)
        # What has another stamp behind the search may have been read as it was or as it is.
        stamps = {path: stamp for path, stamp in after.items() if stamp == self._stamps[path]}
        write_kept(self.listing.root, KeptWords(stamps, files))
        self._is_new = False
