"""`vtsplit verify`: whether two trees are the same program; the verdict on stdout."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from vtsplit.apply.proof import verify_by_spec
from vtsplit.cli.arguments.asked import TreeAndSpec, refuse_two_specs
from vtsplit.cli.arguments.common import NamedPath, jobs_option, report_options
from vtsplit.cli.arguments.compared_trees import compared_trees, tree_of
from vtsplit.cli.arguments.completing import complete_preset
from vtsplit.cli.arguments.proof_options import ProofOptions, define_option, record_options
from vtsplit.cli.arguments.proof_spec import find_spec_of_range, verify_by_found_spec
from vtsplit.cli.machine.envelope import Origin, as_json, origin
from vtsplit.cli.machine.verify import VerifyReport, report_range, report_verify
from vtsplit.cli.output.verify_report import as_text, limits_as_text, limits_of_range
from vtsplit.cli.proving import records_of
from vtsplit.cli.refused import answer_as, refusals_shown
from vtsplit.cli.terminal.printing import print_bytes, print_lines, print_report
from vtsplit.cli.terminal.progress import show_phases
from vtsplit.diagnostics import visible
from vtsplit.progress import Tell
from vtsplit.series.compared import ComparedTrees
from vtsplit.spec.document import Spec
from vtsplit.spec.presets import names
from vtsplit.verify.inputs.flags import Records
from vtsplit.verify.inputs.option_values import read_config, read_defines
from vtsplit.verify.required import require_build
from vtsplit.verify.verdict import Answer, Verdict, worst
from vtsplit.verify.verify import Request

if TYPE_CHECKING:
    from vtsplit.series.repository.revisions import Revisions
    from vtsplit.series.review import VerifiedRevision

_EPILOG = """\b
Examples:
  vtsplit verify linux linux-split                   linux is built, or the texts are compared
  vtsplit verify HEAD~1 HEAD                         two commits of the tree we are in
  vtsplit verify HEAD linux                          what is not committed yet in a tree
  vtsplit verify --patch series.mbox linux           a tree, and with patches that came by mail
  vtsplit verify --range v6.1..split                 each commit with the one before
  vtsplit verify --build out linux linux-split       the build is in another folder (make O=out)
  vtsplit verify --range v6.1..split --spec tdx.toml linux   commits with wrappers, by the spec
  vtsplit verify --require-build linux linux-split   refuse a weaker proof
  vtsplit verify --preset kvm-vt linux linux-split   take the renames from the preset
  vtsplit verify --config CONFIG_SMP=y,n a b         also with both values of an option
  vtsplit verify --define CONFIG_FOO=y a b           compile changed files with an option on
  vtsplit verify --cc 'ccache gcc' a b               compile through ccache

\b
Exit codes:
  0  proved: the same program, except for linkage, place and names
  1  something differs
  2  could not tell, or bad input
  4  the result cannot be printed, as on a full disk
  128 + N  ended by signal N: 130 for Ctrl-C
