"""What is known of a split tree when its wrappers are planned: files, headers, functions."""

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from posixpath import dirname

from vtsplit.cst.conditions import Guard, under
from vtsplit.cst.directives import Macro
from vtsplit.cst.heads.declarator import Head
from vtsplit.cst.heads.typed import TypeReadError, read_signature
from vtsplit.cst.lexer import Kind
from vtsplit.cst.nodes import Declaration, FunctionDef, Item
from vtsplit.cst.style.indentation import indentation_of
from vtsplit.diagnostics import RefusedError, Site
from vtsplit.planning.includes.in_front import InFront
from vtsplit.planning.rules.readable import refuse_unreadable
from vtsplit.planning.steps import Ledger
from vtsplit.spec.dispatch import Dispatch
from vtsplit.spec.document import Spec
from vtsplit.survey.cfile.definitions import Definition, Sort
from vtsplit.survey.cfile.files import CFile, CFiles
from vtsplit.survey.headers.includes import Include, IncludeGraph, graph_of, is_absent
from vtsplit.survey.order.configured import decided_in_front
from vtsplit.survey.order.front_macros import FrontMacros
from vtsplit.survey.order.providers import ChosenIncludes, choose_includes, find_declaring
from vtsplit.survey.types.typedefs import Typedefs
from vtsplit.tree.source_tree import SourceTree

_FUNCTIONS = (Sort.FUNCTION, Sort.PROTOTYPE)


@dataclass(frozen=True)
class Function:
    """A function that a wrapper may call: where it is declared, and by which head.

    `name` may be that of a macro which stands for the function; `guards` are then those of the
    macro's definitions.
    """

    name: str
    file: CFile
    definition: Definition
    guards: tuple[Guard, ...] = ()

    @property
    def head(self) -> Head:
        """Its specifiers and declarator."""
        item = self.definition.item
        assert isinstance(item, FunctionDef | Declaration)
        return item.head

    @property
    def guard(self) -> Guard:
        """The `#if` conditions it stands under."""
        return self.definition.guard

    @property
    def site(self) -> Site:
        """Where it stands."""
        return self.file.site(self.definition.index)

    @property
    def text(self) -> str:
        """Its prototype as it is written, on one line."""
        head = self.head
        tokens = head.tokens[: head.close_paren + 1]
        return " ".join("".join(token.text for token in tokens).split())


