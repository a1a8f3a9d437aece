"""What `series`, `init`, `recover` and `explain` say, as JSON has it."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from vtsplit.change.replacing import State
from vtsplit.cli.machine.report import Origin, Refused, Report, refused
from vtsplit.cli.machine.split import Change, changed
from vtsplit.diagnostics import Problem
from vtsplit.rule import Rule
from vtsplit.series.repository.commits import Patch


class MadePatch(msgspec.Struct):
    """A patch or commit of a series: its subject, without the prefix, and the files it changes."""

    subject: str
    changes: list[Change]


class SeriesReport(Report, kw_only=True):
    """All that a series says; `output` is the folder of the patches, null for commits."""

    command: str = "series"
    verdict: Literal["written", "committed", "nothing-to-do", "refused", "half-written"]
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


class InitReport(Report, kw_only=True):
    """All that init says: the text of the spec, and what refuses a dry run of it.

    `output` is the file that the spec was written to.
    """

    command: str = "init"
    verdict: Literal["proposed", "written", "refused", "half-written"]
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


class LeftFile(msgspec.Struct):
    """A file that a run was to replace, and what was in its place when recover began."""

    path: str
    state: Literal["before", "after", "gone", "other"]


class LeftFolder(msgspec.Struct):
    """A folder in which a run was ended while it wrote."""

    path: str
    files: list[LeftFile]


class RecoverReport(Report, kw_only=True):
    """All that recover says."""

    command: str = "recover"
    verdict: Literal["recovered", "nothing-to-do", "half-written", "refused"]
    folders: list[LeftFolder] = msgspec.field(default_factory=list)


def left_folder(path: Path, states: Iterable[tuple[str, State]]) -> LeftFolder:
    """Return what a run has left in a folder."""
    known: dict[State, Literal["before", "after", "gone", "other"]] = {
        State.BEFORE: "before",
        State.AFTER: "after",
        State.GONE: "gone",
        State.OTHER: "other",
    }
    return LeftFolder(str(path), [LeftFile(name, known[state]) for name, state in states])


class Explained(msgspec.Struct):
    """A rule: its code and cause, why it refuses, and what to do."""

    code: str
    slug: str
    title: str
    why: str
    advice: str


class ExplainReport(Report, kw_only=True):
    """All that explain says, without the examples."""

    command: str = "explain"
    verdict: Literal["done"] = "done"
    rules: list[Explained] = msgspec.field(default_factory=list)


def report_rules(rules: Iterable[Rule]) -> ExplainReport:
    """Return what rules are about."""
    return ExplainReport(rules=[Explained(r.code, r.slug, r.title, r.why, r.advice) for r in rules])
