"""A verdict on two trees, or on each commit of a range, as JSON has it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec

from vtsplit.cli.machine.envelope import Origin, Report, place, refused
from vtsplit.diagnostics import Site
from vtsplit.verify.required import weaknesses
from vtsplit.verify.verdict import Answer, Mismatch, Verdict, worst

if TYPE_CHECKING:
    from vtsplit.series.repository.revisions import Revision

Outcome = Literal["proved", "differs", "unknown"]


class SidePlace(msgspec.Struct):
    """A place in a file; line 0 is the file as a whole. Without a path there is none."""

    path: str | None
    line: int
    column: int


class Proved(msgspec.Struct):
    """One thing that is the same on both sides, by `tokens` or `objects`, or as the `spec` says."""

    what: str
    name: str
    stage: str


class Designed(msgspec.Struct):
    """A change that is meant."""

    change: str
    name: str
    path: str | None
    line: int
    column: int


class Difference(msgspec.Struct):
    """What is not the same: where on each side, and which tokens."""

    what: str
    name: str
    message: str
    before: SidePlace
    after: SidePlace
    tokens: list[str]


class Compiled(msgspec.Struct):
    """A configuration under which the changed files compile, and the wrappers seen then."""

    config: str
    files: int
    seen: list[str]


class VerdictReport(Report, kw_only=True):
    """What verify says of two trees. `outcome` is the verdict too; after a refusal `unknown`.

    `limits` say what was not looked at; `weaker` are those that a build, or another configuration,
    would take away. `stated` counts files that were compared with what a spec makes. `unseen` are
    the wrappers that no compiler has seen.
    """

    command: str = "verify"
    verdict: Literal["proved", "differs", "unknown", "refused"]
    outcome: Outcome = "unknown"
    mode: str = ""
    files: int = 0
    objects: int = 0
    stated: int = 0
    configs: dict[str, int] = msgspec.field(default_factory=dict)
    compiled: list[Compiled] = msgspec.field(default_factory=list)
    unseen: list[str] = msgspec.field(default_factory=list)
    proved: list[Proved] = msgspec.field(default_factory=list)
    designed: list[Designed] = msgspec.field(default_factory=list)
    differences: list[Difference] = msgspec.field(default_factory=list)
    limits: list[str] = msgspec.field(default_factory=list)
    weaker: list[str] = msgspec.field(default_factory=list)


class VerifiedCommit(VerdictReport, kw_only=True):
    """A commit of a range, compared with the commit before, which is its `base`."""

    commit: str
    subject: str


class VerifyReport(VerdictReport, kw_only=True):
    """All that verify says. With `--range`, `commits` have what is said of each.

    Then `outcome` is the worst of them, `problems`, `limits` and `weaker` are those of all,
    `files`, `objects` and `stated` are counted over all, and the other lists are empty.
    """

    commits: list[VerifiedCommit] = msgspec.field(default_factory=list)


_Kind = TypeVar("_Kind", bound=VerdictReport)


def report_verify(verdict: Verdict, made: Origin) -> VerifyReport:
    """Return all of a verdict."""
    return _compared(VerifyReport, verdict, made)


def report_range(found: Sequence[tuple[Revision, Verdict]], made: Origin) -> VerifyReport:
    """Return all of the verdicts on the commits of a range."""
    commits = [
        _compared(
            partial(VerifiedCommit, commit=one.commit, subject=one.subject),
            verdict,
            Origin(None, one.parent),
        )
        for one, verdict in found
    ]
    outcome = _outcome(worst(verdict.outcome for _, verdict in found))
    return VerifyReport(
        spec=made.spec,
        base=made.base,
        verdict=outcome,
        problems=[problem for one in commits for problem in one.problems],
        outcome=outcome,
        files=sum(one.files for one in commits),
        objects=sum(one.objects for one in commits),
        stated=sum(one.stated for one in commits),
        limits=[*dict.fromkeys(limit for one in commits for limit in one.limits)],
        weaker=[*dict.fromkeys(limit for one in commits for limit in one.weaker)],
        commits=commits,
    )


def _outcome(answer: Answer) -> Outcome:
    outcome: Outcome = msgspec.convert(answer.name.lower(), Outcome)
    return outcome


def _compared(kind: Callable[..., _Kind], verdict: Verdict, made: Origin) -> _Kind:
    outcome = _outcome(verdict.outcome)
    return kind(
        spec=made.spec,
        base=made.base,
        verdict=outcome,
        problems=refused(verdict.problems),
        outcome=outcome,
        mode=verdict.mode,
        files=verdict.files,
        objects=verdict.objects,
        stated=verdict.stated,
        configs=verdict.configs,
        compiled=[Compiled(one.config, one.files, [*one.seen]) for one in verdict.compiled],
        unseen=verdict.unseen,
        proved=[Proved(one.what, one.name, one.stage) for one in verdict.proved],
        designed=[Designed(one.change, one.name, *place(one.site)) for one in verdict.designed],
        differences=[_difference(one) for one in verdict.differences],
        limits=verdict.limits,
        weaker=weaknesses(verdict),
    )


def _difference(one: Mismatch) -> Difference:
    before, after = _place(one.before), _place(one.after)
    return Difference(one.what, one.name, one.message, before, after, [*one.tokens])


def _place(site: Site | None) -> SidePlace:
    return SidePlace(*place(site))
