"""`vtsplit lint`: findings on stdout, or the patch that corrects them; all else on stderr."""

import gc
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict, Unpack

import click

from vtsplit.change.changes import ChangeSet, changes_to
from vtsplit.change.diff import diff
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
from vtsplit.cli.machine.annotations import (
    as_github,
    as_sarif,
    problems_as_sarif,
)
from vtsplit.cli.machine.envelope import as_json
from vtsplit.cli.machine.lint import LintReport, report_lint
from vtsplit.cli.refused import Failure, RefusalAnswer, answer_as, refusals_shown
from vtsplit.cli.terminal.printing import print_bytes, print_lines, print_patch, print_text, say
from vtsplit.cli.terminal.progress import show_progress
from vtsplit.diagnostics import Problem, number
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
  vtsplit lint --output-format=sarif > lint.sarif    for GitHub's code scanning

\b
Exit codes:
  0  nothing found; with --fix --write, nothing left
  1  something found
  2  refused, or bad input; nothing was written
  3  writing failed, and not all was restored: vtsplit recover brings the tree to either end
  4  the result cannot be printed, as on a full disk
  128 + N  ended by signal N: 130 for Ctrl-C; the last line says what was written
"""


class LintOptions(TypedDict):
    """What the options of the command ask for."""

    spec_file: Path | None
    preset: str | None
    fix: bool
    write: bool
    output_format: str | None
    json_: bool
    allow_dirty: bool
    no_cache: bool
    quiet: bool
    verbose: bool


@click.command(epilog=_EPILOG)
@tree_argument
@spec_options
@click.option(
    "--fix", is_flag=True, help="Print the patch that corrects what can be corrected safely."
)
@click.option("--write", is_flag=True, help="With --fix: change the tree, all files or none.")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json", "github", "sarif"]),
    help="How to print the findings; default: text. github: annotations of a pull request.",
)
@click.option("--json", "json_", is_flag=True, help="The same as --output-format=json.")
@click.option("--allow-dirty", is_flag=True, help="Write over changes that git has not committed.")
@cache_option
@jobs_option
@report_options("what to do about each kind of finding")
def lint(tree: Path | None, **options: Unpack[LintOptions]) -> None:
    """Look for faults in a TREE that is split.

    Each finding is one line, `file:line:column: CODE message`; `vtsplit explain CODE` explains it.
    The section [lint] of the spec names codes that you do not want. Without TREE it is the folder
    of the nearest vtsplit.toml, from here upwards, or else this folder.
    """
    form = _refuse_contradictions(options)
    fix, write = options["fix"], options["write"]
    gc.disable()  # one short run makes no garbage to speak of
    asked = TreeAndSpec(tree, not options["no_cache"], options["spec_file"] or options["preset"])
    with refusals_shown(asked.line_at, _refusing(asked, form), writes=write):

        def look() -> tuple[list[Finding], ChangeSet]:
            with asked.read_as_one():
                looked = _look(asked, options)
            if write:
                write_changes(looked[1], asked.root, options["allow_dirty"], asked.changed, say)
            return looked

        found, changes = planned_again(look, options["quiet"])
    left = [finding for finding in found if finding.mend is None] if fix else found
    if fix:
        if not write:
            print_patch(diff(changes))
        for finding in left:
            say(str(finding))
    else:
        _print(found, asked, form)
    if not options["quiet"]:
        for rule in dict.fromkeys(one.rule for one in left) if options["verbose"] else ():
            say(f"{rule.name}: {rule.advice}")
        say(_summary(asked.title, found, left, fix, write))
    if left if write else found:
        sys.exit(1)


def _refuse_contradictions(options: LintOptions) -> str:
    """Return the format that is asked for. Raises UsageError for options that contradict it."""
    refuse_two_specs(options["spec_file"], options["preset"])
    if options["write"] and not options["fix"]:
        raise click.UsageError("--write needs --fix")
    form = options["output_format"] or ("json" if options["json_"] else "text")
    if options["json_"] and form != "json":
        raise click.UsageError(f"--json and --output-format={form} cannot be used together")
    if options["fix"] and form != "text":
        option = "--json" if options["json_"] else f"--output-format={form}"
        raise click.UsageError(f"--fix and {option} cannot be used together")
    return form


def _print(found: list[Finding], asked: TreeAndSpec, form: str) -> None:
    """Print findings in the form that is asked for."""
    if form == "text":
        print_lines(map(str, found))
    elif form == "json":
        print_bytes(as_json(report_lint(found, asked.origin())))
    elif form == "sarif":
        print_bytes(as_sarif(found, asked.seen))
    elif found:
        print_text(as_github(found, asked.seen))


def _refusing(asked: TreeAndSpec, form: str) -> RefusalAnswer | None:
    """Return what stdout has for a refusal, in the form that is asked for."""

    def answer(problems: Sequence[Problem], failure: Failure) -> bytes:
        if form == "sarif":
            return problems_as_sarif(problems, asked.seen)
        if form == "github":
            return f"{as_github(problems, asked.seen)}\n".encode("utf-8", "replace")
        return answer_as(LintReport, asked.origin)(problems, failure)

    return None if form == "text" else answer


def _look(asked: TreeAndSpec, options: LintOptions) -> tuple[list[Finding], ChangeSet]:
    progress = show_progress("searching the tree", options["quiet"], "looking for faults")
    with progress as tell:
        tree, spec = asked.open(options["spec_file"], options["preset"], progress=tell)
        backend = spec.dispatch.backend if spec.dispatch else None
        second = SecondBackend(backend.prefix, backend.source, backend.header) if backend else None
        assert asked.index is not None
        facts = Facts(spec, tree, second, asked.index.find)
        found = find_all(facts)
    return found, changes_to(tree, mend(facts, found) if options["fix"] else {})


def _summary(title: str, found: list[Finding], left: list[Finding], fix: bool, write: bool) -> str:
    if not found:
        return f"{title}: nothing found"
    mendable = sum(finding.mend is not None for finding in found)
    if not fix:
        hint = f"; --fix corrects {mendable}" if mendable else ""
        return f"{title}: {number(len(found), 'finding')}{hint}"
    done = "corrected" if write else "would be corrected; nothing written, --write applies it"
    return f"{title}: {len(left)} of {number(len(found), 'finding')} left, {mendable} {done}"
