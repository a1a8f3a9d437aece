"""The command line of `bench/growth`."""

import datetime
import math
import sys
import tempfile
from pathlib import Path

import click

from figures import keep
from growth.table import Curve, growth_table
from growth.trees import GROWTHS, Growth
from speed.timing import Times, measure

_LEAST = 0.02  # seconds that a measure of so short a time may be wrong by


@click.command()
@click.option("--picture", type=click.Path(path_type=Path), help="Write the curves there, as SVG.")
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1))
@click.option("--most", default=1_000_000, show_default=True, help="No larger size than that.")
@click.option("--keep", "keeps", is_flag=True, help="Keep the figures in bench/figures.json.")
def main(picture: Path | None, rounds: int, most: int, keeps: bool) -> None:
    """Time dry runs of trees in which one number grows, ten times each step.

    The times are those of the processor, with the start of the program in each. The last column
    is the exponent of the last step, without that start: 1 is linear, 2 grows with the square.
    """
    measured = {}
    for growth in GROWTHS:
        sizes = [size for size in growth.sizes if size <= most]
        measured[growth.what] = [(size, _seconds(growth, size, rounds)) for size in sizes]
        click.echo(f"{growth.what}: {measured[growth.what]}", err=True)
    start = min(seconds for points in measured.values() for _, seconds in points)
    curves: dict[str, Curve] = {
        what: {"points": points, "exponent": _slope(points, start)}
        for what, points in measured.items()
    }
    click.echo(f"{datetime.date.today():%-d %B %Y}, median of {rounds} rounds\n")
    click.echo(growth_table(curves))
    if keeps:
        keep("growth", "made trees", curves)
    if picture is not None:
        from growth.picture import draw_curves  # needs more than the figures do

        draw_curves(measured, picture)


def _seconds(growth: Growth, size: int, rounds: int) -> float:
    times = Times()
    with tempfile.TemporaryDirectory() as folder:
        tree = growth.tree(Path(folder) / "tree", size)
        command = (sys.executable, "-m", "vtsplit", "split", str(tree), "-q", "--no-cache")
        for _ in range(rounds):
            measure(command, times)
    return sorted(times.processor)[rounds // 2]


def _slope(points: list[tuple[int, float]], start: float) -> str:
    if len(points) < 2:
        return "-"
    (size, seconds), (last_size, last) = points[-2:]
    if seconds <= start + _LEAST:
        return "-"  # the start of the program hides it
    return f"{math.log((last - start) / (seconds - start)) / math.log(last_size / size):.2f}"
