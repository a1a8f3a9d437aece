"""Whether a file uses what a header gives it, directly or through other things."""

import re
from collections.abc import Callable
from functools import lru_cache

from vtsplit.cst.parser import parse_module
from vtsplit.survey.cfile.definitions import Definitions
from vtsplit.verify.tokens.entities import EntityKind, read_entity
from vtsplit.verify.tokens.program import Thing, Unit, mentions

# What the compiler keeps, and a start of the program may call, though no text names it (GCC).
_KEPT = frozenset({"used", "retain", "constructor", "destructor"})
_MEASURED = re.compile(r"(?:typeof|sizeof|alignof)\w*\s*\([^()]*\Z", re.IGNORECASE)


def is_reached(thing: Thing) -> bool:
    """Tell whether a unit's own text uses a thing of a header, directly or through other things.

    A unit that defines a macro before it includes a header may get other inline functions than
    another unit does. They are no part of the program unless it uses them, or the compiler keeps
    them, or what it keeps of the header uses them.
    """
    names = declared_words(thing)
    return not names or is_kept(thing) or is_named(thing.unit, thing, is_kept)


def is_kept(thing: Thing) -> bool:
    """Tell what is in the object file whether or not the unit's own text names it."""
    entity = thing.entity
    if thing.is_own or any(one[0] in _KEPT for one in entity.attributes):
        return True
    return entity.is_definition and not entity.is_static and not entity.is_inline


def is_named(unit: Unit, thing: Thing, is_user: Callable[[Thing], bool]) -> bool:
    """Tell whether another thing of a unit, one that `is_user` accepts, names what a thing is.

    It may do so by way of types, functions and objects that name it. A tag is looked for by its
    name alone. A function or an object is not what a member of its name stands for.
    """
    is_type = thing.entity.sort is EntityKind.TYPE
    seen = dict.fromkeys(declared_words(thing), is_type)
    wanted = dict(seen)
    while wanted:
        using: dict[str, bool] = {}
        for name, other in mentions(unit.things, wanted):
            if not wanted[name] and not has_value(other, name):
                continue
            if is_user(other):
                return True
            is_type = other.entity.sort is EntityKind.TYPE
            if other.entity.is_definition or is_type:
                using |= dict.fromkeys(declared_words(other), is_type)
            else:
                using.setdefault(other.entity.name, False)
        wanted = {name: kind for name, kind in using.items() if name and name not in seen}
        seen |= wanted
    return False


def has_value(thing: Thing, name: str) -> bool:
    """Tell whether a name stands for a function or an object in a thing, not for a member only."""
    is_type = thing.entity.sort is EntityKind.TYPE
    for match in re.finditer(rf"(?<![\w$]){re.escape(name)}(?![\w$])", thing.text):
        before = thing.text[: match.start()].rstrip()
        # A type's own words are members, but for what it takes the size or the type of.
        if not before.endswith((".", "->")) and (not is_type or _MEASURED.search(before)):
            return True
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
    if entity.sort is not EntityKind.TYPE:
        return frozenset({entity.name} - {""})
    declared = Definitions.in_module(parse_module(text)).by_name
    return frozenset(name.rpartition(" ")[2] for name in declared)
