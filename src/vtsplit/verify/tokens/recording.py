"""Differences of things, put into a verdict: with their places, their tokens and conditions."""

from collections.abc import Iterable

from vtsplit.cst.directives import include_target
from vtsplit.verify.token_diff import diff_definitions
from vtsplit.verify.tokens.program import Thing
from vtsplit.verify.verdict import Mismatch, Verdict


def record_change(
    verdict: Verdict, what: str, name: str, message: str, ours: Thing, theirs: Thing
) -> None:
    """Record what is not the same on both sides."""
    diff = diff_definitions(ours.text, theirs.text)
    if ours.chunk.pragmas != theirs.chunk.pragmas:
        message = f"stands under other pragmas: {ours.chunk.pragmas}, {theirs.chunk.pragmas}"
    sites = ours.site(diff.before), theirs.site(diff.after)
    conditional = ours.is_conditional or theirs.is_conditional
    verdict.record(Mismatch(what, name, message, *sites, diff.lines, conditional))


def record_gone(verdict: Verdict, what: str, name: str, message: str, thing: Thing) -> None:
    """Record what only the side before has."""
    site, conditional = thing.site(), thing.is_conditional
    verdict.record(Mismatch(what, name, message, site, None, (), conditional))


def record_new(verdict: Verdict, what: str, name: str, message: str, thing: Thing) -> None:
    """Record what only the side after has."""
    site, conditional = thing.site(), thing.is_conditional
    verdict.record(Mismatch(what, name, message, None, site, (), conditional))


def record_absent(verdict: Verdict, thing: Thing, before: Iterable[Iterable[Thing]]) -> None:
    """Note a new include of a header that the tree lacks, and that no file had `before`."""
    target = include_target(thing.text) or ""
    if thing.unit.front is None or not target.startswith('"'):
        return
    had = any(other.text == thing.text for things in before for other in things)
    if not had and thing.unit.front().lacks(target):
        limit = f"{thing.unit.path} includes {target} now, which is not found in the tree"
        verdict.limits.append(limit)
