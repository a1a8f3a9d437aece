"""Whether a new file stands wherever a source of the change stands, in all of the build."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from posixpath import basename, dirname, join
from typing import NamedTuple

from vtsplit.diagnostics import Problem
from vtsplit.survey.build.build_files import BuildFiles, is_cmake, is_makefile, names_in_lists
from vtsplit.survey.make.kbuild import ListKind, Membership, find_in_makefile, find_object, made_of
from vtsplit.survey.make.make_paths import may_mean
from vtsplit.tree.folders import folders_up
from vtsplit.tree.repository import is_tracked
from vtsplit.tree.source_tree import SourceTree
from vtsplit.verify.inputs.made_files import is_made
from vtsplit.verify.inputs.sides import Side
from vtsplit.verify.lists.branches import Relation, relate
from vtsplit.verify.lists.in_cmake import places_in_cmake
from vtsplit.verify.lists.in_makefile import Makefile
from vtsplit.verify.lists.in_meson import places_in_meson
from vtsplit.verify.lists.in_words import places_in_words
from vtsplit.verify.lists.place import LinkPlace


class Lack(NamedTuple):
    """A place of the source where the new file is not.

    `other` is the place where it is instead, if there is one. If the lack is `certain`, that place
    does not serve.
    """

    place: LinkPlace
    other: LinkPlace | None
    certain: bool


def lacking(before: Side, after: Side, new: str, source: str) -> list[Lack]:
    """Return the places of build files that link a source and not a new file.

    What only the tree after has was made by a build, as it seems: it has to be the same otherwise.
    """
    look = _PlaceSearch(before, after, new, source)
    return list(compare_places(look.ours, look.theirs))


def compare_places(ours: Sequence[LinkPlace], theirs: Sequence[LinkPlace]) -> Iterator[Lack]:
    """Compare the places of a source with those of a new file."""
    used = {
        other
        for other in theirs
        if any(_is_one(one, other) and _relation(one, other) is Relation.SAME for one in ours)
    }
    more = [other for other in theirs if other not in used]
    for one in ours:
        same = [other for other in theirs if _is_one(one, other)]
        relations = {_relation(one, other) for other in same}
        if Relation.SAME in relations:
            continue
        akin = [other for other in more if (other.path, other.family) == (one.path, one.family)]
        if Relation.UNKNOWN in relations:
            yield Lack(one, same[0], certain=False)
        elif same or akin:
            yield Lack(one, (akin or same)[0], certain=True)
        else:
            yield Lack(one, more[0] if more else None, certain=not more)


def _is_one(one: LinkPlace, other: LinkPlace) -> bool:
    return (one.path, one.key) == (other.path, other.key)


def _relation(one: LinkPlace, other: LinkPlace) -> Relation:
    return relate(one.branches, other.branches)


class _PlaceSearch:
    """The places of a source and of a new file in a tree."""

    def __init__(self, before: Side, side: Side, new: str, source: str) -> None:
        self.before, self.side, self.new, self.source = before, side, new, source
        found, main = (find_object(side.find, path) for path in (source, new))
        self.found = None if isinstance(found, Problem) else found
        self.main = None if isinstance(main, Problem) else main
        self.ours: list[LinkPlace] = []
        self.theirs: list[LinkPlace] = []
        for path in self._paths():
            text = side.find(path)
            if text is None or made_of(side.find, path):
                continue
            if is_makefile(path):
                self._makefile(path, text)
            else:
                self._other(path, text)

    def _makefile(self, path: str, text: str) -> None:
        makefile = Makefile(path, text)
        found = self._membership(path, text)
        ours = [(one.object_list, one.word) for one in found.places] if found else []
        ours += makefile.by_globs(found.globs) if found else []
        theirs = [
            (one, word)
            for one, word in makefile.of_new(self.new, found)
            if may_mean(word.path, path, self.new, self.side.has)
        ]
        if self.main and self.main.makefile == path:
            theirs += makefile.by_globs(self.main.globs)
        wanted, reached = makefile.goals(ours), makefile.goals(theirs)
        if ours and wanted <= reached:
            return  # by other variables, perhaps, but all that links the source links both
        places = [*makefile.places(ours)]
        keys = {one.key for one in places}
        self.ours += places
        # What leads to nothing else than the source's places does not serve for those that lack it.
        self.theirs += (
            one for one in makefile.places(theirs) if one.key in keys or not reached < wanted
        )

    def _membership(self, path: str, text: str) -> Membership | None:
        """Return what a Makefile links of the source: the nearest one, or any other."""
        if self.found and self.found.makefile == path:
            return self.found
        if self.found and any(one.kind is not ListKind.PLAIN for one in self.found.places):
            return None  # Kbuild has one list for an object
        found = find_in_makefile(text, path, self.source, self.side.find)
        if found is None:
            return None
        places = tuple(
            one
            for one in found.places
            if one.kind is not ListKind.SINGLE
            and may_mean(one.word.path, path, self.source, self.side.has)
        )
        return replace(found, places=places)

    def _other(self, path: str, text: str) -> None:
        look = places_in_words
        if is_cmake(path):
            look = places_in_cmake
        elif basename(path) == "meson.build":
            look = places_in_meson
        self.ours += look(text, path, self.source)
        self.theirs += look(text, path, self.new)

    def _paths(self) -> list[str]:
        """Return the build files that name one of the two, or may take them by a pattern."""
        names = {*names_in_lists(self.source), *names_in_lists(self.new)}
        roots = [Path(root) for root in (self.side.root, self.side.home) if root]
        having = {path for root in roots for path in BuildFiles(SourceTree(root)).having(names)}
        named = {path for path in having if self.before.has(path) and not self._is_made(path)}
        found = {one.makefile for one in (self.found, self.main) if one}
        near = {join(folder, "CMakeLists.txt") for folder in folders_up(dirname(self.source))}
        return sorted(path for path in named | found | near if self.side.has(path))

    def _is_made(self, path: str) -> bool:
        """Tell what configure made, perhaps before the change. What git tracks counts."""
        root = Path(self.side.root)
        return is_made(root, path) and not is_tracked(root, path)
