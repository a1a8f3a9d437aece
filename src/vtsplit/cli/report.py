"""`vtsplit report`: a page for the reviewer of a split, or of a range of commits."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click
import msgspec

from vtsplit.apply.finished import FinishedSplit, finish
from vtsplit.change.output import STDOUT, OwnKind, refuse_output, write_output
from vtsplit.cli.again import planned_again
from vtsplit.cli.arguments.asked import (
    TreeAndSpec,
    cache_option,
    refuse_two_specs,
    spec_options,
    tree_argument,
)
from vtsplit.cli.arguments.common import NamedPath, jobs_option, manner_options, quiet_option
from vtsplit.cli.arguments.compared_trees import tree_of
from vtsplit.cli.arguments.proof_options import (
    ProofOptions,
    define_option,
    record_options,
    refuse_records,
    table_option,
)
from vtsplit.cli.machine.envelope import Origin, as_json
from vtsplit.cli.machine.page import PageProof, PageReport, PageSection
from vtsplit.cli.output.summary import warnings
from vtsplit.cli.output.verify_report import limits_as_text
from vtsplit.cli.page.content import Page
from vtsplit.cli.page.of_split import page_of_split
from vtsplit.cli.page.render import is_ours, render
from vtsplit.cli.proving import records_of, with_proof
from vtsplit.cli.refused import answer_as, refusals_shown
from vtsplit.cli.terminal.printing import print_bytes, say
from vtsplit.cli.terminal.progress import show_phases, show_progress
from vtsplit.diagnostics import number

if TYPE_CHECKING:
    from vtsplit.cli.page.of_range import ReviewedCommit
    from vtsplit.series.repository.revisions import Revisions
    from vtsplit.spec.document import Spec

_PAGE = OwnKind("a page of vtsplit", is_ours)

_EPILOG = """\b
Examples:
  vtsplit report linux -o split.html                    what split would do
  vtsplit report linux --verify -o split.html           and whether it is the same program
  vtsplit report linux --range v6.1..split -o series.html
  vtsplit report linux --table drivers/foo/bar.c:bar_ops -o bar.html

\b
Exit codes:
  0  the page is written
  2  refused, or bad input; nothing was written
  4  the result cannot be printed, as on a full disk
  128 + N  ended by signal N: 130 for Ctrl-C
