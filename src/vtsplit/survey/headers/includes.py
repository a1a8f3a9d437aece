"""Which headers a source file sees, and through which of its own includes.

The preprocessor's search is followed as far as a tree tells it without being configured: generated
headers are missing, and every branch of every `#if` counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from posixpath import dirname, join, normpath

from vtsplit.cst.conditions import Guard
from vtsplit.cst.guards import item_guards
from vtsplit.cst.nodes import Directive, Module
from vtsplit.survey.headers.certain_text import certain_text
from vtsplit.survey.headers.search_flags import SearchFlags, expand, variables
from vtsplit.survey.make.kbuild import MAKEFILES
from vtsplit.tree.folders import folders_up
from vtsplit.tree.memo import Memo
from vtsplit.tree.source_tree import SourceTree

# For a text with a newline in front: a search for `^` takes several times as long.
INCLUDE = re.compile(r'\n[ \t]*#[ \t]*include(?:_next)?[ \t]*([<"])([^>"\n]+)[>"]')
_FORCED = re.compile(r"(?<!\S)-include[ \t]+(\S+\.h)(?!\S)")
# Where Kbuild has the flags of every C source (`c_flags`).
_OF_ALL_SOURCES = "scripts/Makefile.lib"
_GENERIC = ("include/asm-generic", "include/uapi/asm-generic")
_ODD = re.compile(r"(?:^|/)(?:\.{0,2}(?:/|$))")  # `.`, `..` and nothing between slashes


IncludeSlot = tuple[int, int]


@dataclass(frozen=True)
class Include:
    """An `#include` of the source file: its target as written, its guard, and what it reaches.

    `files` maps each header that comes with it to its depth: 0 for the header itself. A header
    that the tree does not have, a system's or a generated one, stands there as `<name>`.
    `index` is the item that it is of the source. What a header of the source includes, and another
    file may include in its place, is that item's `part`, counted up to -1.
    """

    target: str
    guard: Guard
    index: int
    files: dict[str, int]
    part: int = 0

    @property
    def place(self) -> IncludeSlot:
        """Where it stands among the includes of the source, and of the headers of these."""
        return self.index, self.part

    @property
    def is_outside(self) -> bool:
        """Whether the tree does not have the header."""
        return all(is_absent(path) for path in self.files)


def _misses(depths: Iterable[str], paths: Iterable[str]) -> bool:
    """Tell whether a header that could not be found, `<name>`, may be one of these."""
    names = [path[1:-1] for path in depths if is_absent(path)]
    return any(path.endswith(name) for name in names for path in paths)


def is_absent(path: str) -> bool:
    """Tell a header that the tree does not have from one that it has."""
    return path.startswith("<")


def graph_of(tree: SourceTree, source: str) -> IncludeGraph:
    """Return the headers as a source file of a tree finds them.

    What has been found for another one that is compiled with the same search path is shared.
    """
    return tree.known.recall(("includes of", source), lambda: _sharing_graph(tree, source))


def _sharing_graph(tree: SourceTree, source: str) -> IncludeGraph:
    graph = IncludeGraph(tree.find, tree.exists, tree.listdir, source)
    other = tree.known.recall(("includes by", graph.search), lambda: graph)
    graph.texts, graph.known, graph.read = other.texts, other.known, other.read
    graph._targets, graph._direct, graph._reached = other._targets, other._direct, other._reached
    return graph


class IncludeGraph:
    """Headers as a source file finds them; texts are read once.

    `known` is for what others work out of these headers, `read` for what they read in the text of
    one, under its path.
    """

    def __init__(
        self,
        find: Callable[[str], str | None],
        exists: Callable[[str], bool],
        listdir: Callable[[str], Iterable[str]],
        source: str,
    ) -> None:
        self._find = find
        self._exists = exists
        self._listdir = listdir
        self.source = source
        self.texts: dict[str, str] = {}
        self._targets: dict[tuple[str, str, str], str | None] = {}
        self._direct: dict[str, tuple[str, ...]] = {}
        self._reached: dict[str, dict[str, int]] = {}
        self.known = Memo()
        self.read = Memo()

    def over(self, tree: SourceTree, changed: Iterable[str], source: str) -> IncludeGraph:
        """Return the graph for a tree in which some files differ; what they do not touch is kept.

        `source` is the source's path there, in the same folder.
        Looking for some thousand headers is what takes time.
        """
        fresh = IncludeGraph(tree.find, tree.exists, tree.listdir, source)
        gone = set(changed)
        fresh.read = self.read.without(gone)
        fresh.texts = {path: text for path, text in self.texts.items() if path not in gone}
        fresh._direct = {path: found for path, found in self._direct.items() if path not in gone}
        # A header that was not there may be so now.
        fresh._targets = {key: path for key, path in self._targets.items() if path is not None}
        absent = {key[1] for key, path in self._targets.items() if path is None}
        again = {path for path in gone if any(path.endswith(name) for name in absent)}
        fresh._reached = {
            path: depths
            for path, depths in self._reached.items()
            if gone.isdisjoint(depths) and (not again or not _misses(depths, again))
        }
        fresh.search = self.search
        return fresh

    @cached_property
    def search(self) -> tuple[str, ...]:
        """Folders in which `<...>` and then `"..."` are looked for, most likely first."""
        places = list(folders_up(dirname(self.source)))
        found = [SearchFlags(place, self._find, self._exists) for place in places]
        flagged = [path for flags in found for path in flags.of(compiles=True)]
        others = [path for flags in found for path in flags.of(compiles=False)]
        public = [join(place, "include") for place in places]
        public += [join(place, "uapi") for place in public]
        return tuple(dict.fromkeys([*flagged, *public, *self._arches(), *places, *others]))

    def _arches(self) -> list[str]:
        """Return the include folders of every architecture, most likely first.

        That is the source's own, or one that has all the headers that the source must find in its
        architecture, x86 before others.
        """
        arches = sorted(self._listdir("arch")) if self._exists("arch") else []
        if self.source.startswith("arch/"):
            arches.sort(key=lambda one: (not self.source.startswith(f"arch/{one}/"), one != "x86"))
        elif arches:
            names = self._own_asm_includes()
            arches.sort(key=lambda one: (self._count_lacking(one, names), one != "x86"))
        folders = [f"arch/{arch}/include{kind}" for arch in arches for kind in ("", "/uapi")]
        return [folder for folder in folders if self._exists(folder)]

    def _own_asm_includes(self) -> set[str]:
        """Return the `asm/...` that the source includes, itself or by headers in its folder."""
        names, seen, pending = set(), {self.source}, [self.source]
        while pending:
            path = pending.pop()
            for quote, name in INCLUDE.findall("\n" + certain_text(self._find(path) or "")):
                near = normpath(join(dirname(path), name))
                if name.startswith("asm/"):
                    names.add(name)
                elif quote == '"' and near not in seen and self._find(near) is not None:
                    seen.add(near)
                    pending.append(near)
        return names

    def _count_lacking(self, arch: str, names: Iterable[str]) -> int:
        """Count the `asm/...` that neither an architecture nor asm-generic has."""
        folders = [f"arch/{arch}/include{kind}/asm" for kind in ("", "/uapi")]
        folders += [f"include{kind}/asm-generic" for kind in ("", "/uapi")]
        files = [name.removeprefix("asm/") for name in names]
        return sum(not any(self._exists(f"{one}/{file}") for one in folders) for file in files)

    @cached_property
    def is_generating(self) -> bool:
        """Whether the tree is one of Kbuild, whose build makes the headers that are not there."""
        return any(self._exists(folder) for folder in _GENERIC)

    @cached_property
    def forced(self) -> tuple[str, ...]:
        """Headers that the compiler is told to include in front of every source (`-include`)."""
        found: dict[str, None] = {}
        folder = dirname(self.source)
        makefiles = {join(folder, name): folder for name in MAKEFILES}
        makefiles |= dict.fromkeys([*MAKEFILES, _OF_ALL_SOURCES], "")
        for makefile, place in makefiles.items():
            text = self._find(makefile) or ""
            for flag in _FORCED.findall(text) if "-include" in text else ():
                path = expand(flag, variables(text, place))
                if path is not None and self._exists(path):
                    found[path] = None
        return tuple(found)

    def direct(self, module: Module) -> tuple[Include, ...]:
        """Return the includes of the source file's module, with all that each brings."""
        guards = item_guards(module)
        return tuple(
            Include(item.include, guards[at], at, self._reach_target(item.include))
            for at, item in enumerate(module.items)
            if isinstance(item, Directive) and item.include
        )

    def _reach_target(self, target: str) -> dict[str, int]:
        path = self.resolve(target[0], target[1:-1], self.source)
        return self.reach(path) if path else {f"<{target[1:-1]}>": 0}

    def resolve(self, quote: str, name: str, includer: str) -> str | None:
        """Return the path of an included header, None when the tree does not have it."""
        folder = dirname(includer) if quote == '"' else ""
        key = (quote, name, folder)
        if key not in self._targets:
            places = [folder, *self.search] if quote == '"' else [*self.search]
            if name.startswith("asm/"):
                return self._resolve_asm(key, places, name)
            self._targets[key] = self._first([_below(place, name) for place in places])
        return self._targets[key]

    def _resolve_asm(
        self, key: tuple[str, str, str], places: Sequence[str], name: str
    ) -> str | None:
        """Return the path of an `asm/...`: of the architecture, else generic, else of another one.

        Kbuild generates a wrapper round the generic header where the architecture has none
        (Documentation/kbuild/makefiles.rst, `generic-y` and `mandatory-y`).
        """
        foreign = [place for place in places if place in self._foreign]
        near = [place for place in places if place not in self._foreign]
        candidates = [_below(place, name) for place in near]
        candidates += [f"{place}/{name[4:]}" for place in _GENERIC]
        candidates += [join(place, name) for place in foreign]
        self._targets[key] = self._first(candidates)
        return self._targets[key]

    def _first(self, candidates: Sequence[str]) -> str | None:
        """Return the first file; a folder of that name is passed over, as the preprocessor does."""
        there = (path for path in candidates if self._exists(path))
        return next((path for path in there if self._find(path) is not None), None)

    @cached_property
    def _foreign(self) -> frozenset[str]:
        """The include folders of all architectures but the likely one."""
        arches = self._arches()
        likely = arches[0].split("/")[1] if arches else ""
        return frozenset(place for place in arches if place.split("/")[1] != likely)

    def text(self, path: str) -> str:
        """Return a header's text, empty when it cannot be read."""
        if path not in self.texts:
            text = "" if is_absent(path) else self._find(path) or ""
            self.texts[path] = text.removeprefix("\ufeff")
        return self.texts[path]

    def included_by(self, path: str) -> tuple[str, ...]:
        """Return the paths of the headers a file includes itself."""
        if path not in self._direct:
            self._direct[path] = self.resolve_all(self.text(path), path)
        return self._direct[path]

    def resolve_all(self, text: str, includer: str) -> tuple[str, ...]:
        """Return the paths of the headers that a text includes."""
        includes = INCLUDE.findall("\n" + text)
        found = (self.resolve(quote, name, includer) or f"<{name}>" for quote, name in includes)
        return tuple(dict.fromkeys(found))

    def reach(self, path: str) -> dict[str, int]:
        """Return every header that comes with one, itself included, and at which depth."""
        if path not in self._reached:
            self._reached[path] = depths_from(path, self.included_by)
        return self._reached[path]


def _below(folder: str, name: str) -> str:
    """Return the path of what a folder has by a name, which may lead out of it.

    >>> _below("include", "linux/a.h"), _below("a/b", "../c.h"), _below("", "./d.h")
    ('include/linux/a.h', 'a/c.h', 'd.h')
    """
    plain = folder and not _ODD.search(name) and not _ODD.search(folder)
    return f"{folder}/{name}" if plain else normpath(join(folder, name))


def depths_from(path: str, included_by: Callable[[str], Iterable[str]]) -> dict[str, int]:
    """Return every header that comes with one, itself included, and at which depth."""
    depths = {path: 0}
    frontier = [path]
    while frontier:
        following = []
        for header in frontier:
            for target in included_by(header):
                if target not in depths:
                    depths[target] = depths[header] + 1
                    following.append(target)
        frontier = following
    return depths
