"""Check that every name means after what it meant before.

Equal tokens are equal programs only if their names mean the same definitions. What a name meant is
looked up in the tree as it was, and not under its new names: a new name may be what another thing
was called, or the old one of something else.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from vtsplit.cst.directives import Macro
from vtsplit.cst.meaning.occurrences import Meaning, Occurrence
from vtsplit.diagnostics import Site
from vtsplit.verify.references.definitions import (
    Definition,
    Definitions,
    Identity,
    Named,
    identity,
    read_by,
)
from vtsplit.verify.references.macros import (
    MacroRule,
    is_called_conditionally,
    macro_of_text,
    symbolic_macros,
)
from vtsplit.verify.references.occurrences import (
    USES,
    find_names,
    is_symbolic,
    no_macros,
    string_words,
)
from vtsplit.verify.tokens.apart import pieces
from vtsplit.verify.tokens.entities import EntityKind
from vtsplit.verify.tokens.program import Key, Thing, Unit, words
from vtsplit.verify.verdict import Difference, Verdict

Names = Mapping[str, Mapping[str, str]]
_Place = tuple[str, Key]


@dataclass(frozen=True)
class _Use:
    """A thing of the tree before, as a file sees it, and the file that has it after."""

    path: str
    was: Thing
    now: Thing
    to: str
    macro_of: Callable[[str], Macro | None]


def check_references(
    before: Mapping[str, Unit],
    after: Mapping[str, Unit],
    expected: Mapping[str, tuple[Thing, ...]],
    pairs: Iterable[tuple[Thing, Thing]],
    names: Names,
    verdict: Verdict,
) -> None:
    """Record each name that means another definition after.

    `expected` are the things of `before` under the new names, which `names` has by unit. Items
    that have moved are in `pairs`.
    """
    ours = {
        path: list(zip(unit.things, expected[path], strict=True)) for path, unit in before.items()
    }
    theirs = {path: [(t, t) for t in unit.things] for path, unit in after.items()}
    _References((before, after), (ours, theirs), list(pairs), names, verdict).check()


class _References:
    def __init__(
        self,
        units: tuple[Mapping[str, Unit], Mapping[str, Unit]],
        things: tuple[dict[str, list[Named]], dict[str, list[Named]]],
        pairs: list[tuple[Thing, Thing]],
        names: Names,
        verdict: Verdict,
    ) -> None:
        self.verdict = verdict
        self.names = names
        self.before, self.after = units
        self.ours, self.theirs = things
        self.moved = {(was.unit.path, was.key): now for was, now in pairs}
        was, now = map(_definers, things)
        self.every = was.keys() | now.keys()
        new = [{*own, *own.values()} for own in names.values()]
        self.changed = {n for n in self.every if was.get(n) != now.get(n)}.union(*new)
        self.added = {name for name in self.changed if name not in was}
        self.read = tuple(
            {path: read_by(unit, named, self.changed) for path, unit in side.items()}
            for side, named in zip(units, things, strict=True)
        )
        self.was = Definitions(self.ours, self.read[0], self.every, self._is_now)
        self.is_now = Definitions(self.theirs, self.read[1], self.every)
        self.symbolic: dict[str, Set[str]] = {}
        self.place_of = {
            (identity(t)[0], t.key): path for path, side in self.theirs.items() for t, _ in side
        }

    def _is_now(self, thing: Thing) -> Identity:
        return identity(self.moved.get((thing.unit.path, thing.key), thing))

    def check(self) -> None:
        for use in self._uses():
            self._check(use)
        self._doubled()
        rule = MacroRule(self.names, self.changed, self.verdict)
        for path, named in self.ours.items():
            rule.check(self.before[path], named, self.read[0][path], self.after.get(path))
        for path, named in self.theirs.items():
            rule.check_new(self.after[path], named, self.read[1][path])

    def _uses(self) -> Iterator[_Use]:
        for path, named in self.ours.items():
            macro_of = _macros_of(self.before[path], named)
            here = {now.key for now, _ in self.theirs.get(path, ())}
            for was, now in named:
                found = words(was.text) | words(now.text)
                own = was.is_own and not self.every.isdisjoint(found) and was.entity.is_definition
                if (self.every if own else self.changed).isdisjoint(found):
                    continue
                for one, other in zip(pieces(was), pieces(now), strict=True):
                    to = self._goes_to(path, other, here)
                    if to is not None:
                        yield _Use(path, one, other, to, macro_of)
            if path in self.theirs:
                for was, now in self.read[0][path]:
                    found = words(was.text) | words(now.text)
                    if not self.changed.isdisjoint(found) and self._is_called(path, was):
                        yield _Use(path, was, now, path, macro_of)

    def _is_called(self, path: str, thing: Thing) -> bool:
        """Tell what is no macro of a header, or one that something in the file may call."""
        macro = macro_of_text(thing.text)
        return macro is None or any(
            macro.name in words(other.text)
            for other, _ in [*self.ours[path], *self.read[0][path]]
            if other is not thing
        )

    def _goes_to(self, path: str, thing: Thing, here: Set[Key]) -> str | None:
        """Return the file that has a thing after; None if it is gone, which others tell."""
        partner = self.moved.get((path, thing.key))
        if partner is not None:
            return partner.unit.path
        if thing.key in here or path in self.theirs:
            return path
        return self.place_of.get((path, thing.key))

    def _check(self, use: _Use) -> None:
        was, now = use.was, use.now
        names = self.every & (words(was.text) | words(now.text))
        own = self.names.get(was.unit.path, {})
        known = words(was.text)
        touched = {n for n in (*own, *own.values()) if n in known or n in words(now.text)}
        touched |= {n for n in names & known if self._other(use, n, n) is not None}
        if not touched:
            return
        ours = find_names(was.text, touched, use.macro_of)
        theirs = find_names(now.text, touched, use.macro_of)
        if len(ours) != len(theirs):
            self._record(use, "cannot be read under its new names")
            return
        for one, other in zip(ours, theirs, strict=True):
            self._occurrence(use, one, other)
        for name in touched & string_words(was.text) if self._is_symbolic(use) else ():
            wrong = self._other(use, name, name)
            if wrong is not None:
                self._record(use, f"{wrong}, in a string for the assembler or the linker")

    def _is_symbolic(self, use: _Use) -> bool:
        """Tell whether strings of a thing may be symbols' names, perhaps by way of a macro."""
        if is_symbolic(use.was.text):
            return True
        if use.path not in self.symbolic:
            things = [*self.ours[use.path], *self.read[0][use.path]]
            self.symbolic[use.path] = symbolic_macros(things)
        return not self.symbolic[use.path].isdisjoint(words(use.was.text))

    def _occurrence(self, use: _Use, one: Occurrence, other: Occurrence) -> None:
        if one.name != other.name and {one.meaning, other.meaning} != {Meaning.CODE}:
            if one.meaning in USES and other.meaning in USES:
                self._record(use, f"gives '{one.name}', which changes, to a macro")
            else:
                self._record(use, f"hides '{other.name}', which it means by '{one.name}'")
        elif (one.meaning in USES) is not (other.meaning in USES):
            self._record(use, f"hides '{other.name}', which it means by '{one.name}'")
        elif one.meaning in USES and not (
            one.name == use.was.entity.name and other.name == use.now.entity.name
        ):
            wrong = self._other(use, one.name, other.name)
            if wrong is not None:
                self._record(use, wrong)

    def _other(self, use: _Use, old: str, new: str) -> str | None:
        """Say what else a name means now; None if it means the same."""
        was = self.was.meant(use.path, use.was, old)
        now = self.is_now.meant(use.to, use.now, new)
        wanted = {one.identity for one in was}
        there = wanted & self.is_now.identities
        means = {one.identity for one in now}
        if means == there or (was and not there):
            return None  # what is gone is told elsewhere
        more = [one for one in now if one.identity not in wanted]
        if not was:
            if self._is_type_or_constant(use, old) or (
                self._is_undeclared(use, old) and all(map(_is_table, now))
            ):
                return None
            return f"names '{new}', which {_file(more[0])} defines now"
        if not more:
            return f"names '{new}', which is static in {_file(was[0])}"
        return f"names '{new}', which is another one in {_file(more[0])}"

    def _is_type_or_constant(self, use: _Use, name: str) -> bool:
        """Tell a typedef or an enumerator of the file, which leaves no place for another thing."""
        held = frozenset(use.was.chunk.pragmas)
        return use.to == use.path and any(
            thing.entity.sort is EntityKind.TYPE
            and (thing.entity.name == name or name in _listed(thing.text))
            and held.issuperset(thing.chunk.pragmas)
            for thing, now in [*self.ours.get(use.path, ()), *self.read[0].get(use.path, ())]
            if name in words(thing.text) and thing.text == now.text
        )

    def _is_undeclared(self, use: _Use, name: str) -> bool:
        """Tell that nothing declares a name: the file was not part of the program before."""
        return use.path in self.ours and not any(
            thing.entity.name in {name, ""} or "extern" in words(thing.text)
            for thing, _ in [*self.ours[use.path], *self.read[0][use.path]]
            if name in words(thing.text)
        )

    def _record(self, use: _Use, message: str) -> None:
        macro = macro_of_text(use.was.text)
        things, read = self.ours[use.path], self.read[0][use.path]
        conditional = use.was.is_conditional or use.now.is_conditional
        one = Difference(
            "reference",
            _title(use.now),
            message,
            use.was.site(),
            Site(use.to),
            (),
            conditional or (macro is not None and is_called_conditionally(things, read, macro)),
        )
        self.verdict.record(one)

    def _doubled(self) -> None:
        """Find names that another file defines for all as well now."""
        for name in sorted(self.changed):
            was, now = self.was.places(name), self.is_now.places(name)
            if len(now) > max(len(was), 1):
                new = min(now - was, default=min(now))
                message = f"is defined in {' and in '.join(sorted(now))}"
                old = min(now - {new})
                self.verdict.differ("symbol", name, message, Site(old), Site(new))


