"""The order of what nobody calls by name: constructors, initcalls and entries of linker sets.

A program calls or reads them in the order in which the linker finds them, which within one file is
that of the text (GCC manual, 6.33.1, `constructor`; include/linux/init.h).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from vtsplit.verify.tokens.entities import Entity, EntityKind
from vtsplit.verify.tokens.program import Thing, Unit, mentions, words
from vtsplit.verify.verdict import Mismatch, Verdict

_RUN = frozenset({"constructor", "destructor"})
_SUSPECTS = ("structor", "section", "initcall")
_PUSHED = re.compile(r"\.(?:push)?section[ \t]+\\?\"?([\w.$+]+)")
# What is searched or sorted, read by name, or dropped: its order says nothing.
_UNORDERED = re.compile(
    r"\.(?:discard|modinfo|export_symbol|data|rodata|bss|text|init\.|exit\.|ref\.|note|debug)"
    r"|___?k(?:sym|crc)tab|__param|__trace|_ftrace|__dyndbg|__ex_table|__bug_table|__jump_table|__mcount_loc|\.?altinstr"
)
_UNORDERED_MACRO = re.compile(r"ksymtab|export_symbol|modinfo|__param|\bDEFINE_|tracepoint")
_CALL = re.compile(r"(\w+)[ \t]*\([^{}]*\)[ \t]*;?\Z")
_MOST = 12  # macros within macros


def check_order(
    before: Mapping[str, Sequence[Thing]],
    after: Mapping[str, Unit],
    pairs: Iterable[tuple[Thing, Thing]],
    verdict: Verdict,
) -> None:
    """Record, file by file, what such a list has in another order than before."""
    _compare_copies(before, after, verdict)
    now_of = {id(was): now for was, now in pairs}
    for path in sorted(before.keys() & after.keys()):
        ours, theirs = _lists(before[path]), _lists(after[path].things)
        for group in sorted(ours.keys() & theirs.keys()):
            was = [(_title(now_of.get(id(t), t)), t) for t in ours[group]]
            now = [(_title(t), t) for t in theirs[group]]
            both = Counter(title for title, _ in was) & Counter(title for title, _ in now)
            old, new = ([one for one in side if both[one[0]]] for side in (was, now))
            moved = ((a, b) for a, b in zip(old, new, strict=False) if a[0] != b[0])
            first = next(moved, None)
            if first is not None and _keeps_order(after[path], group):
                title, thing = first[1]
                _differ(group, title, next(t for name, t in old if name == title), thing, verdict)


def _compare_copies(
    before: Mapping[str, Sequence[Thing]], after: Mapping[str, Unit], verdict: Verdict
) -> None:
    """Find what a header gives each file that includes it, and more files have now, or fewer."""
    ours = _copies(before.values())
    theirs = _copies(unit.things for unit in after.values())
    for title in sorted(ours.keys() & theirs.keys()):
        was, now = ours[title], theirs[title]
        if len(was) != len(now):
            message = f"of '{now[0].origin}' is in {len(now)} files, and was in {len(was)}"
            sites = was[-1].site(), now[-1].site()
            verdict.record(Mismatch("order", title, message, *sites, (), False))


def _copies(units: Iterable[Iterable[Thing]]) -> dict[str, list[Thing]]:
    found: dict[str, list[Thing]] = {}
    for things in units:
        for thing in things:
            text = thing.text
            suspect = "structor" in text or ("section" in text and "used" in text)
            if suspect and not thing.is_own:
                entity = thing.entity
                if entity.is_definition and _of_attributes(entity):
                    found.setdefault(entity.name, []).append(thing)
    return found


def _differ(group: str, title: str, was: Thing, now: Thing, verdict: Verdict) -> None:
    message = f"has another place among what is in {group}"
    conditional = was.is_conditional or now.is_conditional
    verdict.record(Mismatch("order", title, message, was.site(), now.site(), (), conditional))


def _lists(things: Iterable[Thing]) -> dict[str, list[Thing]]:
    """Return what stands in each list, in the order of the text."""
    found: dict[str, list[Thing]] = {}
    for thing in things:
        # Nearly all is something else, and need not be read.
        if group := _group(thing):
            found.setdefault(group, []).append(thing)
    return found


def _group(thing: Thing) -> str:
    if any(word in thing.text for word in _SUSPECTS) and thing.is_own:
        entity = thing.entity
        if entity.is_definition:
            return _of_attributes(entity)
        if entity.sort is EntityKind.OTHER and (pushed := _PUSHED.search(thing.text)):
            return _ordered(pushed[1])
    # As it is written, a macro stands for that: which one does is looked at if the order differs.
    call = _CALL.match(thing.text) if thing.unit.front is not None else None
    return f"{call[1]}()" if call and thing.entity.sort is EntityKind.OTHER else ""


def _of_attributes(entity: Entity) -> str:
    names = {one[0] for one in entity.attributes}
    run = sorted(" ".join(one) for one in entity.attributes if one[0] in _RUN)
    if run:
        return run[0]
    if entity.sort is EntityKind.FUNCTION or "used" not in names:
        return ""
    sections = (one for one in entity.attributes if one[0] == "section" and len(one) > 2)
    return next((_ordered(one[2].strip('"')) for one in sections), "")


def _ordered(section: str) -> str:
    return "" if _UNORDERED.match(section) else section


def _keeps_order(unit: Unit, group: str) -> bool:
    """Tell whether the order in a group counts; for calls of a macro, by what this comes to."""
    if not group.endswith("()"):
        return True
    pending, seen, text = {group[:-2]}, set[str](), group
    for _ in range(_MOST):
        names, pending = pending - seen, set()
        seen |= names
        for name in names:
            own = [t.text for _, t in mentions(unit.things, [name]) if _defines(t, name)]
            macro = unit.macro_of(name) if not own else None
            bodies = own + ([" ".join(token.text for token in macro.body)] if macro else [])
            text += " ".join(bodies)
            pending.update(word for body in bodies for word in words(body))
    runs = "structor" in text or "initcall" in text or ("section" in text and "used" in text)
    return runs and not _UNORDERED_MACRO.search(text)


def _defines(thing: Thing, name: str) -> bool:
    return thing.text.startswith("#") and thing.entity.name == name


def _title(thing: Thing) -> str:
    return thing.entity.name or " ".join(thing.text.split())[:60]
