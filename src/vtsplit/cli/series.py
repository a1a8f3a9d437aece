"""`vtsplit series`: the split as patches for `git am`, or as commits."""

from __future__ import annotations

import gc
import re
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from posixpath import basename
from typing import Unpack

import click

from vtsplit import interrupt
from vtsplit.change.diff import diffstat
from vtsplit.cli.again import planned_again
from vtsplit.cli.arguments.asked import (
    TreeAndSpec,
    cache_option,
    refuse_two_specs,
    spec_options,
    tree_argument,
)
from vtsplit.cli.arguments.common import NamedPath, jobs_option, report_options
from vtsplit.cli.arguments.proof_options import (
    ProofOptions,
    record_options,
    refuse_records,
    table_option,
)
from vtsplit.cli.machine.envelope import as_json, origin
from vtsplit.cli.machine.series import SeriesReport, report_series
from vtsplit.cli.output.summary import kept_wrappers, warnings
from vtsplit.cli.proving import records_of
from vtsplit.cli.refused import answer_as, refusals_shown
from vtsplit.cli.terminal.printing import print_bytes, say
from vtsplit.cli.terminal.progress import show_phases, show_progress
from vtsplit.cli.terminal.width import columns
from vtsplit.diagnostics import Note, Problem, RefusedError, Site, number
from vtsplit.series.cover import Remake, cover_letter
from vtsplit.series.maintainers import find_addresses
from vtsplit.series.repository.base import Base, find_base, refuse_untracked
from vtsplit.series.repository.branch import bring, refuse_branch, refuse_unknown
from vtsplit.series.repository.commits import make_commits, own_index, own_objects
from vtsplit.series.repository.format_patches import Cover, Sending, refuse_output, write_patches
from vtsplit.series.repository.subject_prefix import Beginning, find_prefix
from vtsplit.series.series import Series, make_series, squashed
from vtsplit.spec.document import Spec
from vtsplit.tree.source_tree import CHANGED

_EPILOG = """\b
Examples:
  vtsplit series linux -o patches           write them, for `git am --empty=drop` and b4
  vtsplit series linux -o patches --reroll v2   the second posting
  vtsplit series linux --commit             commit them on the current branch
  vtsplit series linux --commit --branch split   on a new branch, and switch to it
  vtsplit series linux -o patches --table drivers/foo/bar.c:bar_ops -s

\b
Exit codes:
  0  done, or nothing to do
  2  refused, or bad input; nothing was written
  4  the result cannot be printed, as on a full disk
  128 + N  ended by signal N: 130 for Ctrl-C
"""


class SeriesOptions(ProofOptions):
    """What the options of the command ask for."""

    spec_file: Path | None
    tables: tuple[str, ...]
    preset: str | None
    output: Path | None
    commit: bool
    branch: str | None
    single: bool
    signoff: bool
    version: int
    previous: str | None
    copies: bool
    verify: bool
    no_cache: bool
    json_: bool
    quiet: bool
    verbose: bool


def _read_version(context: click.Context, option: click.Parameter, text: str) -> int:
    """Return the number of a posting. Raises BadParameter for anything else."""
    found = re.fullmatch(r"v?([1-9][0-9]{0,2})", text)
    if found is None:
        raise click.BadParameter(f"{text!r} is no number of a posting, such as v2")
    return int(found[1])


