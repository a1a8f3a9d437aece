"""What a compiler said of a file: its warnings and errors, each with its place."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from vtsplit.cst.meaning.occurrences import word_pattern
from vtsplit.diagnostics import Site
from vtsplit.verify.inputs.flags import Recipe
from vtsplit.verify.inputs.sides import Side

# GCC's format, which Clang shares (GCC manual, "Formatting of diagnostics").
_SAID = re.compile(
    r"^(?P<path>[^\s:][^:\n]*):(?P<line>\d+):(?:(?P<column>\d+):)? "
    r"(?P<kind>warning|error|fatal error): (?P<text>.*)$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Said:
    """One warning or error, and where it stands: the path in the tree if it is in it."""

    is_error: bool
    site: Site
    text: str

    def renamed(self, names: Mapping[str, str]) -> str:
        """Return what would be said if things had their new names."""
        if not names:
            return self.text
        return word_pattern(frozenset(names)).sub(lambda match: names[match[0]], self.text)


def read_said(text: str, recipe: Recipe, side: Side) -> Iterator[Said]:
    r"""Yield the warnings and errors in what a compiler wrote, in their order.

    >>> recipe = Recipe("a.c", "a.o", "/b", "/b", ("cc",), ())
    >>> list(read_said("/a/a.c:3:7: warning: what\n", recipe, Side("after", "/a")))
    [Said(is_error=False, site=Site(path='a.c', line=3, column=7, width=1), text='what')]
    """
    for match in _SAID.finditer(text):
        full = posixpath.normpath(posixpath.join(recipe.directory, match["path"]))
        tops = (side.root, recipe.srctree)
        path = next((full[len(top) + 1 :] for top in tops if full.startswith(f"{top}/")), full)
        site = Site(path, int(match["line"]), int(match["column"] or 0))
        yield Said("error" in match["kind"], site, match["text"])
