"""Variables that a header gives to each file that includes it: who shared one has to share it.

A function that moves to another file uses the variable of that file. What stays behind, and what
was there, has another one.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from vtsplit.verify.tokens.program import Thing, Unit, mentions, words
from vtsplit.verify.tokens.references.reachable import has_value
from vtsplit.verify.verdict import Mismatch, Verdict

# What a head may declare: in front of a bracket, behind a star, or last. Some are types.
_DECLARED = re.compile(r"\b([\w$]++)\s*+(?:\((?!\s*\*)|\[|\Z)|\*\s*+(?:const\s++)?([\w$]++)\s*+\)")
_HEAD_END = re.compile(r"[{=;]")
_STATIC = re.compile(r"(?<!\[)\bstatic\b([^;={]*)")
# What Linux marks with these is never read, or says that a message has been shown once: each place
# where such a function is inlined may show it.
_MARKS = re.compile(r"\b__UNIQUE_ID_|\"\.(?:discard|data\.once)")


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
        holders = _holders(items, before[old])
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


def _holders(items: Iterable[Thing], things: Sequence[Thing]) -> list[Thing]:
    """Return what of headers holds state that items may use.

    What a header declares for the file that defines it is the file's (C11 6.9.2p2).
    """
    found = [thing for thing in _reached(items, things) if _holds_state(thing)]
    names = {one.entity.name for one in found}
    own = {
        name
        for name, thing in mentions(things, names)
        if thing.is_own and thing.entity.name == name and thing.entity.is_definition
    }
    return [one for one in found if one.entity.name not in own]


def _differ(holder: Thing, was: Thing, now: Thing, verdict: Verdict) -> None:
    name = holder.entity.name
    message = f"uses '{name}' of '{holder.origin}', and {now.unit.path} has another one"
    verdict.record(Mismatch("reference", now.entity.name, message, was.site(), now.site()))


def _reached(items: Iterable[Thing], things: Iterable[Thing]) -> list[Thing]:
    """Return the static things of headers that items may use, directly or by one another.

    Only what they use is read: to read all that is static would take time.
    """
    index: dict[str, list[Thing]] = {}
    for thing in things:
        if "static" in thing.text and not thing.is_own:
            end = _HEAD_END.search(thing.text)
            for match in _DECLARED.finditer(thing.text, 0, end.start() if end else len(thing.text)):
                name = match[1] or match[2]
                if name != "__attribute__":
                    index.setdefault(name, []).append(thing)
    found: dict[int, Thing] = {}
    seen: set[str] = set()
    pending = list(items)
    while pending:
        names = [one for one in words(pending.pop().text) if one in index and one not in seen]
        seen.update(names)
        fresh = [thing for name in names for thing in index[name] if id(thing) not in found]
        found |= {id(thing): thing for thing in fresh}
        pending += fresh
    return list(found.values())


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
    ... static int h(void) { static _Bool __attribute__((section(".data.once"))) n; return n; }
    ... '''
    >>> unit = Unit("a.c", Chunks(text), lambda path: path)
    >>> [thing.entity.name for thing in unit.things if _holds_state(thing)]
    ['a', 'c', 'e']
    """
    # Nearly all of it is static functions without one, which need not be read.
    heads = _STATIC.findall(thing.text)
    variables = heads[1:] if thing.text.endswith("}") else heads[:1]
    if thing.is_own or not any(map(_may_change, variables)):
        return False
    return thing.entity.is_static and thing.entity.is_definition


def _may_change(head: str) -> bool:
    return "const" not in head.rpartition("*")[2].split() and not _MARKS.search(head)
