"""Which definitions a name may mean in a file of one side (C11 6.2.2)."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from vtsplit.cst.conditions import negate
from vtsplit.verify.references.occurrences import is_symbolic
from vtsplit.verify.tokens.apart import pieces
from vtsplit.verify.tokens.program import Key, Thing, Unit, words
from vtsplit.verify.tokens.textual import WrittenChunks

# What tells one definition from another: the file it stands in after, and its text there.
Identity = tuple[str, Key]
# A thing as it is written, and under its new names. On the side after both are one.
Named = tuple[Thing, Thing]


@dataclass(frozen=True)
class Definition:
    """A definition, as one file sees it."""

    identity: Identity
    thing: Thing
    is_static: bool

    @property
    def conditions(self) -> Set[str]:
        """What it stands under."""
        return frozenset(self.thing.chunk.pragmas)


def identity(thing: Thing) -> Identity:
    """Return what tells a definition from others."""
    return thing.origin, thing.key


class Definitions:
    """What the names of one side mean, by file.

    `read` are things of other files that a file includes, where a text does not have them.
    """

    def __init__(
        self,
        units: Mapping[str, Sequence[Named]],
        read: Mapping[str, Sequence[Named]],
        names: Set[str],
        is_now: Callable[[Thing], Identity] = identity,
    ) -> None:
        self._local: dict[str, dict[str, list[Definition]]] = {}
        self._shared: dict[str, list[tuple[str, Definition]]] = {}
        for path, things in units.items():
            here = self._local[path] = _definitions([*things, *read.get(path, ())], names, is_now)
            for name, several in here.items():
                self._shared.setdefault(name, []).extend(
                    (path, one) for one in several if _is_shared(one, path)
                )
        self.identities = frozenset(
            one.identity
            for here in self._local.values()
            for several in here.values()
            for one in several
        )

    def meant(self, path: str, user: Thing, name: str) -> tuple[Definition, ...]:
        """Return what a thing may mean by a name, in a file that has or reads it.

        That is what the file itself defines, and what others define without `static`. Of several
        that `#if` chooses from, all count that can be there together with the thing.
        """
        own = self._local.get(path, {}).get(name, [])
        held = frozenset(user.chunk.pragmas)
        read = [one for one in own if not _are_apart(one.conditions, held)]
        if _cover([one.conditions - held for one in read]):
            return tuple(read)
        elsewhere = [
            one
            for place, one in self._shared.get(name, ())
            if place != path and not _are_apart(one.conditions, held)
        ]
        return (*read, *elsewhere) or tuple(own)

    def places(self, name: str) -> Set[str]:
        """Return the files that define a name for all others."""
        return frozenset(path for path, _ in self._shared.get(name, ()))


def _is_shared(one: Definition, path: str) -> bool:
    entity = one.thing.entity
    # What a header defines without `static` is inline, or nobody includes it twice.
    return not one.is_static and (one.thing.origin == path or not entity.is_inline)


def _definitions(
    things: Sequence[Named], names: Set[str], is_now: Callable[[Thing], Identity]
) -> dict[str, list[Definition]]:
    found: dict[str, list[Named]] = {}
    static: dict[str, list[Set[str]]] = {}
    for whole in things:
        if names.isdisjoint(words(whole[0].text)):
            continue
        for was, now in zip(*map(pieces, whole), strict=True):
            entity = was.entity
            if entity.name in names:
                if entity.is_definition:
                    found.setdefault(entity.name, []).append((was, now))
                if entity.is_static:  # a forward declaration may say so
                    static.setdefault(entity.name, []).append(frozenset(was.chunk.pragmas))

    def is_static(one: Thing) -> bool:
        held = frozenset(one.chunk.pragmas)
        return any(not _are_apart(other, held) for other in static.get(one.entity.name, ()))

    return {
        name: [Definition(is_now(now), was, is_static(was)) for was, now in several]
        for name, several in found.items()
    }


def _cover(several: list[Set[str]]) -> bool:
    """Tell whether one of several sets of conditions always holds, as in `#ifdef A` and `#else`.

    >>> _cover([{"a"}, {"!a", "b"}, {"!a", "!b"}]), _cover([{"a"}, {"!a", "b"}])
    (True, False)
    """
    if not several or not all(several):
        return bool(several)
    one = min(several[0])
    other = negate(one)
    return other != one and all(
        _cover([each - {holds} for each in several if fails not in each])
        for holds, fails in ((one, other), (other, one))
    )


def _are_apart(ours: Set[str], theirs: Set[str]) -> bool:
    """Tell whether no compiler reads both: one stands under the denial of the other's condition."""
    return any(negate(c) in theirs for c in ours) or any(negate(c) in ours for c in theirs)


def read_by(unit: Unit, units: Mapping[str, Sequence[Named]], names: Iterable[str]) -> list[Named]:
    """Return the things of files that a text includes, if they have any of the names.

    Those with macros that join names, or make a symbol's name of a string, come as well.
    """
    if unit.beside is None:
        return []
    wanted = frozenset(names)
    found: list[Named] = []
    for path, text in unit.beside().items():
        if path in units:
            found += units[path]
        elif not wanted.isdisjoint(words(text)) or "##" in text or is_symbolic(text):
            found += [(thing, thing) for thing in _of_text(path, text).things]
    return found


@lru_cache(maxsize=1 << 10)
def _of_text(path: str, text: str) -> Unit:
    return Unit(path, WrittenChunks(path, text), lambda place: place)
