"""Which module a source file's object becomes part of, and which files make that module."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from posixpath import basename, dirname, join, normpath, splitext

from vtsplit.diagnostics import Problem
from vtsplit.survey.make.kbuild import ListKind, Membership, find_object
from vtsplit.survey.make.makefile import ObjectList, read_lists, split_name

_USED = re.compile(r"\$[({]([^\s(){}$:,]+)[)}]")


@dataclass(frozen=True)
class LinkTarget:
    """What Kbuild links an object into.

    `name` is empty for an object that is linked into the kernel itself. `sources` are the C files
    of the module. `place` is where the object is listed.
    """

    name: str
    sources: frozenset[str]
    place: Membership

    @property
    def goal(self) -> tuple[str, str]:
        """What is equal for objects of one module."""
        return (dirname(self.place.makefile), self.name) if self.name else ("", "")


def module_of(read: Callable[[str], str | None], source: str) -> LinkTarget | None:
    r"""Return the module of a source file; None if no list of Kbuild's tells of one and only one.

    >>> tree = {"a/Makefile": "obj-m += foo.o\nfoo-y := x.o y.o\n", "a/x.c": "", "a/y.c": ""}
    >>> found = module_of(tree.get, "a/x.c")
    >>> found.name, sorted(found.sources)
    ('foo', ['a/x.c', 'a/y.c'])
    """
    found = find_object(read, source)
    if isinstance(found, Problem) or not found.places:
        return None
    if any(place.kind is ListKind.PLAIN for place in found.places):
        return None
    stem = splitext(basename(source))[0]
    names = {
        "" if place.kind is ListKind.BUILTIN else place.module or stem for place in found.places
    }
    if len(names) != 1:
        return None
    name = names.pop()
    sources = {source}
    if found.kind is ListKind.COMPOSITE:
        lists = read_lists(read(found.makefile) or "")
        for path in _objects(lists, name):
            file = normpath(join(dirname(found.makefile), splitext(path)[0] + ".c"))
            sources |= {file} if read(file) is not None else set()
    return LinkTarget(name, frozenset(sources), found)


def _objects(lists: tuple[ObjectList, ...], module: str) -> Iterator[str]:
    """Yield the objects that a module's lists hold, by other lists that these use as well."""
    wanted, done = {module}, set[str]()
    while wanted:
        stem = wanted.pop()
        done.add(stem)
        for one in lists:
            if split_name(one.name)[0] != stem:
                continue
            for word in one.words:
                if word.text.endswith(".o"):
                    yield word.path
                used = {split_name(name)[0] for name in _USED.findall(word.text)}
                wanted |= used - done