@click.command(epilog=_EPILOG)
@tree_argument
@click.option(
    "-o",
    "--output",
    type=NamedPath(),
    metavar="DIR",
    help="Write the patches to this folder, which must be empty or not exist.",
)
@click.option("--commit", is_flag=True, help="Commit the patches on the current branch.")
@click.option("--branch", metavar="NAME", help="For --commit: make this branch, and switch to it.")
@spec_options
@table_option
@click.option("--single", is_flag=True, help="Make one patch of all.")
@click.option("-s", "--signoff", is_flag=True, help="Add your Signed-off-by to each patch.")
@click.option(
    "--reroll",
    "version",
    default="1",
    callback=_read_version,
    metavar="vN",
    help="Number of the posting: v2 makes [PATCH v2 1/5].",
)
@click.option(
    "--previous",
    metavar="BRANCH",
    help="Branch of the last posting: the cover letter says what has changed.",
)
@click.option(
    "--to-maintainers", "copies", is_flag=True, help="Add To and Cc by scripts/get_maintainer.pl."
)
@click.option("--verify", is_flag=True, help="Prove each patch first, and say so in its text.")
@record_options
@cache_option
@click.option("--json", "json_", is_flag=True, help="Print the outcome as JSON.")
@jobs_option
@report_options("the files that each patch changes")
def series(tree: Path | None, **options: Unpack[SeriesOptions]) -> None:
    """Make a split of TREE as a series of patches: each does one thing, and builds alone.

    TREE must be under git, without changes that are not committed. Renames come first, then what
    becomes global, then the move of the tables, then the second backend and its wrappers. A step
    that has nothing to do makes no patch. Without TREE it is the folder of the nearest
    vtsplit.toml, from here upwards, or else this folder.
    """
    _refuse_contradictions(options)
    gc.disable()
    asked = TreeAndSpec(tree, not options["no_cache"], options["spec_file"] or options["preset"])
    answer = answer_as(SeriesReport, asked.origin) if options["json_"] else None
    with refusals_shown(asked.line_at, answer):
        if options["output"]:
            refuse_output(options["output"])
        planned = planned_again(lambda: _plan(asked, options), options["quiet"])
        lines = _carry_out(asked, planned, options)
    _print_report(asked, planned, lines, options)


def _print_report(
    asked: TreeAndSpec, planned: _Planned, lines: Sequence[str], options: SeriesOptions
) -> None:
    """Print what was made, as JSON on stdout if that is asked for."""
    beginning, patches = planned.beginning.text, planned.series.patches
    for line in warnings(planned.notes):
        say(line)
    if options["json_"]:
        made = origin(planned.spec, asked.root)
        print_bytes(as_json(report_series(patches, beginning, options["output"], made)))
    if options["quiet"]:
        return
    for line in lines:
        say(line)
    for patch in patches if options["verbose"] else ():
        stat = diffstat(patch.changes, columns(sys.stderr) or 80)
        say(f"{patch.words.subject(beginning)}:\n{stat}")


def _refuse_contradictions(options: SeriesOptions) -> None:
    """Raise UsageError for options that do not go together."""
    if options["output"] and options["commit"]:
        raise click.UsageError("-o and --commit cannot be used together")
    if not options["output"] and not options["commit"]:
        raise click.UsageError("give -o DIR for patches, or --commit for commits")
    if options["branch"] is not None and not options["commit"]:
        raise click.UsageError("--branch needs --commit")
    of_patches = {"--reroll": options["version"] > 1, "--previous": options["previous"]}
    of_patches["--to-maintainers"] = options["copies"]
    for option, value in of_patches.items() if options["commit"] else ():
        if value:
            raise click.UsageError(f"{option} is for patches, with -o DIR")
    if options["single"] and options["previous"]:
        raise click.UsageError("--previous needs a cover letter, which --single has not")
    refuse_records(options["verify"], options)
    refuse_two_specs(options["spec_file"], options["preset"], options["tables"])


@dataclass(frozen=True)
class _Planned:
    """A series that is made in memory, its spec, the commit it is for, and how subjects begin."""

    base: Base
    spec: Spec
    series: Series
    beginning: Beginning

    @property
    def notes(self) -> tuple[Note, ...]:
        """What there is to say of the split, and of the subjects."""
        own = self.beginning.note
        return (*self.series.notes, own) if own and self.series.patches else self.series.notes


def _plan(asked: TreeAndSpec, options: SeriesOptions) -> _Planned:
    """Make a series in memory. Raises RefusedError, first for a tree that no series is made of."""
    progress = show_progress("searching the tree", options["quiet"], "planning")
    with asked.read_as_one(), progress as tell:
        source, spec = asked.open(options["spec_file"], options["preset"], options["tables"], tell)
        base = find_base(asked.root)
        if options["commit"]:
            refuse_branch(base, options["branch"])
        if options["previous"]:
            refuse_unknown(base, options["previous"])
        made = make_series(spec, source, asked.index)
        beginning = Beginning(spec.posting.beginning or "")
        if made.patches and not beginning.text:
            beginning = find_prefix(base, source, spec.source)
    made = squashed(made, spec) if options["single"] else made
    return _Planned(base, spec, made, beginning)