"""


class ReportOptions(ProofOptions):
    """What the options of the command ask for."""

    output: Path
    range_: str | None
    spec_file: Path | None
    tables: tuple[str, ...]
    preset: str | None
    verify: bool
    defines: tuple[str, ...]
    no_cache: bool
    json_: bool
    quiet: bool


@click.command(epilog=_EPILOG)
@tree_argument
@click.option(
    "-o",
    "--output",
    type=NamedPath(),
    metavar="FILE",
    required=True,
    help="The page to write; - is stdout. An older page is replaced.",
)
@click.option(
    "--range",
    "range_",
    metavar="A..B",
    help="Show the commits of this range, one by one; without TREE and vtsplit.toml, of the whole "
    "repository.",
)
@spec_options
@table_option
@click.option("--verify", is_flag=True, help="Prove the change first, or each commit.")
@record_options
@define_option
@click.option("--json", "json_", is_flag=True, help="Print the outcome as JSON.")
@cache_option
@jobs_option
@quiet_option
@manner_options
def report(tree: Path | None, **options: Unpack[ReportOptions]) -> None:
    """Write a page for reviewers: what a split of TREE does, and why, line by line.

    The page is one HTML file that asks nothing of the network. It has the ops with their policies,
    the tables before and after, each name that changes, and the diff, in which what only follows
    from the rest is folded. TREE does not change. Without TREE it is the folder of the nearest
    vtsplit.toml, from here upwards, or else this folder.
    """
    _refuse_contradictions(options)
    gc.disable()
    is_range = options["range_"] is not None
    root = tree or (tree_of() if is_range else None)
    asked = TreeAndSpec(root, not options["no_cache"], options["spec_file"] or options["preset"])
    answer = answer_as(PageReport, asked.origin) if options["json_"] else None
    with refusals_shown(asked.line_at, answer):
        refuse_output(options["output"], _PAGE)
        page = _page_of_range(asked, options) if is_range else _page(asked, options)
        _write(options["output"], render(page))
    if options["json_"]:
        print_bytes(as_json(_outcome(page, options["output"], asked.origin())))
    if not options["quiet"]:
        say(page.title)
        where = "" if options["output"] == STDOUT else f"{options['output']} written: "
        say(f"{where}{number(len(page.pieces), 'piece')}, {page.proof.headline}")


def _outcome(page: Page, output: Path, made: Origin) -> PageReport:
    """Return what JSON has of a page."""
    return PageReport(
        spec=made.spec,
        base=made.base,
        verdict="written",
        output=str(output),
        title=page.title,
        proof=msgspec.convert(page.proof, PageProof, from_attributes=True),
        pieces=len(page.pieces),
        sections=[
            PageSection(
                one.title,
                msgspec.convert(one.proof, PageProof, from_attributes=True),
                [file.path for file in one.files],
            )
            for one in page.sections
        ],
    )


def _refuse_contradictions(options: ReportOptions) -> None:
    """Raise UsageError for options that do not go together."""
    if options["json_"] and options["output"] == STDOUT:
        raise click.UsageError("--json and -o - cannot be used together: both are for stdout")
    refuse_two_specs(options["spec_file"], options["preset"], options["tables"])
    refuse_records(options["verify"], options)
    if options["defines"] and not options["verify"]:
        raise click.UsageError("--define needs --verify")
    if options["range_"] is not None and options["tables"]:
        raise click.UsageError("--range shows commits as they are: it needs no table")
    if options["range_"] is not None and not options["verify"]:
        for name, value in (("--spec", options["spec_file"]), ("--preset", options["preset"])):
            if value:
                raise click.UsageError(f"{name} of a range says how it is proved: add --verify")


def _page(asked: TreeAndSpec, options: ReportOptions) -> Page:
    """Return the page of a split that is made in memory. Raises RefusedError."""
    split = planned_again(lambda: _plan(asked, options), options["quiet"])
    for line in warnings(split.result.plan.notes):
        say(line)
    if split.verdict is not None and (said := limits_as_text(split.verdict)):
        say(said)  # a proof that is weaker is never silent
    return page_of_split(split, asked.title)


def _plan(asked: TreeAndSpec, options: ReportOptions) -> FinishedSplit:
    with asked.read_as_one():
        with show_progress("searching the tree", options["quiet"], "planning") as progress:
            source, spec = asked.open(
                options["spec_file"], options["preset"], options["tables"], progress
            )
            split = finish(spec, source, asked.index)
        if options["verify"]:
            return with_proof(split, options, options["defines"], options["quiet"])
    return split


def _page_of_range(asked: TreeAndSpec, options: ReportOptions) -> Page:
    """Return the page of commits. Raises RefusedError for a range that git does not know."""
    from vtsplit.cli.page.of_range import page_of_range
    from vtsplit.series.repository.revisions import Revisions

    assert options["range_"] is not None
    revisions = Revisions(asked.root, options["range_"])
    commits = _verified(asked, revisions, options) if options["verify"] else _unverified(revisions)
    return page_of_range(options["range_"], commits)


def _unverified(revisions: Revisions) -> Iterator[ReviewedCommit]:
    from vtsplit.cli.page.of_range import ReviewedCommit

    for one in revisions.all:
        changes = revisions.changes(one.parent, one.commit)
        yield ReviewedCommit(one, revisions.message(one), changes)


def _verified(
    asked: TreeAndSpec, revisions: Revisions, options: ReportOptions
) -> Iterator[ReviewedCommit]:
    """Yield commits with their verdicts, as `vtsplit verify --range` comes to them."""
    from vtsplit.cli.arguments.proof_spec import find_spec_of_range
    from vtsplit.cli.page.of_range import ReviewedCommit
    from vtsplit.series.review import HowToVerify, verify_range
    from vtsplit.verify.inputs.option_values import read_defines
    from vtsplit.verify.verify import Request

    @contextmanager
    def asking(trees: Request) -> Iterator[Request]:
        with show_phases(options["quiet"]) as tell:
            yield replace(trees, tell=tell)

    records = records_of(asked.root, asked.root, options)
    is_named = options["spec_file"] or options["preset"]
    spec: Spec | None
    if is_named:
        spec, unused = asked.open(options["spec_file"], options["preset"])[1], ""
    else:
        spec, unused = find_spec_of_range(asked, revisions)
    defines = read_defines(options["defines"], records)
    # The page shows which commits are not proved as well as a build could.
    how = HowToVerify(records, spec, unused, defines, options["require_build"], asking)
    is_used = False
    for one in verify_range(revisions, how):
        revision, by = one.revision, spec.file if spec and one.is_by_spec else ""
        is_used |= one.is_by_spec
        changes = revisions.changes(revision.parent, revision.commit)
        yield ReviewedCommit(revision, revisions.message(revision), changes, one.verdict, by)
    if not is_used and not is_named:
        asked.spec = None


def _write(path: Path, page: bytes) -> None:
    """Print a page or write it. Raises RefusedError."""
    if path == STDOUT:
        print_bytes(page)
    else:
        write_output(path, page)
