"""The object lists of Makefiles and Kbuild files, as they are written, and who lists an object.

Nothing is expanded or run: a list is what one assignment says, with the place of each word. What is
a comment, a recipe or a word is GNU make's rule; what a name means is makefiles.rst's, by which
Documentation/kbuild/makefiles.rst is meant throughout.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from posixpath import basename, dirname, join, relpath, splitext

from vtsplit.diagnostics import Note, Problem, Site

# Kbuild wins where a directory has both (makefiles.rst, 3); `Build` is tools/build's name for it.
MAKEFILES = ("Kbuild", "Makefile", "Build")


@dataclass(frozen=True)
class Word:
    """One word of a list: offsets into the text, line and column from 1 (a tab is one column).

    `prefix` is what a surrounding `$(addprefix ...)` puts before it; words of one such call share
    a `group`, and 0 is the list itself.
    """

    text: str
    start: int
    end: int
    line: int
    column: int
    prefix: str = ""
    group: int = 0

    @property
    def path(self) -> str:
        """The file that it names, without what stands for the Makefile's or the tree's folder.

        >>> Word("$(obj)/a.o", 0, 10, 1, 1).path, Word("a.o", 0, 3, 1, 1, "lib/").path
        ('a.o', 'lib/a.o')
        """
        return _HERE.sub("", self.prefix + self.text)


@dataclass(frozen=True)
class Condition:
    """A branch in force: its line, the offset of the `if` that opened the chain, its number."""

    text: str
    chain: int
    branch: int


@dataclass(frozen=True)
class ObjectList:
    """One assignment `name operator words`, from the start of its line to the end of its last.

    `backslashes` are the offsets of those that continue a line, `comment` that of its `#`.
    """

    name: str
    operator: str
    words: tuple[Word, ...]
    conditions: tuple[Condition, ...]
    start: int
    end: int
    line: int
    backslashes: tuple[int, ...]
    comment: int | None

    @property
    def stem(self) -> str:
        """What lists of one module share: `foo` of foo-y, foo-objs and foo-$(CONFIG_X)."""
        return split_name(self.name)[0]


class Kind(StrEnum):
    """What being in a list makes of an object (makefiles.rst, 3.2, 3.3 and 3.5)."""

    COMPOSITE = "composite"
    BUILTIN = "builtin"
    SINGLE = "single"
    PLAIN = "plain"


@dataclass(frozen=True)
class Place:
    """One list that an object is in: what it makes of it, and the module it becomes part of."""

    object_list: ObjectList
    word: Word
    kind: Kind
    module: str | None


@dataclass(frozen=True)
class Membership:
    """Where the object of a source file is listed.

    `settings` are what the Makefile says of it alone: `CFLAGS_foo.o`, `$(obj)/foo.o: foo.h`.
    """

    source: str
    makefile: str
    places: tuple[Place, ...]
    settings: tuple[Note, ...] = ()

    @property
    def kind(self) -> Kind:
        """`single` if it is so anywhere, as one such list stands in the way; else the first's."""
        kinds = [place.kind for place in self.places]
        return Kind.SINGLE if Kind.SINGLE in kinds else kinds[0]


def _nested(opener: str, closer: str, depth: int) -> str:
    inner = rf"|\{opener}{_nested(opener, closer, depth - 1)}\{closer}" if depth else ""
    return rf"(?:[^{opener}{closer}]++{inner})*+"


_LOGICAL = re.compile(r"((?:[^\\\n]++|\\(?:\r\n|[\s\S])?+)*+)\n?")
_CONTINUED = re.compile(r"\\\r?\n")
_SPACE = re.compile(r"(?:[ \t\r\n\f\v]|\\\r?\n)*")
# make counts the parentheses of a reference, or its braces; no Makefile nests them this deep.
_VALUE = rf"\$\({_nested('(', ')', 9)}\)|\$\{{{_nested('{', '}', 2)}\}}"
_REFERENCE = re.compile(_VALUE)
_WORD = re.compile(rf"(?:[^ \t\r\n\f\v$#\\]|\\#|\\(?!\r?\n)|{_VALUE}|\$.?)+")
_NAME = re.compile(rf"(?:[^ \t\r\n\f\v$#\\:=+?!]|[+?!](?!=)|{_VALUE}|\$.?)+")
_OPERATOR = re.compile(r":{0,3}=|[+?]=")
_CONDITIONAL = re.compile(r"(ifdef|ifndef|ifeq|ifneq|else|endif)(?![^ \t\r\n(#])")
_MODIFIER = re.compile(r"(?:(?:override|export|private)[ \t]+)+")
_DEFINE = re.compile(r"(?:(?:override|export|private)[ \t]+)*define[ \t]+(?![:+?]*=)")
_ADDPREFIX = re.compile(rf"\$[({{]addprefix[ \t]+((?:[^$,]|{_VALUE})*),")
_HERE = re.compile(r"^(?:\./|\$[({](?:obj|src|srctree|objtree)[)}]/)+")
_VARIABLE_FOLDER = re.compile(rf"^(?:{_VALUE})/")
_USED = re.compile(r"\$[({]([^\s(){}$:,]+)[)}:]")
_FAMILY = re.compile(rf"(.+?)-(y|m|objs|(?:{_VALUE})+|)")
_SETTING = re.compile(r"^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_(?=.*\.o$)")
# Files to make, to keep or to remove are linked into nothing by that (makefiles.rst, 3.7, 3.8, 6).
_NOT_LINKED = re.compile(r"(?:targets|(?:no-)?clean-files|(?:always|extra)(?:-.*)?|.*\.o)$")


