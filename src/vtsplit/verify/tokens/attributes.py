"""Attributes and types that declarations add to a name: all of a unit's declarations count."""

from collections.abc import Iterable, Mapping

from vtsplit.cst.directives import read_macro
from vtsplit.cst.heads.declarator import Head
from vtsplit.cst.heads.typed import TypeReadError, read_signature
from vtsplit.cst.meaning.array_length import same_length
from vtsplit.cst.nodes import Declaration, FunctionDef
from vtsplit.cst.parser import parse_module
from vtsplit.verify.tokens.entities import Entity, EntityKind, Texts
from vtsplit.verify.tokens.program import Thing, Unit, mentions, words
from vtsplit.verify.verdict import IntendedChange, Mismatch, Verdict

# What Linux makes `inline` bring along (include/linux/compiler_types.h): it goes with the word.
_OF_INLINE = frozenset({("gnu_inline",), ("unused",), ("no_instrument_function",)}) | frozenset(
    {("always_inline",)}
)
_SORTS = frozenset(
    {EntityKind.FUNCTION, EntityKind.OBJECT, EntityKind.TENTATIVE, EntityKind.DECLARATION}
)


class AttributeRule:
    """Compares what all declarations of a name say together (GCC manual, 6.33: they add up)."""

    def __init__(
        self, before: Mapping[str, tuple[Thing, ...]], after: Mapping[str, Unit], verdict: Verdict
    ) -> None:
        self.before = before
        self.after = {path: unit.things for path, unit in after.items()}
        self.verdict = verdict

    def check(
        self, gone: list[Thing], new: list[Thing], pairs: Iterable[tuple[Thing, Thing]]
    ) -> None:
        """Check every name whose declarations or definitions came, went or changed."""
        names = {t.entity.name for t in (*gone, *new) if t.entity.sort in _SORTS}
        names.discard("")
        before = _declared(self.before, names)
        after = _declared(self.after, names)
        told: set[tuple[str, str]] = set()
        for was, now in pairs:
            name = now.entity.name
            told.add((name, was.unit.path))
            ours, theirs = before.get(name, {}), after.get(name, {})
            self._defined(was, now, ours, theirs)
        for name in sorted(names):
            ours, theirs = before.get(name, {}), after.get(name, {})
            for path in sorted(ours.keys() & theirs.keys()):
                first, second = _definition(ours[path]), _definition(theirs[path])
                if first and second and (name, path) not in told:
                    self._defined(first, second, ours, theirs)
            self._used(name, ours, theirs)
        for thing in new:
            if thing.entity.sort is EntityKind.DECLARATION:
                name = thing.entity.name
                if not any(thing.key == t.key for ts in before.get(name, {}).values() for t in ts):
                    self._declared(thing, before.get(name, {}), after.get(name, {}))

    def _defined(
        self,
        was: Thing,
        now: Thing,
        ours_by_path: Mapping[str, list[Thing]],
        theirs_by_path: Mapping[str, list[Thing]],
    ) -> None:
        """Compare what the units of a definition say of it."""
        name = now.entity.name
        ours = ours_by_path.get(was.unit.path, [])
        theirs = theirs_by_path.get(now.unit.path, [])
        before, after = _attributes(_of(was, ours)), _attributes(_of(now, theirs))
        lost, gained = before - after, after - before
        if lost:
            lost -= _attributes(_by_headers(now, was.is_conditional, theirs_by_path))
        if was.entity.is_inline and not now.entity.is_inline:
            lost -= _OF_INLINE
            if was.entity.is_static == now.entity.is_static:
                message = "is no longer inline"
                self.verdict.differ("function", name, message, was.site(), now.site())
        elif now.entity.is_inline and not was.entity.is_inline:
            if was.entity.is_static and now.entity.is_static:  # a hint, no more (C11 6.7.4p6)
                gained -= _OF_INLINE
                self.verdict.designed.append(IntendedChange("made inline", name, now.site()))
            else:
                self.verdict.differ("function", name, "is inline now", was.site(), now.site())
        elif was.entity.sort is EntityKind.FUNCTION and (
            _emission(_of(was, ours)) != _emission(_of(now, theirs))
        ):
            message = "is made for other files on one side only"
            self.verdict.differ("function", name, message, was.site(), now.site())
        self._tell(name, lost, gained, was, now)

    def _used(
        self, name: str, before: Mapping[str, list[Thing]], after: Mapping[str, list[Thing]]
    ) -> None:
        """Compare what a unit that only uses a name is told of it."""
        for path, things in before.items():
            others = after.get(path)
            if others is None or _definition(things) or _definition(others):
                continue
            lost = _attributes(things) - _attributes(others)
            gained = _attributes(others) - _attributes(things)
            self._tell(name, lost, gained, things[0], others[0])
            other = _of_other_type(things, others)
            if other is not None:
                lines = (f"- {_head_of(things[0].entity)}", f"+ {_head_of(other.entity)}")
                sites = things[0].site(), other.site()
                conditional = things[0].is_conditional or other.is_conditional
                message = "is declared with another type"
                one = Mismatch("declaration", name, message, *sites, lines, conditional)
                self.verdict.record(one)

    def _tell(
        self,
        name: str,
        lost: frozenset[Texts],
        gained: frozenset[Texts],
        was: Thing,
        now: Thing,
    ) -> None:
        if lost or gained:
            lines = [f"- {_written(one)}" for one in sorted(lost)]
            lines += [f"+ {_written(one)}" for one in sorted(gained)]
            message = "has other attributes"
            conditional = was.is_conditional or now.is_conditional
            sites = was.site(), now.site()
            one = Mismatch("declaration", name, message, *sites, tuple(lines), conditional)
            self.verdict.record(one)

    def _declared(
        self, thing: Thing, before: Mapping[str, list[Thing]], after: Mapping[str, list[Thing]]
    ) -> None:
        """Check a new declaration against the definition, and what declared that before."""
        name = thing.entity.name
        for every in after.values():
            things = [one for one in every if not one.is_no_c]
            # Each branch of an `#if` may have a type of its own.
            beside = [one for one in things if one.chunk.pragmas == thing.chunk.pragmas]
            definition = _definition(beside) or _definition(things)
            if definition is None or (definition.entity.is_static and thing.unit.path not in after):
                continue
            extra = thing.entity.attributes - _attributes(things)
            if extra and thing.unit.front is not None:  # the text has no forward declaration now
                extra -= _attributes(before.get(definition.unit.path, ()))
            if extra:
                lines = tuple(f"+ {_written(one)}" for one in sorted(extra))
                message = "is declared with attributes that its definition does not have"
                self._misfit(definition, thing, message, lines)
            if not (same_type(definition.text, thing.text) and _same_length(definition, thing)):
                message = "has a declaration that does not fit its definition"
                lines = (f"- {_head_of(definition.entity)}", f"+ {_head_of(thing.entity)}")
                self._misfit(definition, thing, message, lines)
            break
        one = IntendedChange("declared", name, thing.site())
        if one not in self.verdict.designed:
            self.verdict.designed.append(one)

    def _misfit(self, was: Thing, now: Thing, message: str, lines: Texts) -> None:
        """Record a declaration that says something else than its definition."""
        conditional = was.is_conditional or now.is_conditional
        sites = was.site(), now.site()
        one = Mismatch("declaration", now.entity.name, message, *sites, lines, conditional)
        self.verdict.record(one)


