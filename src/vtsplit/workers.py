"""Pools of workers that end at once when the run is asked to end."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import get_context

from vtsplit.children import children_ended

_SET_PARENT_DEATH_SIGNAL = 1  # prctl(2)
# Later versions of Python have another process fork on Linux, with which workers would not end.
_FORK = "fork" if sys.platform == "linux" else None


_most: list[int] = []  # of workers, if the user says how many


def use_at_most(count: int | None) -> None:
    """Let no pool have more workers than this from now on; None lifts that."""
    _most[:] = [] if count is None else [count]


def processors() -> int:
    """Return how many workers a pool gets: as many as the user says, else one a processor."""
    if _most:
        return _most[0]
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def threads(count: int | None = None, waits: bool = False) -> Iterator[Executor]:
    """Yield a pool of threads, as many as `processors()` says if no number is given.

    One that `waits` runs compilers. After an error these are ended and waited for: they would go on
    alone.
    """
    with _ending(ThreadPoolExecutor(count or processors()), waits) as pool:
        yield pool


@contextmanager
def processes(prepare: Callable[[], None] | None = None) -> Iterator[Executor]:
    """Yield a pool of processes, as many as `processors()` says; each is prepared first."""
    begin = partial(begin_worker, os.getpid(), prepare)
    with _ending(ProcessPoolExecutor(processors(), get_context(_FORK), begin)) as pool:
        yield pool


def begin_worker(parent: int, prepare: Callable[[], None] | None = None) -> None:
    """Leave signals of the terminal to the first process, end with the parent, and prepare."""
    _end_with(parent)
    # Ctrl-C goes to all processes of a terminal; the first one answers it, and ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    if prepare is not None:
        prepare()


def _end_with(parent: int) -> None:
    """Have the kernel end this process when the one that has forked it ends, however it ends."""
    if sys.platform != "linux":
        return
    with suppress(ImportError, OSError, AttributeError):  # not every Python has it
        import ctypes  # no other process needs it

        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
    if os.getppid() != parent:  # it has ended already
        os._exit(1)


@contextmanager
def _ending(pool: Executor, waits: bool = False) -> Iterator[Executor]:
    """Wait for the workers, but not for work that nobody wants after an error."""
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        if waits:
            with children_ended():
                pool.shutdown()
        raise
    pool.shutdown()
