"""What rules are about, as JSON has it."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from vtsplit.cli.machine.envelope import Report
from vtsplit.rule import Rule


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