"""


class VerifyOptions(ProofOptions):
    """What the options of the command ask for."""

    range_: str | None
    patch: Path | None
    spec_file: Path | None
    preset: str | None
    no_spec: bool
    configs: tuple[str, ...]
    defines: tuple[str, ...]
    textual: bool
    no_objects: bool
    every: bool
    json_: bool
    quiet: bool
    verbose: bool


@click.command("verify", epilog=_EPILOG)
@click.argument("before", type=NamedPath(str), required=False)
@click.argument("after", type=NamedPath(str), required=False)
@click.option(
    "--range",
    "range_",
    metavar="A..B",
    help="Verify each commit of this range of BEFORE, a tree under git; default: the folder of the "
    "nearest vtsplit.toml upwards, or else the top of the repository.",
)
@click.option(
    "--patch",
    type=NamedPath(),
    metavar="FILE",
    help="In place of AFTER: BEFORE with a patch, or a mailbox of them, applied; - for stdin. "
    "Without BEFORE: this folder.",
)
@click.option(
    "--spec",
    "spec_file",
    type=NamedPath(),
    metavar="FILE",
    help="A spec that says how the trees differ, - for stdin; default: vtsplit.toml in BEFORE, or "
    "from here upwards, if it has [dispatch].",
)
@click.option(
    "--preset",
    metavar="NAME",
    shell_complete=complete_preset,
    help=f"Or from a built-in spec: {', '.join(names())}.",
)
@click.option("--no-spec", is_flag=True, help="Use no vtsplit.toml: derive renames from the trees.")
@record_options
@define_option
@click.option(
    "--config",
    "configs",
    multiple=True,
    metavar="CONFIG_X=y,n",
    help="Also compare tokens with these values; may be repeated.",
)
@click.option("--textual", is_flag=True, help="Compare texts only, even if there is a build.")
@click.option("--no-objects", is_flag=True, help="Compare tokens only, and compile nothing.")
@click.option("--all", "every", is_flag=True, help="Show all differences, not 20 of them.")
@click.option("--json", "json_", is_flag=True, help="Print the verdict as JSON.")
@jobs_option
@report_options("each thing that was proved")
def verify(before: str | None, after: str | None, **options: Unpack[VerifyOptions]) -> None:
    """Prove that AFTER is the same program as BEFORE but for linkage, place and renames.

    Both are folders or, in a git tree, commits. Commits and patches are laid out in scratch
    folders: no file, branch or index of yours changes.
    """
    _refuse_contradictions(after, options)
    gc.disable()
    if options["range_"] is not None:
        _verify_range(Path(before) if before is not None else tree_of(), options)
        return
    before = "." if before is None else before
    asked = TreeAndSpec(tree_of(before, after))
    trees = compared_trees(before, after, options["patch"], asked.root)
    answer = answer_as(VerifyReport, asked.origin) if options["json_"] else None
    shown = refusals_shown(asked.line_at, answer, writes=False)
    with shown, show_phases(options["quiet"]) as tell, trees as compared:
        verdict, spec = _compare(asked, compared, options, tell)
    if options["json_"]:
        print_bytes(as_json(report_verify(verdict, _origin(asked, spec))))
    elif text := _told(verdict, options, spec):
        print_report(text)
    sys.exit(verdict.outcome.value)


def _origin(asked: TreeAndSpec, spec: str) -> Origin:
    return origin(asked.spec if spec else None, asked.root)


def _verify_range(tree: Path, options: VerifyOptions) -> None:
    """Print a verdict on each commit, then what was not looked at; exit with the worst."""
    # Modules that two trees do not need.
    from vtsplit.series.repository.revisions import Revisions

    assert options["range_"] is not None
    found: list[VerifiedRevision] = []
    asked = TreeAndSpec(tree)
    answer = answer_as(VerifyReport, lambda: origin(None, tree)) if options["json_"] else None
    with refusals_shown(asked.line_at, answer, writes=False):
        spec, unused = _named_spec(asked, options), ""
        is_named = spec is not None
        records = _records((tree, tree), options)
        revisions = Revisions(tree, options["range_"])
        if spec is None and not options["no_spec"]:
            spec, unused = find_spec_of_range(asked, revisions)
        try:
            for one in _verified(revisions, (spec, unused), records, options):
                found.append(one)
                if not options["json_"]:
                    print_lines(_told_of(one, len(found), len(revisions.all), spec, options))
        finally:
            limits = [one.verdict.limits for one in found]
            if not options["json_"] and (notes := limits_of_range(limits)):
                print_lines([notes])
    if options["json_"]:
        is_used = is_named or any(one.is_by_spec for one in found)
        pairs = [(one.revision, one.verdict) for one in found]
        made = _origin(asked, spec.file if spec and is_used else "")
        print_bytes(as_json(report_range(pairs, made)))
    sys.exit(worst(one.verdict.outcome for one in found).value)


def _verified(
    revisions: Revisions,
    found: tuple[Spec | None, str],
    records: Records | None,
    options: VerifyOptions,
) -> Iterator[VerifiedRevision]:
    """Yield commits with their verdicts, by the spec that was `found`, or say why not by it."""
    from vtsplit.series.review import HowToVerify, verify_range

    @contextmanager
    def asking(trees: Request) -> Iterator[Request]:
        with show_phases(options["quiet"]) as tell:
            yield replace(_request(trees, options), tell=tell)

    defines = read_defines(options["defines"], records)
    how = HowToVerify(records, *found, defines, options["require_build"], asking)
    return verify_range(revisions, how)


def _told_of(
    one: VerifiedRevision, at: int, total: int, spec: Spec | None, options: VerifyOptions
) -> list[str]:
    """Return what is printed of a commit: its subject and the verdict, without its notes."""
    commit, subject = one.revision.commit, one.revision.subject
    head = f"{at}/{total} {commit[:12]} {visible(subject)}"
    by = spec.file if spec and one.is_by_spec else ""
    verdict = replace(one.verdict, limits=[])
    return [head, *filter(None, [_told(verdict, options, by)])]


def _named_spec(asked: TreeAndSpec, options: VerifyOptions) -> Spec | None:
    """Return the spec that the options name, if they name one. Raises RefusedError."""
    spec_file, preset = options["spec_file"], options["preset"]
    return asked.open(spec_file, preset)[1] if spec_file or preset else None


def _told(verdict: Verdict, options: VerifyOptions, spec: str = "") -> str:
    """Return what is printed of a verdict; with `-q`, of a proof only what makes it weaker."""
    if options["quiet"] and verdict.outcome is Answer.PROVED:
        return limits_as_text(verdict)
    return as_text(verdict, options["verbose"], spec, options["every"])


def _refuse_contradictions(after: str | None, options: VerifyOptions) -> None:
    """Raise UsageError for options that do not go together."""
    in_place = [options["range_"], options["patch"]]
    if (after is not None) + sum(one is not None for one in in_place) != 1:
        raise click.UsageError("give BEFORE and AFTER, or --range or --patch and at most one tree")
    if bool(options["build"]) + bool(options["database"]) + options["textual"] > 1:
        raise click.UsageError("--build, --compile-commands and --textual cannot be used together")
    if options["defines"] and (options["textual"] or options["no_objects"]):
        raise click.UsageError("--define compiles files, which --textual and --no-objects forbid")
    if options["require_build"] and (options["textual"] or options["no_objects"]):
        raise click.UsageError("--require-build refuses what --textual and --no-objects ask for")
    refuse_two_specs(options["spec_file"], options["preset"])
    if options["no_spec"] and (options["spec_file"] or options["preset"]):
        raise click.UsageError("--no-spec cannot be used together with --spec or --preset")


def _compare(
    asked: TreeAndSpec, compared: ComparedTrees, options: VerifyOptions, tell: Tell
) -> tuple[Verdict, str]:
    """Return the verdict on both trees, and the spec that it is by, or "". Raises RefusedError."""
    spec = _named_spec(asked, options)
    records = _records(compared.built, options)
    request = Request(compared.before, compared.after, compared.differing, records)
    request = replace(_request(request, options), home=compared.home, tell=tell)
    defines = read_defines(options["defines"], records)
    if spec is None and not options["no_spec"]:
        verdict, used = verify_by_found_spec(asked, request, compared.sources, defines)
    else:
        verdict = verify_by_spec(request, spec, compared.sources, defines)
        used = spec.file if spec else ""
    if compared.not_compared:
        verdict.weaken(compared.not_compared)
    return _required(verdict, options), used


def _required(verdict: Verdict, options: VerifyOptions) -> Verdict:
    """Return a verdict, in which `--require-build` makes a problem of what is weaker."""
    if options["require_build"]:
        require_build(verdict)
    return verdict


def _records(trees: tuple[Path, Path], options: VerifyOptions) -> Records | None:
    return None if options["textual"] else records_of(*trees, options)


def _request(request: Request, options: VerifyOptions) -> Request:
    """Return a request with what the options say of how to compare."""
    configs = tuple(map(read_config, options["configs"]))
    return replace(request, configs=configs, objects=not options["no_objects"])
