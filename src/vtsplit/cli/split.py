"""`vtsplit split`: the patch on stdout, everything else on stderr."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Unpack

import click

from vtsplit.apply.finished import FinishedSplit, finish
from vtsplit.change.diff import diff, diffstat
from vtsplit.change.write import write as write_changes
from vtsplit.cli.again import planned_again
from vtsplit.cli.arguments.asked import (
    TreeAndSpec,
    cache_option,
    refuse_two_specs,
    spec_options,
    tree_argument,
)
from vtsplit.cli.arguments.common import jobs_option, report_options
from vtsplit.cli.arguments.proof_options import (
    ProofOptions,
    define_option,
    record_options,
    refuse_records,
    table_option,
)
from vtsplit.cli.machine.envelope import as_json, origin
from vtsplit.cli.machine.split import SplitReport, report_split
from vtsplit.cli.output.next_steps import next_steps
from vtsplit.cli.output.preset_hint import preset_hint
from vtsplit.cli.output.summary import explanation, summary, warnings
from vtsplit.cli.output.verify_report import as_text, limits_as_text
from vtsplit.cli.proving import with_proof
from vtsplit.cli.refused import answer_as, refusals_shown
from vtsplit.cli.terminal.printing import print_bytes, print_patch, print_stat, print_text, say
from vtsplit.cli.terminal.progress import show_progress
from vtsplit.cli.terminal.width import columns

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
  3  writing failed, and not all was restored: vtsplit recover brings the tree to either end
  4  the result cannot be printed, as on a full disk
  128 + N  ended by signal N: 130 for Ctrl-C; the last line says what was written
"""


class SplitOptions(ProofOptions):
    """What the options of the command ask for."""

    spec_file: Path | None
    tables: tuple[str, ...]
    preset: str | None
    write: bool
    check: bool
    verify: bool
    defines: tuple[str, ...]
    stat: bool
    json_: bool
    explain: bool
    context: int
    allow_dirty: bool
    force: bool
    no_cache: bool
    quiet: bool
    verbose: bool


@click.command(epilog=_EPILOG)
@tree_argument
@spec_options
@table_option
@click.option("--write", is_flag=True, help="Change the tree: all files or none.")
@click.option(
    "--check",
    is_flag=True,
    help="Print no patch; exit 1 if something would change, or a differing wrapper is kept.",
)
@click.option(
    "--verify",
    is_flag=True,
    help="Prove first that nothing else changes.",
)
@record_options
@define_option
@click.option("--stat", is_flag=True, help="Print a diffstat instead of the patch.")
@click.option("--json", "json_", is_flag=True, help="Print steps, changes and hunks as JSON.")
@click.option(
    "--explain",
    is_flag=True,
    help="Print each step with its lines and its reason, and what is left alone.",
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
@cache_option
@jobs_option
@report_options("every note")
def split(tree: Path | None, **options: Unpack[SplitOptions]) -> None:
    """Move ops tables of TREE out of their source file, as a spec says.

    Without --write this is a dry run: the patch goes to stdout, the report to stderr, and no file
    changes. Without TREE it is the folder of the nearest vtsplit.toml, from here upwards, or else
    this folder.
    """
    _refuse_contradictions(options)
    # One short run makes many small objects and no garbage to speak of.
    gc.disable()
    asked = TreeAndSpec(tree, not options["no_cache"], options["spec_file"] or options["preset"])
    answer = answer_as(SplitReport, asked.origin) if options["json_"] else None
    with refusals_shown(asked.line_at, answer):
        outcome = planned_again(lambda: _carry_out(asked, options), options["quiet"])
    _print_result(outcome, options)
    _print_report(outcome, asked, options)
    if options["check"] and (outcome.changes or outcome.result.drift):
        sys.exit(1)


def _refuse_contradictions(options: SplitOptions) -> None:
    """Raise UsageError for options that do not go together."""
    if sum((options["stat"], options["json_"], options["explain"])) > 1:
        raise click.UsageError("--stat, --json and --explain cannot be used together")
    if options["write"] and options["check"]:
        raise click.UsageError("--write and --check cannot be used together")
    refuse_two_specs(options["spec_file"], options["preset"], options["tables"])
    if options["defines"] and not options["verify"]:
        raise click.UsageError("--define needs --verify")
    refuse_records(options["verify"], options)


def _carry_out(asked: TreeAndSpec, options: SplitOptions) -> FinishedSplit:
    """Make the split in memory, prove it if that is asked for, and write it if that is.

    Raises RefusedError.
    """
    with asked.read_as_one():
        outcome = _plan(asked, options)
    if options["write"]:
        write_changes(outcome.changes, asked.root, options["allow_dirty"], asked.changed, say)
    return outcome


def _plan(asked: TreeAndSpec, options: SplitOptions) -> FinishedSplit:
    """Make the split in memory, and prove it if that is asked for. Raises RefusedError."""
    with show_progress("searching the tree", options["quiet"], "planning") as progress:
        source, spec = asked.open(
            options["spec_file"], options["preset"], options["tables"], progress
        )
        outcome = finish(spec, source, asked.index, options["context"], force=options["force"])
    if options["verify"]:
        return with_proof(outcome, options, options["defines"], options["quiet"])
    return outcome


def _print_result(outcome: FinishedSplit, options: SplitOptions) -> None:
    """Print the patch, or what is asked for in place of it, on stdout."""
    plan, changes = outcome.result.plan, outcome.changes
    if options["json_"]:
        made = origin(outcome.spec, outcome.source.root)
        report = report_split(plan, changes, outcome.hunks, made, written=options["write"])
        print_bytes(as_json(report))
    elif options["explain"]:
        print_text(explanation(outcome))
    elif options["stat"]:
        print_stat(diffstat(changes, columns(sys.stdout) or 80))
    elif not options["write"] and not options["check"]:
        print_patch(diff(changes, options["context"]))


def _print_report(outcome: FinishedSplit, asked: TreeAndSpec, options: SplitOptions) -> None:
    """Print what was done, what is left, and what to do next, on stderr."""
    if options["quiet"]:
        for line in () if options["explain"] else warnings(outcome.result.plan.notes):
            say(line)
        if outcome.verdict is not None and (said := limits_as_text(outcome.verdict)):
            say(said)  # a proof that is weaker is never silent
        return
    if outcome.verdict is not None:
        say(as_text(outcome.verdict))
    said = summary(
        outcome.result,
        outcome.changes,
        asked.title,
        written=options["write"],
        notes=options["verbose"],
        explained=options["explain"],
    )
    say(said)
    if hint := preset_hint(outcome.spec, outcome.result.over(outcome.source)):
        say(hint)
    if options["write"]:
        must_be_clean = not options["allow_dirty"]
        steps = next_steps(asked.root, outcome.changes, outcome.spec, asked.title, must_be_clean)
        for line in steps:
            say(line)
