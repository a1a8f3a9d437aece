"""Units without a compiler: a file's items as they are written, each under its `#if` conditions.

The weaker proof: macros are not expanded and headers not read, so that a macro or a type which
means something else in the other file is not seen.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from vtsplit.cst.directives import CONDITIONALS, Macro
from vtsplit.cst.guards import include_guard, item_guards
from vtsplit.cst.meaning.macro_arguments import MacroOf
from vtsplit.cst.nodes import Directive, MacroCall, Module
from vtsplit.cst.parser import parse_module
from vtsplit.survey.cfile.definitions import Definitions
from vtsplit.survey.headers.includes import IncludeGraph, is_absent
from vtsplit.survey.headers.macros import HeaderMacros, header_macros
from vtsplit.survey.order.configured import decided_in_front
from vtsplit.survey.order.front_macros import FrontMacros, macros_in_front
from vtsplit.survey.order.pragmas_in_force import pragmas_in_force
from vtsplit.tree.regular import read_regular
from vtsplit.verify.tokens.chunks import Chunk, SourceLine
from vtsplit.verify.tokens.program import Unit


class WrittenFront:
    """What a file includes, and the macros that it defines above."""

    def __init__(self, text: str, graph: IncludeGraph) -> None:
        self._module = parse_module(text)
        self._graph = graph

    @property
    def reached(self) -> frozenset[str]:
        """The headers that the file reaches."""
        includes = self._graph.direct(self._module)
        return frozenset(path for include in includes for path in include.files)

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


class Headers:
    """What the files of a side include; a side may be a folder of links into another tree.

    What has been found for one file is kept for others that are compiled with its search path.
    """

    def __init__(self, root: str) -> None:
        self._root = Path(root)
        self._graphs: dict[tuple[str, ...], IncludeGraph] = {}
        self._find = cache(self._read)
        self._exists = cache(lambda name: (self._root / name).exists())

    def graph(self, path: str) -> IncludeGraph:
        """Return what a file includes."""
        found = IncludeGraph(self._find, self._exists, self._listdir, path)
        found.share(self._graphs.setdefault(found.search, found))
        return found

    def _read(self, name: str) -> str | None:
        try:
            return read_regular(self._root / name).decode("utf-8", "surrogateescape")
        except OSError:
            return None

    def _listdir(self, name: str) -> list[str]:
        return sorted(one.name for one in (self._root / name).iterdir())


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
        start = module.starts[at]
        conditions = tuple(condition.expression for condition in guards[at])
        held = () if isinstance(item, Directive) else in_force[at].pragmas
        yield Chunk(item.text, (*conditions, *held), start, start + len(item.text))


def units_of(find: Callable[[str], str | None], headers: Headers) -> Callable[[str], Unit | None]:
    """Return what makes units of a tree's files, by path, each of them once."""

    @cache
    def made(path: str) -> Unit | None:
        text = find(path)
        return None if text is None else unit_of_text(path, text, headers)

    return made


def unit_of_text(path: str, text: str, headers: Headers) -> Unit:
    """Make a unit of a file's text; it knows the macros of the headers of its tree."""

    @cache
    def graph() -> IncludeGraph:
        return headers.graph(path)

    @cache
    def macros() -> HeaderMacros:
        return header_macros(graph(), sorted(graph().reach(path)))

    def macro_of(name: str) -> Macro | None:
        return macros().get(name)

    def front() -> WrittenFront:
        return WrittenFront(text, graph())

    @cache
    def beside() -> dict[str, str]:
        reached = sorted(graph().reach(path).keys() - {path})
        return {one: graph().text(one) for one in reached if not is_absent(one)}

    chunks = WrittenChunks(path, text, macro_of)
    return Unit(path, chunks, lambda place: place, macro_of, front, beside)
