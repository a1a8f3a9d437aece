"""Headers that only one file of a program can include: they hold state, or make something.

If main also includes such a header, the program has two of each (C11 6.2.2p3, 6.9p5): two copies of
a static variable, a module parameter twice, a static function that main does not use.
"""

import re
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from vtsplit.cst.conditions import Guard, decide
from vtsplit.cst.heads.annotations import ATTRIBUTES
from vtsplit.cst.nodes import Declaration, FunctionDef
from vtsplit.cst.parser import parse_module
from vtsplit.planning.context import Context
from vtsplit.planning.includes.linked_beside import is_included_beside
from vtsplit.planning.includes.makings import (
    STATIC_DECLARATION,
    STATIC_FUNCTION,
    Making,
    find_makings,
)
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action, Ledger
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.rule import Rule
from vtsplit.survey.build.build_files import build_files
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.cfile.files import CFile
from vtsplit.survey.headers.includes import Include, IncludeGraph, graph_of, is_absent
from vtsplit.survey.headers.macros import HeaderMacros
from vtsplit.survey.order.set_in_front import set_in_front
from vtsplit.survey.types.function_types import declares_function, type_name

_OWN = re.compile(r"^[ \t]*#[ \t]*(?:define|undef)[ \t]+(\w+)", re.MULTILINE)
_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True)
class SharedHeaders:
    """What comes of the includes of main that the source has too.

    `inline` are the static functions, by path and index, that have to become inline: main does not
    use them, and the compiler would warn about that (GCC's -Wunused-function). `refused` are the
    headers of the source by which comes what the program cannot have twice.
    """

    inline: Mapping[str, frozenset[int]]
    refused: frozenset[str]


def share_headers(
    includes: Iterable[Include],
    used: Container[str],
    context: Context,
    ledger: Ledger,
) -> SharedHeaders:
    """Refuse includes of main that bring what the source file has already (VT049).

    `used` are the names that main's tables have: two of a static variable may go unnoticed, but
    for those.
    """
    graph, source, main = context.graph, context.source, context.spec.main
    includes = tuple(includes)
    seen: set[str] = set()
    inline: dict[str, set[int]] = {}
    refused: set[str] = set()
    asked = _Asked(context, includes)
    reached = {path for one in graph.direct(source.module) for path in one.files}
    macros = HeaderMacros(graph, sorted(reached))
    for include in includes:
        for path in include.files:
            if path in seen or is_absent(path) or "include" in path.split("/")[:-1]:
                continue
            seen.add(path)
            file, makings = _makings_of(graph, path)
            for one in makings:
                if one.is_private and one.name not in used:
                    continue
                if _is_chosen_by(source, file.guards[one.index]):
                    continue
                # Of what a table uses, main's own copy would be another one: no guess will do.
                if one.name not in used and asked.rules_out(path, file.guards[one.index]):
                    continue
                if one.is_plain and _is_none(one.name, source, macros):
                    continue
                if one.is_plain and one.name in _functions_of(context, file, makings):
                    continue
                # What the source defines for all files is the same object wherever it is declared.
                is_shared = one.name not in used or _is_global(source, one.name)
                if one.is_plain and is_shared and _is_twice(context, file, one):
                    continue
                if one.rule == STATIC_FUNCTION and one.name not in used:
                    inline.setdefault(path, set()).add(one.index)
                    continue
                ledger.refuse(
                    one.rule,
                    f"{main} has to include {path}, which {one.what}",
                    file.site(one.index),
                    _advice(one.rule, source.path),
                )
                refused.add(next(iter(include.files)))
                break
    found = {path: frozenset(indices) for path, indices in inline.items()}
    return SharedHeaders(found, frozenset(refused))


def record_inline(
    inline: Mapping[str, Collection[int]], graph: IncludeGraph, main: str, ledger: Ledger
) -> None:
    """Record that static functions of headers become inline."""
    for path, indices in sorted(inline.items()):
        file, _ = _makings_of(graph, path)
        for index in sorted(indices):
            item = file.module.items[index]
            assert isinstance(item, FunctionDef)
            symbol = Symbol.kept(item.name, Role.FUNCTION)
            reason = Reason(Why.UNUSED_BY, path=main)
            ledger.step(Action.INLINE, symbol, file.site(index), reason, file.lines(index))


def _advice(rule: Rule, source: str) -> str:
    if rule == STATIC_DECLARATION:
        return f"move the declaration to {source}"
    return f"move it to {source}, or leave the table out of the split"


def _makings_of(graph: IncludeGraph, path: str) -> tuple[CFile, tuple[Making, ...]]:
    def find() -> tuple[CFile, tuple[Making, ...]]:
        file = CFile(path, parse_module(graph.text(path)))
        return file, tuple(find_makings(file, partial(declares_function, path=path, graph=graph)))

    return graph.known.recall(("makings of", path), find)


