"""A spec that `init` proposes, as JSON has it."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from vtsplit.cli.machine.envelope import Origin, Refused, Report, refused
from vtsplit.diagnostics import Problem


class InitReport(Report, kw_only=True):
    """All that init says: the text of the spec, and what refuses a dry run of it.

    `output` is the file that the spec was written to.
    """

    command: str = "init"
    verdict: Literal["proposed", "written", "refused"]
    output: str | None = None
    text: str = ""
    notes: list[str] = msgspec.field(default_factory=list)
    obstacles: list[Refused] = msgspec.field(default_factory=list)


def report_init(
    text: str, notes: Sequence[str], obstacles: Iterable[Problem], output: Path | None, made: Origin
) -> InitReport:
    """Return a spec that is proposed."""
    return InitReport(
        spec=made.spec,
        base=made.base,
        verdict="written" if output else "proposed",
        output=str(output) if output else None,
        text=text,
        notes=[*notes],
        obstacles=refused(obstacles),
    )
