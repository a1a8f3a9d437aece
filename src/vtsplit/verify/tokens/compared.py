"""What a comparison says of definitions, for those who look at other files and at objects."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from vtsplit.verify.tokens.design import Pair
from vtsplit.verify.tokens.entities import read_entity
from vtsplit.verify.tokens.program import Thing, Unit

# A file, and the name of a definition in it.
Home = tuple[str, str]


@dataclass(frozen=True)
class Counterparts:
    """New names by old ones, and what each definition of a file has become.

    `statics` and `hidden` are those that only their own file sees: before, under the old name, and
    after.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    homes: Mapping[Home, Home] = field(default_factory=dict)
    statics: frozenset[Home] = frozenset()
    hidden: frozenset[Home] = frozenset()

    @cached_property
    def lost(self) -> Mapping[str, str]:
        """The names by which other files no longer find a definition, and what became of it."""
        found: dict[str, str] = {}
        for was, now in self.homes.items():
            if was in self.statics:
                continue
            if was[1] != now[1]:
                found[was[1]] = f"is '{now[1]}' now"
            elif now in self.hidden:
                found[was[1]] = f"is static in {now[0]} now"
        return found

    @cached_property
    def kept(self) -> frozenset[str]:
        """The names by which other files still find the definition of before."""
        return frozenset(
            was[1]
            for was, now in self.homes.items()
            if was not in self.statics and was[1] == now[1] and now not in self.hidden
        )


def compared(
    names: Mapping[str, str],
    before: Mapping[str, tuple[Thing, ...]],
    after: Mapping[str, Unit],
    pairs: Iterable[Pair],
) -> Counterparts:
    """Put together what is known of definitions; `before` has its new names."""
    units = {path: unit.things for path, unit in after.items()}
    homes = dict(_homes(before, pairs))
    return Counterparts(names, homes, frozenset(_statics(before)), frozenset(_statics(units)))


def _homes(
    before: Mapping[str, tuple[Thing, ...]], pairs: Iterable[Pair]
) -> Iterator[tuple[Home, Home]]:
    for path, things in before.items():
        for thing in things:
            if thing.is_own and thing.entity.is_definition:
                yield (path, old_name(thing)), (path, thing.entity.name)
    for pair in pairs:
        if pair.before.is_own:
            now = pair.after
            home = now.unit.path, now.entity.name
            yield (pair.before.unit.path, old_name(pair.before)), home


def _statics(units: Mapping[str, tuple[Thing, ...]]) -> Iterator[Home]:
    for path, things in units.items():
        for thing in things:
            if (
                thing.is_own and thing.entity.is_static and not thing.is_no_c
            ):  # perhaps a declaration
                yield path, old_name(thing)


def old_name(thing: Thing) -> str:
    """Return the name that a thing has in its own text."""
    return read_entity(thing.written).name
