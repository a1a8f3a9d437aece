"""Run the checks over a split tree, in the order of their codes."""

from collections.abc import Callable, Iterator, Sequence

from vtsplit.diagnostics import Problem, RefusedError
from vtsplit.example_trees import SPEC, SPLIT
from vtsplit.lint.alignment import MISALIGNED, find_misaligned
from vtsplit.lint.conditions import MISGUARDED, find_misguarded
from vtsplit.lint.declarations import (
    CONFINED,
    REPEATED,
    UNDECLARED,
    UNDEFINED,
    find_confined,
    find_repeated,
    find_undeclared,
    find_undefined,
)
from vtsplit.lint.drift import DRIFT, find_drift
from vtsplit.lint.facts import Facts
from vtsplit.lint.findings import Finding
from vtsplit.lint.types import MISDECLARED, MISFIT, find_misdeclared, find_misfits
from vtsplit.lint.wrappers import UNREACHED, UNWRAPPED, find_unreached, find_unwrapped
from vtsplit.rule import Example, Rule
from vtsplit.spec.document import Spec, did_you_mean
from vtsplit.spec.toml_sites import KeyPath

UNKNOWN_CODE = Rule(
    "VT003",
    "unknown-code",
    "lint has no such code",
    "A misspelled code would ignore nothing, and nobody would see that.",
    "Correct the code. `vtsplit explain` lists all of them.",
    Example(base=SPLIT, spec=SPEC + '\n[lint]\nignore = ["L100"]\n', command="vtsplit lint"),
)


# Each rule with what finds it, in the order of their codes.
CHECKS: Sequence[tuple[Rule, Callable[[Facts], Iterator[Finding]]]] = (
    (UNDEFINED, find_undefined),
    (UNDECLARED, find_undeclared),
    (REPEATED, find_repeated),
    (MISDECLARED, find_misdeclared),
    (MISFIT, find_misfits),
    (CONFINED, find_confined),
    (MISGUARDED, find_misguarded),
    (UNREACHED, find_unreached),
    (MISALIGNED, find_misaligned),
    (UNWRAPPED, find_unwrapped),
    (DRIFT, find_drift),
)
_CODES = [rule.code for rule, _ in CHECKS]


def check_codes(spec: Spec) -> None:
    """Refuse codes in `[lint]` that do not exist (VT003)."""
    asked: list[tuple[str, KeyPath]]
    asked = [(code, ("lint", "ignore", at)) for at, code in enumerate(spec.lint.ignore)]
    for name, codes in spec.lint.ignore_name.items():
        asked += [(code, ("lint", "ignore-name", name, at)) for at, code in enumerate(codes)]
    problems = [
        Problem(
            UNKNOWN_CODE,
            f"lint has no code '{code}'",
            spec.site(*path, of="value"),
            did_you_mean(code, _CODES) or f"{_CODES[0]} to {_CODES[-1]}",
        )
        for code, path in asked
        if code not in _CODES
    ]
    if problems:
        raise RefusedError(*problems)


def lint(facts: Facts) -> list[Finding]:
    """Return what is wrong with a split, in the order of its places, without what the spec ignores.

    Raises RefusedError if the spec ignores a code that does not exist.
    """
    check_codes(facts.spec)
    ignored = facts.spec.lint
    found = {finding for _, check in CHECKS for finding in check(facts)}
    unwrapped = {finding.name for finding in found if finding.rule == UNWRAPPED}
    return sorted(
        finding
        for finding in found
        # A function whose wrapper is missing has no caller yet: it must not become static.
        if not (finding.rule == CONFINED and finding.name in unwrapped)
        and finding.code not in ignored.ignore
        and finding.code not in ignored.ignore_name.get(finding.name, ())
    )
