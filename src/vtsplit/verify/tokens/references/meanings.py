"""What an item means in the file it has moved to: types and inline functions are the same there.

Equal tokens are equal programs only if what headers say of their names is equal too. A macro that
one file defines above an include, and the other does not, can give a structure other members.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from vtsplit.diagnostics import Site
from vtsplit.survey.headers.includes import is_absent
from vtsplit.verify.token_diff import diff_tokens
from vtsplit.verify.tokens.attributes import same_type
from vtsplit.verify.tokens.chunks import Chunk
from vtsplit.verify.tokens.entities import EntityKind, Texts, is_forward
from vtsplit.verify.tokens.program import EntityKey, Thing, Unit, mentions, words
from vtsplit.verify.tokens.references.reachable import declared_words, is_named
from vtsplit.verify.verdict import Verdict


def check_meanings(
    before: Mapping[str, tuple[Thing, ...]],
    after: Mapping[str, Unit],
    pairs: Iterable[tuple[Thing, Thing]],
    verdict: Verdict,
) -> frozenset[EntityKey]:
    """Check that what headers declare is the same where an item stood and where it stands now.

    Only items that moved to another unit are looked at: within a unit all is compared as it is.
    Returns the keys of the declarations that are reported.
    """
    told: set[EntityKey] = set()
    moved: dict[tuple[str, str], list[tuple[Thing, Thing]]] = {}
    for was, now in pairs:
        if was.unit.path != now.unit.path:
            moved.setdefault((was.unit.path, now.unit.path), []).append((was, now))
    for (old, new), items in moved.items():
        _check_macros(items, verdict)
        for ours, theirs in _other_meanings(before[old], after[new].things):
            if _has_changed(theirs, before, after):
                continue  # in units that stay as well: that is told once, of the header
            for was, now in items:
                if is_named(after[new], theirs, partial(_is_chunk, now.chunk)):
                    told.add(theirs.key)
                    _differ(was, now, ours, theirs, verdict)
    return frozenset(told)


def _has_changed(
    thing: Thing, before: Mapping[str, tuple[Thing, ...]], after: Mapping[str, Unit]
) -> bool:
    """Tell whether a unit that is there before and after has a declaration that no unit had."""
    words = declared_words(thing)
    had = {
        path
        for path, things in before.items()
        if any(other.key == thing.key for _, other in mentions(things, words))
    }
    return not had and any(
        any(other.key == thing.key for _, other in mentions(unit.things, words))
        for path, unit in after.items()
        if path in before
    )


def _is_chunk(chunk: Chunk, thing: Thing) -> bool:
    return thing.chunk is chunk


def _check_macros(items: Sequence[tuple[Thing, Thing]], verdict: Verdict) -> None:
    """Check that macros which headers ask for stand in front of the same headers, as texts."""
    was, now = items[0]
    if was.unit.front is None or now.unit.front is None:
        return
    ours, theirs = was.unit.front(), now.unit.front()
    _check_features(was, now, verdict)
    if not ours.macros:
        return
    names = {name for one, _ in items for name in words(one.text)}
    for name, text in ours.asked_for(theirs.reached, names):
        if text not in theirs.macros:
            message = f"has no '{name}' in front of its includes, which {was.unit.path} has"
            site = Site(now.unit.path, 1)
            verdict.differ("file", now.unit.path, message, was.site(), site, (f"- {text}",))


def _check_features(was: Thing, now: Thing, verdict: Verdict) -> None:
    """Check that headers of the system read alike, by what the includes in front of them set."""
    assert was.unit.front is not None
    assert now.unit.front is not None
    ours, theirs = was.unit.front(), now.unit.front()
    if not any(map(is_absent, theirs.reached)):
        return
    others = ours.features ^ theirs.features
    own = ours.own_macros | theirs.own_macros
    # What the build of one tree has made says nothing of the other.
    for name, path in sorted(one for one in others if ours.has(one[1]) and theirs.has(one[1])):
        is_lost = (name, path) in ours.features
        names = {one for one, _ in (theirs if is_lost else ours).features}
        if name in own | names:
            continue
        message = f"sets '{name}' for headers of the system, and {was.unit.path} does not"
        if is_lost:
            message = f"does not set '{name}' for headers of the system, as {was.unit.path} does"
        verdict.differ("file", now.unit.path, message, was.site(), Site(now.unit.path, 1))


def _differ(was: Thing, now: Thing, ours: Thing, theirs: Thing, verdict: Verdict) -> None:
    name = theirs.entity.name or min(declared_words(theirs))
    message = f"means another '{name}' in {now.unit.path} than in {was.unit.path}"
    diff = diff_tokens(ours.text, theirs.text)
    sites = ours.site(diff.before), theirs.site(diff.after)
    verdict.differ("reference", now.entity.name, message, *sites, diff.lines)


def _other_meanings(
    before: Sequence[Thing], after: Sequence[Thing]
) -> Iterator[tuple[Thing, Thing]]:
    """Yield what both units declare under one name, and not alike."""
    known = {thing.key for thing in before}
    fresh = [thing for thing in after if thing.key not in known and _kind(thing)]
    names = {name for thing in fresh for name in declared_words(thing)}
    ours, theirs = _declared(before, names), _declared(after, names)
    told: set[int] = set()
    for key in sorted(ours.keys() & theirs.keys()):
        if not _is_alike(key[1], ours[key], theirs[key]):
            one = next(thing for thing in theirs[key] if thing.key not in known)
            if id(one) not in told:
                told.add(id(one))
                yield ours[key][0], one


def _declared(things: Iterable[Thing], names: Iterable[str]) -> dict[tuple[str, str], list[Thing]]:
    """Return what declares each of the names, by name and kind."""
    found: dict[tuple[str, str], list[Thing]] = {}
    for name, thing in mentions(things, names):
        kind = _kind(thing)
        if kind and name in declared_words(thing):
            found.setdefault((name, kind), []).append(thing)
    return found


def _kind(thing: Thing) -> str:
    """Return what sort of meaning a thing gives its name; "" for what is compared elsewhere.

    What a file defines itself does not come from a header: `resolution` asks who names it.
    """
    entity = thing.entity
    if entity.sort is EntityKind.TYPE:
        return "" if is_forward(entity) else "type"
    if thing.is_own:
        return ""
    if entity.sort in {EntityKind.FUNCTION, EntityKind.OBJECT}:
        return "definition"
    return "declaration" if entity.sort is EntityKind.DECLARATION else ""


def _is_alike(kind: str, ours: Sequence[Thing], theirs: Sequence[Thing]) -> bool:
    """Compare all that two units say of a name: what is declared twice may be written otherwise."""
    if kind == "declaration":
        if _other_name(ours) != _other_name(theirs):
            return False
        return any(same_type(one.text, other.text) for one in ours for other in theirs)
    return {_essence(one) for one in ours} == {_essence(one) for one in theirs}


def _essence(thing: Thing) -> tuple[object, ...]:
    return thing.entity.tokens, thing.entity.attributes, thing.chunk.pragmas


def _other_name(things: Iterable[Thing]) -> frozenset[Texts]:
    """Return the names for the linker, `__asm__("open64")`, that declarations give."""
    every = (one for thing in things for one in thing.entity.attributes)
    return frozenset(one for one in every if one[0] in {"asm", "alias", "weakref"})
