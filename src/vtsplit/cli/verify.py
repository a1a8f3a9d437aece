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
from vtsplit.cli.output.verify_report import as_json, as_text
from vtsplit.cli.refused import refusals_shown
from vtsplit.spec.presets import names
from vtsplit.tree.source_tree import SourceTree
from vtsplit.verify.inputs.choose_records import NamedRecords, choose_records
from vtsplit.verify.inputs.differing import find_differing
from vtsplit.verify.inputs.flags import DATABASE
from vtsplit.verify.inputs.option_values import read_config, read_defines
from vtsplit.verify.verdict import Verdict
from vtsplit.verify.verify import Request

_EPILOG = """\b
Examples:
  vtsplit verify linux linux-split                   linux is built, or the texts are compared
  vtsplit verify --build out linux linux-split       the build is in another folder (make O=out)
  vtsplit verify --preset kvm-vt linux linux-split   take the renames from the preset
  vtsplit verify --config CONFIG_SMP=y,n a b         also with both values of an option
  vtsplit verify --define CONFIG_FOO=y a b           compile changed files with an option on
  vtsplit verify --cc 'ccache gcc' a b               compile through ccache

\b
Exit codes:
  0  proved: the same program, except for linkage, place and names
  1  something differs
  2  could not tell, or bad input
"""


class Options(TypedDict):
    """What the options of the command ask for."""

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
    verbose: bool


@click.command("verify", epilog=_EPILOG)
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
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
@click.option("--preset", metavar="NAME", help=f"Or from a built-in spec: {', '.join(names())}.")
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
@click.option("-v", "--verbose", is_flag=True, help="Print each thing that was proved.")
def verify(before: Path, after: Path, **options: Unpack[Options]) -> None:
    """Prove that AFTER is the same program as BEFORE but for linkage, place and renames."""
    _refuse_contradictions(options)
    gc.disable()
    asked = Asked(before)
    with refusals_shown(asked.line_at, options["json_"]):
        verdict = _compare(asked, SourceTree(after), options)
    json_ = options["json_"]
    click.echo(as_json(verdict) if json_ else as_text(verdict, options["verbose"]), nl=not json_)
    sys.exit(verdict.outcome.value)


def _refuse_contradictions(options: Options) -> None:
    """Raise UsageError for options that do not go together."""
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
    records = None
    if not options["textual"]:
        named = NamedRecords(options["build"], options["database"], options["cc"])
        records = choose_records(asked.root, after.root, named)
    request = Request(
        before.root,
        after.root,
        find_differing(before.root, after.root),
        records,
        configs=tuple(map(read_config, options["configs"])),
        jobs=options["jobs"] or 0,
        objects=not options["no_objects"],
    )
    defines = read_defines(options["defines"], records)
    return verify_by_spec(request, spec, (before, after), defines)
