"""`vtsplit lint`: findings on stdout, or the patch that corrects them; all else on stderr."""

import gc
import sys
from pathlib import Path

import click

from vtsplit.change.changes import ChangeSet, changes_to
from vtsplit.change.diff import diff
from vtsplit.change.write import write as write_changes
from vtsplit.cli.again import planned_again
from vtsplit.cli.arguments.asked import (
    Asked,
    cache_option,
    refuse_two_specs,
    spec_options,
    tree_argument,
)
from vtsplit.cli.arguments.common import jobs_option, report_options
from vtsplit.cli.output.report import findings_as_json
from vtsplit.cli.refused import refusals_shown
from vtsplit.cli.terminal.printing import print_bytes, print_lines, print_patch, say
from vtsplit.cli.terminal.progress import show_progress
from vtsplit.diagnostics import number
from vtsplit.lint.facts import Facts, SecondBackend
from vtsplit.lint.findings import Finding
from vtsplit.lint.linter import lint as find_all
from vtsplit.lint.mends import mend

_EPILOG = """\b
Examples:
  vtsplit lint linux                     one line for each finding
  vtsplit lint linux --fix               show the patch that corrects findings
  vtsplit lint linux --fix --write       write it
  vtsplit lint --spec my.toml --json .   print JSON, for other programs

\b
Exit codes:
  0  nothing found; with --fix --write, nothing left
  1  something found
  2  refused, or bad input; nothing was written
  3  writing failed, and not all was restored: vtsplit recover brings the tree to either end
  128 + N  ended by signal N: 130 for Ctrl-C; the last line says what was written
"""


@click.command(epilog=_EPILOG)
@tree_argument
@spec_options
@click.option(
    "--fix", is_flag=True, help="Print the patch that corrects what can be corrected safely."
)
@click.option("--write", is_flag=True, help="With --fix: change the tree, all files or none.")
@click.option("--json", "json_", is_flag=True, help="Print the findings as JSON.")
@click.option("--allow-dirty", is_flag=True, help="Write over changes that git has not committed.")
@cache_option
@jobs_option
@report_options("what to do about each kind of finding")
def lint(
    tree: Path | None,
    spec_file: Path | None,
    preset: str | None,
    fix: bool,
    write: bool,
    json_: bool,
    allow_dirty: bool,
    no_cache: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Look for faults in a TREE that is split.

    Each finding is one line, `file:line:column: CODE message`; `vtsplit explain CODE` explains it.
    The section [lint] of the spec names codes that you do not want. Without TREE it is the folder
    of the nearest vtsplit.toml, from here upwards, or else this folder.
    """
    refuse_two_specs(spec_file, preset)
    if write and not fix:
        raise click.UsageError("--write needs --fix")
    if fix and json_:
        raise click.UsageError("--fix and --json cannot be used together")
    gc.disable()  # one short run makes no garbage to speak of
    asked = Asked(tree, not no_cache, spec_file or preset)
    with refusals_shown(asked.line_at, json_):

        def look() -> tuple[list[Finding], ChangeSet]:
            with asked.read_as_one():
                looked = _look(asked, spec_file, preset, fix, quiet)
            if write:
                write_changes(looked[1], asked.root, allow_dirty, asked.changed, say)
            return looked

        found, changes = planned_again(look, quiet)
    left = [finding for finding in found if finding.mend is None] if fix else found
    if json_:
        print_bytes(findings_as_json(found))
    elif fix and not write:
        print_patch(diff(changes))
    if fix:
        for finding in left:
            say(str(finding))
    elif not json_:
        print_lines(map(str, found))
    if not quiet:
        for rule in dict.fromkeys(one.rule for one in left) if verbose else ():
            say(f"{rule.name}: {rule.advice}")
        say(_summary(asked.title, found, left, fix, write))
    if left if write else found:
        sys.exit(1)


def _look(
    asked: Asked, spec_file: Path | None, preset: str | None, fix: bool, quiet: bool
) -> tuple[list[Finding], ChangeSet]:
    with show_progress("searching the tree", quiet, "looking for faults") as progress:
        tree, spec = asked.open(spec_file, preset, progress=progress)
        backend = spec.dispatch.backend if spec.dispatch else None
        second = SecondBackend(backend.prefix, backend.source, backend.header) if backend else None
        assert asked.index is not None
        facts = Facts(spec, tree, second, asked.index.find)
        found = find_all(facts)
    return found, changes_to(tree, mend(facts, found) if fix else {})


def _summary(title: str, found: list[Finding], left: list[Finding], fix: bool, write: bool) -> str:
    if not found:
        return f"{title}: nothing found"
    mendable = sum(finding.mend is not None for finding in found)
    if not fix:
        hint = f"; --fix corrects {mendable}" if mendable else ""
        return f"{title}: {number(len(found), 'finding')}{hint}"
    done = "corrected" if write else "would be corrected; nothing written, --write applies it"
    return f"{title}: {len(left)} of {number(len(found), 'finding')} left, {mendable} {done}"
