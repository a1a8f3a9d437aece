"""The curves as a picture."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot


def draw_curves(curves: Mapping[str, Sequence[tuple[int, float]]], path: Path) -> None:
    """Draw seconds by sizes, both on logarithmic axes: what is straight and level is linear."""
    # A picture that is made again of the same figures is the same file.
    mpl.rcParams.update({"svg.hashsalt": "vtsplit", "svg.fonttype": "none"})
    figure, axes = pyplot.subplots(figsize=(8, 5))
    for what, points in curves.items():
        axes.plot(*zip(*points, strict=True), marker="o", label=what)
    slope = (1_000, 100_000)
    axes.plot(slope, [size / 2e3 for size in slope], "--", color="gray", label="linear")
    axes.set(xscale="log", yscale="log", xlabel="how many", ylabel="seconds of the processor")
    axes.legend()
    axes.grid(alpha=0.3)
    figure.savefig(path, metadata={"Date": None}, bbox_inches="tight")
