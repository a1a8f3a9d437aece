"""Macros that a source file defines for the headers it includes: another file defines them as well.

`#define FUSE_USE_VERSION 31` above `#include <fuse.h>` changes what that header says. A file that
includes the header without the macro would see other types, or an `#error`.
"""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from vtsplit.cst.conditions import Guard
from vtsplit.cst.guards import item_guards
from vtsplit.cst.lexer import BLANKS, Kind
from vtsplit.cst.nodes import Declaration, Directive, FunctionDef, Module
from vtsplit.survey.headers.includes import Include, IncludeGraph, is_absent
from vtsplit.survey.headers.system_headers import names_of_header
from vtsplit.survey.order.configured import deciding_macros

# Names of the implementation (C11 7.1.3): `_GNU_SOURCE`, `__STDC_FORMAT_MACROS`.
_RESERVED = re.compile(r"_[A-Z_]")
# A header that defines its functions where this is set: one file of a program has to do so.
_ONCE = re.compile(r"_(?:IMPLEMENTATION|IMPL|DEFINE|MAIN)$")
_DEMAND = re.compile(
    r"^[ \t]*#[ \t]*(?:ifndef[ \t]+(\w+)|if[ \t]+!?[ \t]*(?:defined\b)?[ \t(]*(\w+)[^\n]*)\r?\n"
    rf"{BLANKS}#[ \t]*error\b",
    re.MULTILINE,
)

# Directives that do not expand a macro, and a header's own macros, which do so elsewhere.
_NO_USE = re.compile(
    r"^[ \t]*#[ \t]*(?:define|undef|ifn?def|if|elif)\b(?:[^\n\\]|\\\r?\n|\\.)*", re.MULTILINE
)
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


@dataclass(frozen=True)
class FrontMacro:
    """A `#define` or `#undef` above an include of the source: its item's index and its text."""

    index: int
    name: str
    text: str
    guard: Guard
    is_function: bool


class FrontMacros:
    """Tells which macros of a source file each of its includes asks for.

    `decided` has, by name, the include that brings a name and the macro that decides on it.
    """

    def __init__(
        self,
        graph: IncludeGraph,
        module: Module,
        includes: Sequence[Include],
        decided: Mapping[str, tuple[Include, str]],
    ) -> None:
        self.graph = graph
        self.module = module
        self.includes = includes
        self.decided = decided

    @cached_property
    def all(self) -> tuple[FrontMacro, ...]:
        """Every macro that is defined or undefined above the last include."""
        return macros_in_front(self.module)

    @cached_property
    def names(self) -> frozenset[str]:
        """The macros that an include of the source asks for: they have to stay above it."""
        every = {name for name, (_, macro) in self.decided.items() if macro}
        return frozenset(one.name for one in self.asked_for(self.includes, every))

    def named(self, words: Iterable[str]) -> tuple[FrontMacro, ...]:
        """Return those of these names that are macros which have to stay, with their bodies."""
        wanted = self.names.intersection(words)
        return self._with_bodies({one.index for one in self.all if one.name in wanted})

    def asked_for(
        self, chosen: Iterable[Include], names: Iterable[str] = ()
    ) -> tuple[FrontMacro, ...]:
        """Return the macros that chosen includes ask for, in order; `names` are what they serve.

        What a macro's body names, and the source defines above it, is among them.
        """
        if not self.all:
            return ()
        wanted: set[int] = set()
        needed = [self.decided[name] for name in names if name in self.decided]
        for include in chosen:
            above = [one for one in self.all if one.index < include.index]
            by_name = {macro for one, macro in needed if one.index == include.index}
            by_name |= self._asked_by(include, above)
            wanted |= {one.index for one in above if one.name in by_name}
        return self._with_bodies(wanted)

    def _asked_by(self, include: Include, above: Sequence[FrontMacro]) -> set[str]:
        found = deciding_macros(self.graph, include, [one.name for one in above])
        found |= self._demanded(include, {one.name for one in above})
        name = _right_above(self.module, include.index)
        if name and include != self.includes[0] and _asks_for(self.graph, name, include):
            found.add(name)
        if self.graph.is_generating:
            return found  # what is not in the tree is made by its build
        absent = [path for path in include.files if is_absent(path)]
        if not all(map(names_of_header, absent)):
            # Of a header that is not known, a macro of any name can be asked for.
            return found | {one.name for one in above if self._is_for_header(one, include)}
        if absent:
            found |= {one.name for one in above if _RESERVED.match(one.name)}
        return found

    def _demanded(self, include: Include, names: set[str]) -> set[str]:
        """Return those of the macros without which a header stops by `#error`."""
        found: set[str] = set()
        for path in include.files:
            text = self.graph.text(path)
            if "#" in text and "error" in text and any(name in text for name in names):
                found |= {word for pair in _DEMAND.findall(text) for word in pair} & names
        return found

    def _is_for_header(self, one: FrontMacro, include: Include) -> bool:
        """Tell a macro above an include that its header, which is not in the tree, may ask for.

        What a file defines for headers stands above its code. A macro that its code uses, and that
        has code between itself and the include, is for that code.
        """
        if _RESERVED.match(one.name):
            return True
        if one.name in self._used and (one.is_function or self._has_code(one.index, include.index)):
            return False
        return not _ONCE.search(one.name)

    def _has_code(self, start: int, end: int) -> bool:
        """Tell whether a definition stands between two items: a function, or what has a value."""
        between = self.module.items[start:end]
        return any(
            isinstance(one, FunctionDef)
            or (isinstance(one, Declaration) and one.head.initializer is not None)
            for one in between
        )

    @cached_property
    def _used(self) -> frozenset[str]:
        """The names in the source's own code, but for its directives."""
        return frozenset(
            token.text
            for item in self.module.items
            if not isinstance(item, Directive)
            for token in item.tokens
            if token.kind is Kind.IDENT
        )

    def _with_bodies(self, wanted: set[int]) -> tuple[FrontMacro, ...]:
        """Return macros with those of the source that their values and guards name."""
        by_index = {one.index: one for one in self.all}
        pending = [by_index[index] for index in wanted]
        while pending:
            one = pending.pop()
            words = set(re.findall(r"\w+", one.text))
            words |= {w for c in one.guard for w in re.findall(r"\w+", c.expression)}
            for other in self.all:
                if other.name in words and other.index <= one.index and other.index not in wanted:
                    wanted.add(other.index)
                    pending.append(other)
        return tuple(by_index[index] for index in sorted(wanted))

    def made_once(self, include: Include) -> str:
        """Return a macro above an include that asks for what a program has once; "" for none."""
        if not include.is_outside or self.graph.is_generating:
            return ""
        above = (one for one in self.all if one.index < include.index)
        return next((one.name for one in above if _ONCE.search(one.name)), "")


