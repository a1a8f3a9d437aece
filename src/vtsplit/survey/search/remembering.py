"""A search that asks what earlier runs have found, and reads only what has changed since."""

import time
from collections.abc import Iterable
from functools import cached_property

from vtsplit.survey.search.kept import (
    MOST_NAMES,
    KeptWords,
    read_kept,
    stamps_of,
    write_kept,
)
from vtsplit.survey.search.listing import Listing
from vtsplit.survey.search.words import Progress, Words, find_words, silent

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

    def __init__(self, listing: Listing, began: int, is_kept: bool) -> None:
        self.listing = listing
        self.began = began
        self.is_kept = is_kept
        self._unread: set[str] = set()
        self._asked: set[str] = set()
        self._is_new = False

    @cached_property
    def files(self) -> list[str]:
        """The files that are searched."""
        return self.listing.files

    @cached_property
    def _kept(self) -> KeptWords:
        """What is known of the files as they are now: for each name, those that have it."""
        kept = read_kept(self.listing.root) if self.is_kept else KeptWords()
        if not kept.files:
            return KeptWords()
        now = stamps_of(self.listing.root, self.files)
        stale = [path for path in self.files if kept.stamps.get(path, 0) != now.get(path)]
        if len(stale) > _MOST_STALE:
            return KeptWords()
        found = find_words(self.listing.root, kept.files, stale)
        self._unread.update(found.unread)
        self._is_new = bool(stale)
        fresh = now.keys() - set(stale)
        return KeptWords(
            now,
            {
                name: tuple(sorted({*fresh.intersection(files), *found.of(name)}))
                for name, files in kept.files.items()
            },
        )

    def find(self, names: Iterable[str], progress: Progress = silent) -> Words:
        """Return where these names occur."""
        asked = {name for name in names if name}
        self._asked |= asked
        known = self._kept.files
        missing = asked - known.keys()
        found = find_words(self.listing.root, missing, self.files, progress)
        self._unread.update(found.unread)
        if missing:
            self._is_new = True
            self._kept = KeptWords(self._kept.stamps, {**known, **found.files})
        files = {name: self._kept.files[name] for name in asked}
        return Words(files, (*self.listing.closed, *sorted(self._unread)))

    def keep(self) -> None:
        """Leave what was found to the next run; of very many names, those of this run alone."""
        files = self._kept.files
        if len(files) > MOST_NAMES:
            files = {name: files[name] for name in self._asked}
        if not self.is_kept or not self._is_new or len(files) > MOST_NAMES:
            return
        readable = [path for path in self.files if path not in self._unread]
        stamps = stamps_of(self.listing.root, readable, before=self.began)
        write_kept(self.listing.root, KeptWords(stamps, files))
        self._is_new = False
