"""What a command does when it is refused: it prints the problems and exits with 2."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from vtsplit.cli.arguments.asked import print_bytes
from vtsplit.cli.output.json_report import problems_as_json
from vtsplit.cli.output.report import refusal
from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.planning.rules.readable import TOO_DEEP
from vtsplit.tree.source_tree import UNREADABLE

_REFUSED = 2


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
        _refuse(error.problems, line_at, as_json)
    except OSError as error:
        # What was there a moment ago: another program is writing the tree.
        what = f"'{error.filename}'" if error.filename else "a file"
        reason = (error.strerror or str(error)).lower()
        advice = "run again when no other program is writing the tree"
        _refuse((Problem(UNREADABLE, f"{what}: {reason}", None, advice),), line_at, as_json)
    except RecursionError:
        message = "something in the tree or the spec is nested too deeply to be read"
        _refuse((Problem(TOO_DEEP, message),), line_at, as_json)


def _refuse(
    problems: tuple[Problem, ...], line_at: Callable[[Site], str | None], as_json: bool
) -> None:
    if as_json:
        print_bytes(problems_as_json(problems))
    click.echo(refusal(problems, line_at), err=True)
    sys.exit(_REFUSED)
