"""`vtsplit verify`: whether two trees are the same program; the verdict on stdout."""

import gc
import sys
from pathlib import Path
from typing import TypedDict, Unpack

import click

from vtsplit.apply.proof import verify_by_spec
from vtsplit.cli.arguments.asked import (
    CC_HELP,
    DEFINE_HELP,
    Asked,
    read_compiler,
    refuse_two_specs,
)
from vtsplit.cli.arguments.common import report_options
from vtsplit.cli.arguments.completing import complete_preset
from vtsplit.cli.output.verify_report import as_json, as_text, limits_as_text
from vtsplit.cli.refused import refusals_shown
from vtsplit.cli.terminal.printing import print_bytes, print_lines, print_report
from vtsplit.diagnostics import visible
from vtsplit.spec.presets import names
from vtsplit.tree.source_tree import SourceTree
from vtsplit.verify.inputs.choose_records import NamedRecords, choose_records
from vtsplit.verify.inputs.differing import Differing, find_differing
from vtsplit.verify.inputs.flags import DATABASE, Records
from vtsplit.verify.inputs.option_values import read_config, read_defines
from vtsplit.verify.verdict import Answer, Verdict
from vtsplit.verify.verify import Request
from vtsplit.verify.verify import verify as verify_trees

_EPILOG = """\b
Examples:
  vtsplit verify linux linux-split                   linux is built, or the texts are compared
  vtsplit verify --build out linux linux-split       the build is in another folder (make O=out)
  vtsplit verify --preset kvm-vt linux linux-split   take the renames from the preset
  vtsplit verify --config CONFIG_SMP=y,n a b         also with both values of an option
  vtsplit verify --define CONFIG_FOO=y a b           compile changed files with an option on
  vtsplit verify --cc 'ccache gcc' a b               compile through ccache
  vtsplit verify --range v6.1..split linux           each commit with the one before

\b
Exit codes:
  0  proved: the same program, except for linkage, place and names
  1  something differs
  2  could not tell, or bad input
"""


class Options(TypedDict):
    """What the options of the command ask for."""

    range_: str | None
    build: Path | None
    database: Path | None
    spec_file: Path | None
    preset: str | None
    configs: tuple[str, ...]
    defines: tuple[str, ...]
    cc: tuple[str, ...]
    jobs: int | None
    textual: bool
    no_objects: bool
    json_: bool
    quiet: bool
    verbose: bool


@click.command("verify", epilog=_EPILOG)
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path), required=False)
@click.option(
    "--range",
    "range_",
    metavar="A..B",
    help="Verify each commit of this range of BEFORE, a tree under git.",
)
@click.option(
    "--build",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Kbuild's output folder; default: BEFORE or AFTER, if it is built.",
)
@click.option(
    "--compile-commands",
    "database",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=f"Flags from a compilation database; default: BEFORE/{DATABASE}, if there is one.",
)
@click.option(
    "--spec",
    "spec_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Take the renames from a spec; default: derive them from the trees.",
)
@click.option(
    "--preset",
    metavar="NAME",
    shell_complete=complete_preset,
    help=f"Or from a built-in spec: {', '.join(names())}.",
)
@click.option(
    "--config",
    "configs",
    multiple=True,
    metavar="CONFIG_X=y,n",
    help="Also compare tokens with these values; may be repeated.",
)
@click.option("--define", "defines", multiple=True, metavar="CONFIG_X=y", help=DEFINE_HELP)
@click.option("--cc", metavar="COMMAND", callback=read_compiler, help=CC_HELP)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="How many processes to run; default: one for each processor.",
)
@click.option("--textual", is_flag=True, help="Compare texts only, even if there is a build.")
@click.option("--no-objects", is_flag=True, help="Compare tokens only, and compile nothing.")
@click.option("--json", "json_", is_flag=True, help="Print the verdict as JSON.")
@report_options("each thing that was proved")
def verify(before: Path, after: Path | None, **options: Unpack[Options]) -> None:
    """Prove that AFTER is the same program as BEFORE but for linkage, place and renames."""
    _refuse_contradictions(after, options)
    gc.disable()
    asked = Asked(before)
    if after is None:
        _verify_range(before, options)
        return
    with refusals_shown(asked.line_at, options["json_"]):
        verdict = _compare(asked, SourceTree(after), options)
    if options["json_"]:
        print_bytes(as_json(verdict))
    elif text := _told(verdict, options):
        print_report(text)
    sys.exit(verdict.outcome.value)


