"""`vtsplit split`: the patch on stdout, everything else on stderr."""

import gc
import sys
from pathlib import Path

import click

from vtsplit.account import AccountedHunk, account
from vtsplit.changes import ChangeSet, changes_to
from vtsplit.cli.progress import show_progress
from vtsplit.cli.report import as_json, explanation, problems_as_json, refusal, summary
from vtsplit.cli.table_argument import read_tables
from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.diff import colored, diff, diffstat
from vtsplit.planning.plan import Planner
from vtsplit.planning.steps import Plan
from vtsplit.presets import load_preset, names, preset_for
from vtsplit.proposal import propose
from vtsplit.self_check import check_outcome
from vtsplit.spec import Spec, load
from vtsplit.split import carry_out
from vtsplit.survey.words import WordIndex
from vtsplit.tree import SourceTree
from vtsplit.write import write as write_changes

SPEC_FILE = "vtsplit.toml"

_EPILOG = """\b
Examples:
  vtsplit split linux | less              show the patch
  vtsplit split linux > split.patch       keep it, for git apply or patch -p1
  vtsplit split linux --explain           say why each line changes
  vtsplit split linux --write             change the tree
  vtsplit split linux --check             exit 1 when something is left to do
  vtsplit split --spec my.toml linux      another table
  vtsplit split linux --table drivers/foo/bar.c:bar_ops

\b
Exit codes:
  0  done, or nothing to do
  1  --check: something would change
  2  refused, or bad input; nothing was written
"""


@click.command(epilog=_EPILOG)
@click.argument("tree", type=click.Path(path_type=Path), default=".")
@click.option(
    "--spec",
    "spec_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=f"What to split; default: {SPEC_FILE} in TREE, else the preset that fits.",
)
@click.option(
    "--table",
    "tables",
    multiple=True,
    metavar="FILE:TABLE",
    help="Split this table by the spec that `vtsplit init` would write; may be repeated.",
)
@click.option("--preset", metavar="NAME", help=f"A built-in spec: {', '.join(names())}.")
@click.option("--write", is_flag=True, help="Change the tree: all files or none.")
@click.option("--check", is_flag=True, help="Print no patch; exit 1 when something would change.")
@click.option("--stat", is_flag=True, help="Print a diffstat instead of the patch.")
@click.option("--json", "json_", is_flag=True, help="Print steps, changes and hunks as JSON.")
@click.option("--explain", is_flag=True, help="Print each step with its reason, and what is left.")
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
@click.option("-q", "--quiet", is_flag=True, help="No report; errors only.")
@click.option("-v", "--verbose", is_flag=True, help="Report every note.")
def split(
    tree: Path,
    spec_file: Path | None,
    tables: tuple[str, ...],
    preset: str | None,
    write: bool,
    check: bool,
    stat: bool,
    json_: bool,
    explain: bool,
    context: int,
    allow_dirty: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Split ops tables of TREE out of their source file, as a spec says.

    Without --write this is a dry run: the patch goes to stdout, the report to stderr, and no file
    is touched.
    """
    if sum((stat, json_, explain)) > 1:
        raise click.UsageError("--stat, --json and --explain exclude each other")
    if write and check:
        raise click.UsageError("--write and --check exclude each other")
    given = {"--spec": spec_file, "--table": tables, "--preset": preset}
    chosen = [option for option, value in given.items() if value]
    if len(chosen) > 1:
        raise click.UsageError(f"{' and '.join(chosen)} exclude each other")
    # One short run makes many small objects and no garbage to speak of.
    gc.disable()
    run = _Run(tree)
    try:
        plan, changes, hunks = run.make(spec_file, tables, preset, context, quiet)
        if write:
            write_changes(changes, run.root, allow_dirty)
    except RefusedError as error:
        if json_:
            _print(problems_as_json(error.problems))
        click.echo(refusal(error.problems, run.line_at), err=True)
        sys.exit(2)
    if json_:
        _print(as_json(plan, changes, hunks, written=write))
    elif explain:
        click.echo(explanation(plan))
    elif stat:
        click.echo(diffstat(changes), nl=False)
    elif not write and not check:
        _print_patch(diff(changes, context))
    if not quiet:
        click.echo(summary(plan, changes, run.title, written=write, notes=verbose), err=True)
    if check and changes:
        sys.exit(1)


class _Run:
    """One run: the tree, the spec once it is known, and how to show a line of either."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.tree: SourceTree | None = None
        self.spec: Spec | None = None
        self.title = "split"
        self.broken: tuple[str, str] | None = None  # path and text of a spec that was refused

    def make(
        self,
        spec_file: Path | None,
        tables: tuple[str, ...],
        preset: str | None,
        context: int,
        quiet: bool,
    ) -> tuple[Plan, ChangeSet, list[AccountedHunk]]:
        """Plan and carry out in memory. Raises RefusedError."""
        self.tree = SourceTree(self.root)
        with show_progress("searching the tree", quiet) as progress:
            index = WordIndex(self.tree.root, progress)
            if tables:
                source, names = read_tables(self.root, self.tree, tables)
                self.title = f"{source}:{','.join(names)}"
                self.spec = propose(self.tree, source, names, index, "--table")
            else:
                self.spec = self._choose(self.tree, spec_file, preset)
            planner = Planner(self.spec, self.tree, index=index)
            plan = planner.plan()
        outcome = carry_out(plan, self.tree, planner.macro_of)
        check_outcome(plan, outcome)
        changes = changes_to(self.tree, outcome.after)
        return plan, changes, account(plan, changes, context, self.tree.real)

    def _choose(self, tree: SourceTree, spec_file: Path | None, preset: str | None) -> Spec:
        if preset:
            self.title = preset
            return load_preset(preset)
        path = spec_file or (self.root / SPEC_FILE)
        if spec_file or path.exists():
            self.title = path.stem
            return self._load(path)
        found = preset_for(tree.exists)
        if found is None:
            raise RefusedError(
                Problem(
                    "VT007",
                    f"no spec: {self.root} has no {SPEC_FILE}, and no preset fits it",
                    None,
                    f"name one with --spec FILE or --preset NAME ({', '.join(names())})",
                )
            )
        self.title = Path(found.file).stem
        return found

    def _load(self, path: Path) -> Spec:
        try:
            text = path.read_bytes().decode("utf-8", "surrogateescape")
        except OSError as error:
            reason = (error.strerror or "cannot be read").lower()
            problem = Problem("VT006", f"cannot read the spec: {reason}", Site(str(path)))
            raise RefusedError(problem) from error
        try:
            return load(text, str(path))
        except RefusedError:
            # The text is at hand though no spec came of it: its lines can be shown.
            self.broken = (str(path), text)
            raise

    def line_at(self, site: Site) -> str | None:
        """Return the text of a site's line, from the spec or the tree."""
        if self.broken and site.path == self.broken[0]:
            return _line(self.broken[1], site.line)
        if self.spec is not None and site.path == self.spec.file:
            return self.spec.line(site.line)
        try:
            text = self.tree.find(site.path) if self.tree else None
        except RefusedError:
            return None
        return _line(text, site.line) if text is not None else None


def _line(text: str, number: int) -> str | None:
    lines = text.split("\n")
    return lines[number - 1].rstrip("\r") if 0 < number <= len(lines) else None


def _print_patch(patch: bytes) -> None:
    """Write a patch byte for byte; coloured on a terminal."""
    if sys.stdout.isatty():
        click.echo(colored(patch), nl=False)
    else:
        _print(patch)


def _print(data: bytes) -> None:
    stream = sys.stdout.buffer
    stream.write(data)
    stream.flush()
