"""The renames between two programs: derived when nobody states them, by same bodies; applied."""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from vtsplit.verify.tokens.apart import pieces
from vtsplit.verify.tokens.design import Renames
from vtsplit.verify.tokens.entities import Entity, EntityKind, Texts
from vtsplit.verify.tokens.program import Thing, Unit, mentions

_ANY = "\0"
_MOST_PAIRS = 900  # of definitions that are compared by likeness
_ALIKE = 0.6

# What is static is known by its file and name, everything else by its name, with no file.
_Key = tuple[str, str]


@dataclass(frozen=True)
class _Defined:
    """A definition, and the unit that it was found in."""

    entity: Entity
    path: str


_Definitions = dict[_Key, _Defined]
_User = tuple[_Defined, str]  # with the unit that it is to be looked for in, "" for any


def derive_renames(
    gone: Iterable[Thing], new: Iterable[Thing], known: Renames | None = None
) -> Renames:
    """Return old to new names: definitions that are gone, and new ones that are the same.

    Two are the same if their tokens are, but for names that are gone in one and new in the other.
    What such a pair has at the same place is a pair too: a table's entries name its functions.
    Where two could be meant, what uses them and has kept its own name decides. What then has no
    partner gets the one that is most alike, so that it is compared with it.

    `known` are renames to begin with.
    """
    old, fresh = _Side(gone), _Side(new)
    missing, added = _changed(old, fresh)
    users = old.kept_in(fresh), fresh.kept_in(old)
    names = _flat(known or Renames(), added)
    # What has stayed in its file comes last: two that are alike may have changed places.
    stayed = _in_place(missing), _in_place(added)
    while True:
        found = (
            _pair(missing, added, names)
            or _pair(missing, added, names, users)
            or _pair(missing, added, names, stayed)
        )
        if not found:
            break
        names |= found
    return _by_file(names | _alike(missing, added, names))


def _in_place(definitions: _Definitions) -> list[_User]:
    return [(one, one.path) for one in definitions.values()]


def _flat(known: Renames, added: _Definitions) -> dict[_Key, _Key]:
    own = {
        (path, old): _key_of(added, path, new)
        for path, one in known.own.items()
        for old, new in one.items()
    }
    return {("", old): ("", new) for old, new in known.shared.items()} | own


def _by_file(names: Mapping[_Key, _Key]) -> Renames:
    own: dict[str, dict[str, str]] = {}
    for (path, old), (_, new) in names.items():
        if path:
            own.setdefault(path, {})[old] = new
    return Renames({old: new for (path, old), (_, new) in names.items() if not path}, own)


def _key_of(known: Container[_Key], path: str, name: str) -> _Key:
    """Return the key of what a file means by a name: its own static thing, if it has one."""
    return (path, name) if (path, name) in known else ("", name)


class _Side:
    """The definitions of a side that the other does not have alike."""

    def __init__(self, things: Iterable[Thing]) -> None:
        self.definitions: _Definitions = {}
        self.places: dict[str, set[str]] = {}
        defining = [thing for thing in things if thing.entity.is_definition]
        statics = _statics(defining)
        for thing in defining:
            entity, path = thing.entity, thing.unit.path
            self.places.setdefault(entity.name, set()).add(path)
            key = (path if (path, entity.name) in statics else "", entity.name)
            if key not in self.definitions or entity.sort is not EntityKind.TENTATIVE:
                self.definitions[key] = _Defined(entity, path)

    def kept_in(self, other: "_Side") -> list[_User]:
        """Return definitions that the other side has under the same name.

        They are in the same unit, or have moved and are the only ones of the name.
        """
        found = []
        for (_, name), one in self.definitions.items():
            there = other.places.get(name, set())
            if one.path in there:
                found.append((one, one.path))
            elif len(there) == len(self.places[name]) == 1:
                found.append((one, ""))
        return found


def _statics(defining: Iterable[Thing]) -> set[_Key]:
    """Return what only its own file sees. What a header defines, each file has that includes it."""
    names: dict[str, set[str]] = {}
    units = {}
    for thing in defining:
        if thing.is_own and not thing.unit.path.endswith(".h"):
            units[thing.unit.path] = thing.unit
            names.setdefault(thing.unit.path, set()).add(thing.entity.name)
    return {
        (path, name)
        for path, unit in units.items()
        for name, whole in mentions(unit.things, names[path])
        for thing in pieces(whole)
        if thing.entity.is_static and thing.entity.name == name  # a forward declaration may say so
    }


def _changed(old: _Side, new: _Side) -> tuple[_Definitions, _Definitions]:
    """Return the definitions of names that are gone, and those of names that are new.

    A static name is also gone where its file no longer defines it, and another file does. Is it the
    only one of its name, it has moved there under its name.
    """
    missing: _Definitions = {}
    came: set[str] = set()
    keys_of: dict[str, list[_Key]] = {}
    for key in old.definitions:
        keys_of.setdefault(key[1], []).append(key)
    for name, keys in keys_of.items():
        places = old.places[name]
        there = new.places.get(name, set())
        left = [key for key in keys if not there or (key[0] and key[0] not in there)]
        moved = there - places
        if moved and len(left) == 1:
            continue
        missing |= {key: old.definitions[key] for key in left}
        if moved and left:
            came.add(name)
    added = {}
    for key, one in new.definitions.items():
        if key[1] not in old.places or (key[1] in came and one.path not in old.places[key[1]]):
            added[key] = one
    return missing, added


