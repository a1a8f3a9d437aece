"""The command line of `python -m bench`."""

import datetime
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from tabulate import tabulate

from figures import keep
from speed.one_source import one_source
from speed.proof import proof
from speed.timing import Times, run_in_turns
from vtsplit.planning.context import read_context
from vtsplit.planning.moving import choose_moving
from vtsplit.planning.search import searched_names
from vtsplit.planning.steps import Ledger
from vtsplit.spec.presets import load_preset
from vtsplit.survey.search.listing import TEXT_SUFFIXES
from vtsplit.tree.source_tree import SourceTree

VTSPLIT = (sys.executable, "-m", "vtsplit")
# Each row, and those that it is compared with.
PEERS = {
    "dry run": ("rg",),
    "dry run again": ("rg",),
    "wrappers": ("rg",),
    "wrappers again": ("rg",),
    "one source": ("spatch", "ast-grep"),
    "lint": ("dry run of it",),
    "scan": ("ctags",),
    "verify": ("its compilers",),
}
_TIMES = "times "


@click.command()
@click.argument("tree", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--preset", default="kvm-vt", show_default=True, help="The split.")
@click.option("--wrappers", default="kvm-tdx", show_default=True, help="The one with wrappers.")
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1))
@click.option("--scan/--no-scan", "with_scan", default=True, help="Also time `scan` and ctags.")
@click.option(
    "--below", default="drivers/gpio", show_default=True, help="The folder of `scan --plan`."
)
@click.option(
    "--split-tree",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A tree that is split already, for `lint`.",
)
@click.option(
    "--built",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The same tree, built, for `verify`.",
)
@click.option("--keep", "keeps", is_flag=True, help="Keep the figures in bench/figures.json.")
def main(
    tree: Path,
    preset: str,
    wrappers: str,
    rounds: int,
    with_scan: bool,
    below: str,
    split_tree: Path | None,
    built: Path | None,
    keeps: bool,
) -> None:
    """Time the commands on TREE, a Linux tree that the presets fit, in turns.

    Each row has medians: the wall time, the processor time, the peak of memory, and the ratio to
    the program that it is compared with (ripgrep, spatch, ast-grep, Universal Ctags). A dry run
    searches all files, but for the one that is made `again`.
    """
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        os.environ["XDG_CACHE_HOME"] = name
        times = run_in_turns(dict(_dry_runs(tree, preset, wrappers, scratch)), rounds)
        spec = load_preset(preset)
        times |= run_in_turns(dict(one_source(tree, spec, preset, scratch, VTSPLIT)), rounds)
        if split_tree is not None:
            times |= run_in_turns(dict(_lints(split_tree, preset)), rounds)
        if built is not None:
            proofs = proof(tree, built.resolve(), preset, scratch, VTSPLIT)
            times |= run_in_turns(dict(proofs), rounds)
        if with_scan:
            times |= run_in_turns(dict(_scans(tree, below)), min(rounds, 3))
    click.echo(f"{datetime.date.today():%-d %B %Y}, {os.cpu_count()} cores, {rounds} rounds\n")
    rows = [(name, *_row(name, times)) for name in times]
    head = ("command", "s", "processor s", "MB", "ratio")
    click.echo(tabulate(rows, head, tablefmt="github", floatfmt=(None, ".2f", ".2f", ".0f", "")))
    if keeps:
        keep("speed", tree.resolve().name, {name: _kept(name, times) for name in times})


def _dry_runs(
    tree: Path, preset: str, wrappers: str, scratch: Path
) -> Iterator[tuple[str, Sequence[str]]]:
    if shutil.which("rg"):
        names = scratch / "names"
        names.write_text("\n".join(sorted(_names(tree, preset))))
        globs = [word for suffix in TEXT_SUFFIXES for word in ("-g", f"*{suffix}")]
        yield "rg", ("rg", "-lwF", "-uu", "-f", str(names), *globs, str(tree))
    split = (*VTSPLIT, "split", str(tree), "-q", "--preset")
    yield "dry run", (*split, preset, "--no-cache")
    yield "dry run again", (*split, preset)
    yield "wrappers", (*split, wrappers, "--no-cache")
    yield "wrappers again", (*split, wrappers)
    yield "help", (*VTSPLIT, "--help")


def _lints(tree: Path, preset: str) -> Iterator[tuple[str, Sequence[str]]]:
    options = ("-q", "--preset", preset, "--no-cache")
    yield "dry run of it", (*VTSPLIT, "split", str(tree), *options)
    yield "lint", (*VTSPLIT, "lint", str(tree), *options)


def _scans(tree: Path, below: str) -> Iterator[tuple[str, Sequence[str]]]:
    if shutil.which("ctags"):
        yield "ctags", ("ctags", "-R", "--languages=C", "-f", "/dev/null", str(tree))
    yield "scan", (*VTSPLIT, "scan", "-q", str(tree))
    yield f"scan --plan of {below}", (*VTSPLIT, "scan", "-q", str(tree), "--dir", below, "--plan")


def _names(tree: Path, preset: str) -> set[str]:
    """Return the names that the dry run looks for."""
    context = read_context(load_preset(preset), SourceTree(tree))
    return searched_names(context, choose_moving(context, Ledger()))


def _row(name: str, times: dict[str, Times]) -> tuple[float, float, float, str]:
    kept = _kept(name, times)
    ratios = ", ".join(
        f"{value:.2f} of {key.removeprefix(_TIMES)}"
        for key, value in kept.items()
        if key.startswith(_TIMES)
    )
    return kept["s"], kept["processor s"], kept["MB"], ratios


def _kept(name: str, times: dict[str, Times]) -> dict[str, float]:
    """Return the figures of a row by their columns; there is one for each peer that was run."""
    own = times[name]
    peers = (peer for peer in PEERS.get(name, ()) if peer in times)
    return {
        "s": own.median,
        "processor s": sorted(own.processor)[len(own.processor) // 2],
        "MB": max(own.memory),
        **{f"{_TIMES}{peer}": own.ratio(times[peer]) for peer in peers},
    }
