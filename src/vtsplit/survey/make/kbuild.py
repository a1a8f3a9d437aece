"""Find the list of an object, and what Kbuild makes from that list.

What a list's name means is makefiles.rst's, by which Documentation/kbuild/makefiles.rst is meant
throughout. A list that it does not tell of, `OBJS` or automake's `foo_SOURCES`, is a plain one.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from posixpath import basename, dirname, join, relpath, splitext

from vtsplit.diagnostics import Note, Problem, Site
from vtsplit.rule import Example, Rule
from vtsplit.survey.make.followed import Glob, follower_of
from vtsplit.survey.make.link_rules import find_uses
from vtsplit.survey.make.linked_whole import whole_or_alone
from vtsplit.survey.make.makefile import VALUE, ObjectList, Word, read_makefile, split_name
from vtsplit.survey.make.rules.inclusion import included_texts
from vtsplit.survey.make.rules.linked_alone import linked_alone
from vtsplit.survey.make.rules.own_goals import called_in, own_goals
from vtsplit.tree.folders import folders_up

NO_LIST = Rule(
    "VT061",
    "no-list",
    "no build file lists the source's object",
    "Main's object has to be linked wherever the source's object is. From the source's folder "
    "up to the top, no Makefile, `meson.build`, CMake file or other build file lists the source or "
    "its object in a way that vtsplit understands.",
    "Set `object-list = false` in `[split]`, which leaves the build alone, and list main's "
    "object by hand.",
    Example({"Makefile": "obj-m += sign.o\n"}),
)


# Kbuild wins where a directory has both (makefiles.rst, 3); `Build` is tools/build's name for it.
# A template comes before the file made from it, and GNU make's order follows (its manual, 3.2).
MAKEFILES = (
    "Kbuild",
    "Kbuild.in",
    "Makefile.am",
    "Makefile.in",
    "GNUmakefile",
    "makefile",
    "Makefile",
    "Build",
)
_MADE_OF = {
    "Kbuild": ("Kbuild.in",),
    "Makefile.in": ("Makefile.am",),
    "Makefile": ("Makefile.am", "Makefile.in"),
    "GNUmakefile": ("GNUmakefile.in",),
}


class ListKind(StrEnum):
    """What being in a list makes of an object (makefiles.rst, 3.2, 3.3 and 3.5)."""

    COMPOSITE = "composite"
    BUILTIN = "builtin"
    SINGLE = "single"
    PLAIN = "plain"


@dataclass(frozen=True)
class ObjectListing:
    """One list that an object is in: what it makes of it, and the module it becomes part of.

    If the object comes by the value of a variable, `like` is the word that the variable has.
    """

    object_list: ObjectList
    word: Word
    kind: ListKind
    module: str | None
    like: Word | None = None


@dataclass(frozen=True)
class Membership:
    """Where the object of a source file is listed.

    `settings` are what the Makefile says of it alone: `CFLAGS_foo.o`, `$(obj)/foo.o: foo.h`;
    `unclear` is what cannot be done for a second one. `globs` are patterns that take the source, as
    they may take main's; where they alone do, there are no places.
    """

    source: str
    makefile: str
    places: tuple[ObjectListing, ...]
    settings: tuple[Note, ...] = ()
    unclear: tuple[Note, ...] = ()
    globs: frozenset[Glob] = frozenset()

    @property
    def kind(self) -> ListKind:
        """`single` if it is so anywhere, as one such list stands in the way; else the first's."""
        kinds = [place.kind for place in self.places] or [ListKind.PLAIN]
        return ListKind.SINGLE if ListKind.SINGLE in kinds else kinds[0]


_VARIABLE_FOLDER = re.compile(rf"^(?:{VALUE})/")
_USED = re.compile(r"\$[({]([^\s(){}$:,]+)[)}:]")
_SETTING = re.compile(r"^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_(?=.*\.o$)")
# Files to make, to keep or to remove are linked into nothing by that (makefiles.rst, 3.7, 3.8, 6).
# automake distributes, makes first and removes by the rest (its manual, 14.1, 9.4 and 13).
_NOT_LINKED = re.compile(
    r"(?:targets|(?:no-)?clean-files|(?:always|extra)(?:-(?!objs$).*)?|.*\.o"
    r"|(?:dist_|EXTRA_).*(?<!_SOURCES)|BUILT_SOURCES|(?:MOSTLY|DIST|MAINTAINER)?CLEANFILES)$"
)
# The folder of an included fragment (Automake manual, 14).
_FRAGMENT_FOLDER = re.compile(r"^(?:%reldir%|%D%)/")


