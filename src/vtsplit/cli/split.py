"""`vtsplit split`: the patch on stdout, everything else on stderr."""

import gc
import sys
from pathlib import Path

import click

from vtsplit.apply.account import account
from vtsplit.apply.proof import prove
from vtsplit.apply.transform import transform
from vtsplit.change.changes import changes_to
from vtsplit.change.diff import diff, diffstat
from vtsplit.change.write import write as write_changes
from vtsplit.cli.arguments.asked import (
    Asked,
    print_bytes,
    print_patch,
    refuse_two_specs,
    spec_options,
)
from vtsplit.cli.arguments.defines import HELP, read_defines
from vtsplit.cli.output.json_report import as_json, problems_as_json
from vtsplit.cli.output.next_steps import next_steps
from vtsplit.cli.output.preset_hint import preset_hint
from vtsplit.cli.output.progress import show_progress
from vtsplit.cli.output.report import explanation, refusal, summary, warnings
from vtsplit.cli.output.verify_report import as_text
from vtsplit.diagnostics import RefusedError
from vtsplit.verify.inputs.flags import choose_records

_EPILOG = """\b
Examples:
  vtsplit split linux | less              show the patch
  vtsplit split linux > split.patch       keep it, for git apply or patch -p1
  vtsplit split linux --explain           say why each line changes
  vtsplit split linux --write             change the tree
  vtsplit split linux --check             exit 1 if something is left to do
  vtsplit split --spec my.toml linux      split by a spec of your own
  vtsplit split linux --table drivers/foo/bar.c:bar_ops

\b
Exit codes:
  0  done, or nothing to do
  1  --check: something would change, or a wrapper that differs from the spec is kept
  2  refused, or bad input; nothing was written
"""


@click.command(epilog=_EPILOG)
@click.argument("tree", type=click.Path(path_type=Path), default=".")
@spec_options
@click.option(
    "--table",
    "tables",
    multiple=True,
    metavar="FILE:TABLE",
    help="Split this table by the spec that `vtsplit init` would write; may be repeated.",
)
@click.option("--write", is_flag=True, help="Change the tree: all files or none.")
@click.option(
    "--check",
    is_flag=True,
    help="Print no patch; exit 1 if something would change, or a differing wrapper is kept.",
)
@click.option("--verify", is_flag=True, help="Prove first that nothing else changes.")
@click.option(
    "--build",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="For --verify: Kbuild's output folder; default: TREE, if it is built.",
)
@click.option(
    "--compile-commands",
    "database",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="For --verify: a compilation database.",
)
@click.option(
    "--define", "defines", multiple=True, metavar="CONFIG_X=y", help=f"For --verify: {HELP}"
)
@click.option("--stat", is_flag=True, help="Print a diffstat instead of the patch.")
@click.option("--json", "json_", is_flag=True, help="Print steps, changes and hunks as JSON.")
@click.option(
    "--explain", is_flag=True, help="Print each step with its reason, and what is left alone."
)
@click.option(
    "-U",
    "context",
    type=click.IntRange(0),
    default=3,
    metavar="N",
    show_default=True,
    help="Lines of context in the patch.",
)
@click.option("--allow-dirty", is_flag=True, help="Write over changes that git has not committed.")
@click.option("--force", is_flag=True, help="Replace wrappers that differ from the spec.")
@click.option("-q", "--quiet", is_flag=True, help="No report; warnings and errors only.")
@click.option("-v", "--verbose", is_flag=True, help="Report every note.")
def split(
    tree: Path,
    spec_file: Path | None,
    tables: tuple[str, ...],
    preset: str | None,
    write: bool,
    check: bool,
    verify: bool,
    build: Path | None,
    database: Path | None,
    defines: tuple[str, ...],
    stat: bool,
    json_: bool,
    explain: bool,
    context: int,
    allow_dirty: bool,
    force: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Move ops tables of TREE out of their source file, as a spec says.

    Without --write this is a dry run: the patch goes to stdout, the report to stderr, and no file
    changes.
    """
    if sum((stat, json_, explain)) > 1:
        raise click.UsageError("--stat, --json and --explain cannot be used together")
    if write and check:
        raise click.UsageError("--write and --check cannot be used together")
    refuse_two_specs(spec_file, preset, tables)
    if (build or database) and not verify:
        raise click.UsageError("--build and --compile-commands need --verify")
    if defines and not verify:
        raise click.UsageError("--define needs --verify")
    if build and database:
        raise click.UsageError("--build and --compile-commands cannot be used together")
    # One short run makes many small objects and no garbage to speak of.
    gc.disable()
    asked = Asked(tree)
    try:
        with show_progress("searching the tree", quiet) as progress:
            source, spec = asked.open(spec_file, preset, tables, progress)
            result = transform(spec, source, force=force, index=asked.index)
        plan, changes = result.plan, changes_to(source, result.texts, result.moved)
        hunks = account(plan, changes, context, source.real)
        verdict = None
        if verify:
            records = choose_records(tree, tree, build, database)
            values = read_defines(defines, records)
            verdict = prove(tree, spec, source, result, records, values)
        if write:
            write_changes(changes, asked.root, allow_dirty)
    except RefusedError as error:
        if json_:
            print_bytes(problems_as_json(error.problems))
        click.echo(refusal(error.problems, asked.line_at), err=True)
        sys.exit(2)
    if json_:
        print_bytes(as_json(plan, changes, hunks, written=write))
    elif explain:
        click.echo(explanation(plan))
    elif stat:
        click.echo(diffstat(changes), nl=False)
    elif not write and not check:
        print_patch(diff(changes, context))
    if not quiet:
        if verdict is not None:
            click.echo(as_text(verdict), err=True)
        said = summary(
            result, changes, asked.title, written=write, notes=verbose, explained=explain
        )
        click.echo(said, err=True)
        if hint := preset_hint(spec, result.over(source)):
            click.echo(hint, err=True)
        for line in next_steps(tree, changes, spec, asked.title, not allow_dirty) if write else ():
            click.echo(line, err=True)
    elif not explain:
        for line in warnings(plan):
            click.echo(line, err=True)
    if check and (changes or result.drift):
        sys.exit(1)
