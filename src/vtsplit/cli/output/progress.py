"""The progress bar on stderr."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

Progress = Callable[[int, int], None]


@contextmanager
def show_progress(label: str, quiet: bool) -> Iterator[Progress]:
    """Show a bar on stderr while something runs, on a terminal only.

    Yields a function to be told how many of how many steps are done.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:
        shown = 0

        def show(done: int, total: int) -> None:
            nonlocal shown
            bar.length = total
            bar.update(done - shown)
            shown = done

        yield show
