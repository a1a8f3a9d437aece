"""What `report` says, as JSON has it."""

from typing import Literal

import msgspec

from vtsplit.cli.machine.envelope import Report


class PageProof(msgspec.Struct):
    """A proof as the page shows it; `none` says that nobody asked for one."""

    state: Literal["proved", "weaker", "none", "unknown", "differs"]
    headline: str
    lines: list[str]


class PageSection(msgspec.Struct):
    """A part of the page with a diff: the split, or one commit of a range."""

    title: str
    proof: PageProof
    files: list[str]


class PageReport(Report, kw_only=True):
    """All that report says of the page that it has written; `pieces` is how many the diff has."""

    command: str = "report"
    verdict: Literal["written", "refused"]
    output: str | None = None
    title: str = ""
    proof: PageProof | None = None
    pieces: int = 0
    sections: list[PageSection] = msgspec.field(default_factory=list)
