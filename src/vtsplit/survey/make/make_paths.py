"""Which files of the tree a word of a Makefile names, where assignments beside it tell.

Nothing is run: a variable has the values that the same Makefile assigns to it, all of them, as a
branch may not be known. What is made of other variables names nothing here.
"""

import re
from collections.abc import Callable
from posixpath import basename, dirname, join, normpath, splitext

from vtsplit.survey.make.makefile import INCLUDE, MakefileReader
from vtsplit.tree.folders import folders_up

_REFERENCE = re.compile(r"\$[({]([\w.-]+)[)}]")
_TOP = ("srctree", "objtree", "abs_srctree", "abs_objtree", "top_srcdir", "top_builddir")
_HERE = ("src", "obj", "srcdir", "builddir")
_DEPTH = 6
_MOST = 16


class MakePaths:
    r"""The paths that words of one Makefile stand for, from the top of the tree.

    >>> reader = MakefileReader("D := ../d\nE = $(srctree)/$(src)/$(D)\n")
    >>> paths = MakePaths(reader, "e/Makefile")
    >>> [sorted(paths.of(text)) for text in ("$(D)/a.o", "$(E)/a.o", "a.o", "$(F)/a.o")]
    [['d/a.o'], ['d/a.o'], ['e/a.o'], []]
    """

    def __init__(self, reader: MakefileReader, makefile: str) -> None:
        self.reader = reader
        self.folder = dirname(makefile)
        known = {name: {"/"} for name in _TOP} | {name: {f"/{self.folder}"} for name in _HERE}
        assigned: dict[str, set[str]] = {}
        for one in reader.lists:
            if one.operator != "+=" and len(one.words) == 1 and not one.words[0].group:
                assigned.setdefault(one.name, set()).add(one.words[0].text)
        # A Makefile that says `srctree ?= ..` is told its own by Kbuild.
        self._values = assigned | known

    def of(self, text: str) -> set[str]:
        """Return the paths of a word that relates to the Makefile's folder."""
        return self.at(text, self.folder)

    def at(self, text: str, folder: str) -> set[str]:
        """Return the paths of a word that relates to some folder."""
        if text.startswith("/"):
            return set()
        return {
            normpath(full.lstrip("/")) if full.startswith("/") else normpath(join(folder, full))
            for full in self._expanded(text)
        }

    def _expanded(self, text: str) -> set[str]:
        texts = {text}
        for _ in range(_DEPTH):
            if not any("$" in one for one in texts):
                break
            texts = {new for one in texts for new in self._step(one)}
        return {one for one in texts if "$" not in one}

    def _step(self, text: str) -> list[str]:
        """Put each value of the first variable in; none where it has no value here."""
        found = _REFERENCE.search(text)
        if found is None:
            return [] if "$" in text else [text]
        values = sorted(self._values.get(found[1], ()))[:_MOST]
        return [text[: found.start()] + value + text[found.end() :] for value in values]

    def included(self) -> set[str]:
        """Return the paths that the Makefile includes, from its folder or from the tree's top."""
        lines = (match[1].split("#")[0] for match in INCLUDE.finditer(self.reader.text))
        words = {word for line in lines for word in line.split()}
        return {path for word in words for at in (self.folder, "") for path in self.at(word, at)}


def has_name(text: str, name: str) -> bool:
    """Tell a word whose last part is some name.

    >>> has_name("$(obj)/a.o", "a.o"), has_name("ba.o", "a.o"), has_name("$(D)a.o", "a.o")
    (True, False, True)
    """
    return text.endswith(name) and (basename(text) == name or text[: -len(name)][-1] in ")}")


def may_mean(word: str, makefile: str, source: str, exists: Callable[[str], bool]) -> bool:
    """Tell whether a path in a Makefile can be a source or its object, and is no other file's.

    >>> may_mean("foo.o", "t/Makefile", "foo.c", {"foo.c"}.__contains__)
    True
    >>> may_mean("foo.o", "t/Makefile", "foo.c", {"foo.c", "t/foo.c"}.__contains__)
    False
    """
    own, suffix = splitext(source)
    if word.endswith(suffix) and not _may_end_alike(word, source):
        return False
    for folder in folders_up(dirname(makefile)):
        path = normpath(join(folder, splitext(word)[0]))
        if path == own or path.startswith(".."):
            return path == own
        if exists(path + suffix):
            return False
    return True


def _may_end_alike(written: str, path: str) -> bool:
    """Tell whether two paths can be one file's; each may begin further up than the other.

    >>> _may_end_alike("far/foo.c", "a/foo.c"), _may_end_alike("top/a/foo.c", "a/foo.c")
    (False, True)
    """
    one, other = f"/{normpath(written)}", f"/{path}"
    return "/../" in one or one.endswith(other) or other.endswith(one)
