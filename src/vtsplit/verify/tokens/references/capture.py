"""A new name that a local one hides: the tokens are those of a rename, and mean something else."""

from collections.abc import Iterable, Mapping, Sequence

from vtsplit.cst.meaning.occurrences import find_occurrences
from vtsplit.cst.parser import parse_module
from vtsplit.verify.tokens.program import Thing, mentions, words
from vtsplit.verify.verdict import Mismatch, Verdict


def check_captured(
    units: Iterable[Sequence[tuple[Thing, Thing]]], names: Mapping[str, str], verdict: Verdict
) -> None:
    """Record things of each unit, as they were and under new names, in which two names become one.

    A local name hides one of the file scope (C11 6.2.1p4). A declaration in a block means the
    file's own definition, if there is one (C11 6.2.2p4).
    """
    for things in units:
        changed = [(was, now) for was, now in things if was is not now]
        for was, now in changed:
            there = words(was.text)
            for old, new in names.items():
                if old in there and new in there and _uses(now, new) < _uses(was, old, new):
                    _differ(
                        was, now, f"names '{new}', which is local there and was '{old}'", verdict
                    )
        taken = {now.entity.name for was, now in changed if _is_renamed(was, now)}
        # Nearly all of a unit names none of these, and need not be read.
        naming = list(mentions((was for was, _ in things), taken - names.keys()))
        own = {new for new, one in naming if _defines(one) and one.entity.name == new}
        by_id = {id(was): now for was, now in things}
        for new, was in naming:
            if new not in own and _defines(was) and _uses(was, new):
                message = f"names '{new}', which is another one of this file now"
                _differ(was, by_id[id(was)], message, verdict)


def _defines(thing: Thing) -> bool:
    return thing.entity.is_definition


def _is_renamed(was: Thing, now: Thing) -> bool:
    return _defines(was) and was.entity.name != now.entity.name


def _differ(was: Thing, now: Thing, message: str, verdict: Verdict) -> None:
    title, sites = now.entity.name, (was.site(), now.site())
    verdict.record(Mismatch("reference", title, message, *sites, (), now.is_conditional))


def _uses(thing: Thing, *names: str) -> int:
    """Return how often code of a thing means what has one of the names at file scope."""
    return sum(
        found.meaning.is_code
        for item in parse_module(thing.text).items
        for found in find_occurrences(item, frozenset(names))
    )
