"""The seconds by sizes as a table."""

from collections.abc import Mapping
from typing import TypedDict

from tabulate import tabulate


class Curve(TypedDict):
    """Sizes with their seconds, and the exponent of the last step, or "-"."""

    points: list[tuple[int, float]]
    exponent: str


def growth_table(curves: Mapping[str, Curve]) -> str:
    """Return a row for each curve."""
    rows = [
        (
            what,
            *(f"{size:,}: {seconds:.2f} s" for size, seconds in curve["points"]),
            curve["exponent"],
        )
        for what, curve in curves.items()
    ]
    head = ("what grows", "", "", "", "", "exponent")
    return str(tabulate(rows, head, tablefmt="github", disable_numparse=True))