def _declared(
    units: Mapping[str, tuple[Thing, ...]], names: set[str]
) -> dict[str, dict[str, list[Thing]]]:
    """Return for each name and unit what declares it there."""
    found: dict[str, dict[str, list[Thing]]] = {}
    for path, things in units.items():
        for name, thing in mentions(things, names):
            entity = thing.entity
            if entity.name == name and entity.sort in _SORTS:
                found.setdefault(name, {}).setdefault(path, []).append(thing)
    return found


def _definition(things: list[Thing]) -> Thing | None:
    """Return what defines a name among its declarations; one with an initializer goes first."""
    order = (EntityKind.FUNCTION, EntityKind.OBJECT, EntityKind.TENTATIVE)
    defining = [thing for thing in things if thing.entity.is_definition]
    return min(defining, key=lambda t: order.index(t.entity.sort), default=None)


def _of_other_type(things: Iterable[Thing], others: Iterable[Thing]) -> Thing | None:
    """Return a declaration of a name that gives it a type which none of the former did.

    A call converts its arguments to the types that a prototype has (C11 6.5.2.2p7).
    """
    known = {thing.entity.signature for thing in things}
    for other in others:
        if other.entity.signature not in known and not any(
            # One of them may leave a length out: then each stands for the other's.
            same_type(thing.text, other.text) or same_type(other.text, thing.text)
            for thing in things
        ):
            return other
    return None


