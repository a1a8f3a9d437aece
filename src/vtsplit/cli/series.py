"""`vtsplit series`: the split as patches for `git am`, or as commits."""

from __future__ import annotations

import gc
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict, Unpack

import click

from vtsplit import __version__, interrupt
from vtsplit.cli.again import planned_again
from vtsplit.cli.arguments.asked import (
    CC_HELP,
    Asked,
    cache_option,
    read_compiler,
    refuse_two_specs,
    spec_options,
)
from vtsplit.cli.output.progress import show_progress
from vtsplit.cli.refused import refusals_shown
from vtsplit.diagnostics import Problem, RefusedError, Site, number
from vtsplit.series.changelog import words_for_all
from vtsplit.series.maintainers import find_addresses
from vtsplit.series.repository.base import Base, find_base, refuse_untracked
from vtsplit.series.repository.branch import bring, refuse_branch
from vtsplit.series.repository.commits import make_commits, own_index, own_objects
from vtsplit.series.repository.format_patches import Cover, Sending, refuse_output, write_patches
from vtsplit.series.repository.subject_prefix import find_prefix
from vtsplit.series.rules import BRANCH
from vtsplit.series.series import Series, make_series, squashed
from vtsplit.spec.document import Spec
from vtsplit.tree.source_tree import CHANGED

_EPILOG = """\b
Examples:
  vtsplit series linux -o patches           write the patches, for git am and b4
  vtsplit series linux -o patches -v 2      the second posting
  vtsplit series linux --commit             commit them on the current branch
  vtsplit series linux --commit --branch split
  vtsplit series linux -o patches --table drivers/foo/bar.c:bar_ops -s

\b
Exit codes:
  0  done, or nothing to do
  2  refused, or bad input; nothing was written
  128 + N  ended by signal N: 130 for Ctrl-C
"""


class Options(TypedDict):
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
    build: Path | None
    database: Path | None
    cc: tuple[str, ...]
    no_cache: bool
    quiet: bool