class Surroundings:
    """The files of a split tree, each read when first asked for.

    `on_disk` takes a place in them to where a user finds it: messages name no other.
    """

    def __init__(
        self,
        spec: Spec,
        tree: SourceTree,
        source_graph: IncludeGraph,
        ledger: Ledger,
        on_disk: Callable[[Site], Site] = lambda site: site,
    ) -> None:
        assert spec.dispatch is not None
        self.spec = spec
        self.dispatch: Dispatch = spec.dispatch
        self.tree = tree
        self.ledger = ledger
        self.on_disk = on_disk
        self.files = CFiles(tree)
        self.source = self.files.get(spec.source)
        self.main = self.files.get(spec.main)
        self.style = indentation_of(self.main.module.code, self.source.module.code)
        self.header = self.files.find(spec.header)
        self.backend = self._second_source()
        header = self.dispatch.backend.header
        self.backend_header = self._optional(header) if header else None
        self.source_graph = source_graph
        self.graph = source_graph
        if dirname(spec.main) != dirname(spec.source):
            self.graph = graph_of(tree, spec.main)
        self._functions: dict[str, Function | None] = {}
        self._declaring: dict[str, set[str]] = {}
        self._followed: set[str] = set()

    def under(self, spec: Spec, ledger: Ledger | None = None) -> "Surroundings":
        """Return the same files under a spec that differs in what it says of ops alone."""
        other = copy(self)
        assert spec.dispatch is not None
        other.spec, other.dispatch = spec, spec.dispatch
        other.ledger = ledger or self.ledger
        return other

    def _second_source(self) -> CFile | None:
        """Return the second backend's source; one that is not there is to be made, or a slip."""
        backend = self.dispatch.backend
        found = self._optional(backend.source)
        where = ("dispatch", "backend", "source")
        if found is None and backend.skeleton is None and not self.spec.is_of_preset(*where):
            try:
                self.tree.read(backend.source)
            except RefusedError as error:
                site = self.spec.site(*where, of="value")
                advice = 'or have one made: skeleton = "0"'
                problems = (
                    replace(p, site=site, help="; ".join(filter(None, (p.help, advice))))
                    for p in error.problems
                )
                self.ledger.add_problems(*problems)
        return found

    def _optional(self, path: str) -> CFile | None:
        found = self.files.find(path)
        return refuse_unreadable(found, self.ledger) if found else None

    @cached_property
    def source_includes(self) -> tuple[Include, ...]:
        """What the source file includes: among these, other files' includes are chosen."""
        return self.source_graph.direct(self.source.module)

    @cached_property
    def front_macros(self) -> FrontMacros:
        """What the source file defines for the headers it includes."""
        module, includes = self.source.module, self.source_includes
        decided = decided_in_front(self.source_graph, module, includes)
        return FrontMacros(self.source_graph, module, includes, decided)

    @cached_property
    def in_front(self) -> InFront:
        """What tells which includes others rely on."""
        return InFront(self.source_graph, self.source, self.source_includes, self.source_includes)

    @cached_property
    def seen(self) -> tuple[str, ...]:
        """The headers that main sees, and the two that it is to include, if they are there."""
        found = {p: None for i in self.graph.direct(self.main.module) for p in i.files}
        for file in (self.header, self.backend_header):
            if file is not None:
                found |= dict.fromkeys(self.graph.reach(file.path))
        return tuple(path for path in found if not is_absent(path))

    @property
    def selecting(self) -> Guard:
        """The condition round wrappers where macros choose by the configuration, else nothing."""
        return under(self.dispatch.backend.config) if self.dispatch.style == "macros" else ()

    def function(self, name: str) -> Function | None:
        """Return a function by its definition in either backend's source, else its prototype."""
        if name not in self._functions:
            self._functions[name] = self._find(name)
        return self._functions[name]

    def _find(self, name: str) -> Function | None:
        for file in (self.source, self.backend):
            for definition in file.definitions.of(name, Sort.FUNCTION) if file else ():
                assert file is not None
                return Function(name, file, definition)
        for file in (self.header, self.backend_header, self.main):
            for definition in file.definitions.of(name, *_FUNCTIONS) if file else ():
                assert file is not None
                return Function(name, file, definition)
        return self.declared(name) or self._behind_macro(name)

    def _behind_macro(self, name: str) -> Function | None:
        """Return the function that an object-like macro stands for, under the macro's name.

        Where an `#if` chooses among several, all of them have to be of one type.
        """
        functions = self.functions_behind(name)
        if not all(self.is_alike(function.name, functions[0]) for function in functions):
            return None
        guards = tuple(definition.guard for definition in self.macro_definitions(name))
        return replace(functions[0], name=name, guards=guards) if functions else None

    def functions_behind(self, name: str) -> list[Function]:
        """Return the functions that a macro stands for; none if it may stand for something else."""
        if name in self._followed:
            return []  # a macro that stands for itself (C11 6.10.3.4p2)
        self._followed.add(name)
        targets = [stands_for(definition.item) for definition in self.macro_definitions(name)]
        found = [self.function(target) for target in targets if target]
        self._followed.discard(name)
        functions = [function for function in found if function is not None]
        return functions if len(functions) == len(targets) else []

    def has_types(self, function: Function) -> bool:
        """Tell whether a file defines a function with several types, under several conditions."""
        keys = []
        for definition in function.file.definitions.of(function.name, Sort.FUNCTION):
            item = definition.item
            with suppress(TypeReadError):
                keys += [read_signature(item.head).key] if isinstance(item, FunctionDef) else []
        return any(self.typedefs.same(keys[0], key) is False for key in keys)

    def is_alike(self, name: str, function: Function) -> bool:
        """Tell whether a name is that of a function of the same type as another one."""
        other = self.function(name) if name else None
        try:
            keys = [read_signature(one.head).key for one in (other, function) if one]
        except TypeReadError:
            return False
        return len(keys) == 2 and self.typedefs.are_same(*keys)

    def macro_definitions(self, name: str) -> list[Definition]:
        """Return the definitions of a macro in main and in the headers that main sees."""
        there = (path for path in sorted(self.declaring(name)) if not is_absent(path))
        files = [self.main, *self.files.readable(there)]
        return [found for file in files for found in file.definitions.of(name, Sort.MACRO)]

    def macros(self, name: str) -> tuple[Macro, ...]:
        """Return what a name is as a macro where main uses it, once for each definition."""
        items = (definition.item for definition in self.macro_definitions(name))
        found = tuple(item.macro for item in items if item.macro)
        self.look_up(t.text for macro in found for t in macro.body if t.kind is Kind.IDENT)
        return found

    def is_wrapper(self, name: str) -> bool:
        """Tell whether a name is one of main's wrappers, or of one that has been taken out.

        Another file's function may have the prefix of wrappers as well.
        """
        if not name.startswith(self.dispatch.prefix):
            return False
        in_main = self.main.definitions.of(name, Sort.FUNCTION, Sort.MACRO)
        return bool(in_main) or self.function(name) is None

    @cached_property
    def typedefs(self) -> Typedefs:
        """The types that main sees."""
        return Typedefs(self.graph, self.seen, self.files)

    def of_backend(self, name: str) -> Function | None:
        """Return a function of the second backend, defined in its source or declared for main."""
        for file in (self.backend, self.backend_header, self.header):
            if file is None:
                continue
            found = file.definitions.of(name, Sort.FUNCTION) or file.definitions.of(
                name, *_FUNCTIONS
            )
            if found:
                return Function(name, file, found[0])
        return None

    def declared(self, name: str) -> Function | None:
        """Return a function as a header that main sees declares it."""
        for file in self.files.readable(sorted(self.declaring(name))):
            for definition in file.definitions.of(name, *_FUNCTIONS):
                return Function(name, file, definition)
        return None

    def look_up(self, names: Iterable[str]) -> None:
        """Search the headers that main sees for names, all at once: it is what takes time."""
        fresh = [name for name in dict.fromkeys(names) if name not in self._declaring]
        found = find_declaring(self.graph, self.seen, fresh)
        self._declaring |= {name: found.get(name, set()) for name in fresh}

    def choose_includes(
        self, names: Iterable[str], front: Collection[str], used: Iterable[str] = ()
    ) -> ChosenIncludes:
        """Choose among the source's includes those that provide names, and what these rely on.

        `front` are headers that the file has already, `used` what it names behind all includes.
        """
        choice = choose_includes(self.source_graph, self.source_includes, names)
        chosen = {include.place: include for include in choice.includes}
        self.in_front.complete(chosen, front, used)
        return replace(choice, includes=tuple(chosen[index] for index in sorted(chosen)))

    def declaring(self, name: str) -> set[str]:
        """Return the headers among those that main sees that declare a name, in any sense."""
        self.look_up([name])
        return self._declaring[name]


def stands_for(item: Item) -> str:
    r"""Return the one name that an object-like macro stands for; empty if it has no such body.

    >>> from vtsplit.cst.parser import parse_module
    >>> module = parse_module("#define a_f (f)\n#define a_g &g\n#define a_h(x) h\n")
    >>> [stands_for(item) for item in module.items]
    ['f', '', '']
    """
    macro = item.macro
    if macro is None or macro.parameters is not None:
        return ""
    body = list(macro.body)
    while [token.text for token in (*body[:1], *body[-1:])] == ["(", ")"]:
        body = body[1:-1]
    return body[0].text if len(body) == 1 and body[0].kind is Kind.IDENT else ""
