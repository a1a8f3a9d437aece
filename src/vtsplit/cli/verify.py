"""`vtsplit verify`: whether two trees are the same program; the verdict on stdout."""

import gc
import re
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from vtsplit.apply.proof import judge_dispatch, stated_names, verify_split
from vtsplit.apply.transform import transform
from vtsplit.cli.arguments.asked import Asked, refuse_two_specs
from vtsplit.cli.arguments.defines import HELP, NO_FORM, read_defines
from vtsplit.cli.output.verify_report import as_json, as_text
from vtsplit.cli.refused import refusals_shown
from vtsplit.diagnostics import Problem, RefusedError
from vtsplit.planning.context import read_context
from vtsplit.planning.plan import make_plan
from vtsplit.spec.document import Spec
from vtsplit.spec.presets import names
from vtsplit.tree.source_tree import SourceTree
from vtsplit.verify.inputs.differing import find_differing
from vtsplit.verify.inputs.flags import DATABASE, choose_records
from vtsplit.verify.objects.compiled import compile_changed
from vtsplit.verify.tokens.design import Design
from vtsplit.verify.verdict import Verdict
from vtsplit.verify.verify import Request
from vtsplit.verify.verify import verify as verify_trees

_CONFIG = re.compile(r"(CONFIG_\w+)=([ymn](?:,[ymn])*)")

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
@click.option("--define", "defines", multiple=True, metavar="CONFIG_X=y", help=HELP)
@click.option("--cc", metavar="COMMAND", help="The compiler; default: the one of the build.")
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
def verify(
    before: Path,
    after: Path,
    build: Path | None,
    database: Path | None,
    spec_file: Path | None,
    preset: str | None,
    configs: tuple[str, ...],
    defines: tuple[str, ...],
    cc: str | None,
    jobs: int | None,
    textual: bool,
    no_objects: bool,
    json_: bool,
    verbose: bool,
) -> None:
    """Prove that AFTER is the same program as BEFORE but for linkage, place and renames."""
    if bool(build) + bool(database) + textual > 1:
        raise click.UsageError("--build, --compile-commands and --textual cannot be used together")
    if defines and (textual or no_objects):
        raise click.UsageError("--define compiles files, which --textual and --no-objects forbid")
    refuse_two_specs(spec_file, preset)
    gc.disable()
    asked = Asked(before)
    with refusals_shown(asked.line_at, json_):
        spec = asked.open(spec_file, preset)[1] if spec_file or preset else None
        trees = SourceTree(before), SourceTree(after)
        request = Request(
            trees[0].root,
            trees[1].root,
            find_differing(trees[0].root, trees[1].root),
            None if textual else choose_records(before, after, build, database),
            Design(_stated(trees[0], spec)),
            tuple(_config(one) for one in configs),
            tuple(shlex.split(cc or "")),
            jobs or 0,
            not no_objects,
        )
        values = read_defines(defines, request.records)
        if spec is not None and spec.dispatch is not None:
            verdict = _verify_dispatched(request, spec, trees, values)
        else:
            verdict = verify_trees(request)
            compile_changed(request, values, verdict)
    click.echo(as_json(verdict) if json_ else as_text(verdict, verbose), nl=not json_)
    sys.exit(verdict.outcome.value)


def _stated(tree: SourceTree, spec: Spec | None) -> dict[str, str] | None:
    """Return the renames that a spec comes to on the tree before; None without one."""
    if spec is None or spec.dispatch is not None:
        return None
    return stated_names(make_plan(read_context(spec, tree)))


def _verify_dispatched(
    request: Request,
    spec: Spec,
    trees: tuple[SourceTree, SourceTree],
    defines: Mapping[str, str],
) -> Verdict:
    """Prove the split that a spec asks for, and hold the rest against the spec's policies."""
    before, _ = trees
    result = transform(spec, before)
    verdict = verify_split(request.before, spec, before, result, request.records, request)
    judge_dispatch(request, spec, trees, result, verdict, defines)
    return verdict


def _config(text: str) -> tuple[str, tuple[str, ...]]:
    match = _CONFIG.fullmatch(text)
    if match is None:
        message = f"--config {text} does not have the form CONFIG_NAME=y,n"
        raise RefusedError(Problem(NO_FORM, message))
    return match[1], tuple(match[2].split(","))
