"""Declarations of several names, or by a macro: one name may go and the others stay."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from vtsplit.cst.directives import read_macro
from vtsplit.cst.heads.declarator import read_head
from vtsplit.cst.heads.declarator_list import declared_apart
from vtsplit.cst.nodes import Declaration, MacroCall
from vtsplit.cst.parser import parse_module
from vtsplit.survey.cfile.file_scope_calls import expanded_items
from vtsplit.verify.tokens.entities import EntityKind
from vtsplit.verify.tokens.program import Thing, Unit, mentions


def each_name_apart(gone: list[Thing], new: list[Thing]) -> tuple[list[Thing], list[Thing]]:
    """Take apart what still declares several names, as `struct { int x; } a, b;`: one may go."""
    ours = [piece for thing in gone for piece in _pieces(thing)]
    theirs = [piece for thing in new for piece in _pieces(thing)]
    if len(ours) == len(gone) and len(theirs) == len(new):
        return gone, new
    both = Counter((t.unit.path, t.key) for t in ours) & Counter(
        (t.unit.path, t.key) for t in theirs
    )
    kept = []
    for things in (ours, theirs):
        left, rest = Counter(both), []
        for thing in things:
            key = thing.unit.path, thing.key
            left[key] -= 1
            if left[key] < 0:
                rest.append(thing)
        kept.append(rest)
    return kept[0], kept[1]


def _pieces(thing: Thing) -> tuple[Thing, ...]:
    """Return a thing for each name that a declaration has."""
    if "," not in thing.text or thing.entity.sort in {
        EntityKind.TYPE,
        EntityKind.OTHER,
        EntityKind.FUNCTION,
    }:
        return (thing,)
    texts, written = _each_name(thing.text), _each_name(thing.written)
    if len(texts) < 2 or len(texts) != len(written):
        return (thing,)
    both = zip(texts, written, strict=True)
    return tuple(Thing(thing.unit, thing.chunk, text, was) for text, was in both)


def _each_name(text: str) -> tuple[str, ...]:
    item = parse_module(text).items[0]
    return declared_apart(item) if isinstance(item, Declaration) and item.head.more else ()


def declares_ahead(thing: Thing, before: Iterable[Thing], after: Mapping[str, Unit]) -> bool:
    """Tell a macro's call that declares a function of the same file: `PROTO(static int f, ())`.

    In a text as it is written it is no declaration; without it the compiler finds another. `before`
    are the things of the thing's file, which defines the macro.
    """
    item = parse_module(thing.text).items[0]
    unit = after.get(thing.unit.path)
    if not isinstance(item, MacroCall) or unit is None:
        return False
    macros = {m.name: m for one in before if (m := read_macro(one.text)) is not None}
    declared = {_first_argument(thing.text)}
    macro = macros.get(item.name) or thing.unit.macro_of(item.name)
    if macro is not None:
        declared = {one.text for one in expanded_items(item, macro, macros.get)}
    heads = [read_head(text) for text in declared]
    wanted = {head.name for head in heads if head.is_static and head.name}
    return len(heads) == len(wanted) == 1 and any(
        other.entity.sort is EntityKind.FUNCTION and other.entity.name == name
        for name, other in mentions(unit.things, wanted)
    )


def _first_argument(text: str) -> str:
    """Return the first argument of a macro's call, "" of anything else."""
    found = re.match(r"\w+\s*\(\s*([^(){},;]*),", text)
    return found[1] if found and "{" not in text else ""
