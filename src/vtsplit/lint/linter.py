"""Run the checks over a split tree, in the order of their codes."""

from collections.abc import Callable, Iterator, Sequence

from vtsplit.diagnostics import Problem, RefusedError
from vtsplit.lint.alignment import find_misaligned
from vtsplit.lint.conditions import find_misguarded
from vtsplit.lint.declarations import find_confined, find_repeated, find_undeclared, find_undefined
from vtsplit.lint.drift import find_drift
from vtsplit.lint.facts import Facts
from vtsplit.lint.findings import CODES, Finding
from vtsplit.lint.types import find_misdeclared, find_misfits
from vtsplit.lint.wrappers import find_unreached, find_unwrapped
from vtsplit.spec import Spec, did_you_mean
from vtsplit.toml_sites import KeyPath

_CHECKS: Sequence[Callable[[Facts], Iterator[Finding]]] = (
    find_undefined,
    find_undeclared,
    find_repeated,
    find_misdeclared,
    find_misfits,
    find_confined,
    find_misguarded,
    find_unreached,
    find_misaligned,
    find_unwrapped,
    find_drift,
)


def check_codes(spec: Spec) -> None:
    """Refuse codes in `[lint]` that there are none of (VT003)."""
    asked: list[tuple[str, KeyPath]]
    asked = [(code, ("lint", "ignore", at)) for at, code in enumerate(spec.lint.ignore)]
    for name, codes in spec.lint.ignore_name.items():
        asked += [(code, ("lint", "ignore-name", name, at)) for at, code in enumerate(codes)]
    problems = [
        Problem(
            "VT003",
            f"there is no code '{code}'",
            spec.site(*path, of="value"),
            did_you_mean(code, CODES) or f"{min(CODES)} to {max(CODES)}",
        )
        for code, path in asked
        if code not in CODES
    ]
    if problems:
        raise RefusedError(*problems)


def lint(facts: Facts) -> list[Finding]:
    """Return what is wrong with a split, in the order of its places, without what the spec ignores.

    Raises RefusedError when the spec ignores a code that there is none of.
    """
    check_codes(facts.spec)
    ignored = facts.spec.lint
    found = {finding for check in _CHECKS for finding in check(facts)}
    unwrapped = {finding.name for finding in found if finding.code == "L010"}
    return sorted(
        finding
        for finding in found
        # What lacks its wrapper is not to become static for want of a caller.
        if not (finding.code == "L006" and finding.name in unwrapped)
        and finding.code not in ignored.ignore
        and finding.code not in ignored.ignore_name.get(finding.name, ())
    )
