"""Macros of the headers a source file sees, found when first asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from vtsplit.cst.directives import Macro, read_macro
from vtsplit.cst.lexer import HASH_LINE
from vtsplit.survey.headers.includes import IncludeGraph

_DEFINE = re.compile(
    r"^[ \t]*#[ \t]*define[ \t]+([A-Z_]\w*|\w+(?=\(|[ \t]+static\b))", re.MULTILINE
)
_LINE = re.compile(HASH_LINE)


def header_macros(graph: IncludeGraph, paths: Iterable[str]) -> HeaderMacros:
    """Return the macros of headers as this graph has them."""
    every = tuple(paths)
    # Plans of one source follow each other; to keep those of all sources would take much memory.
    last: list[HeaderMacros] = graph.known.recall("macros", list)
    if not last or last[0].paths != every:
        last[:] = [HeaderMacros(graph, every)]
    return last[0]


class HeaderMacros:
    """Macros by name; one that several headers define differently is the first of them.

    Object-like ones count when their names begin as macros' names do, with a capital or `_`, or
    when they say `static`.
    """

    def __init__(self, graph: IncludeGraph, paths: Iterable[str]) -> None:
        self.graph = graph
        self.paths = tuple(paths)
        self._read: dict[str, Macro | None] = {}
        self._every: dict[str, tuple[Macro, ...]] = {}

    @cached_property
    def _places(self) -> dict[str, list[tuple[str, int]]]:
        places: dict[str, list[tuple[str, int]]] = {}
        for path in self.paths:
            for name, start in self._defined_in(path):
                places.setdefault(name, []).append((path, start))
        return places

    def _defined_in(self, path: str) -> list[tuple[str, int]]:
        """Return the macros that a header defines, with their offsets."""
        return self.graph.known.recall(
            ("macros of", path),
            lambda: [
                (found[1], found.start()) for found in _DEFINE.finditer(self.graph.text(path))
            ],
        )

    def get(self, name: str) -> Macro | None:
        """Return the macro of that name, None when no header defines one."""
        if name not in self._read:
            places = self._places.get(name)
            self._read[name] = self._macro(*places[0]) if places else None
        return self._read[name]

    def every(self, name: str) -> tuple[Macro, ...]:
        """Return all definitions of that name, of every header and branch."""
        if name not in self._every:
            found = (self._macro(*place) for place in self._places.get(name, ()))
            self._every[name] = tuple(macro for macro in found if macro)
        return self._every[name]

    def _macro(self, path: str, start: int) -> Macro | None:
        text = self.graph.text(path)
        match = _LINE.match(text, text.index("#", start))
        return read_macro(match[0]) if match else None
