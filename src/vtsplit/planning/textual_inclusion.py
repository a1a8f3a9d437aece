"""What is included as text: the source file by another one, and parts by the source file."""

import re
from collections.abc import Container, Iterator
from posixpath import basename

from vtsplit.diagnostics import Site
from vtsplit.planning.steps import Ledger
from vtsplit.survey.includes import IncludeGraph, graph_of
from vtsplit.survey.words import C_SUFFIXES, WordIndex, Words
from vtsplit.tree import SourceTree


def refuse_textual_inclusion(
    source: str, tree: SourceTree, words: Words, graph: IncludeGraph, ledger: Ledger
) -> None:
    """Refuse what would define twice that which becomes global (VT046).

    `words` tell which files have the source file's name.
    """
    name = re.escape(basename(source))
    line = re.compile(rf'^[ \t]*#[ \t]*include[ \t]*"((?:[^"\n]*/)?{name})"', re.MULTILINE)
    for path in words.of(basename(source)):
        text = tree.find_text(path)
        match = line.search(text)
        if match and graph.resolve('"', match[1], path) == source:
            ledger.refuse(
                "VT046",
                f"{source} is included there as text: what becomes global would be defined twice",
                Site(path, text.count("\n", 0, match.start()) + 1),
                "link the object instead of including the source",
            )


class Parts:
    """Tells which of the files that a source file includes are parts of it and of nothing else."""

    def __init__(
        self, source: str, seen: Container[str], tree: SourceTree, index: WordIndex
    ) -> None:
        self.source = source
        self.seen = seen
        self.tree = tree
        self.index = index
        self._known: dict[str, bool] = {}

    def is_part(self, path: str) -> bool:
        """Tell whether only the source file, or another part of it, includes a file."""
        if path not in self._known:
            self._known[path] = False  # what includes itself is a header
            self._known[path] = "include" not in path.split("/")[:-1] and all(
                user == self.source or (user in self.seen and self.is_part(user))
                for user in self._users(path)
            )
        return self._known[path]

    def _users(self, path: str) -> Iterator[str]:
        for other in self.index.find([basename(path)]).of(basename(path)):
            if other == path or not other.endswith(C_SUFFIXES):
                continue
            if path in graph_of(self.tree, other).included_by(other):
                yield other
