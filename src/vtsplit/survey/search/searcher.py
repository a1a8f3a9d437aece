"""A process that lists and searches a large tree, while this one reads and plans."""

import os
import pickle
import signal
from collections.abc import Iterable
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import NoReturn

from vtsplit.interrupt import SIGNALS
from vtsplit.progress import Progress
from vtsplit.survey.search.remembering import RememberingSearch
from vtsplit.survey.search.words import WordFiles
from vtsplit.workers import begin_worker


class SearcherDiedError(Exception):
    """The process has ended, and has not answered."""


class Searcher:
    """Asks another process for words: one question at a time, and each has an answer.

    The process ends with this one, however this one ends: nobody is at the other end of its pipe.
    """

    def __init__(self, search: RememberingSearch) -> None:
        self._ours, theirs = Pipe()
        self._owner = os.getpid()
        # The process must not answer a signal as this one does: they wait until it has begun.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        self._pid = os.fork()
        if self._pid == 0:
            _serve(search, theirs, self._ours, self._owner, before)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()

    @property
    def is_ours(self) -> bool:
        """Whether this process may ask; a worker that is forked from it may not."""
        return self._owner == os.getpid()

    def ask(self, names: Iterable[str]) -> None:
        """Have these names searched for. Raises SearcherDiedError."""
        try:
            self._ours.send(sorted(names))
        except OSError as error:
            raise SearcherDiedError from error

    def answer(self, progress: Progress) -> tuple[WordFiles, list[str]]:
        """Wait for what was found, and the files searched. Raises SearcherDiedError."""
        try:
            while isinstance(said := self._ours.recv(), tuple) and isinstance(said[0], int):
                progress(*said)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            raise SearcherDiedError from error
        words, files = said
        return words, files

    def close(self) -> None:
        """End the process, unless it is just keeping what it has found: that is waited for."""
        if not self.is_ours or not self._pid:
            return
        self._ours.close()
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGTERM)
        with suppress(ChildProcessError):
            os.waitpid(self._pid, 0)
        self._pid = 0


def _serve(
    search: RememberingSearch,
    pipe: Connection,
    other: Connection,
    owner: int,
    mask: set[signal.Signals | int],
) -> NoReturn:
    """Answer questions until nobody asks any more; never return."""
    try:
        begin_worker(owner)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        other.close()
        _answer(search, pipe)
    except BaseException:
        os._exit(1)  # the caller then searches itself
    os._exit(0)


def _answer(search: RememberingSearch, pipe: Connection) -> None:
    files = search.files
    while True:
        try:
            names = pipe.recv()
        except EOFError:
            return
        words = search.find(names, lambda done, total: pipe.send((done, total)))
        pipe.send((words, files))
        files = []
        # A run that ends now waits: half of a file would be of no use.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        search.keep()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
