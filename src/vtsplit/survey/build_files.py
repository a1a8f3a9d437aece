"""The files that say how a tree is built, configured and maintained, which are no C and no text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from posixpath import basename

from vtsplit.survey.kconfig import entries, is_bool
from vtsplit.survey.words import find_words, list_sources
from vtsplit.tree import SourceTree

_NAMES = re.compile(
    r"(?:GNUm|M|m)akefile.*|Kbuild.*|Kconfig.*|Build|MAINTAINERS|.*\.(?:mk|am|yaml)$"
    r"|meson\.build|CMakeLists\.txt|BUILD(?:\.bazel|\.gn)?|Android\.bp|SCons(?:cript|truct)|.*\.pr[oi]$"
)
_MAKEFILE = re.compile(r"(?:GNUm|M|m)akefile.*|Kbuild.*|Build|.*\.(?:mk|am)$")


def build_files(tree: SourceTree) -> BuildFiles:
    """Return the build files of a tree."""
    return tree.known.recall("build files", lambda: BuildFiles(tree))


class BuildFiles:
    """Finds the build files of a tree that have some names; the tree is listed once."""

    def __init__(self, tree: SourceTree) -> None:
        self.tree = tree

    @cached_property
    def paths(self) -> list[str]:
        """All such files, sorted."""
        return [p for p in list_sources(self.tree.root, ("",)) if _NAMES.fullmatch(basename(p))]

    def having(self, names: Iterable[str]) -> dict[str, str]:
        """Return path and text of those that have one of the names as a whole word.

        A text is empty where a file cannot be read.
        """
        words = find_words(self.tree.root, names, self.paths)
        found = sorted({path for paths in words.files.values() for path in paths})
        return {path: self.tree.find_text(path) for path in found}

    def is_bool(self, symbol: str) -> bool:
        """Tell whether a configuration symbol is never `m`, as far as the tree shows it."""
        return is_bool(symbol, self._kconfigs.get(symbol, ()))

    @cached_property
    def _kconfigs(self) -> dict[str, list[str]]:
        """The texts of Kconfig files by the symbols that they have entries of."""
        found: dict[str, list[str]] = {}
        for path in self.paths:
            if basename(path).startswith("Kconfig"):
                text = self.tree.find_text(path)
                for symbol in entries(text):
                    found.setdefault(symbol, []).append(text)
        return found


def is_makefile(path: str) -> bool:
    """Tell a Makefile or Kbuild file by its name.

    >>> is_makefile("a/Makefile.am"), is_makefile("a/Kconfig")
    (True, False)
    """
    return bool(_MAKEFILE.fullmatch(basename(path)))
