"""`vtsplit init`: a spec for a table, on stdout or in a file."""

import gc
from pathlib import Path

import click

from vtsplit.apply.dry_run import DryRun
from vtsplit.change.output import STDOUT, refuse_output, write_output
from vtsplit.cli.again import planned_again
from vtsplit.cli.arguments.asked import TreeAndSpec, cache_option
from vtsplit.cli.arguments.common import NamedPath, jobs_option, report_options
from vtsplit.cli.arguments.table_argument import read_tables
from vtsplit.cli.machine.envelope import as_json, origin
from vtsplit.cli.machine.init import InitReport, report_init
from vtsplit.cli.output.summary import problem_line
from vtsplit.cli.refused import answer_as, refusals_shown
from vtsplit.cli.terminal.printing import print_bytes, say
from vtsplit.cli.terminal.progress import show_progress
from vtsplit.discover.proposal import propose, with_outcome
from vtsplit.drafting.propose import with_dispatch
from vtsplit.progress import Progress
from vtsplit.spec.document import Spec
from vtsplit.spec.values import is_c_name

_EPILOG = """\b
Examples:
  vtsplit init linux drivers/foo/bar.c:bar_ops                    show the spec
  vtsplit init linux drivers/foo/bar.c:bar_ops -o bar.toml        keep it
  vtsplit split linux --spec bar.toml                             run it
  vtsplit init linux drivers/foo/bar.c:a_ops drivers/foo/bar.c:b_ops
  vtsplit init linux drivers/foo/bar.c:bar_ops --dispatch qux_    also call qux_open

\b
Exit codes:
  0  done, also if a comment in the spec says that a dry run was refused
  2  bad input: no such table, or FILE exists already
  4  the result cannot be printed, as on a full disk
  128 + N  ended by signal N: 130 for Ctrl-C
"""


_Draft = tuple[Spec, tuple[str, ...], DryRun]


def _check_prefix(
    context: click.Context, parameter: click.Parameter, prefix: str | None
) -> str | None:
    if prefix is not None and not is_c_name(prefix):
        raise click.BadParameter(f"'{prefix}' is not the start of a C name, such as 'foo_'")
    return prefix


@click.command(epilog=_EPILOG)
@click.argument("tree", type=NamedPath())
@click.argument("tables", nargs=-1, metavar="FILE:TABLE...")
@click.option(
    "-o",
    "--output",
    type=NamedPath(),
    metavar="FILE",
    help="Write the spec to FILE, which must not exist yet; - is stdout.",
)
@click.option(
    "--dispatch",
    "second",
    metavar="PREFIX",
    callback=_check_prefix,
    help="Also propose wrappers that call a second backend: its functions are named PREFIX "
    "and the op.",
)
@cache_option
@click.option("--json", "json_", is_flag=True, help="Print the outcome as JSON.")
@jobs_option
@report_options("each problem of the dry run")
def init(
    tree: Path,
    tables: tuple[str, ...],
    output: Path | None,
    second: str | None,
    no_cache: bool,
    json_: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Write a spec that splits tables of one source file of TREE, and that runs as it is.

    Prefix, files and new names come from what the tree has; comments say why. FILE:TABLE is the
    path of the source file, from the top of TREE or from here, and the name of the table; the line
    in which the table begins will do as well. `vtsplit scan` lists tables with their lines.
    """
    if not tables:
        raise click.UsageError(_no_table(tree))
    gc.disable()
    output = None if output == STDOUT else output
    asked = TreeAndSpec(tree, not no_cache)
    answer = answer_as(InitReport, asked.origin) if json_ else None
    with refusals_shown(asked.line_at, answer):
        title = str(output) if output else "the proposed spec"
        if output:
            refuse_output(output)

        def draft() -> _Draft:
            progress = show_progress("searching the tree", quiet, "trying the spec")
            with asked.read_as_one(), progress as tell:
                return _draft(asked, tables, title, second, tell)

        spec, notes, run = planned_again(draft, quiet)
        text = spec.text.encode("utf-8", "surrogateescape")
        if output:
            write_output(output, text)
    if json_:
        made = origin(spec, asked.root)
        print_bytes(as_json(report_init(spec.text, notes, run.problems, output, made)))
    elif not output:
        print_bytes(text)
    if not quiet:
        shown = map(problem_line, run.problems) if verbose else ()
        for line in (*notes, *shown, _summary(run, output)):
            say(line)


def _no_table(tree: Path) -> str:
    """Say what is missing: a table, or the tree in front of it."""
    if ":" in str(tree) and not tree.exists():
        return f"TREE is missing in front of the table, as in `vtsplit init . {tree}`"
    return (
        "name a table of the tree as FILE:TABLE, such as drv/foo.c:foo_ops: "
        f"`vtsplit scan {tree}` lists the tables"
    )


def _draft(
    asked: TreeAndSpec, tables: tuple[str, ...], title: str, second: str | None, progress: Progress
) -> _Draft:
    tree, index = asked.open_tree(progress)
    source, names = read_tables(asked.root, tree, index, tables)
    spec = propose(tree, source, names, index, title)
    notes: tuple[str, ...] = ()
    if second:
        spec, notes = with_dispatch(spec, tree, index, second)
    spec, run = with_outcome(spec, tree, index)
    return spec, notes, run


def _summary(run: DryRun, output: Path | None) -> str:
    written = f"{output} written" if output else "spec proposed"
    if not run.problems:
        how = "a dry run of it went through" if run.changes else "nothing is left to do"
        return f"{written}: {how}"
    codes = ", ".join(dict.fromkeys(problem.code for problem in run.problems))
    return f"{written}: a dry run of it was refused ({codes}); its first lines say why"
