"""What a series comes to, as JSON has it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from vtsplit.cli.machine.envelope import Origin, Report
from vtsplit.cli.machine.split import Change, changed
from vtsplit.series.repository.commits import Patch


class MadePatch(msgspec.Struct):
    """A patch or commit of a series: its subject, without the prefix, and the files it changes."""

    subject: str
    changes: list[Change]


class SeriesReport(Report, kw_only=True):
    """All that a series says; `output` is the folder of the patches, null for commits."""

    command: str = "series"
    verdict: Literal["written", "committed", "nothing-to-do", "refused"]
    output: str | None = None
    patches: list[MadePatch] = msgspec.field(default_factory=list)


def report_series(
    patches: Sequence[Patch], beginning: str, output: Path | None, made: Origin
) -> SeriesReport:
    """Return what a series came to; `beginning` is that of each subject."""
    done: Literal["written", "committed"] = "written" if output else "committed"
    return SeriesReport(
        spec=made.spec,
        base=made.base,
        verdict=done if patches else "nothing-to-do",
        output=str(output) if output else None,
        patches=[MadePatch(one.words.subject(beginning), changed(one.changes)) for one in patches],
    )
