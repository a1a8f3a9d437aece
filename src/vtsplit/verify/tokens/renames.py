"""The rename map between two programs when nobody states it: same body, other name."""

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

from vtsplit.verify.tokens.entities import Entity, EntityKind, Texts
from vtsplit.verify.tokens.program import Thing

_ANY = "\0"
_MOST_PAIRS = 900  # of definitions that are compared by likeness
_ALIKE = 0.6


def derive_renames(
    gone: Iterable[Thing], new: Iterable[Thing], known: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return old to new names: definitions that are gone, and new ones that are the same.

    Those that are known stay as they are.

    Two are the same if their tokens are, but for names that are gone in one and new in the other.
    What such a pair has at the same place is a pair too: a table's entries name its functions. So
    it is with two that have one name, though neither is gone. What then has no partner gets the one
    that is most alike, so that it is compared with it.
    """
    old_things, new_things = _definitions(gone), _definitions(new)
    old = {name: e for name, e in old_things.items() if name not in new_things}
    fresh = {name: e for name, e in new_things.items() if name not in old_things}
    kept = [(e, new_things[name]) for name, e in old_things.items() if name in new_things]
    names = dict(known or {})
    while True:
        found = _pair(old, fresh, kept, names)
        if not found:
            break
        names |= found
    return names | _alike(old, fresh, names)


def _definitions(things: Iterable[Thing]) -> dict[str, Entity]:
    found: dict[str, Entity] = {}
    for thing in things:
        entity = thing.entity
        if entity.is_definition and (
            entity.name not in found or entity.sort is not EntityKind.TENTATIVE
        ):
            found[entity.name] = entity
    return found


def _shape(entity: Entity, names: Mapping[str, str], free: Iterable[str]) -> Texts:
    unknown = frozenset(free)
    return tuple(
        names.get(text, _ANY if text in unknown else text) for text in entity.tokens
    ) + tuple(sorted(" ".join(a) for a in entity.attributes))


def _pair(
    old: Mapping[str, Entity],
    fresh: Mapping[str, Entity],
    kept: Iterable[tuple[Entity, Entity]],
    names: Mapping[str, str],
) -> dict[str, str]:
    """Return names that pairs of one shape tell, which no other definition has.

    Definitions that are `kept` have their name in common.
    """
    free_old = old.keys() - names.keys()
    taken = set(names.values())
    free_new = fresh.keys() - taken
    shapes: dict[Texts, tuple[list[Entity], list[Entity]]] = {}
    for entity in old.values():
        shapes.setdefault(_shape(entity, names, free_old), ([], []))[0].append(entity)
    for entity in fresh.values():
        shapes.setdefault(_shape(entity, {}, free_new), ([], []))[1].append(entity)
    pairs = [(o[0], t[0]) for o, t in shapes.values() if len(o) == len(t) == 1]
    pairs += [
        (one, other)
        for one, other in kept
        if _shape(one, names, free_old) == _shape(other, {}, free_new)
    ]
    found: dict[str, str] = {}
    for one, other in pairs:
        for was, now in zip(one.tokens, other.tokens, strict=False):
            fits = was in free_old and now in free_new and now not in found.values()
            if was not in found and fits:
                found[was] = now
    return found


def _alike(
    old: Mapping[str, Entity], fresh: Mapping[str, Entity], names: Mapping[str, str]
) -> dict[str, str]:
    taken = set(names.values())
    ours = [entity for name, entity in old.items() if name not in names]
    theirs = [entity for name, entity in fresh.items() if name not in taken]
    if len(ours) * len(theirs) > _MOST_PAIRS:
        return {}
    scores = sorted(
        (
            (_likeness(one, other), one.name, other.name)
            for one in ours
            for other in theirs
            if one.sort is other.sort
        ),
        reverse=True,
    )
    found: dict[str, str] = {}
    for score, was, now in scores:
        if score >= _ALIKE and was not in found and now not in found.values():
            found[was] = now
    return found


def _likeness(one: Entity, other: Entity) -> float:
    matcher = SequenceMatcher(None, one.tokens, other.tokens, autojunk=False)
    if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
        return 0.0
    return matcher.ratio()
