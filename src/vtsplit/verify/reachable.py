"""Whether a new file uses what a header gives it in another form."""

from vtsplit.verify.entities import read_entity
from vtsplit.verify.program import Thing, mentions


def is_reached(thing: Thing) -> bool:
    """Tell whether a unit's own text uses a thing of a header, directly or through other things.

    A unit that defines a macro before it includes a header may get other inline functions than
    another unit does. They are no part of the program unless it uses them.
    """
    unit = thing.unit
    # A unit's things have the names they are written with.
    name = read_entity(thing.chunk.text).name
    if not name:
        return True
    seen, wanted = {name}, {name}
    while wanted:
        using: set[str] = set()
        for _, other in mentions(unit.things, wanted):
            if other.is_own:
                return True
            entity = other.entity
            if entity.is_definition or entity.name not in seen:
                using.add(entity.name)
        wanted = using - seen - {""}
        seen |= wanted
    return False