def read_lists(text: str) -> tuple[ObjectList, ...]:
    r"""Read each assignment of a Makefile; comments, recipes and `define` blocks have none.

    >>> [one] = read_lists("foo-$(CONFIG_A) += a.o \\\n\tb.o # c.o\n")
    >>> one.name, one.operator, [(word.text, word.line, word.column) for word in one.words]
    ('foo-$(CONFIG_A)', '+=', [('a.o', 1, 20), ('b.o', 2, 2)])
    """
    return MakefileReader(text).lists


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
    folders, looked = [dirname(source)], []
    while folders[-1]:
        folders.append(dirname(folders[-1]))
    for path in (join(folder, name) for folder in folders for name in MAKEFILES):
        text = read(path)
        if text is None:
            continue
        looked.append(path)
        if any(name in text for name in names):
            found = _Search(text, path, source).membership()
            if found is not None:
                return found
    return Problem(
        "VT061",
        f"no object list holds '{names[0]}' (looked in {', '.join(looked) or 'no Makefile'})",
        Site(source),
        "set `object-list = false` in [split] to leave the build alone",
    )


class MakefileReader:
    """One pass over a Makefile: its assignments, and the targets of its rules."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._conditions: list[Condition] = []
        self._groups = 0
        self.targets: list[Word] = []
        self.lists = tuple(self._read())

    def _read(self) -> Iterator[ObjectList]:
        text, defining, in_rule = self.text, 0, False
        for line in _LOGICAL.finditer(text):
            start, end = line.span(1)
            end -= line.end() > end and text.endswith("\r", start, end)
            first = _after(_SPACE, text, start, end)
            define = _DEFINE.match(text, first, end)
            if defining or define:
                defining += 1 if define else -text.startswith("endef", first)
                in_rule = False
            # A tab makes a recipe only below a rule; kernel Makefiles indent assignments with it.
            elif first == end or text[first] == "#" or (in_rule and text[start] == "\t"):
                continue
            elif conditional := _CONDITIONAL.match(text, first, end):
                self._enter(conditional[1], first, end)
            elif found := self._assignment(start, first, end):
                in_rule = False
                yield found
            else:
                in_rule = self._rule(first, end)

    def _enter(self, keyword: str, first: int, end: int) -> None:
        shown = " ".join(_CONTINUED.sub(" ", self.text[first:end]).split())
        if keyword.startswith("if"):
            self._conditions.append(Condition(shown, first, 0))
        elif self._conditions:
            last = self._conditions.pop()
            if keyword == "else":
                self._conditions.append(Condition(shown, last.chain, last.branch + 1))

    def _operator(self, at: int, end: int) -> tuple[str, re.Match[str]] | None:
        """Find name and operator of an assignment, as make does: a name holds no bare space."""
        start = _after(_MODIFIER, self.text, at, end)
        stop = _after(_NAME, self.text, start, end)
        operator = _OPERATOR.match(self.text, _after(_SPACE, self.text, stop, end), end)
        return (self.text[start:stop], operator) if operator and stop > start else None

    def _assignment(self, start: int, first: int, end: int) -> ObjectList | None:
        found = self._operator(first, end)
        if found is None:
            return None
        name, operator = found
        self._groups, words = 0, list[Word]()
        comment = self._words(words, operator.end(), end, "", 0)
        used = end if comment is None else comment
        cuts = tuple(match.start() for match in _CONTINUED.finditer(self.text, start, used))
        line, branches = bisect_right(self._starts, start), tuple(self._conditions)
        return ObjectList(
            name, operator[0], tuple(words), branches, start, end, line, cuts, comment
        )

    def _words(self, words: list[Word], at: int, end: int, prefix: str, group: int) -> int | None:
        """Collect the words of text[at:end]; return the offset of the comment that ends them."""
        text = self.text
        while (start := _after(_SPACE, text, at, end)) < end:
            if text[start] == "#" and not group:
                return start
            # Inside a call a '#' is text like any other.
            at = max(_after(_WORD, text, start, end), start + 1)
            call = _ADDPREFIX.match(text, start, at)
            if call and _REFERENCE.fullmatch(text, start, at):
                self._groups += 1
                inner = prefix + call[1].strip()
                self._words(words, call.end(), at - 1, inner, self._groups)
            else:
                words.append(self._word(start, at, prefix, group))
        return None

    def _word(self, start: int, end: int, prefix: str = "", group: int = 0) -> Word:
        line = bisect_right(self._starts, start)
        column = start - self._starts[line - 1] + 1
        return Word(self.text[start:end], start, end, line, column, prefix, group)

    def _rule(self, at: int, end: int) -> bool:
        """Note the targets of a rule; tell whether a recipe may follow."""
        text, targets = self.text, []
        while (at := _after(_SPACE, text, at, end)) < end and text[at] not in ":#":
            start, at = at, max(_after(_NAME, text, at, end), at + 1)
            targets.append(self._word(start, at))
        if at >= end or text[at] != ":":
            return False
        self.targets += targets
        # `target: NAME = value` sets a variable and has no recipe.
        return self._operator(_after(_SPACE, text, at + 1, end), end) is None


class _Search:
    """The places of one source's object in one Makefile."""

    def __init__(self, text: str, makefile: str, source: str) -> None:
        self.makefile, self.source = makefile, source
        reader = MakefileReader(text)
        self.lists, self.targets = reader.lists, reader.targets
        stem, suffix = splitext(source)
        below = relpath(stem, dirname(makefile) or ".")
        self.names = basename(stem) + ".o", basename(source)
        self.paths = {below + ".o", below + suffix, stem + ".o", stem + suffix}
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

    def membership(self) -> Membership | None:
        hits = [
            (one, word, [word.path, *(prefix + word.path for prefix in self._prefixes(one))])
            for one in self.lists
            if not _NOT_LINKED.match(one.name)
            for word in one.words
            if word.text.endswith(self.names)
        ]
        for matches in (self.paths.__contains__, self._may_match):
            found = [
                Place(one, word, *self._role(one, set()))
                for one, word, paths in hits
                if any(map(matches, paths))
            ]
            places = [place for place in found if not self._is_composite(place)]
            if places:
                # Beside a list that links it, a plain variable names it for another purpose.
                linked = [place for place in places if place.kind is not Kind.PLAIN] or places
                settings = self._settings([place for place in places if place not in linked])
                return Membership(self.source, self.makefile, tuple(linked), settings)
        return None

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

    def _role(self, one: ObjectList, seen: set[str]) -> tuple[Kind, str | None]:
        """Follow a list to the goal that it becomes part of (makefiles.rst, 3.1 to 3.5)."""
        stem, suffix = split_name(one.name)
        if one.name in seen:
            return Kind.PLAIN, None
        seen.add(one.name)
        if suffix is not None and stem in ("obj", "lib"):
            # Objects of lib-m go into lib.a too; $(subst m,y,...) never makes a module.
            always = stem == "lib" or suffix == "y" or suffix.startswith("$(subst m,y,")
            return (Kind.BUILTIN if always else Kind.SINGLE), None
        if suffix is not None:
            for other in self.holders.get(stem + ".o", ()):
                if self._role(other, seen)[0] is not Kind.PLAIN:
                    return Kind.COMPOSITE, stem
        for name in _variants(one.name):
            for other, _ in self.users.get(name, ()):
                kind, module = self._role(other, seen)
                if kind is not Kind.PLAIN:
                    return kind, module
        return Kind.PLAIN, None

    def _is_composite(self, place: Place) -> bool:
        """Whether the word is no source's object but what a list of that name makes."""
        stem = splitext(place.word.path)[0]
        return place.kind in (Kind.BUILTIN, Kind.SINGLE) and any(
            one.name != stem and one.stem == stem for one in self.lists
        )

    def _settings(self, plain: list[Place]) -> tuple[Note, ...]:
        named = {*self.paths, *self.names}
        found = [(place.word.line, place.word.column, place.object_list.name) for place in plain]
        found += [
            (one.line, 1, one.name) for one in self.lists if _SETTING.sub("", one.name) in named
        ]
        found += [
            (word.line, word.column, word.text) for word in self.targets if word.path in self.paths
        ]
        return tuple(
            Note(f"'{name}' names this object too", Site(self.makefile, line, column, len(name)))
            for line, column, name in sorted(found)
        )


def split_name(name: str) -> tuple[str, str | None]:
    """Split `foo-y` into what it builds and when; None for a name of no such form."""
    family = _FAMILY.fullmatch(name)
    return (family[1], family[2]) if family else (name, None)


def _variants(name: str) -> tuple[str, ...]:
    """Names by which a list is used: `$(foo-y)` is the value of foo-$(CONFIG_X) too."""
    stem, suffix = split_name(name)
    return (f"{stem}-y", f"{stem}-m") if suffix and suffix[0] == "$" else (name,)


def _after(pattern: re.Pattern[str], text: str, at: int, end: int) -> int:
    match = pattern.match(text, at, end)
    return match.end() if match else at
