"""Find every other build file that lists the source's object, where main's has to go as well.

Outside of Kbuild one object can be linked into many programs, each with a list of its own, and a
tree can have more than one build system. A warning names each list that cannot get main's object.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from posixpath import basename, dirname, join, normpath, splitext

from vtsplit.diagnostics import Site
from vtsplit.planning.steps import Ledger
from vtsplit.survey.build import cmake
from vtsplit.survey.build.build_files import (
    BuildFiles,
    find_listed,
    is_makefile,
    is_unread_build_file,
)
from vtsplit.survey.build.listed import Listed
from vtsplit.survey.make.kbuild import (
    ListKind,
    Membership,
    find_in_makefile,
    links_nothing,
    made_of,
)
from vtsplit.survey.make.made_from import OBJECTS, OBJEXT
from vtsplit.survey.make.make_paths import may_mean
from vtsplit.survey.make.makefile import Word, read_makefile
from vtsplit.tree.folders import folders_up
from vtsplit.tree.source_tree import SourceTree

_BUILDS_NOTHING = re.compile(r"(?:^|/)(?:MAINTAINERS|Kconfig[^/]*|[^/]*\.yaml)$")
# The sources from which gettext and intltool take texts to translate.
_TRANSLATED = re.compile(r"(?:^|/)POTFILES(?:\.in)?$")
_BY_GROUPS = re.compile(r"\.pbxproj$|(?:^|/)Package\.swift$")
_REMOVES = frozenset({"clean", "distclean", "mostlyclean", "mrproper", "tags", "TAGS", "dist"})


class OtherLists:
    """Looks through the build files that name the source's object, or the file, but for one."""

    def __init__(
        self, source: str, but_for: str | None, tree: SourceTree, files: BuildFiles
    ) -> None:
        self.source = source
        self.tree = tree
        self.files = files
        name, stem = basename(source), splitext(basename(source))[0]
        self._shown = rf"(?:{re.escape(name)}|{re.escape(stem)}(?:{OBJEXT}|\.\${{?ac_objext}}?))"
        self._replaced = (
            rf"AC_(?:LIBOBJ|REPLACE_FUNCS)\([^)]*?(?<![\w.-]){re.escape(stem)}(?![\w.-])"
        )
        names = [name, *(stem + suffix for suffix in (*OBJECTS, ".$(OBJEXT)", ".@OBJEXT@"))]
        having = files.having(names) | dict(self._scripts())
        self.texts = {
            path: text
            for path, text in having.items()
            if path != but_for and not made_of(tree.find, path)
        }

    def _scripts(self) -> Iterator[tuple[str, str]]:
        """Yield the scripts of configure that decide whether the object is linked."""
        for folder in folders_up(dirname(self.source)):
            for path in (join(folder, name) for name in ("configure.ac", "configure.in")):
                text = self.tree.find(path) or ""
                if any(re.search(one, text) for one in (self._shown, self._replaced)):
                    yield path, text

    def memberships(self) -> Iterator[Membership]:
        """Find the lists and rules of other Makefiles, but for modules of one object."""
        for path, text in self.texts.items():
            if not is_makefile(path):
                continue
            other = find_in_makefile(text, path, self.source, self.tree.find)
            if other is None:
                continue
            places = tuple(one for one in other.places if self._is_ours(path, one.word.path))
            if all(one.kind is not ListKind.SINGLE for one in places) and (places or other.unclear):
                yield replace(other, places=places)

    def lists(self) -> Iterator[tuple[str, str, tuple[Listed, ...]]]:
        """Find path, text and places of each build file, but Makefiles, that names the source."""
        for path, text in self.texts.items():
            if listed := find_listed(text, path, self.source):
                yield path, text, listed

    def globs(self) -> Iterator[tuple[str, cmake.CMakeGlob]]:
        """Find the patterns by which CMake files of the folders above take the source."""
        for folder in folders_up(dirname(self.source)):
            path = join(folder, "CMakeLists.txt")
            text = self.tree.find(path)
            for one in cmake.find_globs(text, path, self.source) if text else ():
                yield path, one

    def warn(
        self, main: str, followed: Mapping[str, set[int]], makefiles: bool, ledger: Ledger
    ) -> None:
        """Name the build files that name the source and have not followed.

        `followed` has, by path, the lines about which something is said already; a Makefile among
        them is done.
        """
        name = basename(self.source)
        for path, text in self.texts.items():
            if _names(text, main):
                continue  # listed by hand
            if is_makefile(path):
                lines = self._unfollowed(path, text) if makefiles and path not in followed else []
            elif _BUILDS_NOTHING.search(path):
                continue
            else:
                lines = [
                    one for one in self._named(path, text) if one not in followed.get(path, ())
                ]
            if lines and _TRANSLATED.search(path):
                ledger.warn(
                    f"{name} is listed here, so that its texts are translated, and "
                    f"{basename(main)} is not",
                    Site(path, min(lines)),
                    f"list {main} as well if a text of the tables is translated",
                )
            elif lines:
                ledger.warn(
                    f"{name} is named here, but vtsplit does not know how to add {basename(main)} "
                    "to this build",
                    Site(path, min(lines)),
                    f"list {basename(main)} by hand where that build compiles or links {name}",
                )

    def _named(self, path: str, text: str) -> Iterator[int]:
        """Yield the lines that name the source, in a language that is not read in whole."""
        folder, shown = dirname(path), self._shown
        if is_unread_build_file(path):
            ends = "|".join(map(re.escape, (*OBJECTS, splitext(self.source)[1])))
            shown = rf"{re.escape(splitext(basename(self.source))[0])}(?:{ends})"
            text = text.replace("\\", "/")  # as Windows has it
        if basename(path).startswith("configure."):
            # A function of a library that the system may lack (Autoconf manual, 5.5.3).
            for match in re.finditer(self._replaced, text):
                yield text.count("\n", 0, match.end()) + 1
        word = rf"(?<![\w./{{}}$-])((?:[\w.${{}}-]+/)*){shown}(?![\w-]|\.\w)"
        for match in re.finditer(word, text):
            start = text.rfind("\n", 0, match.start()) + 1
            written = match[1] + basename(self.source)
            bases = (folder, "")
            is_ours = any(normpath(join(base, written)) == self.source for base in bases)
            # What stands for a folder may be any; the rest has to tell.
            rest = written[written.rfind("}/") + 2 :] if "}/" in written else ""
            # Some name it from a folder that stands elsewhere in the file.
            if _BY_GROUPS.search(path) and not written.startswith(("../", "/")):
                rest = written
            if (is_ours or (rest and f"/{self.source}".endswith(f"/{rest}"))) and not re.match(
                r"[ \t]*(?:#|//|--|(?:AC_INIT|AC_CONFIG_SRCDIR)\()", text[start : match.start()]
            ):
                yield text.count("\n", 0, match.start()) + 1

    def _unfollowed(self, path: str, text: str) -> list[int]:
        """Return the lines of a Makefile whose words may be the source, or its object."""
        reader = read_makefile(text)
        words = [w for one in reader.lists if not links_nothing(one.name) for w in one.words]
        for rule in reader.rules:
            if not _REMOVES & {word.text for word in rule.targets}:
                words += rule.prerequisites.words
        return [word.line for word in words if self._may_be(path, word)]

    def _may_be(self, path: str, word: Word) -> bool:
        """Tell a word that has the object's or the source's name, at its end or in a call."""
        stem = re.escape(splitext(basename(self.source))[0])
        ends = "|".join(map(re.escape, (*OBJECTS, ".c")))
        text = (word.prefix + word.text).replace("\\", "/")
        found = re.search(rf"(?<![\w.+-])((?:[\w.+-]+/)*){stem}(?:{ends})(?![\w.-])", text)
        return found is not None and self._is_ours(path, found[0])

    def _is_ours(self, makefile: str, word: str) -> bool:
        """Tell whether a word can be the source, and is no other file of that name.

        It starts at the Makefile's folder, or at one above, whose Makefile includes this one.
        """
        return may_mean(word, makefile, self.source, self.tree.exists)


def _names(text: str, main: str) -> bool:
    """Tell a build file that has main's source or object by name."""
    stem = re.escape(splitext(basename(main))[0])
    ends = "|".join(map(re.escape, (*OBJECTS, ".c")))
    return re.search(rf"(?<![\w.+-]){stem}(?:{ends})(?![\w.-])", text) is not None
