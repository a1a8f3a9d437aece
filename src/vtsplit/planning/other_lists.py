"""Plan that every other build file which lists the source's object lists main's too.

Outside of Kbuild one object can be linked into many programs, each with a list of its own, and a
tree can have more than one build system.
"""

from collections.abc import Iterator
from dataclasses import replace
from posixpath import basename, dirname, join, normpath, relpath, splitext

from vtsplit.diagnostics import Site
from vtsplit.planning.steps import Ledger
from vtsplit.survey.build_files import BuildFiles, is_makefile
from vtsplit.survey.kbuild import Kind, Membership, find_in_makefile, made_of
from vtsplit.survey.meson import Listed, find_listed
from vtsplit.survey.path_users import find_elsewhere
from vtsplit.tree import SourceTree


class OtherLists:
    """Looks through the build files that name the source's object, or the file, but for one."""

    def __init__(
        self, source: str, but_for: str | None, tree: SourceTree, files: BuildFiles
    ) -> None:
        self.source = source
        self.tree = tree
        name = basename(source)
        having = files.having([name, splitext(name)[0] + ".o"])
        self.texts = {
            path: text
            for path, text in having.items()
            if path != but_for and not made_of(tree.find, path)
        }

    def memberships(self) -> Iterator[Membership]:
        """Find the lists and rules of other Makefiles, but for goals of Kbuild."""
        for path, text in self.texts.items():
            if not is_makefile(path):
                continue
            other = find_in_makefile(text, path, self.source)
            if other is None:
                continue
            places = tuple(one for one in other.places if self._is_ours(path, one.word.path))
            if all(one.kind is Kind.PLAIN for one in places) and (places or other.unclear):
                yield replace(other, places=places)

    def meson_lists(self) -> Iterator[tuple[str, str, tuple[Listed, ...]]]:
        """Find path, text and places of each meson.build that names the source."""
        for path, text in self.texts.items():
            if basename(path) == "meson.build" and (listed := find_listed(text, path, self.source)):
                yield path, text, listed

    def note_others(self, ledger: Ledger, listed_now: bool) -> None:
        """Note the build files whose language is not read here; warn where main is new to lists."""
        for path, text in self.texts.items():
            if is_makefile(path) or basename(path) in ("meson.build", "MAINTAINERS"):
                continue
            below = relpath(self.source, dirname(path) or ".")
            lines = sorted({*find_elsewhere(text, below), *find_elsewhere(text, self.source)})
            if lines:
                message = f"{basename(self.source)} is named in a build file that is not read"
                site = Site(path, lines[0])
                if listed_now:
                    ledger.warn(message, site, "list main's source too where it is compiled")
                else:
                    ledger.note(message, site)

    def _is_ours(self, makefile: str, word: str) -> bool:
        """Tell a path from the tree's top from that of a file below the Makefile's folder."""
        below = normpath(join(dirname(makefile), word))
        own = splitext(self.source)[0]
        return splitext(below)[0] == own or not self.tree.exists(
            f"{splitext(below)[0]}{splitext(self.source)[1]}"
        )
