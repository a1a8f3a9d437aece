"""The macros that a file can use by a name: its own, and those of every header that it sees."""

from collections.abc import Collection, Iterable

from vtsplit.cst.directives import Macro
from vtsplit.survey.cfile.files import CFile, CFiles
from vtsplit.survey.headers.includes import IncludeGraph
from vtsplit.survey.order.providers import find_declaring


class SeenMacros:
    """Macros by name, of each branch and header: which of them is in force is not asked."""

    def __init__(
        self, file: CFile, files: CFiles, graph: IncludeGraph, headers: Iterable[str]
    ) -> None:
        self.file = file
        self.files = files
        self.graph = graph
        self.headers = tuple(headers)
        self._known: dict[str, tuple[Macro, ...]] = {}

    def of(self, names: Collection[str]) -> dict[str, tuple[Macro, ...]]:
        """Return the macros of these names, with one search of all headers."""
        fresh = [name for name in names if name not in self._known]
        declaring = find_declaring(self.graph, self.headers, fresh)
        for name in fresh:
            paths = sorted(declaring.get(name, ()))
            files = [self.file, *self.files.readable(paths)]
            self._known[name] = tuple(
                one for file in files for one in file.definitions.macros(name)
            )
        return {name: self._known[name] for name in names}
