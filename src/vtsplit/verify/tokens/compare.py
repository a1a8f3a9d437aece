"""Compare two programs: every definition, type and declaration, files of a side taken together.

First the tree before gets its new names. What is then equal, text by text, is
proved at once; only the rest is read. `static`, place and order do not count; all else does.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from vtsplit.survey.cfile.own_place import place_words
from vtsplit.verify.tokens.apart import declares_ahead, each_name_apart
from vtsplit.verify.tokens.attributes import AttributeRule
from vtsplit.verify.tokens.compared import Counterparts, compared, old_name
from vtsplit.verify.tokens.design import Design, Pair
from vtsplit.verify.tokens.entities import Entity, EntityKind
from vtsplit.verify.tokens.program import EntityKey, Thing, Unit, mentions
from vtsplit.verify.tokens.recording import record_absent, record_change, record_gone, record_new
from vtsplit.verify.tokens.references.capture import check_captured
from vtsplit.verify.tokens.references.declared import check_declared
from vtsplit.verify.tokens.references.entries import check_entries
from vtsplit.verify.tokens.references.macros import check_macros
from vtsplit.verify.tokens.references.meanings import check_meanings
from vtsplit.verify.tokens.references.reachable import is_reached
from vtsplit.verify.tokens.references.resolution import check_resolution
from vtsplit.verify.tokens.references.start_order import check_order
from vtsplit.verify.tokens.references.state import check_state
from vtsplit.verify.tokens.references.visible import check_visible
from vtsplit.verify.tokens.renames import derive_renames
from vtsplit.verify.tokens.textual import static_spelled_out
from vtsplit.verify.tokens.types import TypeRule
from vtsplit.verify.verdict import IntendedChange, ProvedSame, Verdict

# In the textual comparison: what a new file or a new header needs.
_MACRO = re.compile(r"#[ \t]*(?:define|undef)\b")
_INCLUDES = re.compile(r"#[ \t]*(?:include\b|pragma[ \t]+once\b)")


def compare(
    before: Mapping[str, Unit], after: Mapping[str, Unit], design: Design, verdict: Verdict
) -> Counterparts:
    """Compare the units of two sides and record all in `verdict`."""
    return _TokenComparison(before, after, design, verdict).run()


class _TokenComparison:
    def __init__(
        self,
        before: Mapping[str, Unit],
        after: Mapping[str, Unit],
        design: Design,
        verdict: Verdict,
    ) -> None:
        self.before = before
        self.after = after
        self.design = design
        self.verdict = verdict
        self.names: dict[str, str] = {}
        self.pairs: list[Pair] = []

    def run(self) -> Counterparts:
        if self.design.renames is None:
            things = {path: unit.things for path, unit in self.before.items()}
            self.names = derive_renames(*self._rest(things), self.design.known)
        else:
            self.names = dict(self.design.renames)
        self.expected = self._renamed()
        gone, new = self._rest(self.expected)
        new = self._without_exports(new)
        self._list_kept(gone)
        self._definitions(gone, new)
        pairs = [(pair.before, pair.after) for pair in self.pairs]
        told = check_meanings(self.expected, self.after, pairs, self.verdict)
        moved = {id(now) for was, now in pairs if was.unit.path != now.unit.path}
        types = TypeRule(self.expected, self.after, moved, self.verdict)
        types.check(gone, [thing for thing in new if thing.key not in told])
        self._say_where(pair for pair in pairs if id(pair[1]) in moved)
        self._others(gone, new)
        rule = AttributeRule(self.expected, self.after, self.verdict)
        rule.check(gone, new, pairs)
        check_captured(self._changed(), self.names, self.verdict)
        check_resolution(self.expected, self.after, pairs, self.verdict)
        check_declared(self.expected, self.after, gone, pairs, self.verdict)
        check_entries(self.expected, pairs, self.verdict)
        check_macros(self.expected, self.after, pairs, self.names, self.verdict)
        check_order(self.expected, self.after, pairs, self.verdict)
        check_state(self.expected, self.after, pairs, self.verdict)
        check_visible(self.expected, self.after, (gone, new), pairs, self.verdict)
        return compared(self.names, self.expected, self.after, self.pairs)

    def _say_where(self, moved: Iterable[tuple[Thing, Thing]]) -> None:
        """Note what says where it stands, as a text: in another file it has another value."""
        for _, now in moved:
            if words := place_words(now.entity.tokens):
                what, name = _what(now.entity), now.entity.name
                verb = "has" if len(words) == 1 else "have"
                self.verdict.limits.append(
                    f"{' and '.join(words)} in {what} '{name}' {verb} another value in "
                    f"{now.unit.path}"
                )

    def _renamed(self) -> dict[str, tuple[Thing, ...]]:
        """Return the before side under its new names: a static name changes in its own unit."""
        owners, statics = self._owners()
        after = self._definers(self.after)
        scope: dict[str, frozenset[str]] = {}
        for name in self.names:
            ours, private = owners.get(name, set()), statics.get(name, set())
            # Who still defines the name has another thing of that name, which keeps it.
            changed = (ours | private) - after.get(name, set()) or ours | private
            others = (ours | private) - changed
            everywhere = not changed or bool(changed - private)
            scope[name] = frozenset(self.before.keys() - others if everywhere else changed)
        return {
            path: unit.renamed({old: new for old, new in self.names.items() if path in scope[old]})
            for path, unit in self.before.items()
        }

    def _changed(self) -> Iterator[list[tuple[Thing, Thing]]]:
        """Yield what each unit has, as it was and under its new names."""
        for path, unit in self.before.items():
            yield list(zip(unit.things, self.expected[path], strict=True))

    def _owners(self) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        """Return the units that define each renamed name, and those where it is static."""
        owners, statics = self._definers(self.before), dict[str, set[str]]()
        for path, unit in self.before.items():
            for name, thing in mentions(unit.things, owners):
                entity = thing.entity
                if entity.is_static and entity.name == name:  # a forward declaration may say so
                    statics.setdefault(name, set()).add(path)
        return owners, statics

    def _definers(self, units: Mapping[str, Unit]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for path, unit in units.items():
            for name, thing in mentions(unit.things, self.names):
                if thing.entity.name == name and thing.entity.is_definition:
                    found.setdefault(name, set()).add(path)
        return found

    def _rest(self, expected: Mapping[str, Iterable[Thing]]) -> tuple[list[Thing], list[Thing]]:
        """Return what is on one side only: unit by unit; for a new unit, against all of before."""
        gone: list[Thing] = []
        new: list[Thing] = []
        pool: set[tuple[EntityKey, str]] | None = None
        for path in sorted({*expected, *self.after}):
            ours = tuple(expected.get(path, ()))
            theirs = self.after[path].things if path in self.after else ()
            if ours and theirs:
                gone += _minus(ours, theirs)
                new += _minus(theirs, ours)
                continue
            if ours:
                gone += [thing for thing in ours if thing.is_own]
                continue
            if pool is None:
                pool = {(t.key, t.origin) for things in expected.values() for t in things}
            new += [t for t in theirs if t.is_own or (t.key, t.origin) not in pool]
        return each_name_apart(gone, new)

    def _list_kept(self, gone: list[Thing]) -> None:
        left = {id(thing) for thing in gone}
        renamed: dict[tuple[str, str], Thing] = {}
        for path, things in self.expected.items():
            for was, thing in zip(self.before[path].things, things, strict=True):
                if id(thing) in left or not thing.entity.is_definition:
                    continue
                if was.entity.name != thing.entity.name:
                    renamed.setdefault((was.entity.name, thing.origin), thing)
                if thing.is_own:
                    self.verdict.proved.append(ProvedSame(_what(thing.entity), thing.entity.name))
        for (old, _), thing in renamed.items():
            there = self.after[thing.unit.path].things if thing.unit.path in self.after else ()
            now = next((one for one in there if one.key == thing.key), thing)
            self._design("renamed", f"{old} -> {thing.entity.name}", now)

    def _without_exports(self, new: list[Thing]) -> list[Thing]:
        """Record what lines of exports bring, and leave it out: a macro makes several things."""
        left = []
        for thing in new:
            lines = self.design.exports.get(thing.unit.path, {}) if thing.is_own else {}
            known = lines.get(thing.site().line) if lines else None
            if known is None:
                left.append(thing)
            elif not any((d.change, d.name) == known for d in self.verdict.designed):
                self._design(*known, thing)
        return left

    # ---- definitions ---------------------------------------------------------------------------

    def _definitions(self, gone: list[Thing], new: list[Thing]) -> None:
        after = {path: unit.things for path, unit in self.after.items()}
        ours = [thing for thing in gone if self._defines(thing, self.expected)]
        theirs = [thing for thing in new if self._defines(thing, after)]
        # Each file's own first: two may have a static function of one name.
        for same_unit in (True, False):
            waiting: dict[tuple[str, str], list[Thing]] = {}
            for thing in theirs:
                waiting.setdefault(_place(thing, same_unit), []).append(thing)
            rest = []
            for thing in ours:
                candidates = waiting.get(_place(thing, same_unit))
                if not candidates:
                    rest.append(thing)
                    continue
                other = candidates.pop(0)
                theirs.remove(other)
                self.pairs.append(Pair(thing, other))
                self._compare(thing, other)
            ours = rest
        for thing in ours:
            self._missing(thing)
        for thing in theirs:
            self._added(thing)

    def _defines(self, thing: Thing, units: Mapping[str, Iterable[Thing]]) -> bool:
        """Tell a definition; one with a body or initializer makes a tentative one a declaration.

        A function's type can declare it: `static open_t foo_open;`. What a header says that is
        compared as a text, it says to all files that include it.
        """
        entity = thing.entity
        if entity.sort is not EntityKind.TENTATIVE:
            return entity.is_definition
        path = thing.unit.path
        beside = units.values() if path.endswith(".h") else [units[path]]
        return not any(
            other.entity.sort in {EntityKind.OBJECT, EntityKind.FUNCTION}
            and other.entity.name == entity.name
            for things in beside
            for _, other in mentions(things, [entity.name])
        )

    def _compare(self, ours: Thing, theirs: Thing) -> None:
        was, now = ours.entity, theirs.entity
        old = old_name(ours)
        if was.tokens != now.tokens:
            was, now = static_spelled_out(ours), static_spelled_out(theirs)
        if (was.tokens, ours.chunk.pragmas) != (now.tokens, theirs.chunk.pragmas):
            if self._is_idle(ours) and self._is_idle(theirs):
                return  # it reads otherwise by what is in front of its header, and nobody uses it
            record_change(self.verdict, _what(now), now.name, "is not the same", ours, theirs)
            return
        self.verdict.proved.append(ProvedSame(_what(now), now.name))
        site = theirs.site()
        if old != now.name:
            self._design("renamed", f"{old} -> {now.name}", theirs)
        if was.is_static and not now.is_static:
            self._design("made global", now.name, theirs)
        elif now.is_static and not was.is_static:
            self._design("made static", now.name, theirs)
        if was.is_inline and not now.is_inline:
            self._design("no longer inline", now.name, theirs)
        if self.design.renamed.get(ours.origin, ours.origin) != theirs.origin:
            change = f"moved from {ours.origin} to {site.path}"
            self._design(change, now.name, theirs)

    def _is_idle(self, thing: Thing) -> bool:
        """Tell a static function of a header that did not change, which its unit does not use."""
        if thing.is_own or not thing.entity.is_static or thing.origin in self.design.changed:
            return False
        return not is_reached(thing)

    def _missing(self, thing: Thing) -> None:
        entity = thing.entity
        if not thing.is_own and self._elsewhere(thing, self.after.values()):
            return  # a header that this unit no longer includes
        if not thing.is_own and entity.is_static and not is_reached(thing):
            return  # a header gave each unit one, and this unit let it be
        old = old_name(thing)
        message = "is gone"
        if thing.unit.path in self.after and not thing.is_own:
            message = f"of '{thing.origin}' is gone"
        record_gone(self.verdict, _what(entity), old, message, thing)

    def _added(self, thing: Thing) -> None:
        entity = thing.entity
        if entity.name in self.design.made:
            self._design(self.design.made[entity.name], entity.name, thing)
        elif thing.is_own or not self._foreign_but_harmless(thing):
            message = "is new: nothing in the tree before is the same"
            record_new(self.verdict, _what(entity), entity.name, message, thing)

    def _foreign_but_harmless(self, thing: Thing) -> bool:
        """Tell what a header brings that was there already, or that the unit does not use."""
        every = (other for things in self.expected.values() for other in things)
        if any(_same(thing, other) for other in every):
            return True
        return thing.unit.path not in self.before and not is_reached(thing)

    @staticmethod
    def _elsewhere(thing: Thing, units: Iterable[Unit]) -> bool:
        every = (other for unit in units for other in unit.things)
        return any(_same(thing, other) for other in every)

    # ---- the rest ------------------------------------------------------------------------------

    def _others(self, gone: list[Thing], new: list[Thing]) -> None:
        ours = [t for t in gone if t.entity.sort is EntityKind.OTHER]
        theirs = [t for t in new if t.entity.sort is EntityKind.OTHER]
        missing = Counter(_essence(t) for t in ours) - Counter(_essence(t) for t in theirs)
        added = Counter(_essence(t) for t in theirs) - Counter(_essence(t) for t in ours)
        ours, theirs = _take(ours, missing), _take(theirs, added)
        macros = {t.entity.name: t for t in theirs if t.entity.name}
        for thing in ours:
            other = macros.pop(thing.entity.name, None)
            if other is not None:
                theirs.remove(other)
                name = thing.entity.name
                record_change(self.verdict, "macro", name, "is not the same", thing, other)
            elif declares_ahead(thing, self._beside(thing), self.after):
                continue
            elif thing.is_own or not self._elsewhere(thing, self.after.values()):
                record_gone(self.verdict, "statement", _title(thing), "is gone", thing)
        for thing in theirs:
            if _INCLUDES.match(thing.text):
                self._design("included", _title(thing), thing)
                record_absent(self.verdict, thing, self.expected.values())
            elif self._is_defined_too(thing):
                self._design("defined too", thing.entity.name or _title(thing), thing)
            elif thing.is_own or not self._foreign_but_harmless(thing):
                record_new(self.verdict, "statement", _title(thing), "is new", thing)

    def _is_defined_too(self, thing: Thing) -> bool:
        """Tell a macro of a new file that each file its items come from has, in front of them."""
        if thing.unit.path in self.before or not _MACRO.match(thing.text):
            return False
        pairs = [pair for pair in self.pairs if pair.after.unit is thing.unit]
        return bool(pairs) and all(
            any(one.key == thing.key and one.chunk.start < pair.before.chunk.start for one in ours)
            for pair in pairs
            for ours in [self.expected[pair.before.unit.path]]
        )

    def _beside(self, thing: Thing) -> tuple[Thing, ...]:
        return self.expected.get(thing.unit.path, ())

    # ---- recording -----------------------------------------------------------------------------

    def _design(self, change: str, name: str, thing: Thing) -> None:
        self.verdict.designed.append(IntendedChange(change, name, thing.site()))


def _place(thing: Thing, with_unit: bool) -> tuple[str, str]:
    return thing.unit.path if with_unit else "", thing.entity.name


def _minus(ours: Iterable[Thing], theirs: Iterable[Thing]) -> list[Thing]:
    left = Counter(thing.key for thing in ours) - Counter(thing.key for thing in theirs)
    found: list[Thing] = []
    for thing in ours:
        if left[thing.key]:
            left[thing.key] -= 1
            found.append(thing)
    return found


def _take(things: list[Thing], wanted: Counter[tuple[object, ...]]) -> list[Thing]:
    """Return as many things of each essence as are wanted."""
    found = []
    for thing in things:
        if wanted[_essence(thing)]:
            wanted[_essence(thing)] -= 1
            found.append(thing)
    return found


def _same(thing: Thing, other: Thing) -> bool:
    """Compare as text, then as what it says: `__cold__` is `cold` (GCC manual, 6.39)."""
    if thing.key == other.key:
        return True
    name = thing.entity.name
    return bool(name) and name in other.text and _said(thing) == _said(other)


def _said(thing: Thing) -> tuple[object, ...]:
    return thing.entity, thing.chunk.pragmas


def _essence(thing: Thing) -> tuple[object, ...]:
    return thing.entity.tokens, thing.chunk.pragmas


def _what(entity: Entity) -> str:
    if entity.sort is EntityKind.OBJECT and entity.body[1:2] == ("{",):
        return "table"
    return "function" if entity.sort is EntityKind.FUNCTION else "object"


def _title(thing: Thing) -> str:
    text = " ".join(thing.text.split())
    return text if len(text) <= 60 else f"{text[:57]}..."
