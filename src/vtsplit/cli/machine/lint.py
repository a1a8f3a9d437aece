"""What lint finds, as JSON has it."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from vtsplit.cli.machine.envelope import Origin, Report, place
from vtsplit.lint.findings import Finding


class Found(msgspec.Struct):
    """A finding. `name` is what it is about; `fixable` tells whether `--fix` corrects it."""

    code: str
    slug: str
    name: str
    message: str
    fixable: bool
    path: str | None
    line: int
    column: int


class LintReport(Report, kw_only=True):
    """All that lint says."""

    command: str = "lint"
    verdict: Literal["clean", "findings", "refused", "half-written"]
    findings: list[Found] = msgspec.field(default_factory=list)


def report_lint(findings: Iterable[Finding], made: Origin) -> LintReport:
    """Return what lint found."""
    found = [
        Found(
            one.code, one.rule.slug, one.name, one.message, one.mend is not None, *place(one.site)
        )
        for one in findings
    ]
    verdict: Literal["clean", "findings"] = "findings" if found else "clean"
    return LintReport(spec=made.spec, base=made.base, verdict=verdict, findings=found)