def _by_headers(
    definition: Thing, is_conditional: bool, by_path: Mapping[str, list[Thing]]
) -> list[Thing]:
    """Return the declarations in headers that a text includes which is not preprocessed."""
    front = definition.unit.front
    reached = front().reached if front is not None else frozenset()
    return [
        thing
        for path in sorted(reached & by_path.keys())
        for thing in by_path[path]
        if thing.entity.sort is EntityKind.DECLARATION
        and (is_conditional or not thing.is_conditional)
    ]


def _emission(things: Iterable[Thing]) -> tuple[bool, bool]:
    """Tell whether declarations of a function make it an object's: in C11, and in GNU C89.

    C11 6.7.4p7: not if all say `inline`, and none `extern`. GNU C89, and C with `gnu_inline`: not
    if all say both (GCC manual, 6.45).
    """
    entities = [thing.entity for thing in things]
    if any(one.is_static for one in entities):
        return True, True
    return (
        any(one.is_extern or not one.is_inline for one in entities),
        any(not (one.is_extern and one.is_inline) for one in entities),
    )


def _of(one: Thing, things: Iterable[Thing]) -> list[Thing]:
    """Return what is said of one definition: not what stands in another branch of an `#if`."""
    return [
        thing
        for thing in things
        if thing.chunk.pragmas == one.chunk.pragmas or not thing.entity.is_definition
    ]


def _attributes(things: Iterable[Thing]) -> frozenset[Texts]:
    return frozenset(one for thing in things for one in thing.entity.attributes)


def _written(attribute: Texts) -> str:
    return "".join(attribute)


def _head_of(entity: Entity) -> str:
    return " ".join(entity.signature)


def same_type(definition: str, declaration: str) -> bool:
    """Compare two types, names of parameters left out; as tokens where they cannot be read."""
    heads = [_read_head(text) for text in (definition, declaration)]
    if heads[0] is None or heads[1] is None:
        return False
    try:
        ours, theirs = read_signature(heads[0]).key, read_signature(heads[1]).key
        if ours[:2] == ("array", ()) and theirs[:1] == ("array",):
            # The initializer gives the length, which the compiler holds against the declaration's.
            return ours[2:] == theirs[2:]
        return ours == theirs
    except TypeReadError:
        return _bare(heads[0]) == _bare(heads[1])


def _same_length(definition: Thing, declaration: Thing) -> bool:
    """Compare the lengths of an array where directives stand among its entries or in brackets."""
    if "#" not in definition.text + declaration.text:
        return True
    items = (parse_module(one.text).items[0] for one in (definition, declaration))
    one, other = (item if isinstance(item, Declaration) else None for item in items)
    if one is None or other is None or one.initializer is None:
        return True
    # The compiler sees both where both are read.
    above = tuple(dict.fromkeys((*definition.conditions, *declaration.conditions)))
    own = {macro.name for thing in definition.unit.things if (macro := read_macro(thing.text))}
    used = words(definition.text)
    macros = {name for name in used if name in own or definition.unit.macro_of(name)}
    return same_length(one, other, above, macros)


def _read_head(text: str) -> Head | None:
    item = parse_module(text).items[0]
    return item.head if isinstance(item, FunctionDef | Declaration) else None


def _bare(head: Head) -> list[str]:
    return [token.text for token in head.tokens if token.text.strip() and token.text != ";"]
