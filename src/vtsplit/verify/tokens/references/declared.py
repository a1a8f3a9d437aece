"""Functions that a file calls without a declaration: C89 takes them to return an int.

Their tokens are the same, and the call is another one (C90 6.3.2.2).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from vtsplit.cst.meaning.occurrences import find_occurrences
from vtsplit.cst.parser import parse_module
from vtsplit.verify.tokens.entities import EntityKind
from vtsplit.verify.tokens.program import Thing, Unit, mentions, words
from vtsplit.verify.verdict import Verdict

_FUNCTIONS = frozenset({EntityKind.DECLARATION, EntityKind.FUNCTION})


def check_declared(
    before: Mapping[str, tuple[Thing, ...]],
    after: Mapping[str, Unit],
    gone: Iterable[Thing],
    pairs: Iterable[tuple[Thing, Thing]],
    verdict: Verdict,
) -> None:
    """Record what names a function that its file declared before, and does not any more.

    In a text as it is written, what headers declare is not known.
    """
    lost: dict[str, set[str]] = {}
    for thing in gone:
        if thing.unit.front is None and _is_function(thing):
            lost.setdefault(thing.unit.path, set()).add(thing.entity.name)
    for path, names in sorted(lost.items()):
        if path in after:
            left = names - _declared(after[path].things, names).keys()
            users = [t for _, t in mentions(after[path].things, left) if t.entity.is_definition]
            _tell(before[path], after[path], left, users, verdict)
    moved: dict[tuple[str, str], list[Thing]] = {}
    for was, now in pairs:
        if was.unit.path != now.unit.path and now.unit.front is None:
            moved.setdefault((was.unit.path, now.unit.path), []).append(now)
    for (old, new), items in moved.items():
        names = {name for thing in items for name in words(thing.text)}
        names -= _declared(after[new].things, names).keys()
        _tell(before[old], after[new], names, items, verdict)


def _tell(
    before: Sequence[Thing],
    after: Unit,
    names: Iterable[str],
    users: Iterable[Thing],
    verdict: Verdict,
) -> None:
    ours = _declared(before, names) if names else {}
    for name, thing in _used(ours, users):
        message = f"names '{name}', which {after.path} does not declare"
        sites = ours[name].site(), thing.site()
        verdict.differ("reference", thing.entity.name, message, *sites)


def _used(names: Iterable[str], users: Iterable[Thing]) -> Iterator[tuple[str, Thing]]:
    for thing in users:
        for name in sorted(words(thing.text).intersection(names)):
            if _is_called(thing, name):
                yield name, thing


def _is_called(thing: Thing, name: str) -> bool:
    """Tell whether a name is no local one in a thing, and no member's."""
    return any(
        found.meaning.is_code
        for item in parse_module(thing.text).items
        for found in find_occurrences(item, frozenset({name}))
    )


def _declared(things: Sequence[Thing], names: Iterable[str]) -> dict[str, Thing]:
    """Return what declares each of the names as a function."""
    found: dict[str, Thing] = {}
    for name, thing in mentions(things, names):
        if name not in found and thing.entity.name == name and _is_function(thing):
            found[name] = thing
    return found


def _is_function(thing: Thing) -> bool:
    return thing.entity.sort in _FUNCTIONS and "(" in thing.entity.signature
