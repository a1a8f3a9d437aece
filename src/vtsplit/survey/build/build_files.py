"""The files that say how a tree is built, configured and maintained."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from posixpath import basename, splitext

from vtsplit.survey.build import cmake, meson, word_lists
from vtsplit.survey.build.kconfig import entries, is_bool
from vtsplit.survey.build.listed import Listed
from vtsplit.survey.make.made_from import OBJECTS
from vtsplit.survey.search.listing import C_SUFFIXES, list_sources
from vtsplit.survey.search.words import find_words
from vtsplit.tree.source_tree import SourceTree

_MAKE = r"(?:(?:GNUm|M|m)akefile|Kbuild)(?!.*\.(?:[ch]|cc|cpp|rs|py|pl|sh|rst|txt|md|html)$).*"
_MAKEFILE = re.compile(rf"{_MAKE}|Build|.*\.(?:mk|mak|am)$")
_CMAKE = re.compile(r"CMakeLists\.txt|.*\.cmake(?:\.in)?")
# Builds that list sources in languages that are not read here.
_UNREAD = (
    r"premake\d*\.lua|xmake\.lua|.*\.(?:pbxproj|dsp|vcproj|cbp|podspec|mms)|build\.(?:sh|bat|cmd|ps1)"
    r"|Tupfile|Package\.swift"
)
_NAMES = re.compile(
    rf"{_MAKEFILE.pattern}|{_CMAKE.pattern}|Kconfig.*|MAINTAINERS|.*\.yaml|meson\.build"
    r"|BUILD(?:\.bazel|\.gn)?|Android\.bp|SCons(?:cript|truct)|.*\.(?:pr[oi]|gypi?|qbs|vcxproj|bzl)"
    r"|wscript(?:_build)?|Jam(?:file|root).*|setup\.py|build\.zig|configure\.(?:ac|in)"
    rf"|POTFILES(?:\.in)?|build\.info|config\d*\.(?:m4|w32)|.*\.gni?|{_UNREAD}"
)
_WORD_LISTS = re.compile(
    r"build\.info|config\d*\.(?:m4|w32)|configure\.(?:ac|in)|wscript(?:_build)?|Android\.bp"
    r"|SCons(?:cript|truct)|setup\.py|BUILD(?:\.bazel|\.gn)?|.*\.(?:gn|gypi?|gni|bzl|qbs|pr[oi])"
)
_BEGINNINGS = tuple(
    "GNUm M m Kb Kconfig Build BUILD CMakeLists.txt Android.bp SCons wscript Jam setup.py build.zig"
    " config build. POTFILES premake xmake Tupfile Package".split()
)
_ENDINGS = tuple(
    ".mk .mak .am .cmake .cmake.in .yaml .pro .pri .gyp .gypi .qbs .vcxproj .bzl .gn .gni"
    " .pbxproj .dsp .vcproj .cbp .podspec .mms".split()
)


BUILD_FILES = "build files"  # the key under which a tree keeps them


def build_files(tree: SourceTree) -> BuildFiles:
    """Return the build files of a tree."""
    return tree.known.recall(BUILD_FILES, lambda: BuildFiles(tree))


class BuildFiles:
    """Finds the build files of a tree that have some names; the tree is listed once."""

    def __init__(self, tree: SourceTree) -> None:
        self.tree = tree
        self._naming: dict[str, tuple[str, ...]] = {}  # paths by the word that they have

    @cached_property
    def paths(self) -> list[str]:
        """All such files, sorted."""
        every = list_sources(self.tree.root, ("",))
        return [path for path in every if _is_likely(path) and _NAMES.fullmatch(basename(path))]

    def having(self, names: Iterable[str]) -> dict[str, str]:
        """Return path and text of those that have one of the names as a whole word.

        A text is empty where a file cannot be read.
        """
        asked = set(names)
        self.learn(asked)
        found = sorted({path for name in asked for path in self._naming.get(name, ())})
        return {path: self.tree.find_text(path) for path in found}

    def learn(self, names: Iterable[str]) -> None:
        """Search for names that will be asked for: one search takes as long as one for each."""
        unknown = set(names) - self._naming.keys()
        if unknown:
            self._naming |= find_words(self.tree.root, unknown, self.paths).files

    def is_bool(self, symbol: str) -> bool:
        """Tell whether a configuration symbol is never `m`, as far as the tree shows it."""
        return is_bool(symbol, self._kconfigs.get(symbol, ()))

    @cached_property
    def _kconfigs(self) -> dict[str, list[str]]:
        """The texts of Kconfig files by the symbols that they have entries of."""
        found: dict[str, list[str]] = {}
        for path in self.paths:
            if is_kconfig(path):
                text = self.tree.find_text(path)
                for symbol in entries(text):
                    found.setdefault(symbol, []).append(text)
        return found


def _is_likely(path: str) -> bool:
    """Tell quickly what may match `_NAMES`: few files of a tree do."""
    name = path[path.rfind("/") + 1 :]
    return name.startswith(_BEGINNINGS) or name.endswith(_ENDINGS)


def is_makefile(path: str) -> bool:
    """Tell a Makefile or Kbuild file by its name.

    >>> is_makefile("a/Makefile.am"), is_makefile("a/Kconfig")
    (True, False)
    """
    return bool(_MAKEFILE.fullmatch(basename(path)))


def is_cmake(path: str) -> bool:
    """Tell a file of CMake's language by its name.

    >>> is_cmake("a/CMakeLists.txt"), is_cmake("cmake/lib.cmake"), is_cmake("a/lists.txt")
    (True, True, False)
    """
    return bool(_CMAKE.fullmatch(basename(path)))


def is_build_file(path: str) -> bool:
    """Tell a file that lists sources or objects, in a language that is read here.

    >>> is_build_file("lib/Makefile.inc"), is_build_file("meson.build"), is_build_file("a.inc")
    (True, True, False)
    """
    name = basename(path)
    return is_makefile(path) or is_cmake(path) or name == "meson.build" or has_word_lists(path)


def is_unread_build_file(path: str) -> bool:
    """Tell by its name a build file of a language that is not read here.

    >>> names = ("win/lamp.vcxproj", "x/premake5.lua", "meson.build", "test.sh")
    >>> [is_unread_build_file(name) for name in names]
    [True, True, False, False]
    """
    more = r".*\.(?:vcx?proj|props|targets|ninja)|Jam(?:file|root).*|build\.zig|BUCK"
    return bool(re.fullmatch(rf"{_UNREAD}|{more}", basename(path)))


def is_kconfig(path: str) -> bool:
    """Tell by its name a file of Kbuild's options.

    >>> is_kconfig("a/Kconfig.debug"), is_kconfig("a/Kbuild")
    (True, False)
    """
    return basename(path).startswith("Kconfig")


def has_word_lists(path: str) -> bool:
    """Tell by its name a file of a language in which words or strings list sources.

    >>> has_word_lists("crypto/build.info"), has_word_lists("a/config.m4"), has_word_lists("a.m4")
    (True, True, False)
    """
    return bool(_WORD_LISTS.fullmatch(basename(path)))


def find_listed(text: str, path: str, source: str) -> tuple[Listed, ...]:
    """Find where a build file that is no Makefile names a source, in whatever language it is.

    >>> [one.line for one in find_listed("executable('x', 'a.c')", "meson.build", "a.c")]
    [1]
    """
    if basename(path) == "meson.build":
        return meson.find_listed(text, path, source)
    if is_cmake(path):
        return cmake.find_listed(text, path, source)
    return word_lists.find_listed(text, path, source) if has_word_lists(path) else ()


def stem_of(path: str) -> str:
    """Return the name of a file without folder and ending.

    >>> stem_of("lib/foo.c")
    'foo'
    """
    return splitext(basename(path))[0]


def names_in_lists(source: str) -> tuple[str, ...]:
    """Return the names by which build files may list a source.

    >>> names_in_lists("lib/foo.c")[:3]
    ('foo.c', 'foo.o', 'foo.lo')
    """
    return basename(source), *(stem_of(source) + ending for ending in OBJECTS)


def is_c(path: str) -> bool:
    """Tell a file that is read as C, or as something that holds C, by its name.

    >>> is_c("lib/ops.inc"), is_c("lib/Makefile.inc"), is_c("Build")
    (True, False, False)
    """
    return path.endswith(C_SUFFIXES) and not is_makefile(path)
