"""The files that say how a tree is built, configured and maintained, which are no C and no text."""

import re
from collections.abc import Iterable
from functools import cached_property
from posixpath import basename

from vtsplit.survey.kconfig import is_bool
from vtsplit.survey.words import find_words, list_sources
from vtsplit.tree import SourceTree

_NAMES = re.compile(
    r"(?:GNUm|M|m)akefile.*|Kbuild.*|Kconfig.*|Build|MAINTAINERS|.*\.(?:mk|am|yaml)$"
    r"|meson\.build|CMakeLists\.txt|BUILD(?:\.bazel|\.gn)?|Android\.bp|SCons(?:cript|truct)|.*\.pr[oi]$"
)
_MAKEFILE = re.compile(r"(?:GNUm|M|m)akefile.*|Kbuild.*|Build|.*\.(?:mk|am)$")


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
        found = self.having([symbol])
        return is_bool(
            symbol, [text for path, text in found.items() if basename(path).startswith("Kconfig")]
        )


def is_makefile(path: str) -> bool:
    """Tell a Makefile or Kbuild file by its name.

    >>> is_makefile("a/Makefile.am"), is_makefile("a/Kconfig")
    (True, False)
    """
    return bool(_MAKEFILE.fullmatch(basename(path)))