def _carry_out(asked: TreeAndSpec, planned: _Planned, options: SeriesOptions) -> Sequence[str]:
    """Write the patches or make the commits; return what is to be said of them."""
    base, spec, made = planned.base, planned.spec, planned.series
    kept = kept_wrappers(len(made.drift))
    refuse_untracked(base, made.changes, spec.files)
    if not made.patches:
        return [f"{asked.title}: nothing to do{f', but {kept}' if kept else ''}"]
    if changed := asked.changed():
        message = "it has changed in the meantime"
        raise RefusedError(*(Problem(CHANGED, f"'{p}': {message}", Site(p)) for p in changed))
    prefix = planned.beginning.text
    trailers = [*spec.posting.trailers, *([base.signature] if options["signoff"] else [])]
    proofs = _prove(asked, made, options) if options["verify"] else [""] * len(made.patches)
    remake = Remake(_again(options), sum(bool(proof) for proof in proofs))
    messages = [
        patch.words.message(prefix, proof, trailers)
        for patch, proof in zip(made.patches, proofs, strict=True)
    ]
    if options["commit"]:
        said = _commit(base, made, messages, options)
    else:
        cover = cover_letter(made, spec, base, prefix, remake)
        said = _post(planned, cover, messages, options)
    return [*([kept] if kept else []), *said]


def _commit(
    base: Base, made: Series, messages: Sequence[str], options: SeriesOptions
) -> Sequence[str]:
    with own_index(base.git) as git:
        tip = make_commits(git, base, made.patches, messages)[-1]
    bring(base, tip, options["branch"])
    interrupt.tell("the commits were made")
    named = f"branch {options['branch']}, which is checked out now"
    where = named if options["branch"] else "the current branch"
    subjects = [one.partition("\n")[0] for one in messages]
    return [*subjects, f"{number(len(subjects), 'commit')} made on {where}"]


def _post(
    planned: _Planned, cover: Cover | None, messages: Sequence[str], options: SeriesOptions
) -> Sequence[str]:
    base, made = planned.base, planned.series
    assert options["output"] is not None
    to: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    if options["copies"]:
        paths = (one.old_path or one.path for one in made.changes)
        to, copies = find_addresses(base.git.top / base.prefix, paths)
    sending = Sending(cover, options["version"], to, copies, options["previous"])
    with own_objects(base.git) as git:
        commits = make_commits(git, base, made.patches, messages)
        files = write_patches(git, base, commits, sending, options["output"])
    interrupt.tell(f"the patches are in {options['output']}")
    written = "1 patch" if len(messages) == 1 else f"{len(messages)} patches"
    return [*map(str, files), f"{written} written"]


def _prove(asked: TreeAndSpec, made: Series, options: SeriesOptions) -> list[str]:
    """Return what was proved of each patch. Raises RefusedError."""
    # Modules that a run without --verify need not load.
    from vtsplit.series.proof import proved

    assert asked.tree is not None
    records = records_of(asked.root, asked.root, options)
    with show_phases(options["quiet"]) as tell:
        return proved(made.patches, asked.tree, records, options["require_build"], tell)


def _again(options: SeriesOptions) -> list[str]:
    """Return the command that makes the same series, without paths of this machine."""
    command = ["vtsplit", "series", "-o", "DIR"]
    if options["preset"]:
        command += ["--preset", options["preset"]]
    elif options["spec_file"]:
        command += ["--spec", options["spec_file"].name]
    for table in options["tables"]:
        command += ["--table", table]
    if options["signoff"]:
        command.append("-s")
    if options["version"] > 1:
        command += ["--reroll", f"v{options['version']}"]
    if options["previous"]:
        command += ["--previous", options["previous"]]
    if options["copies"]:
        command.append("--to-maintainers")
    return command + (_proved_again(options) if options["verify"] else [])


def _proved_again(options: SeriesOptions) -> list[str]:
    """Return the options by which a proof comes to the same words."""
    command = ["--verify"]
    if options["build"]:
        command += ["--build", options["build"].name]
    if options["database"]:
        command += ["--compile-commands", options["database"].name]
    if options["cc"]:
        program, *words = options["cc"]
        command += ["--cc", shlex.join([basename(program), *words])]
    return command + (["--require-build"] if options["require_build"] else [])
