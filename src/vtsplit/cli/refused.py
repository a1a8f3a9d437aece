"""What a command does when it is refused or fails: it prints the problems and exits."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from vtsplit.cli.arguments.asked import print_bytes
from vtsplit.cli.output.json_report import problems_as_json
from vtsplit.cli.output.report import refusal
from vtsplit.diagnostics import HalfWrittenError, RefusedError, Site

_REFUSED = 2
_HALF_WRITTEN = 3


@contextmanager
def refusals_shown(
    line_at: Callable[[Site], str | None] = lambda site: None, as_json: bool = False
) -> Iterator[None]:
    """Show the problems that what is done here is refused for, and exit.

    `line_at` returns the text of a line, where there is one to show. With `as_json` the problems
    go to stdout as well.
    """
    try:
        yield
    except RefusedError as error:
        if as_json:
            print_bytes(problems_as_json(error.problems))
        half_written = isinstance(error, HalfWrittenError)
        click.echo(refusal(error.problems, line_at, half_written=half_written), err=True)
        sys.exit(_HALF_WRITTEN if half_written else _REFUSED)


def tell_user(line: str) -> None:
    """Say something that the user has to know while a command runs."""
    click.echo(line, err=True)