@click.command(epilog=_EPILOG)
@click.argument("tree", type=click.Path(path_type=Path), default=".")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write the patches to this folder, which must be empty or not exist.",
)
@click.option("--commit", is_flag=True, help="Commit the patches on the current branch.")
@click.option("--branch", metavar="NAME", help="For --commit: make this branch, and switch to it.")
@spec_options
@click.option(
    "--table",
    "tables",
    multiple=True,
    metavar="FILE:TABLE",
    help="Split this table by the spec that `vtsplit init` would write; may be repeated.",
)
@click.option("--single", is_flag=True, help="Make one patch of all.")
@click.option("-s", "--signoff", is_flag=True, help="Add your Signed-off-by to each patch.")
@click.option(
    "-v",
    "--reroll-count",
    "version",
    type=click.IntRange(1),
    default=1,
    metavar="N",
    help="Number of the posting: [PATCH v2 1/5].",
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
@click.option(
    "--build",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="For --verify: Kbuild's output folder; default: TREE, if it is built.",
)
@click.option(
    "--compile-commands",
    "database",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="For --verify: a compilation database.",
)
@click.option("--cc", metavar="COMMAND", callback=read_compiler, help=f"For --verify: {CC_HELP}")
@cache_option
@click.option("-q", "--quiet", is_flag=True, help="No report; errors only.")
def series(tree: Path, **options: Unpack[Options]) -> None:
    """Make a split of TREE as a series of patches: each does one thing, and builds alone.

    TREE must be under git, without changes that are not committed. Renames come first, then what
    becomes global, then the move of the tables, then the second backend and its wrappers. A step
    that has nothing to do makes no patch.
    """
    _refuse_contradictions(options)
    gc.disable()
    asked = Asked(tree, not options["no_cache"])
    with refusals_shown(asked.line_at):
        if options["output"]:
            refuse_output(options["output"])
        spec, made = planned_again(lambda: _plan(asked, options), options["quiet"])
        lines = _carry_out(tree, asked, spec, made, options)
    if not options["quiet"]:
        for line in lines:
            click.echo(line, err=True)


def _refuse_contradictions(options: Options) -> None:
    """Raise UsageError for options that do not go together."""
    if bool(options["output"]) == options["commit"]:
        raise click.UsageError("give -o DIR for patches, or --commit for commits")
    if options["branch"] is not None and not options["commit"]:
        raise click.UsageError("--branch needs --commit")
    for option, value in (("-v", options["version"] > 1), ("--previous", options["previous"]),
                          ("--to-maintainers", options["copies"])):  # fmt: skip
        if options["commit"] and value:
            raise click.UsageError(f"{option} is for patches, with -o DIR")
    if options["single"] and options["previous"]:
        raise click.UsageError("--previous needs a cover letter, which --single has not")
    if (options["build"] or options["database"] or options["cc"]) and not options["verify"]:
        raise click.UsageError("--build, --compile-commands and --cc need --verify")
    if options["build"] and options["database"]:
        raise click.UsageError("--build and --compile-commands cannot be used together")
    refuse_two_specs(options["spec_file"], options["preset"], options["tables"])


def _plan(asked: Asked, options: Options) -> tuple[Spec, Series]:
    with asked.read_as_one(), show_progress("searching the tree", options["quiet"]) as progress:
        source, spec = asked.open(
            options["spec_file"], options["preset"], options["tables"], progress
        )
        made = make_series(spec, source, asked.index)
    if options["single"]:
        made = squashed(made, words_for_all([one.stage for one in made.patches], spec))
    return spec, made


def _carry_out(
    tree: Path, asked: Asked, spec: Spec, made: Series, options: Options
) -> Sequence[str]:
    """Write the patches or make the commits; return what is to be said of them."""
    base = find_base(tree, spec.posting.prefix is not None)
    if options["commit"]:
        refuse_branch(base, options["branch"])
    if not made.patches:
        return [f"{asked.title}: nothing to do"]
    if changed := asked.changed():
        message = "it has changed in the meantime"
        raise RefusedError(*(Problem(CHANGED, f"'{p}': {message}", Site(p)) for p in changed))
    refuse_untracked(base, made.changes)
    prefix = spec.posting.beginning or find_prefix(base, spec.source)
    trailers = [*spec.posting.trailers]
    if options["signoff"]:
        trailers.append(f"Signed-off-by: {base.name} <{base.email}>")
    proofs = _prove(tree, asked, made, options) if options["verify"] else [""] * len(made.patches)
    messages = [
        patch.words.message(prefix, proof, trailers)
        for patch, proof in zip(made.patches, proofs, strict=True)
    ]
    subjects = [one.partition("\n")[0] for one in messages]
    if options["commit"]:
        with own_index(base.git) as git:
            tip = make_commits(git, base, made.patches, messages)[-1]
        bring(base, tip, options["branch"])
        interrupt.tell("the commits were made")
        where = f"branch {options['branch']}" if options["branch"] else "the current branch"
        return [*subjects, f"{number(len(subjects), 'commit')} made on {where}"]
    assert options["output"] is not None
    with own_objects(base.git) as git:
        commits = make_commits(git, base, made.patches, messages)
        cover = _cover(base, spec, made, prefix, options) if len(commits) > 1 else None
        sending = _sending(tree, base, made, options)
        files = write_patches(git, base, commits, cover, options["output"], sending)
    interrupt.tell(f"the patches are in {options['output']}")
    written = "1 patch" if len(subjects) == 1 else f"{len(subjects)} patches"
    return [*map(str, files), f"{written} written"]


def _prove(tree: Path, asked: Asked, made: Series, options: Options) -> list[str]:
    """Return what was proved of each patch. Raises RefusedError."""
    # Modules that a run without --verify need not load.
    from vtsplit.series.proof import proved
    from vtsplit.verify.inputs.choose_records import NamedRecords, choose_records

    assert asked.tree is not None
    named = NamedRecords(options["build"], options["database"], options["cc"])
    return proved(made.patches, asked.tree, choose_records(tree, tree, named))


def _sending(tree: Path, base: Base, made: Series, options: Options) -> Sending:
    to: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    if options["copies"]:
        to, copies = find_addresses(tree, (one.old_path or one.path for one in made.changes))
    previous = options["previous"]
    if previous and not base.git.find("rev-parse", "--verify", "--quiet", f"{previous}^{{commit}}"):
        raise RefusedError(Problem(BRANCH, f"there is no branch '{previous}'"))
    return Sending(options["version"], to, copies, previous)


def _cover(base: Base, spec: Spec, made: Series, prefix: str, options: Options) -> Cover:
    """Return the cover letter: what the series does, and how to make it again."""
    words = words_for_all([one.stage for one in made.patches], spec)
    subject = prefix + (spec.posting.subject or words.subject)
    command = ["vtsplit", "series", "-o", "DIR"]
    if options["preset"]:
        command += ["--preset", options["preset"]]
    elif options["spec_file"]:
        command += ["--spec", options["spec_file"].name]
    for table in options["tables"]:
        command += ["--table", table]
    blocks = [*([spec.posting.text.strip()] if spec.posting.text else words.paragraphs)]
    blocks.append(
        f"vtsplit {__version__} has made the patches from {base.commit[:12]}. To make them "
        f"again:\n\n  {shlex.join(command)}"
    )
    return Cover(subject, "\n\n".join(blocks))
