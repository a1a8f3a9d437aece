"""The command line of `bench/tables`."""

from collections import Counter
from pathlib import Path

import click

from tables import report
from tables.glance import glance
from tables.judge import Judgement, Status
from tables.needless import Why, needless
from tables.runs import Draw, carry_out
from tables.sweep import Sweep, sweep
from tables.trial import Trial


def _read_draws(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> list[Draw]:
    try:
        return [Draw.parse(value) for value in values]
    except ValueError:
        raise click.BadParameter("a draw is written like 6.1:300:7") from None


@click.command()
@click.argument("draws", nargs=-1, metavar="[VERSION:COUNT:SEED]...", callback=_read_draws)
@click.option("--sweep", "swept", multiple=True, metavar="VERSION", help="Dry-run all its tables.")
@click.option(
    "--glance",
    "glanced",
    multiple=True,
    callback=_read_draws,
    metavar="VERSION:COUNT:SEED",
    help="Only see what the compiler makes of a draw's splits; quick, and no proof.",
)
@click.option(
    "--includes",
    "mains",
    multiple=True,
    callback=_read_draws,
    metavar="VERSION:COUNT:SEED",
    help="Count the includes of the mains that a draw's splits make, by who needs them.",
)
@click.option(
    "--docs",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Put the results into this document, between its marks.",
)
def main(
    draws: list[Draw],
    swept: tuple[str, ...],
    glanced: list[Draw],
    mains: list[Draw],
    docs: Path | None,
) -> None:
    """Split ops tables of Linux, drawn by a seed, and see whether each is right.

    6.1:300:7 draws 300 tables of linux-source-6.1 by seed 7, of those whose files compile. Each is
    split by its proposed spec, compiled by Kbuild, verified, and split once more. Results are kept
    in VTSPLIT_CACHE as they come, so that a run that was stopped goes on where it was.
    """
    for wanted in mains:
        _count_includes(wanted)
    for wanted in glanced:
        _glance(wanted)
    results = {wanted: carry_out(wanted, _tell) for wanted in draws}
    sweeps = [sweep(version, _tell_trial) for version in swept]
    parts = _parts(results, sweeps)
    if docs:
        report.put_into(docs, parts)
    elif parts:
        click.echo("\n\n".join(parts.values()))


def _count_includes(wanted: Draw) -> None:
    counts: Counter[str] = Counter()
    tables = set()
    for one in needless(wanted):
        counts[one.why] += 1
        tables.add(one.table)
        if one.why is Why.NOTHING:
            click.echo(f"{one.table}: {one.include}", err=True)
    shown = ", ".join(f"{count}: {why}" for why, count in counts.items())
    click.echo(f"{wanted}: mains of {len(tables)} tables, {shown}")


def _glance(wanted: Draw) -> None:
    counts: Counter[str] = Counter()
    for one in glance(wanted):
        counts[one.seen] += 1
        if one.details:
            click.echo(f"{one.seen} {one.table}", err=True)
            for detail in one.details[:4]:
                click.echo(f"     {detail}", err=True)
    click.echo(f"{wanted}: " + ", ".join(f"{count} {seen}" for seen, count in counts.items()))


def _parts(results: report.Results, sweeps: list[Sweep]) -> dict[str, str]:
    parts = {}
    if results:
        parts["draws"] = report.draws_table(results)
        parts["refusals"] = report.refusals_table(results)
        parts["wrong"] = report.wrong_list(results)
    if sweeps:
        parts["sweeps"] = report.sweep_table(sweeps)
        for one in sweeps:
            for fault in one.faults:
                click.echo(fault, err=True)
    return parts


def _tell(one: Judgement, count: int) -> None:
    click.echo(f"{count:4d} {one.status.value:16} {one.path}:{one.line} {one.name}", err=True)
    if one.status is not Status.PROVED:
        for detail in one.details[:4]:
            click.echo(f"     {' '.join(one.codes)} {detail}", err=True)


def _tell_trial(trial: Trial, count: int, total: int) -> None:
    if trial.problems or trial.fault or count % 100 == 0:
        said = trial.fault or "; ".join(f"{p.code} {p.site}: {p.message}" for p in trial.problems)
        click.echo(f"{count}/{total} {trial.seconds:.1f} s {trial.table} {said}", err=True)
