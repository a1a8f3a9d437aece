"""Types of two programs: each file has to see the same, and none may be lost or added."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from vtsplit.verify.tokens.entities import EntityKind, is_forward
from vtsplit.verify.tokens.program import Thing, Unit
from vtsplit.verify.tokens.recording import record_change, record_gone, record_new
from vtsplit.verify.tokens.references.reachable import (
    declared_words,
    is_kept,
    is_named,
    is_reached,
)
from vtsplit.verify.verdict import Verdict


class TypeRule:
    """Compares types; `moved` are the definitions that come from another file, by their identity.

    What these see is compared with what they saw there (`meanings`).
    """

    def __init__(
        self,
        before: Mapping[str, tuple[Thing, ...]],
        after: Mapping[str, Unit],
        moved: Collection[int],
        verdict: Verdict,
    ) -> None:
        self.before = before
        self.after = after
        self.moved = moved
        self.verdict = verdict

    def check(self, gone: Iterable[Thing], new: Iterable[Thing]) -> None:
        """Compare the types that only one side has, file by file."""
        ours = [t for t in gone if t.entity.sort is EntityKind.TYPE and not is_forward(t.entity)]
        theirs = [t for t in new if t.entity.sort is EntityKind.TYPE and not is_forward(t.entity)]
        if not ours and not theirs:
            return
        there = {_essence(t) for unit in self.after.values() for t in unit.things if _is_type(t)}
        was = {_essence(t) for things in self.before.values() for t in things if _is_type(t)}
        exchanged = list(self._exchanged(ours, theirs))
        ours = [t for t in ours if _essence(t) not in there]
        theirs = [t for t in theirs if _essence(t) not in was]
        self._one_side(ours, theirs)
        for one, other in exchanged:
            if one not in ours and other not in theirs:
                name = _name(other)
                message = f"is another one in {other.unit.path}"
                record_change(self.verdict, "type", name, message, one, other)

    def _one_side(self, ours: list[Thing], theirs: list[Thing]) -> None:
        """Record what no file of the other side has."""
        for thing in theirs:
            name = thing.entity.name
            partner = next((t for t in ours if t.entity.name == name), None)
            if thing.unit.path not in self.before and not thing.is_own and not is_reached(thing):
                continue
            if partner is not None:
                record_change(self.verdict, "type", name, "is not the same", partner, thing)
                ours = [t for t in ours if t.entity.name != name]
            else:
                record_new(self.verdict, "type", name, "is new", thing)
        for thing in ours:
            record_gone(self.verdict, "type", thing.entity.name, "is gone", thing)

    def _exchanged(
        self, ours: Iterable[Thing], theirs: Iterable[Thing]
    ) -> Iterator[tuple[Thing, Thing]]:
        """Yield types that a file has another type in place of, if its own items use that.

        Other files may have both: two that exchange their types are not the same program.
        """
        lost: dict[tuple[str, str], list[Thing]] = {}
        for thing in ours:
            for word in declared_words(thing):
                lost.setdefault((thing.unit.path, word), []).append(thing)
        for thing in theirs:
            had = [
                t for w in sorted(declared_words(thing)) for t in lost.get((thing.unit.path, w), ())
            ]
            if not had or any(_essence(one) == _essence(thing) for one in had):
                continue
            if is_named(thing.unit, thing, self._stays):
                yield had[0], thing

    def _stays(self, thing: Thing) -> bool:
        """Tell what a file had before, and makes something of."""
        makes = thing.entity.is_definition or thing.entity.sort is EntityKind.OTHER
        return makes and is_kept(thing) and id(thing) not in self.moved


def _essence(thing: Thing) -> tuple[object, ...]:
    return thing.entity.tokens, thing.chunk.pragmas


def _name(thing: Thing) -> str:
    return thing.entity.name or min(declared_words(thing))


def _is_type(thing: Thing) -> bool:
    # Cheap first: nearly all of a unit is something else.
    starts = ("struct", "union", "enum", "typedef", "extern", "static", "const", "__extension__")
    return thing.text.startswith(starts) and thing.entity.sort is EntityKind.TYPE
