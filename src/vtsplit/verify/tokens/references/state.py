"""Variables that a header gives to each file that includes it: who shared one has to share it.

A function that moves to another file uses the variable of that file. What stays behind, and what
was there, has another one.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from vtsplit.verify.tokens.entities import EntityKind
from vtsplit.verify.tokens.program import Thing, Unit, mentions
from vtsplit.verify.tokens.references.reachable import has_value
from vtsplit.verify.verdict import Difference, Verdict

_STATIC = re.compile(r"(?<!\[)\bstatic\b([^;={]*)")


def check_state(
    before: Mapping[str, tuple[Thing, ...]],
    after: Mapping[str, Unit],
    pairs: Sequence[tuple[Thing, Thing]],
    verdict: Verdict,
) -> None:
    """Record items that moved away from a header's variable, or to one that others use."""
    partner = {id(was): now for was, now in pairs}
    moved: dict[tuple[str, str], list[Thing]] = {}
    for was, now in pairs:
        if was.is_own and was.unit.path != now.unit.path:
            moved.setdefault((was.unit.path, now.unit.path), []).append(was)
    for (old, new), items in moved.items():
        holders = [thing for thing in before[old] if _holds_state(thing)]
        using = _users(before[old], [one.entity.name for one in holders])
        if using.keys().isdisjoint(map(id, items)):
            continue  # as nearly always: what follows takes time
        for holder in holders:
            name = holder.entity.name
            sharing = _users(before[old], [name])
            gone = [(was, partner[one]) for one, was in sharing.items() if one in partner]
            came = [(was, now) for was, now in gone if now.unit.path == new]
            there = _users(after[new].things, [name])
            if len(came) < len(sharing) or {id(now) for _, now in came} != there.keys():
                for one, other in came:
                    _differ(holder, one, other, verdict)


def _differ(holder: Thing, was: Thing, now: Thing, verdict: Verdict) -> None:
    name = holder.entity.name
    message = f"uses '{name}' of '{holder.origin}', and {now.unit.path} has another one"
    verdict.record(Difference("reference", now.entity.name, message, was.site(), now.site()))


def _users(things: Sequence[Thing], names: Iterable[str]) -> dict[int, Thing]:
    """Return what a file defines that uses these, directly or by what headers define."""
    found: dict[int, Thing] = {}
    seen: set[str] = set()
    wanted = set(names)
    while wanted:
        seen |= wanted
        following: set[str] = set()
        for name, thing in mentions(things, wanted):
            entity = thing.entity
            if not entity.is_definition or not has_value(thing, name):
                continue
            if thing.is_own:
                found[id(thing)] = thing
            elif entity.is_static:
                following.add(entity.name)
        wanted = following - seen
    return found


def _holds_state(thing: Thing) -> bool:
    """Tell a header's static variable, and a static function with one inside; no constants.

    >>> from vtsplit.verify.tokens.chunks import Chunks
    >>> text = '''# 1 "a.h"
    ... static int a; static const int b = 1; static const char *c; static int *const d = 0;
    ... static int e(void) { static int n; return n++; }
    ... static int f(void) { static const int n = 1; return n; }
    ... static int g(int);
    ... '''
    >>> unit = Unit("a.c", Chunks(text), lambda path: path)
    >>> [thing.entity.name for thing in unit.things if _holds_state(thing)]
    ['a', 'c', 'e']
    """
    text = thing.text
    said = text.count("static")
    # Nearly all of it is static functions without one, which need not be read.
    if not said or (said == 1 and text.endswith("}")) or thing.is_own:
        return False
    entity = thing.entity
    if not entity.is_static or not entity.is_definition:
        return False
    heads = _STATIC.findall(text)
    variables = heads[1:] if entity.sort is EntityKind.FUNCTION else heads[:1]
    return any("const" not in head.rpartition("*")[2].split() for head in variables)
