"""How far a run is, in a line on stderr: on a terminal it goes when the work is done."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import click

from vtsplit.cli.terminal.color import is_dumb
from vtsplit.cli.terminal.width import columns, cut
from vtsplit.progress import Progress, Tell, silent

_WAIT = 0.3  # seconds before a line is shown: most runs are over by then
_EVERY = 0.1  # seconds between two lines
_LONG = 5.0  # seconds before a line is said where it stays
_ERASE = "\r\x1b[K"


@contextmanager
def show_progress(phase: str, quiet: bool, then: str = "") -> Iterator[Progress]:
    """Show how far a phase is while it runs, as `show_phases` does.

    Yields a function to be told how many of how many steps are done. When all are, what comes
    `then` is shown, without counts.
    """
    with show_phases(quiet) as tell:

        def show(done: int, total: int) -> None:
            tell(phase, done, total)
            if then and done >= total:
                tell(then, 0, 0)

        yield show


@contextmanager
def show_phases(quiet: bool) -> Iterator[Tell]:
    """Show how far one phase after the other is.

    A terminal has a line that changes. A file or a pipe gets one line if the phases take long, as
    with a cold disk: nobody is to take a run for one that hangs.

    Yields a function to be told a phase, and how many of how many steps of it are done; of no steps
    the phase alone is shown.
    """
    if quiet:
        yield silent
        return
    if not sys.stderr.isatty() or is_dumb():
        yield _PlainLine().show
        return
    line = _ProgressLine()
    try:
        yield line.show
    finally:
        line.erase()


class _PlainLine:
    """The one line that stays: said once, after a while, if as much time is left at least.

    So a run that is a bit slower than usual does not say more than usual.
    """

    def __init__(self) -> None:
        self.begun = self.started = monotonic()
        self.phase = ""
        self.is_said = False

    def show(self, phase: str, done: int, total: int) -> None:
        """Say how far the phase is, if it is time for that."""
        if self.is_said:
            return
        now = monotonic()
        if phase != self.phase:
            self.phase, self.started = phase, now
        seconds = now - self.started
        if now - self.begun >= _LONG and done and seconds * (total - done) >= _LONG * done:
            self.is_said = True
            click.echo(described(phase, (done, total), seconds), err=True)


class _ProgressLine:
    """The line: the phase, since when it runs, and when something was last shown."""

    def __init__(self) -> None:
        self.begun = monotonic()
        self.started = self.begun  # of this phase; there may be several, one after the other
        self.shown = 0.0
        self.phase = ""
        self.done = 0

    def show(self, phase: str, done: int, total: int) -> None:
        """Show the line, unless it was shown a moment ago."""
        now = monotonic()
        is_new = phase != self.phase or done < self.done
        if is_new:
            self.started = now
        self.phase, self.done = phase, done
        if now - self.begun < _WAIT or (now - self.shown < _EVERY and total):
            return
        self.shown = now
        text = described(phase, (done, total), now - self.started)
        self._write(cut(text, (columns(sys.stderr) or 80) - 1))

    def erase(self) -> None:
        """Remove the line, if one is there."""
        if self.shown:
            self._write("")

    def _write(self, text: str) -> None:
        sys.stderr.write(f"{_ERASE}{text}")
        sys.stderr.flush()


def described(phase: str, counts: tuple[int, int], seconds: float) -> str:
    """Return the line: the phase, how much is done, and how long the rest will take.

    >>> described("searching the tree", (14_175, 56_700), 5.0)
    'searching the tree: 25% (14,175/56,700), 15 s left'
    >>> described("planning splits", (1, 100), 3.0)
    'planning splits: 1% (1/100), 4 min 57 s left'
    """
    done, total = counts
    if not total:
        return f"{phase}..."
    text = f"{phase}: {100 * done // total}% ({done:,}/{total:,})"
    if not done:
        return text
    minutes, rest = divmod(round(seconds * (total - done) / done), 60)
    return f"{text}, {f'{minutes} min ' if minutes else ''}{rest} s left"
