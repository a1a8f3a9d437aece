"""Make the plan of dispatch: which wrappers, entries and declarations a split tree still lacks."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from vtsplit.codemods.places import Piece
from vtsplit.cst.guards import Guard, cover
from vtsplit.cst.nodes import Directive, Item
from vtsplit.diagnostics import RefusedError, Site
from vtsplit.planning.dispatch.edits import DispatchPlan, Selection
from vtsplit.planning.dispatch.entries import Entries, new_entries
from vtsplit.planning.dispatch.ops import Op, TableOps
from vtsplit.planning.dispatch.rules import NO_OP, SHARED_WRAPPER, WRAPPER_TAKEN, WRONG_SIDE
from vtsplit.planning.dispatch.second.backend import SecondBackend
from vtsplit.planning.dispatch.second.module_init import InitNames, ModuleInit
from vtsplit.planning.dispatch.second.option import plan_option
from vtsplit.planning.dispatch.surroundings import Surroundings
from vtsplit.planning.dispatch.unclear import refuse_unclear
from vtsplit.planning.dispatch.used_names import include_used
from vtsplit.planning.dispatch.wrappers.alternatives import settle
from vtsplit.planning.dispatch.wrappers.called_macros import CalledMacros
from vtsplit.planning.dispatch.wrappers.choose import Wrapper, Wrappers
from vtsplit.planning.dispatch.wrappers.drift import Comparison
from vtsplit.planning.dispatch.wrappers.existing import MARK, Unwanted, find_unwanted
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action, Ledger
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.spec.document import Spec, did_you_mean
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.headers.includes import IncludeGraph
from vtsplit.tree.source_tree import SourceTree


class DispatchPlanner:
    """Plans the wrappers of a tree that the split has been made in, in memory or on disk.

    `force` writes wrappers anew that differ from what the spec says. `on_disk` takes a place to
    where messages show it. `init` are the functions that the split has made global for main to
    call; `graph` are the headers that the source sees. Its `spec` has for each op the section that
    fits the tree.
    """

    def __init__(
        self,
        spec: Spec,
        tree: SourceTree,
        graph: IncludeGraph,
        init: InitNames,
        force: bool = False,
        on_disk: Callable[[Site], Site] = lambda site: site,
    ) -> None:
        self.tree = tree
        self.init = init
        self.ledger = Ledger()
        around = Surroundings(spec, tree, graph, self.ledger, on_disk)
        self.reader = TableOps(around)
        self.ops = self.reader.read()
        self.spec = settle(around, self.ops, self.reader)
        self.around = around.under(self.spec)
        self.comparison = Comparison(self.around, force)
        self.dispatch = self.around.dispatch
        self.backend = self.dispatch.backend

    def plan(self) -> DispatchPlan:
        """Return the plan. Raises RefusedError with every problem; nothing has changed then."""
        reader, ops = self.reader, self.ops
        unclear = refuse_unclear(self.around, reader, ops)
        fresh = new_entries(self.around, ops, reader, unclear)
        self._check_named([*(op.name for op in (*ops, *fresh)), *unclear, *reader.indirect])
        makes = Wrappers(self.around)
        tables = list(self.spec.tables.values())
        every = sorted((*ops, *fresh), key=lambda op: (tables.index(op.table), op.index, op.offset))
        wanted = [wrapper for op in every if (wrapper := makes.make(op))]
        self._check_distinct(wanted)
        if self.ledger.problems:
            raise RefusedError(*self.ledger.problems)
        self._note_unserved(reader, {w.op.name for w in wanted} | reader.indirect)
        plan = self._compare(ops, wanted)
        if self.ledger.problems:
            raise RefusedError(*self.ledger.problems)
        return plan

    def _check_named(self, known: Sequence[str]) -> None:
        """Refuse sections and entries of the spec for ops that no table has."""
        absent: list[str] = []
        places = {name: ("op", name) for name in self.spec.ops}
        places |= {name: ("dispatch", "ops") for name in self.dispatch.ops if name not in places}
        for name, path in places.items():
            if name in known:
                continue
            tables = ", ".join(self.spec.tables.values())
            message = f"no entry of {tables} is for an op '{name}'"
            optional = name in self.spec.ops and self.spec.ops[name].optional
            if self.spec.is_preset:
                absent.append(name)
            elif optional:
                self.ledger.note(message, self.spec.site(*path))
            else:
                advice = did_you_mean(name, known) or (
                    'only = "second" adds an entry, if the structure has such a member'
                )
                self.ledger.refuse(NO_OP, message, self.spec.site(*path), advice)
        if absent:
            # A preset has names of many versions; which of them are not here matters to few.
            self.ledger.note(f"ops of the preset that this tree does not have: {', '.join(absent)}")

    def _note_unserved(self, reader: TableOps, wrapped: Collection[str]) -> None:
        """Say which functions of the second backend are named after an op that calls none."""
        members = [name for table in self.spec.tables.values() for name in reader.members(table)]
        for name in dict.fromkeys(members):
            if name in wrapped or name in self.spec.ops:
                continue
            function = self.around.of_backend(f"{self.backend.prefix}{name}")
            if function is not None:
                self.ledger.warn(
                    f"{function.name} serves no op: no entry for '{name}' names a function of the "
                    "first backend in a form that can be wrapped",
                    function.site,
                    f"write a section [op.{name}]; with wrap = false the op is left alone",
                )

    def _check_distinct(self, wanted: Sequence[Wrapper]) -> None:
        """Refuse two wrappers of one name, or one of the name of something else in main."""
        self.around.look_up(wrapper.name for wrapper in wanted)
        seen: dict[str, Wrapper] = {}
        for wrapper in wanted:
            other = seen.setdefault(wrapper.name, wrapper)
            if other is not wrapper and other.text != wrapper.text:
                self.ledger.refuse(
                    SHARED_WRAPPER,
                    f"ops '{other.op.name}' and '{wrapper.op.name}' would share the wrapper "
                    f"'{wrapper.name}', but the spec says different things for them",
                    wrapper.op.site,
                    "say the same for both",
                )
            for definition in self.around.main.definitions.of(wrapper.name):
                allowed = {Sort.FUNCTION, Sort.MACRO, Sort.PROTOTYPE}
                if definition.sort not in allowed:
                    self.ledger.refuse(
                        WRAPPER_TAKEN,
                        f"the wrapper '{wrapper.name}' would collide with the "
                        f"{definition.sort.value} of that name",
                        self.around.main.site(definition.index),
                        "choose another dispatch.prefix",
                    )
            self._check_headers(wrapper.name, f"the wrapper '{wrapper.name}'")

    def _check_headers(self, name: str, what: str) -> None:
        """Refuse to define in main what a header that it sees declares, in any sense."""
        for path in sorted(self.around.declaring(name))[:1]:
            file = self.around.files.get(path)
            found = file.definitions.of(name)
            self.ledger.refuse(
                WRAPPER_TAKEN,
                f"{what} would collide with what {path} declares by that name",
                file.site(found[0].index) if found else Site(path),
                "choose another dispatch.prefix",
            )

    def _check_macros(self, selection: Selection) -> None:
        """Refuse macros that would be defined anew, with another meaning."""
        main = self.around.main
        wanted = {piece.name: piece.text for piece in (*selection.chosen, *selection.left_out)}
        for name in wanted:
            self._check_headers(name, f"the macro '{name}'")
            for definition in main.definitions.of(name, Sort.MACRO):
                if not main.guards[definition.index]:
                    self.ledger.refuse(
                        WRAPPER_TAKEN,
                        f"the macro '{name}' is already defined here, under no #if condition",
                        main.site(definition.index),
                        "choose another dispatch.prefix",
                    )

    def _has_wrappers(self) -> bool:
        """Tell whether main has functions with the wrappers' prefix: somebody's wrappers."""
        names = self.around.main.definitions.by_name
        functions = (d for found in names.values() for d in found if d.sort is Sort.FUNCTION)
        return any(one.name.startswith(self.dispatch.prefix) for one in functions)

    def _compare(self, ops: Sequence[Op], wanted: Sequence[Wrapper]) -> DispatchPlan:
        """Hold what is wanted against what main has; plan the difference."""
        distinct = _distinct(wanted)
        pieces: list[Piece] = []
        replaced: dict[str, str] = {}
        for wrapper in distinct:
            self._compare_one(wrapper, pieces, replaced)
        entries = Entries(self.around)
        selection = entries.selection(distinct)
        if selection:
            self._check_macros(selection)
        unwanted = find_unwanted(self.around, ops, {wrapper.name for wrapper in distinct})
        edits = [edit for wrapper in wanted if (edit := entries.retarget(wrapper))]
        edits += [edit for op in unwanted.ops if (edit := entries.restore(op))]
        second = SecondBackend(self.around)
        prototypes = {n: p for wrapper in distinct for n, p in wrapper.prototypes.items()}
        init = (
            ModuleInit(self.around).plan(self.init, [w.name for w in distinct])
            if self.spec.init
            else None
        )
        called = _guards_of_seconds(distinct)
        if init:
            called |= dict.fromkeys(init.seconds, ())
            prototypes |= init.prototypes
        result = second.plan(
            called, prototypes, init.seconds if init else (), [w.head for w in distinct]
        )
        new = [w for w in distinct if w.name in {p.name for p in pieces} or w.name in replaced]
        uses = {name: w.name for w in new for name in w.uses}
        if init:
            uses |= dict.fromkeys(init.uses, "the module's start")
        provided = {w.first for w in distinct} | set(result.provided)
        includes = include_used(self.around, uses, provided)
        selection = entries.selection(distinct)
        macros = CalledMacros(self.around, distinct)
        raised = macros.raised()
        return DispatchPlan(
            wrappers=tuple(pieces),
            replaced=replaced,
            removed=frozenset({*unwanted.names, *self._idle(entries, ops, unwanted, selection)}),
            order=tuple(w.name for w in distinct),
            ops={w.name: w.op.name for w in distinct},
            home=macros.home(self._home()),
            mark=MARK if pieces and not self._has_wrappers() else "",
            selection=selection,
            edits=tuple(edits),
            raised=raised,
            main_includes=includes,
            tail=init.text if init else "",
            variable=init.variable if init else "",
            declared=result.declared,
            stubs=result.stubs,
            declared_order=result.order,
            header_includes=result.header_includes,
            tags=result.tags,
            exposed=result.exposed,
            backend_include=result.include,
            texts={**result.texts, **plan_option(self.around)},
            steps=tuple(self.ledger.steps),
            notes=tuple(self.ledger.notes),
            drift=(*self.comparison.drift, *unwanted.drift),
        )

    def _idle(
        self,
        entries: Entries,
        ops: Sequence[Op],
        unwanted: Unwanted,
        selection: Selection | None,
    ) -> Iterator[str]:
        """Yield the macros by which no entry chooses any more, now that wrappers go."""
        main = self.around.main
        pieces = (*selection.chosen, *selection.left_out) if selection else ()
        used = {piece.name for piece in pieces}
        used |= {op.selector for op in ops if op not in unwanted.ops}
        for name in (entries.selector, entries.only) if unwanted.names else ():
            for definition in main.definitions.of(name, Sort.MACRO) if name not in used else ():
                span = main.lines(definition.index)
                macro, reason = Symbol.gone(name, Role.MACRO), Reason(Why.NO_ENTRY_USES)
                site = main.site(definition.index)
                self.ledger.step(Action.DROP, macro, site, reason, span)
                yield name

    def _compare_one(self, wrapper: Wrapper, pieces: list[Piece], replaced: dict[str, str]) -> None:
        main, ledger = self.around.main, self.ledger
        there = main.definitions.of(wrapper.name, Sort.FUNCTION)
        if not there:
            guard = (*self.around.selecting, *wrapper.guard)
            pieces.append(Piece(wrapper.name, guard, f"{wrapper.text}\n"))
            reason = Reason(Why.OP, wrapper.op.name, of=wrapper.op.table)
            added = Symbol.added(wrapper.name, Role.WRAPPER)
            ledger.step(Action.WRAP, added, Site(main.path), reason)
            return
        self._check_side(wrapper.name, main.guards[there[0].index], main.site(there[0].index))
        rewritten = self.comparison.compare(wrapper, there)
        if rewritten is not None:
            replaced[wrapper.name] = rewritten.text
            site, lines = main.site(there[0].index), main.lines(there[0].index)
            symbol = Symbol.kept(wrapper.name, Role.WRAPPER)
            ledger.step(Action.REWRITE, symbol, site, rewritten.reason, lines)

    def _check_side(self, name: str, guard: Guard, site: Site) -> None:
        """Refuse wrappers that stand inside of the option's `#ifdef`, or out, unlike new ones.

        One tells of all.
        """
        config = self.backend.config
        inside = any(condition.expression == f"defined({config})" for condition in guard)
        told = any(problem.rule == WRONG_SIDE for problem in self.ledger.problems)
        if inside == bool(self.around.selecting) or told:
            return
        stands = f"under #ifdef {config}" if inside else "under no option"
        self.ledger.refuse(
            WRONG_SIDE,
            f"'{name}' stands {stands}, but config and style of the spec put it in another place",
            site,
            "restore the config and style that it was made with, or remove all wrappers from main",
        )

    def _home(self) -> int:
        """Return the index in main in front of the first table and the macros above it."""
        main = self.around.main
        first = min(
            definition.index
            for table in self.spec.tables.values()
            for definition in main.definitions.of(table, Sort.OBJECT)
        )
        items = main.module.items
        while first > 0 and (main.guards[first] or _is_define(items[first - 1])):
            first -= 1
        return first


def _distinct(wrappers: Sequence[Wrapper]) -> list[Wrapper]:
    """Return one wrapper of each name, there whenever any op needs it."""
    groups: dict[str, list[Wrapper]] = {}
    for wrapper in wrappers:
        groups.setdefault(wrapper.name, []).append(wrapper)
    return [replace(group[0], guard=cover(w.guard for w in group)) for group in groups.values()]


def _guards_of_seconds(wrappers: Sequence[Wrapper]) -> dict[str, Guard]:
    """Return the second backend's functions that wrappers call, each with when any of them does."""
    guards: dict[str, list[Guard]] = {}
    for wrapper in wrappers:
        for name in wrapper.seconds:
            guards.setdefault(name, []).append(wrapper.guard)
    return {name: cover(found) for name, found in guards.items()}


def _is_define(item: Item) -> bool:
    return isinstance(item, Directive) and item.macro is not None
