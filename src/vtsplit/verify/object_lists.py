"""Where Makefiles list a new file, and the options that they give an object of its own."""

import re
from collections.abc import Callable, Collection, Iterator
from posixpath import dirname
from typing import NamedTuple

from vtsplit.diagnostics import Problem
from vtsplit.survey.build.build_files import stem_of
from vtsplit.survey.make.kbuild import ListKind, ObjectListing, find_object
from vtsplit.survey.make.makefile import join_lines, read_lists, split_name

Read = Callable[[str], str | None]
# `CFLAGS_foo.o := -DX` of Kbuild, and `foo.o: CFLAGS += -DX` of make.
_SETTING = re.compile(
    r"^(?P<target>[\w./$()-]+)\.o[ \t]*(?::[ \t]*(?P<flags>(?=\w*FLAGS)\w++)[ \t]*)?[:+?]?=[ \t]*"
    r"(?P<value>[^#\n]*)",
    re.MULTILINE,
)
_OF_OBJECT = re.compile(r"(?P<name>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)_(?P<object>.+)")
_MACRO = re.compile(r"-[DU]([A-Za-z_]\w*)")


class Setting(NamedTuple):
    """What a Makefile says of one object alone: the variable, and the words of its value."""

    makefile: str
    name: str
    words: tuple[str, ...]


def settings_of(read: Read, source: str) -> tuple[Setting, ...]:
    """Return the options that the Makefile which lists a source gives its object alone.

    >>> tree = {"a/Makefile": "obj-m += foo.o\\nCFLAGS_foo.o := -DX\\nfoo.o: CFLAGS += -O0\\n"}
    >>> [(one.name, one.words) for one in settings_of(tree.get, "a/foo.c")]
    [('CFLAGS', ('-DX',)), ('CFLAGS', ('-O0',))]
    """
    found = find_object(read, source)
    if isinstance(found, Problem):
        return ()
    text = join_lines(read(found.makefile) or "")
    stem = stem_of(source)
    return tuple(
        Setting(found.makefile, name, tuple(value.split()))
        for name, target, value in _settings(text)
        if re.split(r"[/)]", target)[-1] == stem
    )


def _settings(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield each variable that is set for one object, that object, and the value."""
    for match in _SETTING.finditer(text):
        kbuilds = _OF_OBJECT.fullmatch(match["target"])
        if match["flags"]:
            yield match["flags"], match["target"], match["value"]
        elif kbuilds:
            yield kbuilds["name"], kbuilds["object"], match["value"]


def settings_lacking(read: Read, new: str, source: str) -> tuple[Setting, ...]:
    """Return the settings of a source's object that a new file's object does not have."""
    theirs = {(one.name, one.words) for one in settings_of(read, new)}
    return tuple(one for one in settings_of(read, source) if (one.name, one.words) not in theirs)


def macros_lacking(lacking: Collection[Setting], text: str) -> Iterator[str]:
    """Yield options that define a macro which a text names, and that its object lacks."""
    for one in lacking:
        for word in one.words:
            macro = _MACRO.match(word)
            if macro and re.search(rf"\b{macro[1]}\b", text):
                yield word


def copies_setting(line: str, was: Collection[str], sources: Collection[str], new: str) -> bool:
    """Tell a line that gives a new file's object what another line gives that of a source.

    >>> copies_setting("CFLAGS_b.o := -DX", ["CFLAGS_a.o := -DX"], ["a"], "b")
    True
    """
    if new not in line or not any(_settings(line)):
        return False
    words = line.split()
    return any(
        [_with_stem(word, source, new) for word in other.split()] == words
        for source in sources
        for other in was
        if source in other and any(_settings(other))
    )


def _with_stem(word: str, source: str, new: str) -> str:
    return re.sub(rf"(?<![A-Za-z0-9-]){re.escape(source)}(?=\.o\b)", new, word)


def other_list(
    before: Read, after: Read, new: str, sources: Collection[str]
) -> tuple[str, str] | None:
    """Return the list that a new file is in, and that of a source, if it is linked otherwise.

    It is linked as a source is if it is in the same list under the same conditions, or in one of
    which the source's object is made. Of a list of another module, which was there before, the
    linker and modpost tell whether it serves.
    """
    listed = _places(after, new)
    known = [
        (path, one) for read in (after, before) for path in sources for one in _places(read, path)
    ]
    if not listed or not known:
        return None
    if any(_is_beside(one, other) or _makes(one, path) for one in listed for path, other in known):
        return None
    if any(_is_apart(one, before, known) for one in listed):
        return None
    old = {name for path in {one.makefile for one in listed} for name in _names(before, path)}
    if any(one.name in old and one.listing.kind is ListKind.PLAIN for one in listed):
        return None
    return listed[0].name, known[0][1].name


def is_in_other_module(before: Read, after: Read, new: str, sources: Collection[str]) -> bool:
    """Tell whether a new file is part of another module than its source, which was there before."""
    known = [(path, one) for path in sources for one in _places(after, path)]
    return bool(known) and any(_is_apart(one, before, known) for one in _places(after, new))


class _ListPlace(NamedTuple):
    makefile: str
    listing: ObjectListing

    @property
    def name(self) -> str:
        return self.listing.object_list.name

    @property
    def key(self) -> tuple[object, ...]:
        """What is equal for two that are linked together."""
        stem, when = split_name(self.name)
        held = tuple((one.text, one.branch) for one in self.listing.object_list.conditions)
        return self.makefile, stem, "y" if when == "objs" else when, held


def _places(read: Read, path: str) -> list[_ListPlace]:
    found = find_object(read, path) if read(path) is not None else None
    if found is None or isinstance(found, Problem):
        return []
    return [_ListPlace(found.makefile, one) for one in found.places if one.object_list.name]


def _is_apart(one: _ListPlace, before: Read, known: Collection[tuple[str, _ListPlace]]) -> bool:
    modules = {other.listing.module for _, other in known}
    is_other = one.listing.kind is ListKind.COMPOSITE and one.listing.module not in modules
    return is_other and one.name in _names(before, one.makefile)


def _is_beside(one: _ListPlace, other: _ListPlace) -> bool:
    return one.key == other.key


def _makes(one: _ListPlace, source: str) -> bool:
    """Tell whether a list makes the object that a source had: `foo-y` of what was foo.c."""
    return (
        one.listing.kind is ListKind.COMPOSITE
        and one.listing.module == stem_of(source)
        and dirname(one.makefile) == dirname(source)
    )


def _names(read: Read, makefile: str) -> set[str]:
    return {one.name for one in read_lists(read(makefile) or "")}
