"""The places of a Makefile that link a source's object, and those that link a new file's."""

import re
from collections.abc import Collection, Hashable, Iterable, Iterator
from functools import cached_property
from posixpath import basename, dirname, join, normpath, splitext

from vtsplit.survey.build.build_files import stem_of
from vtsplit.survey.make.followed import Glob
from vtsplit.survey.make.kbuild import Membership, ObjectListing, links_nothing
from vtsplit.survey.make.link_rules import links_files
from vtsplit.survey.make.makefile import ObjectList, Word, read_makefile, split_name
from vtsplit.verify.lists.branches import Branch, Branches, branches_at, dotted
from vtsplit.verify.lists.place import LinkPlace

_ALWAYS = {"y", "objs"}
_NOT_LINKED = {"", ".h", ".d", ".dep", ".i", ".s", ".lst"}
_USED = re.compile(r"\$[({]([^\s(){}$:,]+)[)}:]")
ListedWord = tuple[ObjectList, Word]  # a list, or a line of a rule, and a word of it


class Makefile:
    """One Makefile, and the places of a source and of a new file."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        reader = read_makefile(text)
        lists = (one for one in reader.lists if not links_nothing(one.name))
        rules = (line for rule in reader.rules for line in (rule.prerequisites, *rule.recipe))
        self.lines: tuple[ObjectList, ...] = (*lists, *rules)
        self.turns = [*dotted(text)]

    def places(self, pairs: Iterable[ListedWord]) -> Iterator[LinkPlace]:
        """Yield the place of each line that has one of the words."""
        for one, word in pairs:
            branches = self._branches(one)
            for name, key in _keys(one):
                yield LinkPlace(self.path, word.line, name, key, key, branches)

    def of_new(self, new: str, found: Membership | None) -> list[ListedWord]:
        """Return where a new file is named, which may be written as the source is."""
        places = found.places if found else ()
        written = {one for place in places for one in _spelled(place, new, found)}
        known = {place.object_list.start for place in places}
        return [
            (one, word)
            for one in self.lines
            if one.start in known or _may_link(one, new)
            for word in one.words
            if word.text in written or self._means(word, new)
        ]

    def by_globs(self, globs: Collection[Glob]) -> list[ListedWord]:
        """Return where the patterns stand that take a file."""
        return [
            (one, word)
            for glob in globs
            for one in self.lines
            for word in one.words
            if word.line == glob.line and glob.text in word.text
        ]

    def goals(self, pairs: Collection[ListedWord]) -> set[tuple[Hashable, Branches]]:
        """Return what the words become part of, by way of all variables: rules, and lists.

        A list that no line of the Makefile uses is one that other files may use.
        """
        found: set[tuple[Hashable, Branches]] = set()
        pending = [(one, frozenset[Branch]()) for one, _ in pairs]
        known: set[tuple[int, frozenset[Branch]]] = set()
        while pending:
            one, above = pending.pop()
            held = above.union(self._branches(one))
            if (one.start, held) in known:
                continue
            known.add((one.start, held))
            users = self._users_of(one)
            pending += [(other, held) for other in users]
            if not users:
                found |= {(key, tuple(sorted(held))) for _, key in _keys(one)}
        # Lists may use each other alone.
        return found or {(key, ()) for one, _ in pairs for _, key in _keys(one)}

    def _users_of(self, one: ObjectList) -> list[ObjectList]:
        """Return the lines that use the value of a list, itself left out."""
        if one.operator in (":", "\t"):
            return []
        return [
            other
            for other in self._users.get(one.name, ())
            if other.name != one.name or other.operator in (":", "\t")
        ]

    @cached_property
    def _users(self) -> dict[str, list[ObjectList]]:
        """The lines that use a variable, by its name."""
        found: dict[str, list[ObjectList]] = {}
        for other in self.lines:
            if other.operator != "\t" or links_files(other):
                names = {name for word in other.words for name in _USED.findall(word.text)}
                for name in names:
                    found.setdefault(name, []).append(other)
        return found

    def _branches(self, one: ObjectList) -> Branches:
        own = tuple((*held.earlier, held.text) for held in one.conditions)
        return own + branches_at(self.turns, one.start)

    def _means(self, word: Word, new: str) -> bool:
        """Tell a word for a file or its object; a variable in front may be any folder."""
        stem, suffix = splitext(basename(re.sub(r"[)}]+$", "", word.path)))
        if stem != stem_of(new) or suffix in _NOT_LINKED:
            return False
        rest = re.split(r"[)}]/", word.path)[-1].removeprefix("./")
        path = f"/{splitext(new)[0]}"
        here = normpath(join("/", dirname(self.path), rest))
        return path == splitext(here)[0] or path.endswith(f"/{splitext(rest)[0]}")


def _may_link(one: ObjectList, new: str) -> bool:
    """Tell a line that may link a file: others remove it, say, or make its object."""
    if one.operator == "\t":
        return links_files(one)
    return one.operator != ":" or stem_of(new) not in map(stem_of, one.name.split())


def _keys(one: ObjectList) -> Iterator[tuple[str, Hashable]]:
    """Yield how a list is called, and what is equal for all that is linked by it."""
    if one.operator == "\t":
        # A recipe runs as it is written: what one line links, no other line does.
        yield one.name, ("recipe", one.start)
    elif one.operator == ":":
        for target in one.name.split():
            yield target, ("rule", target)
    else:
        stem, when = split_name(one.name)
        yield one.name, ("list", stem, "y" if when in _ALWAYS else when)


def _spelled(place: ObjectListing, new: str, found: Membership | None) -> Iterator[str]:
    """Yield how a list may name a new file that is where the source is.

    The list may have a variable whose value has the name.
    """
    source = stem_of(found.source) if found else ""
    text = (place.like or place.word).text
    at = text.rfind(source)
    if at >= 0:
        yield text[:at] + stem_of(new) + text[at + len(source) :]
