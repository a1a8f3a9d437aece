"""`vtsplit recover`: say what a run that was ended has left, and bring the tree to either end."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import click

from vtsplit.change.recovery import End, Recovery, recoverable, recovering
from vtsplit.change.replacing import State
from vtsplit.cli.arguments.common import NamedPath, report_options
from vtsplit.cli.machine.envelope import as_json
from vtsplit.cli.machine.recover import LeftFolder, RecoverReport, left_folder
from vtsplit.cli.refused import answer_as, refusals_shown
from vtsplit.cli.terminal.printing import print_bytes
from vtsplit.diagnostics import number, visible
from vtsplit.tree.journal import recover_command
from vtsplit.tree.source_tree import refuse_no_tree

_EPILOG = """\b
Examples:
  vtsplit recover linux             say what happened
  vtsplit recover linux --undo      bring the tree back to what it was before the run
  vtsplit recover linux --finish    do what the run had still to do

\b
Exit codes:
  0  no file is half written: there was nothing to do, or it is done
  1  the tree is half written; nothing was changed, since neither --undo nor --finish is given
  2  refused, or bad input; no file was changed
  3  failed; the tree is still half written, run the command again
  4  the result cannot be printed, as on a full disk
  128 + N  ended by signal N: 130 for Ctrl-C
"""

RecoverVerdict = Literal["recovered", "nothing-to-do", "half-written"]

_STATES = {
    State.BEFORE: "not written",
    State.AFTER: "written",
    State.GONE: "gone",
    State.OTHER: "changed since",
}


@click.command(epilog=_EPILOG)
@click.argument("tree", type=NamedPath(), default=".")
@click.option("--undo", is_flag=True, help="Bring back what was there before the run.")
@click.option("--finish", is_flag=True, help="Write what the run had still to write.")
@click.option("--json", "json_", is_flag=True, help="Print the outcome as JSON.")
@report_options("each file that was brought to an end")
def recover(tree: Path, undo: bool, finish: bool, json_: bool, quiet: bool, verbose: bool) -> None:
    """Bring TREE to either end after a run was killed while it wrote.

    Without an option it says which files are written and which are not. What such a run has laid
    beside files that are whole is removed in any case.
    """
    if undo and finish:
        raise click.UsageError("--undo and --finish cannot be used together")
    end = End.UNDO if undo else End.FINISH if finish else None
    say = _silent if quiet or json_ else click.echo
    with refusals_shown(answer=answer_as(RecoverReport) if json_ else None):
        refuse_no_tree(tree)
        homes = recoverable(tree.resolve())
        left = [_recover(home, end, say, verbose) for home in homes]
    if not homes:
        say(f"'{tree}': nothing to recover")
    half_written = end is None and any(left)
    if json_:
        done: RecoverVerdict = "recovered" if any(left) else "nothing-to-do"
        verdict: RecoverVerdict = "half-written" if half_written else done
        folders = [one for one in left if one is not None]
        print_bytes(as_json(RecoverReport(verdict=verdict, folders=folders)))
    if half_written:
        sys.exit(1)


def _silent(line: str) -> None:
    """Say nothing."""


def _recover(
    home: Path, end: End | None, say: Callable[[str], None], verbose: bool
) -> LeftFolder | None:
    """Look after one folder; return what a run has left there, None if nothing but its traces."""
    with recovering(home, say) as found:
        if found is None:
            return None
        left = left_folder(home, found.states())
        if end is None:
            for line in _story(found):
                say(line)
            return left
        found.bring(end)
        files = number(len(found.all), "file")
        how = "before" if end is End.UNDO else "after"
        are = "is" if len(found.all) == 1 else "are"
        for one in found.all if verbose else ():
            say(f"  {visible(one.entry.path)}")
        say(f"'{home}': {files} {are} as {how} the run")
        return left


def _story(found: Recovery) -> Iterator[str]:
    """Yield what happened, and what each way would do."""
    states = found.states()
    process, count = found.journal.process, number(len(states), "file")
    yield f"'{found.home}': a run (process {process}) was ended while it replaced {count}"
    wide = max(map(len, _STATES.values()))
    yield from (f"  {_STATES[state]:<{wide}}  {path}" for path, state in states)
    written = sum(state is State.AFTER for _, state in states)
    command = recover_command(found.home)
    yield f"{command} --undo    restores {number(written, 'file')}{_but(found, End.UNDO)}"
    left = number(len(states) - written, "file")
    yield f"{command} --finish  writes the other {left}{_but(found, End.FINISH)}"


def _but(found: Recovery, end: End) -> str:
    obstacles = found.obstacles(end)
    return f", but cannot: {obstacles[0].message}" if obstacles else ""
