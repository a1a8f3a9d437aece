"""Units without a compiler: a file's items as they are written, each under its `#if` conditions.

The weaker proof: macros are not expanded and headers not read, so that a macro or a type which
means something else in the other file is not seen.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path

from vtsplit.cst.directives import CONDITIONALS, Macro
from vtsplit.cst.guards import include_guard, item_guards
from vtsplit.cst.lexer import Kind, Token, lex
from vtsplit.cst.meaning.macro_arguments import MacroOf
from vtsplit.cst.nodes import Directive, MacroCall, Module
from vtsplit.cst.parser import parse_module
from vtsplit.cst.pragmas import decides, pragma_of
from vtsplit.survey.cfile.definitions import Definitions
from vtsplit.survey.headers.includes import IncludeGraph, is_absent
from vtsplit.survey.headers.macros import HeaderMacros, header_macros
from vtsplit.survey.order.configured import decided_in_front
from vtsplit.survey.order.feature_macros import features_set
from vtsplit.survey.order.front_macros import FrontMacros, macros_in_front
from vtsplit.survey.order.macros_in_force import MacroDirectives, MacrosInForce
from vtsplit.survey.order.pragmas_in_force import pragmas_in_force
from vtsplit.tree.regular import read_regular
from vtsplit.verify.tokens.chunks import Chunk, SourceLine
from vtsplit.verify.tokens.entities import Entity, read_entity
from vtsplit.verify.tokens.program import Thing, Unit, words

_DEEPEST = 4  # macros in macros


class WrittenFront:
    """What a file includes, and the macros that it defines above."""

    def __init__(self, path: str, text: str, root: str) -> None:
        self._module = parse_module(text)
        self._graph = _graph(path, root)

    @cached_property
    def _in_force(self) -> MacrosInForce:
        return MacrosInForce(self._module)

    @cached_property
    def _index(self) -> dict[int, int]:
        return {offset: at for at, offset in enumerate(self._module.starts)}

    @property
    def own_macros(self) -> frozenset[str]:
        """The names that the file defines as macros, or ends."""
        return frozenset(self._in_force.macros)

    @property
    def unsettled(self) -> frozenset[str]:
        """The macros of which a line stands below an item that has the name."""
        return self._in_force.unsettled

    def macros_at(self, offset: int) -> MacroDirectives:
        """Return the lines that count for each macro of the file that an item has, by its place."""
        return self._in_force.at(self._index[offset])

    @property
    def reached(self) -> frozenset[str]:
        """The headers that the file reaches."""
        includes = self._graph.direct(self._module)
        return frozenset(path for include in includes for path in include.files)

    @cached_property
    def ways(self) -> Mapping[str, frozenset[tuple[str, ...]]]:
        """The conditions of the file's own includes by which it comes to each header."""
        found: dict[str, set[tuple[str, ...]]] = {
            path: {()} for one in self._graph.forced for path in self._graph.reach(one)
        }
        for one in self._graph.direct(self._module):
            conditions = tuple(condition.expression for condition in one.guard)
            for path in one.files:
                found.setdefault(path, set()).add(conditions)
        return {path: frozenset(several) for path, several in found.items()}

    def names(self, path: str, name: str) -> bool:
        """Tell whether a header has a word."""
        return name in words(self._graph.text(path))

    @cached_property
    def features(self) -> frozenset[tuple[str, str]]:
        """The macros for headers of the system that its includes set, each with its header."""
        if self._graph.is_generating:
            return frozenset()
        return features_set(self._graph, self._graph.direct(self._module))

    def has(self, path: str) -> bool:
        """Tell whether the file's tree has a header."""
        return bool(self._graph.text(path))

    def lacks(self, target: str) -> bool:
        """Tell whether an include, as it is written, leads to no header of the tree."""
        found = (one for one in self._graph.direct(self._module) if one.target == target)
        return any(is_absent(next(iter(one.files))) for one in found)

    @property
    def macros(self) -> frozenset[str]:
        """The macros that the file defines in front of an include, as they are written."""
        return frozenset(one.text for one in macros_in_front(self._module))

    def asked_for(self, reached: frozenset[str], names: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Yield macros, with their text, that another file needs which reaches these headers."""
        includes = self._graph.direct(self._module)
        decided = decided_in_front(self._graph, self._module, includes)
        front = FrontMacros(self._graph, self._module, includes, decided)
        shared = [one for one in includes if next(iter(one.files)) in reached]
        for one in front.asked_for(shared, names):
            yield one.name, one.text


def _graph(path: str, root: str) -> IncludeGraph:
    """Return what a file of a side includes; a side may be a folder of links into another tree."""
    top = Path(root)

    def find(name: str) -> str | None:
        try:
            return read_regular(top / name).decode("utf-8", "surrogateescape")
        except OSError:
            return None

    def exists(name: str) -> bool:
        return (top / name).exists()

    def listdir(name: str) -> list[str]:
        return sorted(one.name for one in (top / name).iterdir())

    return IncludeGraph(find, exists, listdir, path)


class WrittenChunks:
    """The items of a file as chunks; conditions in force stand among the pragmas.

    `macro_of` knows the macros of headers, for pragmas that a macro says.

    >>> made = WrittenChunks("a.c", "#ifdef A\\nint a; /* one */\\n#endif\\n")
    >>> [(chunk.text, chunk.pragmas) for chunk in made.chunks]
    [('int a;', ('defined(A)',))]
    """

    def __init__(self, path: str, text: str, macro_of: MacroOf = lambda _: None) -> None:
        self.text = text
        self._path = path
        self._module = parse_module(text)
        self.chunks = tuple(_items(self._module, macro_of))

    def path(self, offset: int) -> str:
        """Return the file: all of it is one."""
        return self._path

    def place(self, offset: int) -> SourceLine:
        """Return the line of an offset."""
        return SourceLine(self._path, self._module.position(offset)[0])


def _items(module: Module, macro_of: MacroOf) -> Iterator[Chunk]:
    own = Definitions.in_module(module)

    def macros_of(name: str) -> tuple[Macro, ...]:
        known = macro_of(name) if not own.macros(name) else None
        return own.macros(name) or ((known,) if known else ())

    # To read headers takes time: a call with a semicolon is hardly ever a pragma.
    bare = (i for i in module.items if isinstance(i, MacroCall) and i.text[-1] not in ";}")
    macro_of = macro_of if any(bare) else (lambda _: None)
    guards = item_guards(module)
    in_force = pragmas_in_force(module, macros_of)
    once = include_guard(module)
    for at, item in enumerate(module.items):
        if isinstance(item, Directive) and (
            item.name in CONDITIONALS or (once is not None and at == once[1])
        ):
            continue
        pragma = pragma_of(item.text) if isinstance(item, Directive) else ""
        if pragma and pragma != "once" and not decides(pragma):
            continue  # as in a preprocessed text: it says nothing of the program
        start = module.starts[at]
        conditions = tuple(condition.expression for condition in guards[at])
        held = () if isinstance(item, Directive) else in_force[at].pragmas
        pragmas = (*conditions, *held)
        yield Chunk(item.text, pragmas, start, start + len(item.text), len(conditions))


def unit_of_text(path: str, text: str, root: str) -> Unit:
    """Make a unit of a file's text; `root` is its tree's, of whose headers it knows the macros."""

    @cache
    def macros() -> HeaderMacros:
        graph = _graph(path, root)
        return header_macros(graph, sorted(graph.reach(path)))

    def macro_of(name: str) -> Macro | None:
        return macros().get(name)

    @cache
    def front() -> WrittenFront:
        return WrittenFront(path, text, root)

    chunks = WrittenChunks(path, text, macro_of)
    return Unit(path, chunks, lambda place: place, macro_of, front)


def static_spelled_out(thing: Thing) -> Entity:
    """Return what a thing is with `static` in place of a macro in front of its name that says so.

    A preprocessed text has no such macro: there the thing stays as it is.
    """
    parts: list[str] = []
    spelled = False
    for token in lex(thing.text):
        if token.text == thing.entity.name:
            break
        words = _spelled(token, thing.unit.macro_of, _DEEPEST)
        spelled |= words != token.text
        parts.append(words)
    if not spelled:
        return thing.entity
    written = sum(len(token.text) for token in lex(thing.text)[: len(parts)])
    return read_entity("".join(parts) + thing.text[written:])


def _spelled(token: Token, macro_of: MacroOf, deepest: int) -> str:
    """Return the words of a macro that says `static`, perhaps by another one; else the token."""
    macro = macro_of(token.text) if deepest and token.kind is Kind.IDENT else None
    if macro is None or macro.parameters is not None:
        return token.text
    words = " ".join(_spelled(one, macro_of, deepest - 1) for one in macro.body)
    return words if "static" in words.split() else token.text
