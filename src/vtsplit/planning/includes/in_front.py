"""What the headers of a new file need from includes that stand in front of them in the source.

A header's inline functions, the macros they expand and the types of its members may need what
only an earlier include brings. In the source it is there; the new file has fewer includes.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from vtsplit.cst.conditions import are_exclusive
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.cfile.files import CFile
from vtsplit.survey.headers.header_parts import POINTED, declared_by, parts_of, reach_surely
from vtsplit.survey.headers.includes import Include, IncludeGraph, IncludeSlot, is_absent
from vtsplit.survey.headers.real_uses import is_brought, real_uses_of
from vtsplit.survey.headers.self_contained import VARIABLE
from vtsplit.survey.headers.system_headers import may_have, names_of_header
from vtsplit.survey.order.providers import choose_among
from vtsplit.survey.order.walk import LAST, IncludePlace, Lacking, Stop, Walks

_OWN = (Sort.TYPE, Sort.ENUMERATOR, Sort.MACRO, Sort.OBJECT, Sort.FUNCTION)


@dataclass(frozen=True)
class Relied:
    """Names that a header uses, and an earlier include than the source's `limit` declares.

    `header` is where they are used, "" for the new file. With `sure`, something in front declares
    them already, but a configuration may take that out.
    """

    header: str
    names: frozenset[str]
    limit: IncludeSlot
    sure: bool


class InFront:
    """Compares what is in front of each header in the source and in a file with fewer includes.

    `every` are the includes of the source, `usable` those that another file can have alike.
    """

    def __init__(
        self,
        graph: IncludeGraph,
        source: CFile,
        every: Sequence[Include],
        usable: Sequence[Include],
    ) -> None:
        self.graph = graph
        self.source = source
        self.every = every
        self.usable = usable
        self.walks = Walks(graph, self._stops_of_source())

    def _stops_of_source(self) -> list[Stop]:
        """Return the includes of the source, each with what it defines itself above."""
        definitions = self.source.definitions.by_name.items()
        own = sorted((one.index, name) for name, found in definitions for one in found)
        stops, at = [], 0
        for include in self.every:
            start = at
            while at < len(own) and own[at][0] < include.index:
                at += 1
            above = frozenset(name for _, name in own[start:at])
            stops.append(Stop(_path(include), not include.guard, above))
        return stops

    @cached_property
    def in_source(self) -> Mapping[bool, Mapping[IncludePlace, Lacking]]:
        """What each header lacks where the source includes it; surely, and perhaps."""
        stops, forced = self.walks.stops, self.walks.forced
        return {sure: self.walks.lacking(stops, sure, forced) for sure in (False, True)}

    def complete(
        self,
        chosen: dict[IncludeSlot, Include],
        front: Collection[str] = (),
        names: Iterable[str] = (),
    ) -> set[str]:
        """Add to the chosen includes what they rely on, and return the names that it is for.

        `front` are headers in front of them, `names` what the new file itself names behind them.
        """
        wanted, relied = frozenset(names), set[str]()
        while added := self.missing(chosen, front, wanted, relied):
            chosen |= {include.place: include for include in added}
        return relied

    def missing(
        self,
        chosen: Mapping[IncludeSlot, Include],
        front: Collection[str],
        names: frozenset[str],
        for_names: set[str] | None = None,
    ) -> list[Include]:
        """Return what `complete` would add first; the names that it is for go to `for_names`."""
        added: dict[IncludeSlot, Include] = {}
        for relied in self._relied(chosen, front, names):
            earlier = [
                one for one in self.usable if one.place <= relied.limit and one.place not in chosen
            ]
            for include in self._providers(relied, earlier):
                added[include.place] = include
                if for_names is not None:
                    for_names |= relied.names
        for include in self._from_outside(chosen, front):
            added[include.place] = include
        for include in chosen.values():
            for other in self.usable:
                if other.place < include.place and _is_circle(other, include):
                    added[other.place] = other
        return [added[place] for place in sorted(added) if place not in chosen]

    def defined_above(self, chosen: Mapping[IncludeSlot, Include]) -> Iterator[tuple[Include, str]]:
        """Yield chosen includes that use what the source file itself defines above them."""
        if not any(stop.above for stop in self.walks.stops):
            return
        for relied in self._relied(chosen, (), frozenset()):
            include = next((i for i in self.every if relied.header in i.files), None)
            for name in sorted(relied.names) if include else ():
                bare = name.removesuffix(VARIABLE).removesuffix(POINTED)
                assert include is not None
                if any(
                    one.index < include.index and not are_exclusive(one.guard, include.guard)
                    for one in self.source.definitions.of(bare, *_OWN)
                ):
                    yield include, bare

    def _relied(
        self, chosen: Mapping[IncludeSlot, Include], front: Collection[str], names: frozenset[str]
    ) -> Iterator[Relied]:
        order = [chosen[place] for place in sorted(chosen)]
        stops = [Stop(_path(include), not include.guard) for include in order]
        for sure in (False, True):
            in_source = self.in_source[sure]
            lacking = self.walks.lacking(stops, sure, [*self.walks.forced, *front], names)
            by_header: dict[str, set[str]] = {}
            for place, missing in lacking.items():
                known = missing.names
                if place in in_source:
                    known -= in_source[place].names
                if known and place == LAST:
                    known = (known - names) & self.walks.declared
                elif known:
                    known -= self.walks.brought_in_circles(place, known, missing.begun)
                if sure:
                    # A tag that is only pointed to is known by any forward declaration.
                    known = frozenset(name for name in known if not name.endswith(POINTED))
                if known:
                    real = self._real(place, known, sure, names)
                    by_header.setdefault(place[0], set()).update(real)
            for header, found in by_header.items():
                if found:
                    yield Relied(header, frozenset(found), self._limit(header), sure)

    def _from_outside(
        self, chosen: Mapping[IncludeSlot, Include], front: Collection[str]
    ) -> Iterator[Include]:
        """Yield includes of headers from outside of the tree that a chosen header may rely on.

        It uses a name that no header of the tree has, and the source has others in front of it.
        """
        library = [one for one in self.usable if _is_library(one) and one.place not in chosen]
        order = [chosen[place] for place in sorted(chosen)]
        stops = [Stop(_path(include), not include.guard) for include in order]
        lacking = self.walks.lacking(stops, False, [*self.walks.forced, *front])
        for place, missing in lacking.items():
            late = self._late(place, missing)
            is_alone = not self._needs_outside(place[0])
            if not late and not (is_alone and library):
                continue
            # A tag that a list of parameters names first is another type in each prototype.
            early = parts_of(self.graph, place[0]).pieces[place[1]].early
            unknown = frozenset(
                name
                for name in missing.names - self.walks.declared
                if not name.startswith("__")
                and (not name.endswith(POINTED) or name in early)
                and not self.source.definitions.of(name.removesuffix(POINTED))
            )
            real = self._real(place, unknown, False, frozenset())
            limit = self._limit(place[0])
            types = [name for name in real if not name.endswith(POINTED)]
            for one in library if is_alone else ():
                path = _path(one)
                if one.place <= limit and any(may_have(path, name) for name in types):
                    yield one
            if any(not self.walks.has_by(name, missing.outside, place[0]) for name in real):
                # What comes too late in the new file is likelier than what does not come at all.
                come = {path for one in order for path in one.files}
                yield from self._bringing(late & come or late, limit)

    def _needs_outside(self, path: str) -> bool:
        """Tell whether a header includes one that the tree does not have."""
        return self.graph.known.recall(
            ("reaches outside", path), lambda: any(map(is_absent, self.graph.reach(path)))
        )

    def _late(self, place: IncludePlace, missing: Lacking) -> frozenset[str]:
        """Return unknown headers that the source has in front of a place, and the new file not."""
        in_source = self.in_source[False].get(place)
        if in_source is None or self.graph.is_generating:
            return frozenset()
        late = in_source.outside - missing.outside
        return frozenset(path for path in late if not names_of_header(path))

    def _bringing(self, paths: Collection[str], limit: IncludeSlot) -> Iterator[Include]:
        """Yield for each header the include that brings it most directly, up to a limit."""
        for path in sorted(paths):
            bringing = [one for one in self.usable if one.place <= limit and path in one.files]
            yield from sorted(bringing, key=lambda one: (one.files[path], one.place))[:1]

    def _limit(self, header: str) -> IncludeSlot:
        """Return the last include of the source that can come in front of a header."""
        if not header:
            return max((include.place for include in self.every), default=(0, 0))
        return next(include.place for include in self.every if header in include.files)

    def _real(
        self, place: IncludePlace, suspects: Collection[str], sure: bool, names: frozenset[str]
    ) -> frozenset[str]:
        """Return those of the suspects that a piece uses in earnest, itself or by its macros."""
        path, at = place
        words = names
        if path:
            piece = parts_of(self.graph, path).pieces[at]
            words = piece.surely_used if sure else piece.used
        through = {
            name: macros
            for name in suspects
            if name not in words and (macros := self.walks.expanding(words, name))
        }
        asked = {name for name in suspects if name in words}.union(*through.values())
        used = frozenset(asked)
        if path:
            used = real_uses_of(self.graph, path, asked, self.walks.values)
        found = {name for name in used if name.removesuffix(VARIABLE) in suspects}
        bare = {name.removesuffix(VARIABLE) for name in used}
        for name, macros in through.items():
            texts = (t for one in macros & bare for t in self.walks.definitions_with(one, name))
            if any(is_brought(text, name) for text in texts):
                found.add(name)
        return frozenset(found)

    def _providers(self, relied: Relied, earlier: Sequence[Include]) -> list[Include]:
        if relied.sure:
            sure = [one for one in earlier if not one.guard]
            brought = [replace(one, files=reach_surely(self.graph, _path(one))) for one in sure]
        else:
            brought = list(earlier)
        headers = tuple(dict.fromkeys(path for one in brought for path in one.files))
        names = sorted(relied.names)
        declaring = {name: self._declaring(name, headers) for name in names}
        chosen = {one.place for one in choose_among(brought, names, declaring).includes}
        return [one for one in earlier if one.place in chosen]

    def _declaring(self, name: str, headers: Iterable[str]) -> set[str]:
        """Return those of the headers that declare a name; of a tag, they rather define it."""
        if name.endswith(VARIABLE):
            bare = name.removesuffix(VARIABLE)
            having = (p for p in headers if bare in declared_by(self.graph, p))
            return {path for path in having if parts_of(self.graph, path).declares_value(bare)}
        every = {path for path in headers if name in declared_by(self.graph, path)}
        defined = name.removesuffix(POINTED)
        return {path for path in every if defined in declared_by(self.graph, path)} or every


def _is_circle(one: Include, other: Include) -> bool:
    """Tell whether two headers include each other, so that it matters which comes first."""
    first, second = _path(one), _path(other)
    return first != second and first in other.files and second in one.files


def _is_library(include: Include) -> bool:
    """Tell a header of the system, `<string.h>`, from what the tree has or its build makes."""
    name = include.target[1:-1]
    return (
        include.is_outside and include.target[0] == "<" and name.partition("/")[0] in {name, "sys"}
    )


def _path(include: Include) -> str:
    return next(iter(include.files))