def find_object(read: Callable[[str], str | None], source: str) -> Membership | Problem:
    r"""Find the lists that the object of `source` is in; `read` gives a file of the tree, or None.

    The nearest Makefile that links it decides, from the source's folder up to the root.

    >>> tree = {"a/Makefile": "obj-m += foo.o\nfoo-y := b/x.o\n"}
    >>> found = find_object(tree.get, "a/b/x.c")
    >>> found.makefile, found.kind.value, found.places[0].module
    ('a/Makefile', 'composite', 'foo')
    >>> find_object(tree.get, "a/b/y.c").code
    'VT061'
    """
    names = splitext(basename(source))[0] + ".o", basename(source)
    looked = []
    by_rules: list[Membership] = []
    texts: dict[str, dict[str, str]] = {}
    for path in (
        join(folder, name) for folder in folders_up(dirname(source)) for name in MAKEFILES
    ):
        text = read(path)
        if text is None or made_of(read, path):
            continue
        looked.append(path)
        texts[path] = {path: text, **included_texts(read, path, text)}
        for part, words in texts[path].items():
            if any(name in words for name in names):
                search = _ObjectSearch(words, part, source, dirname(path), texts[path].values())
                found = search.judged(read)
                if found is not None:
                    return found
                rules = search.by_rules()
                by_rules += [rules] if rules.places else []
    if by_rules:
        return by_rules[0]
    for path, parts in texts.items():
        for part, words in parts.items():
            found = _ObjectSearch(words, part, source, dirname(path), parts.values()).by_rules()
            if found.places or found.globs or found.unclear:
                return found
    where = f"looked in {', '.join(looked)}" if looked else "found no Makefile"
    return Problem(
        NO_LIST,
        f"no object list holds '{names[0]}' ({where})",
        Site(source),
        "set `object-list = false` in [split] to leave the build alone, and list main by hand",
    )


def find_in_makefile(
    text: str, makefile: str, source: str, read: Callable[[str], str | None] = lambda _: None
) -> Membership | None:
    r"""Find the lists of one Makefile that hold the object of `source` by a path that is exact.

    `read` gives the files that include it.

    >>> find_in_makefile("t_SOURCES = t.c ../a/x.c\n", "t/Makefile.am", "a/x.c").places[0].word.text
    '../a/x.c'
    """
    search = _ObjectSearch(text, makefile, source, dirname(makefile))
    found = search.judged(read, guess=False) or search.by_rules()
    return found if found.places or found.unclear else None


def links_nothing(name: str) -> bool:
    """Tell a list whose files are made, kept or removed, and linked into nothing by that.

    >>> links_nothing("targets"), links_nothing("CFLAGS_foo.o"), links_nothing("foo-y")
    (True, True, False)
    """
    return bool(_NOT_LINKED.match(name))


def made_of(read: Callable[[str], str | None], path: str) -> str | None:
    """Return the template that a Makefile is made of, where that stands beside it.

    >>> made_of({"a/Makefile.am": ""}.get, "a/Makefile.in")
    'a/Makefile.am'
    """
    near = (join(dirname(path), name) for name in _MADE_OF.get(basename(path), ()))
    return next((other for other in near if read(other) is not None), None)


