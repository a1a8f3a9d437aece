"""A verdict on two trees, as JSON has it."""

from typing import Literal

import msgspec

from vtsplit.cli.machine.envelope import Origin, Report, place, refused
from vtsplit.diagnostics import Site
from vtsplit.verify.required import weaknesses
from vtsplit.verify.verdict import Mismatch, Verdict

Outcome = Literal["proved", "differs", "unknown"]


class SidePlace(msgspec.Struct):
    """A place in a file; line 0 is the file as a whole. Without a path there is none."""

    path: str | None
    line: int
    column: int


class Proved(msgspec.Struct):
    """One thing that is the same on both sides, by `tokens` or by `objects`."""

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


class VerifyReport(Report, kw_only=True):
    """All that verify says. `outcome` is the verdict too; after a refusal it is `unknown`.

    `limits` say what was not looked at; `weaker` are those that a build, or another configuration,
    would take away. `unseen` are the wrappers that no compiler has seen.
    """

    command: str = "verify"
    verdict: Literal["proved", "differs", "unknown", "refused"]
    outcome: Outcome = "unknown"
    mode: str = ""
    files: int = 0
    objects: int = 0
    configs: dict[str, int] = msgspec.field(default_factory=dict)
    compiled: list[Compiled] = msgspec.field(default_factory=list)
    unseen: list[str] = msgspec.field(default_factory=list)
    proved: list[Proved] = msgspec.field(default_factory=list)
    designed: list[Designed] = msgspec.field(default_factory=list)
    differences: list[Difference] = msgspec.field(default_factory=list)
    limits: list[str] = msgspec.field(default_factory=list)
    weaker: list[str] = msgspec.field(default_factory=list)


def report_verify(verdict: Verdict, made: Origin) -> VerifyReport:
    """Return all of a verdict."""
    outcome = msgspec.convert(verdict.outcome.name.lower(), Outcome)
    return VerifyReport(
        spec=made.spec,
        base=made.base,
        verdict=outcome,
        problems=refused(verdict.problems),
        outcome=outcome,
        mode=verdict.mode,
        files=verdict.files,
        objects=verdict.objects,
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
