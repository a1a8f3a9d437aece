"""What a name refers to: equal tokens are equal programs only if their names mean the same."""

from collections.abc import Mapping

from vtsplit.cst.conditions import negate
from vtsplit.cst.meaning.occurrences import Meaning, find_occurrences
from vtsplit.cst.parser import parse_module
from vtsplit.verify.tokens.program import Thing, Unit, words
from vtsplit.verify.verdict import Verdict

# By unit and name; of several that #if chooses from, the one with a body comes first.
Definitions = dict[str, dict[str, list[Thing]]]


def check_resolution(
    before: Mapping[str, tuple[Thing, ...]],
    after: Mapping[str, Unit],
    pairs: list[tuple[Thing, Thing]],
    verdict: Verdict,
) -> None:
    """Check that each definition's names mean after what they meant before.

    Only definitions in files of their own are looked at, not those of headers: what a header
    defines is compared as text in every unit. A name means what its own unit defines, else what
    another one defines without `static` (C11 6.2.2).
    """
    ours = _own(before)
    theirs = _own({path: unit.things for path, unit in after.items()})
    partner = {id(was): now for was, now in pairs}
    new = {id(now) for _, now in pairs}
    now_by_key = {
        (path, thing.key): thing
        for path, unit in theirs.items()
        for things in unit.values()
        for thing in things
        if id(thing) not in new
    }
    names = {name for unit in ours.values() for name in unit}
    for path, unit in ours.items():
        for was, *_ in unit.values():
            now = partner.get(id(was)) or now_by_key.get((path, was.key))
            if now is None:
                continue
            for name in names & words(was.text):
                meant = _resolve(ours, was, name)
                means = _resolve(theirs, now, name)
                if meant is None or name == was.entity.name:
                    continue
                wanted = partner.get(id(meant)) or now_by_key.get((meant.unit.path, meant.key))
                if wanted is None or wanted is means or not _is_used(was, name):
                    continue
                if means is None:
                    message = f"names '{name}', which is static in {wanted.unit.path}"
                else:
                    message = f"names '{name}', which is another one in {means.unit.path}"
                verdict.differ("reference", now.entity.name, message, meant.site(), now.site())


def _own(units: Mapping[str, tuple[Thing, ...]]) -> Definitions:
    found: Definitions = {}
    for path, things in units.items():
        here: dict[str, list[Thing]] = {}
        for thing in things:
            if thing.is_own and thing.entity.is_definition:
                here.setdefault(thing.entity.name, []).append(thing)
        for several in here.values():
            several.sort(key=lambda thing: not thing.entity.body)
        found[path] = here
    return found


def _resolve(units: Definitions, user: Thing, name: str) -> Thing | None:
    own = units.get(user.unit.path, {}).get(name, [])
    read = [thing for thing in own if not _are_apart(thing, user)]
    if read:
        return read[0]
    elsewhere = (
        thing
        for path, unit in units.items()
        if path != user.unit.path
        for thing in unit.get(name, [])
        if not thing.entity.is_static
    )
    return next(elsewhere, own[0] if own else None)


def _are_apart(one: Thing, other: Thing) -> bool:
    """Tell whether no compiler reads both: one stands under the denial of the other's condition."""
    ours, theirs = one.chunk.pragmas, other.chunk.pragmas
    return any(negate(c) in theirs for c in ours) or any(negate(c) in ours for c in theirs)


def _is_used(thing: Thing, name: str) -> bool:
    """Tell whether code means the object by a name: no comment, no member or local of that name."""
    return any(
        found.meaning in {Meaning.CODE, Meaning.SHOWN}
        for item in parse_module(thing.text).items
        for found in find_occurrences(item, frozenset({name}))
    )
