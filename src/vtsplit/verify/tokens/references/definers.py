"""Which definition a name means in a unit: its own, or what other units define without `static`."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from vtsplit.cst.conditions import negate
from vtsplit.verify.tokens.compared import old_name
from vtsplit.verify.tokens.entities import EntityKind
from vtsplit.verify.tokens.program import Thing
from vtsplit.verify.tokens.references.assembly import READERS, assembler_names, words_of_strings

_DECLARING = frozenset({EntityKind.DECLARATION, EntityKind.TENTATIVE})
_WEAK = frozenset({("weak",), ("__weak",)})


class Definers:
    """The definitions of one side, in files of their own.

    `users` are what has names: these definitions, and what may give names to the assembler. A thing
    stands here under its new name; other files see it under that which its own text has.
    """

    def __init__(self, units: Mapping[str, tuple[Thing, ...]]) -> None:
        self.users: list[Thing] = []
        self.by_unit: dict[str, dict[str, list[Thing]]] = {}
        self.linked: dict[str, list[Thing]] = {}
        # By file and name, as the assembler finds them.
        self.hidden: dict[tuple[str, str], list[Thing]] = {}
        self.private: set[int] = set()
        for path, things in units.items():
            here, statics = self._of_unit(things)
            self.by_unit[path] = here
            for name, several in here.items():
                for thing in several:
                    written = old_name(thing)
                    if _is_private(thing, statics.get(name, ())):
                        self.private.add(id(thing))
                        self.hidden.setdefault((path, written), []).append(thing)
                    else:
                        self.linked.setdefault(written, []).append(thing)

    def _of_unit(
        self, things: Iterable[Thing]
    ) -> tuple[dict[str, list[Thing]], dict[str, list[Thing]]]:
        """Return what a unit defines itself by name, and declarations of it that say `static`."""
        here: dict[str, list[Thing]] = {}
        statics: dict[str, list[Thing]] = {}
        for thing in things:
            if thing.is_own:
                entity = thing.entity
                if entity.is_static and entity.sort in _DECLARING:
                    statics.setdefault(entity.name, []).append(thing)
                if entity.is_definition:
                    here.setdefault(entity.name, []).append(thing)
                    self.users.append(thing)
                    continue
            if any(word in thing.text for word in READERS):
                self.users.append(thing)
        return {name: _with_bodies(several) for name, several in here.items()}, statics

    @cached_property
    def names(self) -> frozenset[str]:
        """All names that have a definition."""
        return frozenset(name for unit in self.by_unit.values() for name in unit)

    def meant(self, user: Thing, name: str) -> tuple[Thing, ...]:
        """Return the definitions that a name means: several if an `#if` or the linker chooses."""
        own = self.by_unit.get(user.unit.path, {}).get(name, [])
        read = [thing for thing in own if not _are_apart(thing, user) and not thing.is_no_c]
        if read:
            if id(read[0]) in self.private or not self.is_weak(read[0]):
                return tuple(read)
            return self._strongest(old_name(read[0]), user)
        elsewhere = (
            thing
            for path, unit in self.by_unit.items()
            if path != user.unit.path
            for thing in unit.get(name, [])
            if id(thing) not in self.private
        )
        other = next(elsewhere, None)
        return self._strongest(old_name(other), user) if other is not None else ()

    def assembled(self, user: Thing, name: str) -> tuple[Thing, ...]:
        """Return the definitions that the assembler takes for a name."""
        return tuple(self.hidden.get((user.unit.path, name), ())) or self._strongest(name)

    def spoken(self, user: Thing) -> frozenset[str]:
        """Return the names of definitions that a thing gives to the assembler."""
        text = user.chunk.text
        # Nearly all of it has none in a string, and need not be read.
        if self._written.isdisjoint(words_of_strings(text)):
            return frozenset()
        return assembler_names(text) & self._written

    @cached_property
    def _written(self) -> frozenset[str]:
        return frozenset({*self.linked, *(name for _, name in self.hidden)})

    def is_weak(self, thing: Thing) -> bool:
        """Tell whether another definition may be taken in its place."""
        return not _WEAK.isdisjoint(thing.entity.attributes)

    def _strongest(self, name: str, user: Thing | None = None) -> tuple[Thing, ...]:
        """Return what the linker takes for a name, among those that are there if the user is."""
        things = self.linked.get(name, [])
        if user is not None:
            things = [thing for thing in things if not _are_apart(thing, user)] or things
        return tuple(thing for thing in things if not self.is_weak(thing)) or tuple(things)


def _is_private(thing: Thing, statics: Iterable[Thing]) -> bool:
    """Tell a definition that is static by itself, or by a declaration that is read with it."""
    if thing.entity.is_static:
        return True
    return any(not one.is_no_c and not _are_apart(one, thing) for one in statics)


def _with_bodies(things: Iterable[Thing]) -> list[Thing]:
    """Return definitions without those that one with an initializer makes declarations."""
    every = list(things)
    bodies = [thing for thing in every if thing.entity.sort is not EntityKind.TENTATIVE]
    return bodies or every


def _are_apart(one: Thing, other: Thing) -> bool:
    """Tell whether no compiler reads both: one stands under the denial of the other's condition."""
    ours, theirs = one.chunk.pragmas, other.chunk.pragmas
    return any(negate(c) in theirs for c in ours) or any(negate(c) in ours for c in theirs)