def _definers(things: Mapping[str, Sequence[Named]]) -> dict[str, set[tuple[str, bool, Set[str]]]]:
    found: dict[str, set[tuple[str, bool, Set[str]]]] = {}
    for path, named in things.items():
        for whole, _ in named:
            if not whole.is_own or not whole.entity.is_definition:
                continue
            for one in pieces(whole):
                held = frozenset(one.chunk.pragmas)
                entity = one.entity
                found.setdefault(entity.name, set()).add((path, entity.is_static, held))
    return found


def _macros_of(unit: Unit, named: Sequence[Named]) -> Callable[[str], Macro | None]:
    """Return what knows the macros of a text; what is preprocessed has none."""
    if unit.beside is None:
        return no_macros
    own: dict[str, Macro] = {}
    for thing, _ in named:
        macro = macro_of_text(thing.text)
        if macro is not None:
            own.setdefault(macro.name, macro)
    return lambda name: own.get(name) or unit.macro_of(name)


# A list of a thousand enumerators is asked for one name after the other.
@lru_cache(maxsize=1 << 10)
def _listed(text: str) -> frozenset[str]:
    known = words(text)
    found = find_names(text, known) if "enum" in known else ()
    return frozenset(one.name for one in found if one.meaning in USES)


def _is_table(one: Definition) -> bool:
    """Tell a structure or an array with its values: no library has one under such a name."""
    return one.thing.entity.sort is EntityKind.OBJECT and one.thing.entity.body[1:2] == ("{",)


def _file(one: Definition) -> str:
    return one.thing.origin


def _title(thing: Thing) -> str:
    text = thing.entity.name or " ".join(thing.text.split())
    return text if len(text) <= 60 else f"{text[:57]}..."
