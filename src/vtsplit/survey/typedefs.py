"""Types compared through typedefs: `foo_t` is `enum foo` where a header says so (C11 6.7.8p3)."""

from collections.abc import Iterable
from typing import Any

from vtsplit.cst.annotations import KEYWORDS
from vtsplit.cst.nodes import Declaration
from vtsplit.cst.typed import TypeReadError, read_signature
from vtsplit.diagnostics import RefusedError
from vtsplit.survey.definitions import Sort
from vtsplit.survey.files import CFiles
from vtsplit.survey.includes import IncludeGraph
from vtsplit.survey.providers import find_declaring

Key = tuple[Any, ...]
_DEEPEST = 8  # typedefs of typedefs


class Typedefs:
    """Typedefs as the headers of a file define them, found when two types differ by name."""

    def __init__(self, graph: IncludeGraph, files: CFiles, paths: Iterable[str]) -> None:
        self.graph = graph
        self.files = files
        self.paths = tuple(paths)
        self._known: dict[str, Key | None] = {}

    def are_same(self, one: Key, other: Key) -> bool:
        """Tell whether two types, as `Signature.key` has them, are the same."""
        return one == other or self.resolved(one) == self.resolved(other)

    def resolved(self, key: Key, depth: int = _DEEPEST) -> Key:
        """Return a type with its typedefs replaced by what they stand for."""
        if len(key) >= 2 and key[-2] == "names" and isinstance(key[-1], str):
            behind = self._definition(key[-1]) if depth and key[-1] not in KEYWORDS else None
            # Qualifiers of the typedef's user come first in a key.
            return (*key[:-2], *self.resolved(behind, depth - 1)) if behind else key
        return tuple(
            self.resolved(part, depth) if isinstance(part, tuple) else part for part in key
        )

    def _definition(self, name: str) -> Key | None:
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    def _find(self, name: str) -> Key | None:
        for path in sorted(find_declaring(self.graph, self.paths, [name]).get(name, ())):
            try:
                found = self.files.get(path).definitions.of(name, Sort.TYPE)
            except RefusedError:
                continue
            for definition in found:
                item = definition.item
                if not isinstance(item, Declaration) or item.head.defines_tag:
                    continue
                try:
                    return read_signature(item.head).key
                except TypeReadError:
                    continue
        return None