def _right_above(module: Module, index: int) -> str:
    """Return the macro that a `#define` right above an include sets (CREATE_TRACE_POINTS)."""
    before = module.items[index - 1] if index else None
    return before.macro.name if before is not None and before.macro else ""


def _asks_for(graph: IncludeGraph, macro: str, include: Include) -> bool:
    """Tell whether what comes with an include expands a macro, not only in macros of its own.

    A macro that only conditions ask for is not told here, but by `deciding_macros`.
    """
    texts = (graph.text(path) for path in include.files)
    word = re.compile(rf"\b{re.escape(macro)}\b")
    return any(
        word.search(_NO_USE.sub("", _COMMENT.sub(" ", text))) for text in texts if macro in text
    )


def macros_in_front(module: Module) -> tuple[FrontMacro, ...]:
    """Return every macro that a file defines or undefines above its last include."""
    directives = [(at, one) for at, one in enumerate(module.items) if isinstance(one, Directive)]
    last = max((at for at, one in directives if one.include), default=0)
    guards = item_guards(module)
    found = []
    for at, item in directives:
        if at < last and item.name in {"define", "undef"}:
            name = item.macro.name if item.macro else item.argument
            called = item.macro is not None and item.macro.parameters is not None
            found.append(FrontMacro(at, name, item.text, guards[at], called))
    return tuple(found)


def macros_above(module: Module) -> tuple[FrontMacro, ...]:
    """Return the macros that a file defines above all its includes."""
    items = enumerate(module.items)
    first = next((at for at, one in items if isinstance(one, Directive) and one.include), 0)
    return tuple(one for one in macros_in_front(module) if one.index < first)


def not_above(module: Module, macros: Iterable[FrontMacro]) -> list[FrontMacro]:
    """Return those of the macros that a file does not define alike above all its includes."""
    there = {one.text for one in macros_above(module)}
    return [one for one in macros if one.text not in there]


def is_in_front(
    module: Module, macro: FrontMacro, behind: Container[str], every: Iterable[FrontMacro] = ()
) -> bool:
    """Tell whether a file defines a macro alike, in front of all its includes among `behind`.

    It has no other definitions of it than `every` has, as each branch of an `#if` has one.
    """
    known = {(one.text, one.guard) for one in (macro, *every) if one.name == macro.name}
    alike = [one for one in macros_in_front(module) if one.name == macro.name]
    same = [one for one in alike if (one.text, one.guard) == (macro.text, macro.guard)]
    if len(same) != 1 or not known.issuperset((one.text, one.guard) for one in alike):
        return False
    above = module.items[: same[0].index]
    return not any(isinstance(one, Directive) and one.include in behind for one in above)


def merged(*every: Sequence[FrontMacro]) -> tuple[FrontMacro, ...]:
    """Return macros in the source's order, each once."""
    by_index = {one.index: one for macros in every for one in macros}
    return tuple(by_index[index] for index in sorted(by_index))
