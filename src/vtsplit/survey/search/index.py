"""What is known of a tree's words: each name is looked for once in a run."""

import atexit
import os
from collections.abc import Iterable
from pathlib import Path

from vtsplit.progress import Progress, silent
from vtsplit.survey.search.listing import FileListing
from vtsplit.survey.search.remembering import RememberingSearch, file_time
from vtsplit.survey.search.searcher import Searcher, SearcherDiedError
from vtsplit.survey.search.words import WordFiles, find_words

_LARGE = 1024  # files: for fewer, another process takes longer than the search


class UnknownNamesError(Exception):
    """An index that is not open was asked for names that it does not know."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(names)
        super().__init__(self.names)


class WordIndex:
    """Remembers what searches of a tree have found, so that each name is looked for once.

    All searches are over the files that were there at the first one. `progress` is that of
    `find_words`. With `is_kept`, what is found in a large tree is kept for later runs. One that
    is not open searches no more, and raises UnknownNamesError.
    """

    def __init__(self, root: Path, progress: Progress = silent, is_kept: bool = False) -> None:
        self.root = root
        self.progress = progress
        self._files: dict[str, tuple[str, ...]] = {}
        self._unread: tuple[str, ...] = ()
        self._searched: list[str] | None = None
        self._began = file_time()
        self._search = RememberingSearch(FileListing(root), self._began, is_kept)
        self._searcher: Searcher | None = None
        self._asked: set[str] = set()
        self.is_open = True

    def start(self) -> None:
        """Let another process list the files of a large tree, and search it when asked to."""
        self._search.listing.go_on(_LARGE)
        if not self._search.listing.is_whole and hasattr(os, "fork"):
            self._searcher = Searcher(self._search)
            atexit.register(self.close)

    def close(self) -> None:
        """End the other process."""
        if self._searcher is not None:
            atexit.unregister(self.close)
            self._searcher.close()
            self._searcher = None

    def begin(self, names: Iterable[str]) -> bool:
        """Let these names be searched for meanwhile; tell whether that takes a while."""
        missing = {name for name in names if name} - self._files.keys()
        if not missing or self._asked or self._searcher is None or not self._searcher.is_ours:
            return False
        try:
            self._searcher.ask(missing)
        except SearcherDiedError:
            self.close()
            return False
        self._asked = missing
        return True

    def find(self, names: Iterable[str]) -> WordFiles:
        """Return where these names occur; what is not known yet is searched for at once."""
        wanted = {name for name in names if name}
        if self._asked:
            self._take_answer()
        if self.begin(wanted):
            self._take_answer()
        missing = wanted - self._files.keys()
        if missing and not self.is_open:
            raise UnknownNamesError(missing)
        if missing:
            self._learn(self._search.find(missing, self.progress), self._search.files)
        return WordFiles({name: self._files[name] for name in wanted}, self._unread)

    def _take_answer(self) -> None:
        assert self._searcher is not None
        self._asked = set()
        try:
            self._learn(*self._searcher.answer(self.progress))
        except SearcherDiedError:
            self.close()

    def _learn(self, found: WordFiles, files: list[str]) -> None:
        self._files |= found.files
        self._unread = found.unread
        if self._searched is None:
            self._searched = files

    def changed(self) -> list[str]:
        """Return the files in which a search would now find other names than it did.

        Only files that are new, gone or changed since the index was made are searched again.
        """
        if self._searched is None:
            return []
        there = FileListing(self.root).files
        before = set(self._searched)
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
