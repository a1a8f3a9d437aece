"""`vtsplit scan`: every ops table of a tree, on stdout."""

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from vtsplit.cli.arguments.common import NamedPath, jobs_option, report_options
from vtsplit.cli.arguments.completing import STATUSES, complete_status
from vtsplit.cli.machine.envelope import as_json
from vtsplit.cli.output.summary import problem_line
from vtsplit.cli.refused import answer_as, refusals_shown
from vtsplit.cli.terminal.printing import print_bytes, say
from vtsplit.cli.terminal.progress import show_progress
from vtsplit.cli.terminal.width import columns
from vtsplit.diagnostics import Problem, RefusedError, Site, visible
from vtsplit.tree.repository import head_commit
from vtsplit.tree.source_tree import MISSING

if TYPE_CHECKING:
    from vtsplit.discover.scan import Scan, ScannedTable

_EPILOG = """\b
Examples:
  vtsplit scan linux                              every table of a tree
  vtsplit scan linux/drivers/net --type '*_ops'   tables of a folder and of some types
  vtsplit scan linux --dir fs --status clear      tables that no quick check refuses
  vtsplit scan linux --name 'ext4_*' --plan       try the whole split of each
  vtsplit scan linux --csv > tables.csv

\b
Exit codes:
  0  done
  2  bad input
  4  the result cannot be printed, as on a full disk
  128 + N  ended by signal N: 130 for Ctrl-C
"""


class ScanOptions(TypedDict):
    """What the options of the command ask for."""

    types: tuple[str, ...]
    folders: tuple[str, ...]
    names: tuple[str, ...]
    statuses: tuple[str, ...]
    least: int
    plan: bool
    json_: bool
    csv_: bool
    quiet: bool
    verbose: bool


@click.command(epilog=_EPILOG)
@click.argument("paths", nargs=-1, type=NamedPath(), metavar="[TREE|PATH]...")
@click.option(
    "--type",
    "types",
    multiple=True,
    metavar="GLOB",
    help="Type of the table, such as file_operations.",
)
@click.option(
    "--dir",
    "folders",
    multiple=True,
    metavar="DIR",
    help="Folder or file of the tree, from its top.",
)
@click.option("--name", "names", multiple=True, metavar="GLOB", help="Name of the table.")
@click.option(
    "--status",
    "statuses",
    multiple=True,
    metavar="STATUS",
    shell_complete=complete_status,
    help="Status: clear, splits, refused, or a code such as VT060.",
)
@click.option(
    "--least",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    metavar="N",
    help="How many functions of its own file a table must name.",
)
@click.option("--plan", "plan", is_flag=True, help="Make a dry run of each split: slow, but sure.")
@click.option("--json", "json_", is_flag=True, help="Print JSON, with each entry.")
@click.option("--csv", "csv_", is_flag=True, help="Print comma-separated values.")
@jobs_option
@report_options("each reason that refuses a split")
def scan(paths: tuple[Path, ...], **options: Unpack[ScanOptions]) -> None:
    """List the ops tables of a tree, or of folders and files of one.

    Tables are the initialized objects that name several functions of their own file. Each is shown
    with its place, type, entries by kind, #if conditions, uses, and the reasons that refuse its
    split. A table is shown if it matches one filter of each kind.
    """
    _refuse_bad_options(options)
    # Slow to import, and of no use to the other commands.
    from vtsplit.cli.machine.scan import ScanReport, report_scan
    from vtsplit.cli.output import table_list

    gc.disable()
    answer = answer_as(ScanReport) if options["json_"] else None
    with refusals_shown(answer=answer, writes=False):
        top, below = _places(paths or (Path(),), options["folders"])
        found, result = _find(top, below, options)
    wanted = set(options["statuses"])
    found = [one for one in found if not wanted or {one.status, *one.codes} & wanted]
    if options["json_"]:
        unread = [problem.message for problem in result.unread]
        text = as_json(report_scan(found, result.files, unread, head_commit(top)))
    elif options["csv_"]:
        text = table_list.as_csv(found)
        text = visible(text.decode(), "\n").encode() if sys.stdout.isatty() else text
    else:
        text = table_list.as_text(found, columns(sys.stdout))
    print_bytes(text)
    if not options["quiet"]:
        if options["verbose"]:
            for problem in (problem for one in found for problem in one.problems):
                say(problem_line(problem))
        say(table_list.summary(found, result, options["least"]))


def _refuse_bad_options(options: ScanOptions) -> None:
    """Raise UsageError for options that do not go together, or a status that there is not."""
    if options["json_"] and options["csv_"]:
        raise click.UsageError("--json and --csv cannot be used together")
    for status in options["statuses"]:
        if status not in STATUSES and not status.startswith("VT"):
            raise click.UsageError(
                f"--status takes clear, splits, refused or a code, not '{status}'"
            )


def _find(root: Path, below: list[str], options: ScanOptions) -> "tuple[list[ScannedTable], Scan]":
    """Return the tables that the filters leave, and what the scan came to."""
    from vtsplit.discover.plan_each import plan_each
    from vtsplit.discover.scan import TableFilter
    from vtsplit.discover.scan import scan as find_tables

    wanted = TableFilter(options["types"], options["names"], options["least"])
    with show_progress("searching for tables", options["quiet"]) as progress:
        result = find_tables(root, below, wanted, progress)
    if not options["plan"]:
        return list(result.tables), result
    with show_progress("planning splits", options["quiet"]) as progress:
        return list(plan_each(root, list(result.tables), progress)), result


def _places(paths: tuple[Path, ...], folders: tuple[str, ...]) -> tuple[Path, list[str]]:
    """Return the top of the tree that all paths are in, and the paths from there."""
    from vtsplit.discover.scan import find_top

    for path in paths:
        if not path.exists():
            raise RefusedError(Problem(MISSING, f"there is no '{path}'", Site(str(path))))
    tops = dict.fromkeys(find_top(path) for path in paths)
    if len(tops) > 1:
        raise click.UsageError(
            f"name paths of one tree at a time, not of {', '.join(map(str, tops))}; --dir names a "
            "folder of a tree"
        )
    top = next(iter(tops))
    below = [path.absolute().relative_to(top).as_posix() for path in paths]
    below = ["" if path == "." else path for path in below]
    chosen = [folder.strip("/").removeprefix("./") for folder in folders]
    for folder in chosen:
        if not (top / folder).exists():
            raise RefusedError(
                Problem(MISSING, f"there is no '{folder}' in the tree", Site(folder))
            )
    if not chosen:
        return top, below
    return top, [
        folder for folder in chosen if any(not b or f"{folder}/".startswith(f"{b}/") for b in below)
    ]
