"""New exports that another module needs, and the imports of their namespaces: both by design."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from vtsplit.cst.nodes import Declaration, FunctionDef, Item, MacroCall, Module
from vtsplit.cst.parser import parse_module
from vtsplit.survey.build.exports import exports_of, imports_of
from vtsplit.survey.make.modules import module_of

Read = Callable[[str], str | None]
# What a line of a file brings that is by design: the change and the name.
ExportLines = Mapping[int, tuple[str, str]]
# A `#line`, or what a preprocessor writes for it: the compiler then counts lines in its own way.
_OTHER_LINES = re.compile(
    r"^[ \t]*(?:#|%:|\?\?=)(?:[ \t]|\\\r?\n|/\*(?:[^*]|\*(?!/))*+\*/)*+(?:line\b|\d)", re.MULTILINE
)
EXPORTED, IMPORTED = "exported", "namespace imported"


@dataclass(frozen=True)
class _File:
    """A changed C file of the after side, and the module it is part of."""

    path: str
    text: str
    module: Module
    goal: tuple[str, str]
    was: Module

    def calls(self) -> Iterator[tuple[int, Module]]:
        """Yield each macro call that has a line for itself, as a module of its own."""
        lines = self.text.split("\n")
        for at, item in enumerate(self.module.items):
            line = self.module.position(self.module.starts[at])[0]
            if isinstance(item, MacroCall) and lines[line - 1].strip() == item.text.strip():
                yield line, Module((item,))

    def defines(self, name: str) -> bool:
        return any(_defined(item) == name for item in self.module.items)

    def names(self, name: str) -> bool:
        return any(t.text == name for item in self.module.items for t in item.tokens)


def find_exports(before: Read, after: Read, paths: Collection[str]) -> dict[str, ExportLines]:
    """Return, by path and line, what changed files export to modules, and import, by design.

    An export is so if the file defines what it exports, did not export it before, and a changed
    file of another module names it. An import is so if such a file has an export in the namespace.
    """
    files = [file for path in sorted(paths) if (file := _read(before, after, path)) is not None]
    found: dict[str, ExportLines] = {}
    for file in files:
        others = [other for other in files if other.goal != file.goal]
        lines: dict[int, tuple[str, str]] = {}
        was, had = exports_of(file.was), imports_of(file.was)
        spaces = {space for other in others for space in exports_of(other.module).values()}
        for line, call in file.calls():
            for name in exports_of(call).keys() - was.keys():
                if file.defines(name) and any(other.names(name) for other in others):
                    lines[line] = EXPORTED, name
            for space in imports_of(call) - had:
                if space in spaces:
                    lines[line] = IMPORTED, space
        if lines:
            found[file.path] = lines
    return found


def _read(before: Read, after: Read, path: str) -> _File | None:
    text = after(path)
    if not path.endswith(".c") or text is None or _OTHER_LINES.search(text):
        return None
    part_of = module_of(after, path)
    if part_of is None:
        return None
    was = parse_module(before(path) or "")
    return _File(path, text, parse_module(text), part_of.goal, was)


def _defined(item: Item) -> str:
    if isinstance(item, FunctionDef):
        return item.name
    if isinstance(item, Declaration) and not item.head.is_function:
        return item.name if "extern" not in item.head.storage else ""
    return ""
