"""Match the parameters of an op with those of a function: by name, or by their types."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from vtsplit.planning.dispatch.wrappers.conversions import Conversions
from vtsplit.survey.types.typedefs import TypeKey


@dataclass(frozen=True)
class Parameter:
    """A parameter: its name, empty if it has none, its declaration, its type."""

    name: str
    text: str
    key: TypeKey


class ArgumentError(Exception):
    """A parameter for which nothing can be passed for certain; the message says why."""


class Matching:
    """Matches the parameters that a function takes with those that an op offers."""

    def __init__(
        self, taken: Sequence[Parameter], offered: Sequence[Parameter], types: Conversions
    ) -> None:
        self.taken = taken
        self.offered = offered
        self.types = types

    def places(self) -> list[int]:
        """Return, for each parameter taken, the place of the one offered for it.

        Names decide. For a name that the op has not, there are two ways. Both prototypes are the
        same but for names, and no two of those that differ could be exchanged: then position
        decides. Or the function takes fewer, and one pointer to a structure is the only one of
        its type on both sides: no other argument would compile. A number of another name is too
        little to go by there, as it could be given any number.

        Raises ArgumentError.
        """
        named = {parameter.name: at for at, parameter in enumerate(self.offered)}
        found: dict[int, int] = {
            at: named[own.name] for at, own in enumerate(self.taken) if own.name in named
        }
        self._add_unnamed(found)
        renamed = [at for at in range(len(self.taken)) if at not in found]
        if renamed:
            self._add_renamed(found, renamed)
        places = [found[at] for at in range(len(self.taken))]
        for at, place in enumerate(places):
            self._check(at, place)
        return places

    def _add_unnamed(self, found: dict[int, int]) -> None:
        """Give parameters without names what stands at their own place."""
        given = set(found.values())
        for at, own in enumerate(self.taken):
            if not own.name:
                if at >= len(self.offered) or at in given:
                    raise ArgumentError(self._has_none(at))
                found[at] = at

    def _add_renamed(self, found: dict[int, int], renamed: list[int]) -> None:
        """Match parameters of other names; all others must be in the op's order."""
        if len(self.taken) == len(self.offered):
            for at in renamed:
                if not self.types.is_alike(self.taken[at].key, self.offered[at].key):
                    raise ArgumentError(self._has_none(at))
                self._check_rivals(at, renamed)
                found[at] = at
        else:
            for at in renamed:
                found[at] = self._only_one(at, found)
        order = [found[at] for at in range(len(self.taken))]
        if any(one >= other for one, other in pairwise(order)):
            why = "the others come in another order, so its place does not tell what it is"
            raise ArgumentError(f"{self._has_none(renamed[0])}, and {why}")

    def _check_rivals(self, at: int, renamed: list[int]) -> None:
        """Refuse two parameters of other names that could be exchanged."""
        for other in renamed:
            if other != at and self._fits(at, other) and self._fits(other, at):
                both = f"'{self.offered[at].name}' and '{self.offered[other].name}'"
                raise ArgumentError(f"{self._has_none(at)}, and {both} are both of its type")

    def _fits(self, taken: int, offered: int) -> bool:
        one, other = self.taken[taken].key, self.offered[offered].key
        return self.types.is_alike(one, other) or self.types.may_be_same(one, other)

    def _only_one(self, at: int, found: dict[int, int]) -> int:
        """Return the place of the one pointer to a structure that a parameter can be given."""
        fitting = [place for place in range(len(self.offered)) if self._fits(at, place)]
        if len(fitting) != 1 or not self.types.points_to_structure(self.taken[at].key):
            raise ArgumentError(self._has_none(at))
        takers = [taken for taken in range(len(self.taken)) if self._fits(taken, fitting[0])]
        if takers != [at]:
            raise ArgumentError(self._has_none(at))
        return fitting[0]

    def _check(self, at: int, place: int) -> None:
        """Refuse a parameter whose type cannot take the value."""
        own, given = self.taken[at], self.offered[place]
        if own.name == given.name and self.types.takes(own.key, given.key):
            return
        if self.types.is_alike(own.key, given.key):
            return
        message = f"its parameter '{own.name or given.name}' is of another type"
        if own.name and self.types.are_integers(own.key, given.key):
            message += f", which may not hold every value of '{given.name}'"
        raise ArgumentError(message)

    def _has_none(self, at: int) -> str:
        name = self.taken[at].name
        shown = f"'{name}'" if name else f"{at + 1}"
        known = ", ".join(parameter.name for parameter in self.offered) or "none"
        return f"the op has no parameter {shown} (it has {known})"
