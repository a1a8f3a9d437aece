"""Whether a file uses what a header gives it, directly or through other things."""

from collections.abc import Callable, Iterable
from functools import lru_cache

from vtsplit.cst.parser import parse_module
from vtsplit.survey.definitions import Definitions
from vtsplit.verify.entities import Sort, read_entity
from vtsplit.verify.program import Thing, Unit, mentions


def is_reached(thing: Thing) -> bool:
    """Tell whether a unit's own text uses a thing of a header, directly or through other things.

    A unit that defines a macro before it includes a header may get other inline functions than
    another unit does. They are no part of the program unless it uses them.
    """
    names = declared_words(thing)
    return not names or is_named(thing.unit, names, lambda other: other.is_own)


def is_named(unit: Unit, names: Iterable[str], is_user: Callable[[Thing], bool]) -> bool:
    """Tell whether a thing of a unit that `is_user` accepts names one of these.

    It may do so by way of types, functions and objects that name them. A tag is looked for by its
    name alone.
    """
    seen = set(names)
    wanted = set(seen)
    while wanted:
        using: set[str] = set()
        for _, other in mentions(unit.things, wanted):
            if is_user(other):
                return True
            if other.entity.is_definition or other.entity.sort is Sort.TYPE:
                using |= declared_words(other)
            elif other.entity.name not in seen:
                using.add(other.entity.name)
        wanted = using - seen - {""}
        seen |= wanted
    return False


def declared_words(thing: Thing) -> frozenset[str]:
    """Return the names that a thing declares, as its unit has them: tags without their keyword.

    Enumerators are among them.
    """
    # A unit's things have the names they are written with.
    return _words(thing.chunk.text)


@lru_cache(maxsize=1 << 16)
def _words(text: str) -> frozenset[str]:
    entity = read_entity(text)
    if entity.sort is not Sort.TYPE:
        return frozenset({entity.name} - {""})
    declared = Definitions.in_module(parse_module(text)).by_name
    return frozenset(name.rpartition(" ")[2] for name in declared)
