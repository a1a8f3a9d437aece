"""`vtsplit init`: a spec for a table, on stdout or in a file."""

import gc
import sys
from pathlib import Path

import click

from vtsplit.cli.arguments.asked import Asked
from vtsplit.cli.arguments.table_argument import read_tables
from vtsplit.cli.output.progress import show_progress
from vtsplit.cli.refused import refusals_shown
from vtsplit.diagnostics import Problem, RefusedError
from vtsplit.discover.proposal import propose, with_outcome
from vtsplit.drafting.propose import with_dispatch
from vtsplit.spec.rules import EXISTS, UNWRITABLE
from vtsplit.spec.values import is_c_name
from vtsplit.survey.words import WordIndex
from vtsplit.tree.source_tree import SourceTree

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
"""


def _check_prefix(
    context: click.Context, parameter: click.Parameter, prefix: str | None
) -> str | None:
    if prefix is not None and not is_c_name(prefix):
        raise click.BadParameter(f"'{prefix}' is not the start of a C name, such as 'foo_'")
    return prefix


@click.command(epilog=_EPILOG)
@click.argument("tree", type=click.Path(path_type=Path))
@click.argument("tables", nargs=-1, required=True, metavar="FILE:TABLE...")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the spec to FILE, which must not exist yet.",
)
@click.option(
    "--dispatch",
    "second",
    metavar="PREFIX",
    callback=_check_prefix,
    help="Also propose wrappers that call a second backend: its functions are named PREFIX "
    "and the op.",
)
@click.option("-q", "--quiet", is_flag=True, help="No report; errors only.")
def init(
    tree: Path, tables: tuple[str, ...], output: Path | None, second: str | None, quiet: bool
) -> None:
    """Write a spec that splits tables of one source file of TREE, and that runs as it is.

    It proposes prefix, files and new names from what the tree has; comments say why.
    """
    gc.disable()
    notes: tuple[str, ...] = ()
    asked = Asked(tree)
    with refusals_shown(asked.line_at):
        lines = asked.tree = SourceTree(tree)
        with show_progress("searching the tree", quiet) as progress:
            index = WordIndex(lines.root, progress)
            source, names = read_tables(tree, lines, tables)
            title = str(output) if output else "the proposed spec"
            spec = propose(lines, source, names, index, title)
            if second:
                spec, notes = with_dispatch(spec, lines, index, second)
            spec, problems = with_outcome(spec, lines, index)
        text = spec.text.encode("utf-8", "surrogateescape")
        if output:
            _create(output, text)
    if not output:
        sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()
    if not quiet:
        for line in (*notes, _summary(problems, output)):
            click.echo(line, err=True)


def _create(path: Path, text: bytes) -> None:
    try:
        with path.open("xb") as file:
            file.write(text)
    except FileExistsError:
        problem = Problem(
            EXISTS, f"'{path}' exists already", None, "name another file, or remove it"
        )
        raise RefusedError(problem) from None
    except OSError as error:
        reason = (error.strerror or "it cannot be written").lower()
        raise RefusedError(Problem(UNWRITABLE, f"cannot write '{path}': {reason}")) from error


def _summary(problems: tuple[Problem, ...], output: Path | None) -> str:
    written = f"{output} written" if output else "spec proposed"
    if not problems:
        return f"{written}: a dry run of it went through"
    codes = ", ".join(dict.fromkeys(problem.code for problem in problems))
    return f"{written}: a dry run of it was refused ({codes}); its first lines say why"
