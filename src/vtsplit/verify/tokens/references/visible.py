"""Conditions under which a name is declared where it is used, in texts as they are written.

The compiler tells of one configuration. Under another one main may be left without a declaration.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from posixpath import basename

from vtsplit.cst.guards import guard_inside
from vtsplit.cst.implication import Together, implies
from vtsplit.cst.meaning.occurrences import find_occurrences
from vtsplit.cst.parser import parse_module
from vtsplit.survey.headers.includes import is_absent
from vtsplit.verify.tokens.entities import EntityKind
from vtsplit.verify.tokens.program import Thing, Unit, mentions, words
from vtsplit.verify.verdict import Mismatch, Verdict

ThingsByPath = Mapping[str, Sequence[Thing]]
_DECLARING = frozenset(EntityKind) - {EntityKind.TYPE, EntityKind.OTHER}
_EMPTY: frozenset[Together] = frozenset()


def check_visible(
    before: Mapping[str, tuple[Thing, ...]],
    after: Mapping[str, Unit],
    changed: tuple[Iterable[Thing], Iterable[Thing]],
    pairs: Iterable[tuple[Thing, Thing]],
    verdict: Verdict,
) -> None:
    """Record what is declared under other conditions than before, and what is used without it.

    `changed` are the things that only one side has. A preprocessed text has no conditions.
    """
    if all(thing.unit.front is None for things in changed for thing in things):
        return
    now = {path: unit.things for path, unit in after.items()}
    gone, new = ([one for one in side if one.entity.sort in _DECLARING] for side in changed)
    _check_headers(gone, new, (before, now), verdict)
    _VisibilityCheck(before, now, {one.entity.name for one in (*gone, *new)}, verdict).run(pairs)


def _check_headers(
    gone: Iterable[Thing],
    new: Iterable[Thing],
    sides: tuple[ThingsByPath, ThingsByPath],
    verdict: Verdict,
) -> None:
    """Check that a header declares what it goes on to declare under the same conditions."""
    theirs = {(one.unit.path, one.entity.name) for one in new if _declares(one)}
    for path, name in sorted({(t.unit.path, t.entity.name) for t in gone if _declares(t)} & theirs):
        was, now = ([t for _, t in mentions(s[path], [name]) if _declares(t, name)] for s in sides)
        ours, others = ({one.conditions for one in things} for things in (was, now))
        if implies(ours, others) and implies(others, ours):
            continue
        lines = [f"- {_shown(one)}" for one in sorted(ours - others)]
        lines += [f"+ {_shown(one)}" for one in sorted(others - ours)]
        message = "is declared under other conditions"
        sites = was[0].site(), now[0].site()
        verdict.record(Mismatch("declaration", name, message, *sites, tuple(lines), True))


def _declares(thing: Thing, name: str = "") -> bool:
    """Tell a header's declaration for C, of a name."""
    is_one = thing.entity.sort is EntityKind.DECLARATION and not thing.unit.path.endswith(".c")
    return is_one and not thing.is_no_c and (not name or thing.entity.name == name)


def _shown(conditions: Together) -> str:
    return " && ".join(conditions) or "no condition"


class _VisibilityCheck:
    """Checks that what uses a name still has a declaration wherever it had one."""

    def __init__(
        self, before: ThingsByPath, after: ThingsByPath, changed: Collection[str], verdict: Verdict
    ):
        self.before = before
        self.after = after
        self.changed = frozenset(changed)
        self.verdict = verdict

    def run(self, pairs: Iterable[tuple[Thing, Thing]]) -> None:
        for was, now in self._users(pairs):
            names = self.changed
            if was.unit.path != now.unit.path:
                names |= {t.entity.name for t in self.before[was.unit.path] if _is_named(t)}
            for name in sorted(names & words(now.text) - {now.entity.name}):
                self._check(name, was, now)

    def _users(self, pairs: Iterable[tuple[Thing, Thing]]) -> Iterator[tuple[Thing, Thing]]:
        """Yield definitions with what has become of them, those that do not differ as well."""
        told = set()
        for was, now in pairs:
            told.add(id(now))
            yield was, now
        for path in self.before.keys() & self.after.keys():
            ours = {thing.key: thing for thing in self.before[path]}
            for now in self.after[path]:
                if id(now) not in told and now.key in ours and now.entity.is_definition:
                    yield ours[now.key], now

    def _check(self, name: str, was: Thing, now: Thing) -> None:
        ours = _visible(self.before, was, name)
        theirs = _visible(self.after, now, name) if ours else _EMPTY
        if not ours or () in theirs:
            return
        for use in _uses(now, name):
            given = {(*use, *one) for one in ours}
            # Without any condition the compiler tells.
            if (theirs or () not in given) and not implies(given, theirs):
                if not self._may_be_declared(now, name):
                    self._differ(name, was, now)
                return

    def _may_be_declared(self, now: Thing, name: str) -> bool:
        """Tell whether a header that does not differ has a name, or the call of a macro."""
        front = now.unit.front() if now.unit.front is not None else None
        if front is None:
            return True
        for path in front.ways:
            if path not in self.after and front.names(path, name):
                return True
        here = {now.unit.path, *_headers(self.after, now)}
        return any(
            thing.entity.sort is EntityKind.OTHER and not thing.text.startswith("#")
            for path in here & self.after.keys()
            for _, thing in mentions(self.after[path], [name])
        )

    def _differ(self, name: str, was: Thing, now: Thing) -> None:
        message = f"names '{name}', which is not declared under each condition that it was"
        one = Mismatch(
            "reference", now.entity.name, message, was.site(), now.site(), (), conditional=True
        )
        self.verdict.record(one)


def _is_named(thing: Thing) -> bool:
    return thing.entity.sort in _DECLARING and bool(thing.entity.name)


def _visible(side: ThingsByPath, user: Thing, name: str) -> frozenset[Together]:
    """Return the conditions under which the file of a thing has a name, each with others."""
    path = user.unit.path
    found = {one.conditions for one in _declaring(side[path], name)}
    for header, ways in _headers(side, user).items():
        for one in _declaring(side[header], name):
            found |= {(*way, *one.conditions) for way in ways}
    return frozenset(found)


def _declaring(things: Iterable[Thing], name: str) -> Iterator[Thing]:
    for _, thing in mentions(things, [name]):
        if thing.entity.name == name and _is_named(thing) and not thing.is_no_c:
            yield thing


def _headers(side: ThingsByPath, user: Thing) -> dict[str, frozenset[Together]]:
    """Return the headers among those of a side that a file comes to, and under which conditions.

    One that is not found may be each of that name.
    """
    ways = user.unit.front().ways if user.unit.front is not None else {}
    found = {path: ways[path] for path in side if path in ways and path != user.unit.path}
    lost = {basename(path[1:-1]): how for path, how in ways.items() if is_absent(path)}
    for path in side.keys() - found.keys():
        if how := lost.get(basename(path)):
            found[path] = how
    return found


def _uses(thing: Thing, name: str) -> Iterator[Together]:
    """Yield the conditions of each place where a thing means what has a name at file scope."""
    for item in parse_module(thing.text).items:
        for found in find_occurrences(item, frozenset({name})):
            if found.meaning.is_code:
                inside = guard_inside(item, found.offset - len(item.leading))
                yield (*thing.conditions, *(one.expression for one in inside))
