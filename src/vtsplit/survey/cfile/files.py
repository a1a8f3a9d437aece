"""The tree's C files, each read and parsed at most once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from vtsplit.cst.conditions import Guard
from vtsplit.cst.guards import item_guards
from vtsplit.cst.nodes import MacroCall, Module
from vtsplit.cst.parser import parse_module
from vtsplit.diagnostics import RefusedError, Site
from vtsplit.survey.cfile.definitions import Definitions
from vtsplit.survey.cfile.name_places import NamePlaces
from vtsplit.tree.source_tree import SourceTree


@dataclass(frozen=True)
class CFile:
    """A C file of the tree: its path and its syntax tree."""

    path: str
    module: Module

    @cached_property
    def definitions(self) -> Definitions:
        """What it declares."""
        return Definitions.in_module(self.module)

    @cached_property
    def guards(self) -> tuple[Guard, ...]:
        """The `#if` conditions in force at each item."""
        return item_guards(self.module)

    @cached_property
    def _calls(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for index, item in enumerate(self.module.items):
            if isinstance(item, MacroCall):
                for word in {token.text for token in item.tokens}:
                    found.setdefault(word, []).append(index)
        return found

    def calls_with(self, word: str) -> Iterator[tuple[int, MacroCall]]:
        """Yield the macro calls at file scope that have a word, with their indices."""
        for index in self._calls.get(word, ()):
            item = self.module.items[index]
            if isinstance(item, MacroCall):
                yield index, item

    def site(self, index: int, offset: int = 0, width: int = 1) -> Site:
        """Return the place of an offset in an item's text."""
        line, column = self.module.position(self.module.starts[index] + offset)
        return Site(self.path, line, column, width)

    def lines(self, index: int) -> tuple[int, int]:
        """Return the first and last line of an item's text, without its leading trivia."""
        start = self.module.starts[index]
        end = start + max(len(self.module.items[index].text) - 1, 0)
        return self.module.position(start)[0], self.module.position(end)[0]


class CFiles:
    """Reads C files through the tree and keeps them."""

    def __init__(self, tree: SourceTree) -> None:
        self.tree = tree
        self._files: dict[str, CFile] = {}

    def get(self, path: str) -> CFile:
        """Return a file; raises RefusedError when it cannot be read."""
        if path not in self._files:
            self._files[path] = CFile(path, parse_module(self.tree.read(path)))
        return self._files[path]

    def readable(self, paths: Iterable[str]) -> Iterator[CFile]:
        """Yield those of the files that can be read: a header may be absent, or be no text."""
        for path in paths:
            try:
                yield self.get(path)
            except RefusedError:
                continue

    def glance(self, path: str) -> CFile:
        """Return a file as `get` does, but keep nothing of it: it is one of very many."""
        if path in self._files:
            return self._files[path]
        return CFile(path, parse_module(self.tree.read(path, keep=False)))

    def places(self, path: str, name: str) -> NamePlaces:
        """Return the places of a name in a file, which is not parsed; raises as `get` does."""
        text = self.tree.read_bytes(path)
        if b"\0" in text:
            self.tree.read(path)
        return NamePlaces(text, name)

    def find(self, path: str) -> CFile | None:
        """Return a file, None when there is none."""
        return self.get(path) if self.tree.exists(path) else None
