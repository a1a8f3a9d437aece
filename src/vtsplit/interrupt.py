"""Signals that end a run: Ctrl-C, a polite kill, and a terminal that closes.

The first module that runs imports this one, and nothing else of vtsplit, so that a signal is
answered with one line and an exit code (130, 143 or 129) from the start on.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
BASE = 128  # the exit code of a shell for a program that a signal has ended, without its number
_ECHO = 0.5  # seconds in which the same signal comes again: `timeout` sends it twice


class InterruptedRunError(BaseException):
    """A signal asks the run to end. No handler of errors is to catch it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class _Watch:
    """What is known of signals, and of what a signal would leave behind."""

    def __init__(self) -> None:
        self.outcome = "nothing was written"
        self.unwinding = False  # a signal raises, so that temporary files are removed
        self.came = 0
        self.at = 0.0

    def handle(self, number: int, _: FrameType | None) -> None:
        """Answer a signal: the first one raises once commands run, each other one ends all."""
        now = time.monotonic()
        if number == self.came and now - self.at < _ECHO:
            return
        first, self.came, self.at = not self.came, number, now
        if first and self.unwinding:
            raise InterruptedRunError(number)
        end(number)


_watch = _Watch()


def watch() -> None:
    """Answer signals from now on; one that the run has inherited as ignored stays ignored."""
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _watch.handle)
    sys.unraisablehook = _show_unraisable


def unwind() -> None:
    """Let a signal raise InterruptedRunError from now on."""
    _watch.unwinding = True


def is_asked_to_end() -> int:
    """Return the signal that has come, or 0: an exception may be lost in a callback."""
    return _watch.came


def tell(outcome: str) -> None:
    """Keep what is to be said of the tree if a signal ends the run."""
    _watch.outcome = outcome


def end(number: int) -> None:
    """End the process at once, with one line and the signal's exit code."""
    say(f"ended by {signal.Signals(number).name}")
    os._exit(BASE + number)


def say(why: str) -> None:
    """Say why the run ends, and what it has written, whatever state the streams are in."""
    with suppress(OSError):
        os.write(2, f"{why}: {_watch.outcome}\n".encode("utf-8", "replace"))


def stop_listening() -> None:
    """Ignore signals: nothing is left to do but to end."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def held_back() -> Iterator[None]:
    """Hold signals back until what is done here is done; then they arrive.

    These are handlers, and no mask: a mask holds for one thread, and libraries have threads of
    their own.
    """
    came: list[int] = []
    try:
        before = {
            number: signal.signal(number, lambda came_by, _: came.append(came_by))
            for number in SIGNALS
        }
    except ValueError:  # another thread than the main one, which alone is ever interrupted
        yield
        return
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for arrived in dict.fromkeys(came):
            signal.raise_signal(arrived)


@contextmanager
def left_to_child() -> Iterator[None]:
    """Leave Ctrl-C to a program that has the terminal, such as a pager, while it runs."""
    try:
        before = signal.signal(signal.SIGINT, lambda number, frame: None)
    except ValueError:  # another thread than the main one
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _show_unraisable(unraisable: "sys.UnraisableHookArgs") -> None:
    if not isinstance(unraisable.exc_value, InterruptedRunError):
        sys.__unraisablehook__(unraisable)
