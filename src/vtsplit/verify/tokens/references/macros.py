"""Macros of a file that is compared as it is written: of each item the same definition holds.

If a macro is defined again, or ends, an item that passes such a line means another thing.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from vtsplit.survey.order.macros_in_force import MacroDirective
from vtsplit.verify.tokens.program import EntityKey, Front, Thing, Unit
from vtsplit.verify.verdict import Mismatch, Verdict


class _MacroPlace(NamedTuple):
    """An item on both sides, and what the two files say of macros."""

    was: Thing
    now: Thing
    ours: Front
    theirs: Front


def check_macros(
    before: Mapping[str, tuple[Thing, ...]],
    after: Mapping[str, Unit],
    pairs: Sequence[tuple[Thing, Thing]],
    names: Mapping[str, str],
    verdict: Verdict,
) -> None:
    """Record items for which another definition of a macro holds than before.

    `names` are new names by old ones. A macro that the new file does not define may come from a
    header, which is not read here.
    """
    for one in _places(before, after, pairs):
        unsettled = one.ours.unsettled | one.theirs.unsettled
        if not unsettled:
            continue
        was, now = (
            one.ours.macros_at(one.was.chunk.start),
            one.theirs.macros_at(one.now.chunk.start),
        )
        known = one.ours.own_macros & one.theirs.own_macros
        for name in sorted((was.keys() | now.keys()) & unsettled & known):
            once, today = _renamed(was.get(name, ()), names), now.get(name, ())
            if once != today:
                message = f"stands where another '{name}' holds than before"
                lines = [f"- {text}" for text in _shown(once)]
                lines += [f"+ {text}" for text in _shown(today)]
                title = one.now.entity.name or one.now.text.split("\n")[0][:60]
                sites = one.was.site(), one.now.site()
                verdict.record(Mismatch("reference", title, message, *sites, tuple(lines), True))


def _places(
    before: Mapping[str, tuple[Thing, ...]],
    after: Mapping[str, Unit],
    pairs: Sequence[tuple[Thing, Thing]],
) -> Iterator[_MacroPlace]:
    """Yield the items that both sides have, those that are compared and those that are equal."""
    fronts = {
        id(unit): unit.front()
        for unit in (*(things[0].unit for things in before.values() if things), *after.values())
        if unit.front is not None
    }
    if not any(front.unsettled for front in fronts.values()):
        return
    partner = {id(was): now for was, now in pairs}
    paired = {id(now) for _, now in pairs}
    for path, things in before.items():
        waiting: dict[EntityKey, list[Thing]] = {}
        for thing in after[path].things if path in after else ():
            if id(thing) not in paired:
                waiting.setdefault(thing.key, []).append(thing)
        for was in things:
            equal = waiting.get(was.key)
            now = partner.get(id(was)) or (equal.pop(0) if equal else None)
            if now is not None and {id(was.unit), id(now.unit)} <= fronts.keys():
                yield _MacroPlace(was, now, fronts[id(was.unit)], fronts[id(now.unit)])


def _renamed(
    lines: Sequence[MacroDirective], names: Mapping[str, str]
) -> tuple[MacroDirective, ...]:
    return tuple((held, tuple(names.get(word, word) for word in words)) for held, words in lines)


def _shown(lines: Sequence[MacroDirective]) -> list[str]:
    return [" ".join(words) for _, words in lines] or ["no such macro"]