def _verify_range(tree: Path, options: Options) -> None:
    """Print a verdict on each commit; exit with the worst."""
    # Modules that two trees do not need.
    from vtsplit.series.repository.revisions import Revisions
    from vtsplit.series.review import verify_each

    assert options["range_"] is not None
    worst = Answer.PROVED
    with refusals_shown():
        records = _records(tree, tree, options)
        revisions = Revisions(tree, options["range_"])

        def compare(before: Path, after: Path, differing: Differing) -> Verdict:
            return verify_trees(_request(before, after, differing, records, options))

        for at, (one, verdict) in enumerate(verify_each(revisions, compare), 1):
            head = f"{at}/{len(revisions.all)} {one.commit[:12]} {visible(one.subject)}"
            print_lines([head, *filter(None, [_told(verdict, options)])])
            worst = max(worst, verdict.outcome, key=_badness)
    sys.exit(worst.value)


def _told(verdict: Verdict, options: Options) -> str:
    """Return what is printed of a verdict; with `-q`, of a proof only what makes it weaker."""
    if options["quiet"] and verdict.outcome is Answer.PROVED:
        return limits_as_text(verdict)
    return as_text(verdict, options["verbose"])


def _badness(answer: Answer) -> int:
    """Tell how bad an answer is: a difference is worse than not to know."""
    return [Answer.PROVED, Answer.UNKNOWN, Answer.DIFFERS].index(answer)


def _refuse_contradictions(after: Path | None, options: Options) -> None:
    """Raise UsageError for options that do not go together."""
    if (after is None) != (options["range_"] is not None):
        raise click.UsageError("give BEFORE and AFTER, or one tree and --range")
    two_trees: dict[str, object] = {"--spec": options["spec_file"], "--preset": options["preset"]}
    two_trees |= {"--define": options["defines"], "--json": options["json_"]}
    for name, value in two_trees.items():
        if options["range_"] is not None and value:
            raise click.UsageError(f"--range and {name} cannot be used together")
    if bool(options["build"]) + bool(options["database"]) + options["textual"] > 1:
        raise click.UsageError("--build, --compile-commands and --textual cannot be used together")
    if options["defines"] and (options["textual"] or options["no_objects"]):
        raise click.UsageError("--define compiles files, which --textual and --no-objects forbid")
    refuse_two_specs(options["spec_file"], options["preset"])


def _compare(asked: Asked, after: SourceTree, options: Options) -> Verdict:
    """Return the verdict on both trees. Raises RefusedError."""
    spec_file, preset = options["spec_file"], options["preset"]
    spec = asked.open(spec_file, preset)[1] if spec_file or preset else None
    before = SourceTree(asked.root)
    records = _records(asked.root, after.root, options)
    differing = find_differing(before.root, after.root)
    request = _request(before.root, after.root, differing, records, options)
    defines = read_defines(options["defines"], records)
    return verify_by_spec(request, spec, (before, after), defines)


def _records(before: Path, after: Path, options: Options) -> Records | None:
    if options["textual"]:
        return None
    named = NamedRecords(options["build"], options["database"], options["cc"])
    return choose_records(before, after, named)


def _request(
    before: Path, after: Path, differing: Differing, records: Records | None, options: Options
) -> Request:
    return Request(
        before,
        after,
        differing,
        records,
        configs=tuple(map(read_config, options["configs"])),
        jobs=options["jobs"] or 0,
        objects=not options["no_objects"],
    )