def _is_twice(context: Context, file: CFile, making: Making) -> bool:
    """Tell a variable that the program has twice already, and that no macro may make `extern`."""
    item, guard = file.module.items[making.index], file.guards[making.index]
    assert isinstance(item, Declaration)
    before = (token.text for token in item.head.tokens[: item.head.name_index])
    if any(file.definitions.macros(word) or context.macros_of(word) for word in before):
        return False
    names = frozenset(name for condition in guard for name in condition.names)
    return is_included_beside(context, file.path, names)


def _is_global(source: CFile, name: str) -> bool:
    """Tell whether the source defines a variable that is not static."""
    items = (one.item for one in source.definitions.of(name, Sort.OBJECT))
    return any(isinstance(one, Declaration) and not one.head.is_static for one in items)


def _is_none(name: str, source: CFile, macros: HeaderMacros) -> bool:
    """Tell what only looks like a variable, by what the source says of its name.

    It is a function whose type is in a header that the tree does not have, or a macro that is an
    attribute or nothing: `struct a { int b; } PACKED;`.
    """
    if source.definitions.of(name, Sort.FUNCTION):
        return True
    bodies = [macro.body for macro in macros.every(name) if macro.parameters is None]
    return bool(bodies) and all(not body or body[0].text in ATTRIBUTES for body in bodies)


def _functions_of(context: Context, file: CFile, makings: Iterable[Making]) -> frozenset[str]:
    """Return which of a header's seeming variables are functions, by what other files say.

    Whoever includes the header and defines a function of that name has read it as a function, and
    its type as a function's: then so is everything else of that type. All names of the header are
    looked for at once, since each search reads the whole tree.
    """

    def find() -> frozenset[str]:
        types = {one.name: _type_of(file, one) for one in makings if one.is_plain}
        words = context.index.find(types)
        proved = {
            name
            for name in types
            if any(_defines(context, path, name, file.path) for path in words.of(name))
        }
        shared = {types[name] for name in proved} - {""}
        return frozenset(proved | {name for name, type_ in types.items() if type_ in shared})

    return context.graph.known.recall(("functions of", file.path), find)


def _type_of(file: CFile, making: Making) -> str:
    item = file.module.items[making.index]
    return type_name(item) if isinstance(item, Declaration) else ""


def _defines(context: Context, path: str, name: str, header: str) -> bool:
    """Tell whether a file that includes a header defines a function."""
    # Many files have a common name; few of them have it in front of a parenthesis.
    if not path.endswith(".c") or not re.search(
        rf"\b{re.escape(name)}\s*\(", context.tree.find_text(path)
    ):
        return False
    if header not in graph_of(context.tree, path).reach(path):
        return False
    file = context.files.find(path)
    return file is not None and bool(file.definitions.of(name, Sort.FUNCTION))


class _Asked:
    """What the headers that main includes ask of each other by a `#define` above an include."""

    def __init__(self, context: Context, includes: Sequence[Include]) -> None:
        self.context = context
        self.includes = includes
        self._in_front: dict[str, frozenset[str]] = {}

    def rules_out(self, path: str, guard: Guard) -> bool:
        """Tell whether a header surely lacks what stands under a guard, where main includes it."""
        if not any("!" in condition.expression for condition in guard):
            return False
        if path not in self._in_front:
            graph = self.context.graph
            self._in_front[path] = set_in_front(graph, self.includes, path)
        # What the source says itself comes in between.
        own = set(_OWN.findall(self.context.source.module.code))
        known = dict.fromkeys(self._in_front[path] - own, True)
        for condition in guard:
            if known.keys().isdisjoint(condition.names):
                continue
            others = {name: False for name in condition.names if self._is_of_others(name)}
            if decide(condition.expression, others | known) is False:
                return True
        return False

    def _is_of_others(self, name: str) -> bool:
        """Tell a macro that files of the tree define for themselves, and main's headers do not.

        What no file defines may come from the configuration; what a build file names, as in
        `-DNAME`, may come from there.
        """
        if self.context.macros_of(name):
            return False
        if build_files(self.context.tree).having((name, f"D{name}")):
            return False
        paths = self.context.index.find([name]).of(name)
        return any(file.definitions.macros(name) for file in self.context.files.readable(paths))


def _is_chosen_by(source: CFile, guard: Guard) -> bool:
    """Tell whether the source file asks for something by a `#define` above the include."""
    words = {word for condition in guard for word in _WORD.findall(condition.expression)}
    return any(source.definitions.macros(word) for word in words)
