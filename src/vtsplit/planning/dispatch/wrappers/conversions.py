"""Which values C converts by itself without loss: an argument's, or a result's."""

import re

from vtsplit.survey.types.enumerations import fits_int
from vtsplit.survey.types.typedefs import Typedefs, TypeKey

_BOOL: TypeKey = ("names", "_Bool")
# Words of each kind of integer, and its bits where `long` has 32 and where it has 64.
_BITS = {
    (): (32, 32),
    ("short",): (16, 16),
    ("long",): (32, 64),
    ("long", "long"): (64, 64),
    ("__int128",): (128, 128),
}
# A name that says so has 64 bits, whichever of both its headers make it of.
_EXACT = re.compile(r"_{0,2}(?:[us]64|u?int64_t)")
_LONG = {"long", "unsigned"}

Bounds = tuple[int, int]


class Conversions:
    """Compares types of values, with typedefs looked through."""

    def __init__(self, typedefs: Typedefs) -> None:
        self.typedefs = typedefs

    def is_alike(self, wanted: TypeKey, given: TypeKey) -> bool:
        """Tell whether a value's type is the wanted one; a pointer may gain a qualifier.

        What it points to may become `const`, and not lose that (C11 6.5.16.1p1).
        """
        one, other = (self.typedefs.resolved(unqualified(key)) for key in (wanted, given))
        if one == other:
            return True
        if not (one[0] == other[0] == "pointer"):
            return False
        (more, to), (less, of) = _split(one[-1]), _split(other[-1])
        return less <= more and to == of

    def takes(self, wanted: TypeKey, given: TypeKey) -> bool:
        """Tell whether C converts a value by itself and leaves it what it is, on every target.

        An integer becomes one that holds all of its values (C11 6.3.1.3p1), for a `long` of 32 bits
        and for one of 64. An enumeration becomes what holds an `int`; nothing becomes one.
        """
        if self.is_alike(wanted, given):
            return True
        room, values = self._bounds(wanted, False), self._bounds(given, True)
        if not (room and values and self.are_integers(wanted, given)):
            return False
        pairs = zip(room, values, strict=True)
        return all(low <= least and most <= high for (low, high), (least, most) in pairs)

    def are_integers(self, *keys: TypeKey) -> bool:
        """Tell whether all are types of integers that C converts into each other."""
        return all(
            bool(self._bounds(key, True)) and not self.typedefs.is_restricted(unqualified(key))
            for key in keys
        )

    def is_error_code(self, key: TypeKey) -> bool:
        """Tell whether a type is a signed integer: what can hold a negative error code."""
        bounds = self._bounds(key, False)
        return bool(bounds) and all(low < -1 for low, _ in bounds)

    def may_be_same(self, one: TypeKey, other: TypeKey) -> bool:
        """Tell whether two types are the same in some configuration."""
        both = (self.typedefs.alternatives(unqualified(key)) for key in (one, other))
        first, second = both
        return bool(first & second - {("unknown",)})

    def points_to_structure(self, key: TypeKey) -> bool:
        """Tell whether a type is a pointer to a structure or union."""
        resolved = self.typedefs.resolved(key)
        return resolved[0] == "pointer" and _split(resolved[-1])[1][0] in {"Struct", "Union"}

    def _bounds(self, key: TypeKey, given: bool) -> tuple[Bounds, ...]:
        """Return the least and the greatest value of a type, for each width of `long`.

        Of types that differ by configuration the widest is `given`, else the narrowest. Empty for
        what is no integer, or not known.
        """
        key = unqualified(key)
        found = self.typedefs.alternatives(key)
        resolved = self.typedefs.resolved(key)
        if len(found) > 1 and resolved[0] == "names" and _EXACT.fullmatch(resolved[1]):
            found = frozenset(
                ("names", "long", *one[1:]) if one.count("long") == 1 else one
                for one in found
                if set(one[1:]) <= _LONG
            )
        each = [self._of_one(one, given) for one in found]
        if not all(each):
            return ()
        outer, inner = (min, max) if given else (max, min)
        return tuple(
            (outer(bounds[at][0] for bounds in each), inner(bounds[at][1] for bounds in each))
            for at in range(2)
        )

    def _of_one(self, key: TypeKey, given: bool) -> tuple[Bounds, ...]:
        key = unqualified(key)
        if key == _BOOL and self.typedefs.has_own_bool:
            return ()
        if key[0] == "Enum":
            name = key[1] if isinstance(key[1], str) else key[1][1]
            fits = given and name and fits_int(name, self.typedefs)
            return _signed(32, 32) if fits else ()
        return _of_words(key[1:], given) if key[0] == "names" else ()


def unqualified(key: TypeKey) -> TypeKey:
    """Return a value's type: qualifiers of its own do not count (C11 6.3.2.1p2).

    >>> unqualified(("const", "names", "int")), unqualified(("pointer", "const", ("names", "int")))
    (('names', 'int'), ('pointer', ('names', 'int')))
    """
    if key[0] == "pointer":
        return ("pointer", key[-1])
    return _split(key)[1]


def _split(key: TypeKey) -> tuple[set[str], TypeKey]:
    """Return the qualifiers of a type and the type without them."""
    found = {part for part in key if isinstance(part, str)} & {"const", "volatile"}
    return found, tuple(part for part in key if not (isinstance(part, str) and part in found))


def _signed(*bits: int) -> tuple[Bounds, ...]:
    return tuple((-(2 ** (n - 1)), 2 ** (n - 1) - 1) for n in bits)


def _unsigned(*bits: int) -> tuple[Bounds, ...]:
    return tuple((0, 2**n - 1) for n in bits)


def _of_words(words: TypeKey, given: bool) -> tuple[Bounds, ...]:
    """Return the bounds of an integer by its words (C11 6.2.5, 6.7.2p2); empty for other types.

    >>> _of_words(("long", "unsigned"), True) == ((0, 2**32 - 1), (0, 2**64 - 1))
    True
    >>> _of_words(("char",), True), _of_words(("char",), False)
    (((-128, 255), (-128, 255)), ((0, 127), (0, 127)))
    """
    if words == ("_Bool",):
        return ((0, 1), (0, 1))
    kind = tuple(word for word in words if word not in {"signed", "unsigned", "int", "__signed__"})
    if kind == ("char",):
        if "unsigned" in words:
            return _unsigned(8, 8)
        if "signed" in words:
            return _signed(8, 8)
        # Whether it has a sign is the target's (C11 6.2.5p15).
        return ((-128, 255) if given else (0, 127),) * 2
    bits = _BITS.get(kind)
    if bits is None:
        return ()
    return _unsigned(*bits) if "unsigned" in words else _signed(*bits)
