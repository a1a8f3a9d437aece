"""What the headers of a sequence of includes name before anything in front of them declares it.

The headers are walked through as the preprocessor does, each once. The words are those of
`header_parts`, and those that macros bring which they expand.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import Enum, auto
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple

from vtsplit.cst.heads.annotations import RESERVED
from vtsplit.survey.headers.header_parts import (
    POINTED,
    HeaderSection,
    declared_by,
    parts_of,
    reach_surely,
)
from vtsplit.survey.headers.includes import IncludeGraph, is_absent
from vtsplit.survey.headers.system_headers import names_of_header

_PARAMETERS = re.compile(r"\([^)]*\)")
_STRING = re.compile(r'"(?<!\\")(?:[^"\\\n]|\\.)*"')
_WORD = re.compile(r"[A-Za-z_]\w*")

# A header, and which of its pieces.
IncludePlace = tuple[str, int]
LAST: IncludePlace = ("", 0)


class Lacking(NamedTuple):
    """Names that nothing in front declares, and the headers that have begun and not ended.

    `outside` are the headers in front that are not in the tree, and may declare some of the names.
    """

    names: frozenset[str]
    begun: tuple[str, ...]
    outside: frozenset[str]


class Brought(Enum):
    """Which words of macros count.

    Those by `SOME` definition or by `EACH`; `SURELY`, by each of a macro that no configuration goes
    without.
    """

    SOME = auto()
    EACH = auto()
    SURELY = auto()


class Stop(NamedTuple):
    """A header that is included next, if it is so in every configuration, and what stands above."""

    path: str
    is_sure: bool
    above: frozenset[str] = frozenset()


class _Walked(NamedTuple):
    """What a walk has found, all names declared on its way, and the headers not in the tree."""

    lacking: dict[IncludePlace, Lacking]
    declared: frozenset[str]
    passed: frozenset[str]


class Walks:
    """Walks through sequences of the includes of one file; `stops` are all its includes.

    What is uncertain in one respect counts as used, in two it does not: a piece that a
    configuration may take out, a macro of which only some definitions bring a word, a declaration
    that may not be there.
    """

    def __init__(self, graph: IncludeGraph, stops: Sequence[Stop]) -> None:
        self.graph = graph
        self.stops = stops
        self._brought: dict[tuple[str, Brought], frozenset[str]] = {}
        self._used: dict[tuple[IncludePlace, bool], frozenset[str]] = {}
        self._by_header: dict[str, dict[IncludePlace, Lacking]] = {}
        self._walked: dict[tuple[tuple[Stop, ...], bool, tuple[str, ...]], _Walked] = {}

    @cached_property
    def forced(self) -> tuple[str, ...]:
        """The headers that the compiler includes in front of every file, with what they bring."""
        return tuple(dict.fromkeys(p for one in self.graph.forced for p in self.graph.reach(one)))

    @cached_property
    def _reached(self) -> tuple[str, ...]:
        stops = (path for stop in self.stops for path in self.graph.reach(stop.path))
        return tuple(dict.fromkeys((*self.forced, *stops)))

    @cached_property
    def macros(self) -> dict[str, list[str]]:
        """The definitions of all macros, parameters and body."""
        macros: dict[str, list[str]] = {}
        for path in self._reached:
            one = parts_of(self.graph, path)
            for name, texts in one.macros.items():
                # A default is not taken where another definition is always there.
                default = one.defaults.get(name) if name in self._always_defined else None
                macros.setdefault(name, []).extend(t for t in texts if t is not default)
        return macros

    @cached_property
    def _always_defined(self) -> frozenset[str]:
        none: frozenset[str] = frozenset()
        return none.union(*(parts_of(self.graph, path).certain for path in self._certain))

    @cached_property
    def _always_macros(self) -> frozenset[str]:
        """The macros that no configuration goes without.

        One that is defined twice counts, as these may be the branches of one condition.
        """
        defaults = (name for path in self._certain for name in parts_of(self.graph, path).defaults)
        several = (name for name, texts in self.macros.items() if len(texts) > 1)
        return self._always_defined.union(defaults, several)

    @cached_property
    def declared(self) -> frozenset[str]:
        """All names that some header declares."""
        none: frozenset[str] = frozenset()
        return none.union(*(declared_by(self.graph, path) for path in self._reached))

    @cached_property
    def values(self) -> frozenset[str]:
        """All variables, enumerators and macros without parameters."""
        objects = {name for name, texts in self.macros.items() if any(t[:1] != "(" for t in texts)}
        pieces = (piece for path in self._reached for piece in parts_of(self.graph, path).pieces)
        return frozenset(objects.union(*(piece.values for piece in pieces)))

    @cached_property
    def _certain(self) -> frozenset[str]:
        """The headers that are included in every configuration."""
        sure = [*self.graph.forced, *(stop.path for stop in self.stops if stop.is_sure)]
        return frozenset(path for header in sure for path in reach_surely(self.graph, header))

    def lacking(
        self, stops: Iterable[Stop], sure: bool, have: Iterable[str] = (), last: Iterable[str] = ()
    ) -> dict[IncludePlace, Lacking]:
        """Return what each piece of a header names and nothing in front of it declares.

        With `sure`, what a configuration may take out is neither walked through nor named, but
        counts as declared. `have` are headers in front; `last` are names used behind all of them,
        at the place `LAST`.
        """
        walked = self._walk(tuple(stops), sure, tuple(have))
        names = frozenset(last)
        how = Brought.SURELY if sure else Brought.SOME
        missing = names.union(*(self._brought_by(name, how) for name in names)) - walked.declared
        if missing:
            return {**walked.lacking, LAST: Lacking(missing, (), walked.passed)}
        return walked.lacking

    def _walk(self, stops: tuple[Stop, ...], sure: bool, have: tuple[str, ...]) -> _Walked:
        key = (stops, sure, have)
        if key not in self._walked:
            self._walked[key] = self._walk_anew(*key)
        return self._walked[key]

    def _walk_anew(self, stops: tuple[Stop, ...], sure: bool, have: tuple[str, ...]) -> _Walked:
        so_far = {name for path in have for name in declared_by(self.graph, path)}
        lacking: dict[IncludePlace, Lacking] = {}
        seen: set[str] = set()
        outside: list[str] = []
        passed = frozenset(path for path in have if is_absent(path))
        for stop in stops:
            so_far |= stop.above
            if stop.path in seen or (sure and not stop.is_sure):
                continue
            for place, piece, begun in self._pieces(stop.path, seen, outside, sure):
                if outside:
                    passed = passed.union(outside)
                while outside:
                    so_far |= names_of_header(outside.pop())
                early = piece.early and piece.early - so_far
                so_far |= piece.declared
                missing = self._used_by(place, piece, sure) - so_far
                missing -= {name for name in missing if self._is_other_tag(name, so_far)}
                if missing or early:
                    lacking[place] = Lacking(missing | early, tuple(begun), passed)
            for path in filter(is_absent, (stop.path, *outside)):
                so_far |= names_of_header(path)
                passed |= {path}
            outside.clear()
        return _Walked(lacking, frozenset(so_far), passed)

    def _is_other_tag(self, name: str, declared: Collection[str]) -> bool:
        """Tell a tag that is a macro in front, which stands for another tag (C11 6.10.3p9).

        `#define sockaddr_storage __kernel_sockaddr_storage`, and the type has the other name. A
        macro with parameters is none here, nor is one that stands for itself.
        """
        kind, _, tag = name.removesuffix(POINTED).partition(" ")
        if tag not in declared:
            return False
        others = [body.strip() for body in self.macros.get(tag, ())]
        return bool(others) and all(
            other != tag and f"{kind} {other}" in declared for other in others
        )

    def brought_in_circles(
        self, place: IncludePlace, names: frozenset[str], begun: Sequence[str]
    ) -> set[str]:
        """Return those of the names that headers bring which have begun and include each other.

        Conditions that are not known here decide which of them comes first.
        """
        circles = [
            path
            for at, path in enumerate(begun)
            if any(path in self.graph.reach(inner) for inner in begun[at + 1 :])
        ]
        bringing = {path: None for header in circles for path in reach_surely(self.graph, header)}
        own = parts_of(self.graph, place[0]).pieces[place[1]].early
        found: set[str] = set()
        for path in bringing:
            known = names & declared_by(self.graph, path)
            found |= known - own if path == place[0] else known
        return found

    def has_by(self, name: str, outside: frozenset[str], but: str) -> bool:
        """Tell whether a header uses a name behind none but these, of those not in the tree.

        Then the name, which no header of the tree has, comes by one of them. `but` says nothing.
        """
        for path in self._reached:
            if path == but or is_absent(path) or name not in self.graph.text(path):
                continue
            for place, missing in self._alone(path).items():
                is_by = bool(missing.outside) and missing.outside <= outside
                if is_by and place[0] == path and name in missing.names:
                    return True
        return False

    def _alone(self, path: str) -> dict[IncludePlace, Lacking]:
        if path not in self._by_header:
            self._by_header[path] = self.lacking([Stop(path, True)], False, self.forced)
        return self._by_header[path]

    def _pieces(
        self, path: str, seen: set[str], outside: list[str], sure: bool
    ) -> Iterator[tuple[IncludePlace, HeaderSection, Iterable[str]]]:
        """Yield the pieces of a header and of those it includes that are not `seen`, in order.

        With each come the headers that have begun by then and not ended. Headers that the tree
        does not have go to `outside`.
        """
        seen.add(path)
        pending = [(path, enumerate(parts_of(self.graph, path).pieces))]
        while pending:
            header, pieces = pending[-1]
            at, piece = next(pieces, (0, None))
            if piece is None:
                pending.pop()
                continue
            yield (header, at), piece, map(itemgetter(0), pending)
            if piece.include is None or (sure and not piece.is_sure):
                continue
            target = self.graph.resolve(*piece.include, header) or f"<{piece.include[1]}>"
            if target not in seen:
                seen.add(target)
                if is_absent(target):
                    outside.append(target)
                else:
                    pending.append((target, enumerate(parts_of(self.graph, target).pieces)))

    def _used_by(self, place: IncludePlace, piece: HeaderSection, sure: bool) -> frozenset[str]:
        key = place, sure
        if key not in self._used:
            words = piece.surely_used if sure else piece.used
            brought = list(self._brought_to(place[0], words, _each(sure)))
            if not sure and place[0] in self._certain:
                brought += self._brought_to(place[0], piece.surely_used, Brought.SOME)
            self._used[key] = words.union(*brought)
        return self._used[key]

    def _brought_to(
        self, path: str, words: frozenset[str], how: Brought
    ) -> Iterator[frozenset[str]]:
        """Yield what macros bring that a header names.

        One that the header defines itself brings what is said there, whatever others say: two
        headers may each have a macro for themselves alone, and undefine it below.
        """
        parts = parts_of(self.graph, path)
        for name in words & self.macros.keys():
            if name in parts.certain:
                yield self._brought_in_all(parts.macros[name], how)
            else:
                yield self._brought_by(name, how)

    def expanding(self, words: Collection[str], name: str) -> set[str]:
        """Return those of the words that are macros and may bring a name."""
        macros = self.macros.keys() & words
        return {macro for macro in macros if name in self._brought_by(macro, Brought.SOME)}

    def definitions_with(self, macro: str, name: str) -> Iterator[str]:
        """Yield the definitions that have a word, of a macro and of those that it names in turn."""
        inner = self._brought_by(macro, Brought.SOME) & self.macros.keys()
        for one in sorted({macro, *inner}):
            yield from (text for text in self.macros[one] if name in text)

    def _brought_by(self, macro: str, how: Brought) -> frozenset[str]:
        """Return the words of a macro's body, and of the macros that it names in turn."""
        key = macro, how
        if key not in self._brought:
            self._brought[key] = frozenset()  # what is within itself is not expanded again
            if how is not Brought.SURELY or macro in self._always_macros:
                self._brought[key] = self._brought_in_all(self.macros.get(macro, ()), how)
        return self._brought[key]

    def _brought_in_all(self, definitions: Iterable[str], how: Brought) -> frozenset[str]:
        found = [self._brought_in(text, how) for text in definitions]
        join = frozenset.union if how is Brought.SOME else frozenset.intersection
        return join(*found) if found else frozenset()

    def _brought_in(self, definition: str, how: Brought) -> frozenset[str]:
        words = self.graph.known.recall(
            ("words brought", definition), lambda: words_brought(definition)
        )
        inner = words & self.macros.keys()
        return words.union(*(self._brought_by(name, how) for name in inner))


def _each(sure: bool) -> Brought:
    return Brought.SURELY if sure else Brought.EACH


def words_brought(definition: str) -> frozenset[str]:
    """Return the words of a macro's body, behind its parameters, but for these.

    >>> sorted(words_brought("(a, b) do_it(a, c)"))
    ['c', 'do_it']
    """
    words = frozenset(_WORD.findall(_STRING.sub('""', definition))) - RESERVED
    parameters = _PARAMETERS.match(definition)
    return words.difference(_WORD.findall(parameters[0])) if parameters else words