def _shape(one: _Defined, name_of: Callable[[str, str], str]) -> Texts:
    tokens = one.entity.tokens
    attributes = tuple(sorted(" ".join(a) for a in one.entity.attributes))
    return (
        tuple(
            text if in_front in {".", "->"} else name_of(one.path, text)  # a member is no such name
            for in_front, text in zip(("", *tokens), tokens, strict=False)
        )
        + attributes
    )


def _pair(
    missing: _Definitions,
    added: _Definitions,
    names: Mapping[_Key, _Key],
    users: tuple[Iterable[_User], Iterable[_User]] = ((), ()),
) -> dict[_Key, _Key]:
    """Return names that pairs of one shape tell, which no other definition has.

    `users` are definitions that are looked for in a certain place: those that have kept their
    names, each of which is a pair with that of its name.
    """
    free = added.keys() - set(names.values())
    renamed = missing.keys() | names.keys()

    def was_named(path: str, text: str) -> str:
        key = _key_of(renamed, path, text)
        return names[key][1] if key in names else _ANY if key in missing else text

    def is_named(path: str, text: str) -> str:
        return _ANY if _key_of(added, path, text) in free else text

    shapes: dict[tuple[Texts, str], tuple[list[_Defined], list[_Defined]]] = {}
    for side, (definitions, name_of) in enumerate(((missing, was_named), (added, is_named))):
        for one, place in [*((one, "") for one in definitions.values()), *users[side]]:
            shape = _shape(one, name_of), place
            shapes.setdefault(shape, ([], []))[side].append(one)
    found: dict[_Key, _Key] = {}
    taken: set[_Key] = set()
    for ours, theirs in shapes.values():
        if len(ours) == len(theirs) == 1:
            for was, now in zip(ours[0].entity.tokens, theirs[0].entity.tokens, strict=True):
                old, new = _key_of(renamed, ours[0].path, was), _key_of(added, theirs[0].path, now)
                fits = old in missing and old not in names and new in free
                if fits and old not in found and new not in taken:
                    found[old] = new
                    taken.add(new)
    return found


def _alike(
    missing: _Definitions, added: _Definitions, names: Mapping[_Key, _Key]
) -> dict[_Key, _Key]:
    taken = set(names.values())
    ours = {key: one for key, one in missing.items() if key not in names}
    theirs = {key: one for key, one in added.items() if key not in taken}
    if len(ours) * len(theirs) > _MOST_PAIRS:
        return {}
    scores = sorted(
        (
            (_likeness(one.entity, other.entity), old[1], new[1], old, new)
            for old, one in ours.items()
            for new, other in theirs.items()
            if one.entity.sort is other.entity.sort
        ),
        reverse=True,
    )
    found: dict[_Key, _Key] = {}
    used: set[_Key] = set()
    for score, _, _, old, new in scores:
        if score >= _ALIKE and old not in found and new not in used:
            found[old] = new
            used.add(new)
    return found


def _likeness(one: Entity, other: Entity) -> float:
    matcher = SequenceMatcher(None, one.tokens, other.tokens, autojunk=False)
    if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
        return 0.0
    return matcher.ratio()


def names_by_unit(
    before: Mapping[str, Unit], after: Mapping[str, Unit], names: Renames
) -> dict[str, dict[str, str]]:
    """Return the new names that hold in each unit: a static name changes in its own unit."""
    owners, statics = _owners(before, names)
    kept = _definers(after, names.shared)
    scope: dict[str, frozenset[str]] = {}
    for name in names.shared:
        ours, private = owners.get(name, set()), statics.get(name, set())
        # Who still defines the name has another thing of that name, which keeps it.
        changed = (ours | private) - kept.get(name, set()) or ours | private
        others = (ours | private) - changed
        everywhere = not changed or bool(changed - private)
        scope[name] = frozenset(before.keys() - others if everywhere else changed)
    return {
        path: {old: new for old, new in names.shared.items() if path in scope[old]}
        | dict(names.own.get(path, {}))
        for path in before
    }


def _owners(
    before: Mapping[str, Unit], names: Renames
) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Return the units that define each shared name, and those where it is static.

    A unit with a static thing of that name which has a new name of its own is not among them.
    """
    owners, statics = _definers(before, names.shared), dict[str, set[str]]()
    for path, unit in before.items():
        for name, thing in mentions(unit.things, owners):
            entity = thing.entity
            if entity.is_static and entity.name == name:  # a forward declaration may say so
                statics.setdefault(name, set()).add(path)
    for path, own in names.own.items():
        for name in own:
            owners.get(name, set()).discard(path)
            statics.get(name, set()).discard(path)
    return owners, statics


def _definers(units: Mapping[str, Unit], names: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path, unit in units.items():
        for name, thing in mentions(unit.things, names):
            if thing.entity.name == name and thing.entity.is_definition:
                found.setdefault(name, set()).add(path)
    return found