class _ObjectSearch:
    """The places of one source's object in one Makefile."""

    def __init__(
        self, text: str, makefile: str, source: str, base: str, around: Iterable[str] = ()
    ) -> None:
        # `base` is the folder to which words relate, that of the Makefile which includes this one,
        # and `around` are the texts of that one, and of all that it includes.
        self.makefile, self.source, self.base = makefile, source, base
        self.around = [other for other in around if other != text]
        self.reader = read_makefile(text)
        self.lists, self.rules = self.reader.lists, self.reader.rules
        stem, suffix = splitext(source)
        below = relpath(stem, base or ".")
        self.names = basename(stem) + ".o", basename(source)
        self.paths = {below + ".o", below + suffix, stem + ".o", stem + suffix}
        # Lists that rules of the Makefile link, which have no meaning in Kbuild.
        self.own: frozenset[str] = frozenset()
        # Which lists hold a path, and which use the value of a variable, with what prefix.
        self.holders: dict[str, list[ObjectList]] = {}
        self.users: dict[str, list[tuple[ObjectList, str]]] = {}
        for one in self.lists:
            for word in one.words:
                if word.text.endswith(".o"):
                    self.holders.setdefault(word.path, []).append(one)
                elif "$" in word.text:
                    for name in _USED.findall(word.text):
                        self.users.setdefault(name, []).append((one, word.prefix))

    def judged(self, read: Callable[[str], str | None], guess: bool = True) -> Membership | None:
        """Return where the object is listed, as Kbuild or as rules of the Makefile have it."""
        found = self.membership(guess)
        if found is None or found.kind is ListKind.PLAIN:
            return found
        self.own = own_goals(read, self.makefile)
        return self.membership(guess) if self.own else found

    def membership(self, guess: bool = True) -> Membership | None:
        hits = [
            (one, word, [self._path(word), *(prefix + word.path for prefix in self._prefixes(one))])
            for one in self.lists
            if not links_nothing(one.name)
            for word in one.words
            if word.text.endswith(self.names)
        ]
        for matches in (self.paths.__contains__, self._may_match)[: 1 + guess]:
            found = [
                ObjectListing(one, word, *self._role(one, set()))
                for one, word, paths in hits
                if any(map(matches, paths))
            ]
            places = [place for place in found if not self._is_composite(place)]
            if places:
                # Beside a list that links it, a plain variable names it for another purpose.
                linked = [place for place in places if place.kind is not ListKind.PLAIN]
                if not linked:
                    return self._plain(places)
                settings = self._settings([place for place in places if place not in linked])
                return Membership(self.source, self.makefile, tuple(linked), settings)
        return None

    def by_rules(self) -> Membership:
        """Return the rules that link the object by its name; there may be none."""
        return self._plain([])

    def _plain(self, places: list[ObjectListing]) -> Membership:
        """Join lists that no goal of Kbuild takes, and rules."""
        follower = follower_of((self.reader.text, *self.around), self.base)
        followed = follower.follow(self.source, links_nothing)
        known = {place.word.start for place in places}
        more = (
            ObjectListing(one, word, *self._role(one, set()))
            for one, word in followed.words
            if word.start not in known
        )
        # Kbuild's own lists have objects by their names (makefiles.rst, 3.1 to 3.3).
        places += [
            one
            for one in more
            if one.kind is ListKind.PLAIN
            or (one.kind is ListKind.COMPOSITE and one.word.text.endswith(".o"))
        ]
        uses = find_uses(
            self.rules,
            lambda word: self._path(word) in self.paths or follower.is_ours(word, self.source),
            self.reader.text,
        )
        # A line that names it twice gets the other once.
        lines = {(line.operator, line.start): (line, word) for line, word in reversed(uses.linked)}
        places += [ObjectListing(line, word, ListKind.PLAIN, None) for line, word in lines.values()]
        unclear = [
            (word, f"a rule uses '{word.text}', but vtsplit cannot tell how to use main's object")
            for _, word in uses.unclear
        ]
        for place in tuple(places):
            names = called_in(self.own, place.object_list.name)
            whole, alone = whole_or_alone(self.reader, place.object_list, names)
            if whole:
                places.remove(place)
                places += [ObjectListing(*pair, ListKind.PLAIN, None, place.word) for pair in whole]
            unclear += [(place.word, alone)] if alone else []
            if follower.has_own_rule(place.word, self.source):
                why = f"a rule of its own makes '{place.word.text}', but main's object has none"
                unclear.append((place.word, why))
        unclear += [
            (word, f"each file that '{word.text}' takes is linked alone") for word in followed.alone
        ]
        unclear += [
            (word, f"a rule for any such file links '{word.text}' of '{self.names[1]}' alone")
            for word in linked_alone(follower, self.source)
        ]
        why = "has a variable or a call in it: main's object cannot be added"
        unclear += [(word, f"'{word.text}' {why}") for word in followed.inside]
        return Membership(
            self.source,
            self.makefile,
            tuple(places),
            self._settings([], [word for _, word in uses.named]),
            tuple(
                Note(why, Site(self.makefile, word.line, word.column, len(word.text)))
                for word, why in unclear
            ),
            followed.globs,
        )

    def _path(self, word: Word) -> str:
        match = _FRAGMENT_FOLDER.match(word.path)
        if match is None:
            return word.path
        return relpath(join(dirname(self.makefile), word.path[match.end() :]), self.base or ".")

    def _prefixes(self, one: ObjectList) -> Iterator[str]:
        uses = (use for name in _variants(one.name) for use in self.users.get(name, ()))
        return (prefix for _, prefix in uses if prefix)

    def _may_match(self, path: str) -> bool:
        """Match the words of a fragment, which are those of the Makefile that includes it."""
        folder = _VARIABLE_FOLDER.match(path)
        rest = path[folder.end() :] if folder else path
        here = dirname(self.makefile)
        bases = [full.removesuffix("/" + rest) for full in self.paths if full.endswith("/" + rest)]
        if folder:
            # A variable may be any folder, so that the rest has to tell.
            return bool(bases) and ("/" in rest or here in bases)
        return any(f"{here}/".startswith(f"{base}/") for base in bases)

    def _role(self, one: ObjectList, seen: set[str]) -> tuple[ListKind, str | None]:
        """Follow a list to the goal that it becomes part of (makefiles.rst, 3.1 to 3.5)."""
        stem, suffix = split_name(one.name)
        if one.name in seen:
            return ListKind.PLAIN, None
        seen.add(one.name)
        # A module lib.o may be made of lib-objs, never of lib-y.
        if suffix not in (None, "objs") and stem in ("obj", "lib"):
            if called_in(self.own, one.name):
                return ListKind.PLAIN, None
            # Objects of lib-m go into lib.a too; $(subst m,y,...) never makes a module.
            always = stem == "lib" or suffix == "y" or suffix.startswith("$(subst m,y,")
            return (ListKind.BUILTIN if always else ListKind.SINGLE), None
        if suffix is not None:
            for other in self.holders.get(stem + ".o", ()):
                if self._role(other, seen)[0] is not ListKind.PLAIN:
                    return ListKind.COMPOSITE, stem
        for name in _variants(one.name):
            for other, _ in self.users.get(name, ()):
                kind, module = self._role(other, seen)
                if kind is not ListKind.PLAIN:
                    return kind, module
        return ListKind.PLAIN, None

    def _is_composite(self, place: ObjectListing) -> bool:
        """Whether the word is no source's object but what a list of that name makes."""
        stem = splitext(place.word.path)[0]
        return place.kind in (ListKind.BUILTIN, ListKind.SINGLE) and any(
            one.name != stem and one.stem == stem for one in self.lists
        )

    def _settings(self, plain: list[ObjectListing], more: Iterable[Word] = ()) -> tuple[Note, ...]:
        named = {*self.paths, *self.names}
        words = (*(place.word for place in plain), *more)
        found = [(word.line, word.column, word.text) for word in words]
        found += [
            (one.line, 1, one.name) for one in self.lists if _SETTING.sub("", one.name) in named
        ]
        found += [
            (word.line, word.column, word.text)
            for rule in self.rules
            for word in rule.targets
            if self._path(word) in self.paths
        ]
        return tuple(
            Note(f"this line names '{name}'", Site(self.makefile, line, column, len(name)))
            for line, column, name in sorted(found)
        )


def _variants(name: str) -> tuple[str, ...]:
    """Names by which a list is used: `$(foo-y)` is the value of foo-$(CONFIG_X) too."""
    stem, suffix = split_name(name)
    return (f"{stem}-y", f"{stem}-m") if suffix and suffix[0] == "$" else (name,)
