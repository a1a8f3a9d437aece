"""Make the plan of dispatch: which wrappers, entries and declarations a split tree still lacks."""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import replace

from vtsplit.cst.conditions import Guard, cover, under
from vtsplit.cst.nodes import Directive, Item
from vtsplit.diagnostics import RefusedError, Site
from vtsplit.planning.dispatch.edits import DispatchPlan, Selection, Served
from vtsplit.planning.dispatch.entries import Entries, new_entries
from vtsplit.planning.dispatch.held import Held, hold
from vtsplit.planning.dispatch.op_names import (
    note_unserved,
    refuse_collisions,
    refuse_taken_macros,
    refuse_unknown_ops,
)
from vtsplit.planning.dispatch.ops import Op, TableOps
from vtsplit.planning.dispatch.second.backend import BackendAdditions, BackendPlanner
from vtsplit.planning.dispatch.second.module_init import InitFunctions, InitNames, ModuleInit
from vtsplit.planning.dispatch.second.option import plan_option
from vtsplit.planning.dispatch.surroundings import Surroundings
from vtsplit.planning.dispatch.unclear import refuse_unclear
from vtsplit.planning.dispatch.used_names import include_used
from vtsplit.planning.dispatch.wrappers.alternatives import settle
from vtsplit.planning.dispatch.wrappers.called_macros import CalledMacros
from vtsplit.planning.dispatch.wrappers.choose import Wrappers
from vtsplit.planning.dispatch.wrappers.existing import MARK, Unwanted, find_unwanted
from vtsplit.planning.dispatch.wrappers.wrapper import Wrapper
from vtsplit.planning.edits import IncludeLine
from vtsplit.planning.modules.used_by_main import UseByMain, used_by_main
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action, Ledger
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.spec.document import Spec
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.headers.includes import IncludeGraph
from vtsplit.tree.source_tree import SourceTree


def plan_dispatch(
    spec: Spec,
    tree: SourceTree,
    graph: IncludeGraph,
    names: InitNames,
    force: bool = False,
    on_disk: Callable[[Site], Site] = lambda site: site,
) -> DispatchPlan:
    """Plan the wrappers of a tree that the split has been made in, in memory or on disk.

    `graph` are the headers that the source sees, `names` the functions that the split has made
    global for main to call. `force` writes wrappers anew that differ from what the spec says.
    `on_disk` takes a place to where messages show it.

    Raises RefusedError with every problem; nothing has changed then.
    """
    ledger = Ledger()
    unsettled = Surroundings(spec, tree, graph, ledger, on_disk)
    reader = TableOps(unsettled)
    ops = reader.read()
    around = unsettled.under(settle(unsettled, ops, reader))
    wanted = _wanted(around, reader, ops)
    known = reader.indirect | {one.name for one in reader.unclear}
    known |= {one.name for one in (*ops, *(wrapper.op for wrapper in wanted))}
    _stop_if_refused(ledger)
    note_unserved(around, reader, {w.op.name for w in wanted} | reader.indirect)
    plan = _compare(around, ops, wanted, names, force)
    _stop_if_refused(ledger)
    return replace(plan, known=frozenset(known))


def _stop_if_refused(ledger: Ledger) -> None:
    if ledger.problems:
        raise RefusedError(*ledger.problems)


def _wanted(around: Surroundings, reader: TableOps, ops: Sequence[Op]) -> list[Wrapper]:
    """Return the wrappers that the spec asks for, in the order of the tables' entries."""
    unclear = refuse_unclear(around, reader, ops)
    fresh = new_entries(around, ops, reader, unclear)
    refuse_unknown_ops(around, [*(op.name for op in (*ops, *fresh)), *unclear, *reader.indirect])
    makes = Wrappers(around)
    tables = list(around.spec.tables.values())
    every = sorted((*ops, *fresh), key=lambda op: (tables.index(op.table), op.index, op.offset))
    wanted = [wrapper for op in every if (wrapper := makes.make(op))]
    refuse_collisions(around, wanted)
    return wanted


def _compare(
    around: Surroundings,
    ops: Sequence[Op],
    wanted: Sequence[Wrapper],
    names: InitNames,
    force: bool,
) -> DispatchPlan:
    """Hold what is wanted against what main has; plan the difference."""
    distinct = _distinct(wanted)
    held = hold(around, distinct, force)
    entries = Entries(around)
    selection = entries.selection(distinct)
    if selection:
        refuse_taken_macros(around, selection)
    unwanted = find_unwanted(around, ops, {wrapper.name for wrapper in distinct})
    edits = [edit for wrapper in wanted if (edit := entries.retarget(wrapper))]
    edits += [edit for op in unwanted.ops if (edit := entries.restore(op))]
    init = _init(around, distinct, names)
    second = _second(around, distinct, init)
    includes = _includes(around, distinct, held, init, second)
    selection = entries.selection(distinct)
    macros = CalledMacros(around, distinct)
    raised = macros.raised()
    return DispatchPlan(
        spec=around.spec,
        wrappers=held.pieces,
        replaced=held.replaced,
        removed=frozenset({*unwanted.names, *_idle(around, entries, ops, unwanted, selection)}),
        order=tuple(w.name for w in distinct),
        ops={w.name: w.op.name for w in distinct},
        home=macros.home(_home(around)),
        mark=MARK if held.pieces and not _has_wrappers(around) else "",
        selection=selection,
        edits=tuple(edits),
        raised=raised,
        main_includes=includes,
        tail=init.text if init else "",
        variable=init.variable if init else "",
        declared=second.declared,
        stubs=second.stubs,
        declared_order=second.order,
        header_includes=second.header_includes,
        tags=second.tags,
        exposed=second.exposed,
        backend_include=second.include,
        texts={**second.texts, **plan_option(around)},
        steps=tuple(around.ledger.steps),
        notes=tuple(around.ledger.notes),
        drift=(*held.drift, *unwanted.drift),
        served=tuple(_served(ops, wanted, {*unwanted.ops})),
    )


def _served(ops: Sequence[Op], wanted: Sequence[Wrapper], restored: Set[Op]) -> Iterator[Served]:
    """Yield who is to serve each op: the entries that there are, then those that are new."""
    wrappers = {(one.op.table, one.op.name): one for one in wanted}
    for op in dict.fromkeys((*ops, *(one.op for one in wanted))):
        wrapper = wrappers.get((op.table, op.name))
        if wrapper is None:
            first = "" if op in restored else op.function
            yield Served(op.name, op.table, first, guard=op.guard)
            continue
        second = wrapper.seconds[0] if wrapper.seconds else ""
        yield Served(
            op.name, op.table, wrapper.first, second, wrapper.name, wrapper.condition, op.guard
        )


def _init(
    around: Surroundings, wrappers: Sequence[Wrapper], names: InitNames
) -> InitFunctions | None:
    """Plan main's own init and exit functions, where the spec asks for them."""
    if not around.spec.init:
        return None
    return ModuleInit(around).plan(names, [wrapper.name for wrapper in wrappers])


def _second(
    around: Surroundings, wrappers: Sequence[Wrapper], init: InitFunctions | None
) -> BackendAdditions:
    """Plan the second backend's files and declarations: wrappers and main's init call them."""
    prototypes = {n: p for wrapper in wrappers for n, p in wrapper.prototypes.items()}
    called = _guards_of_seconds(wrappers)
    if init:
        called |= dict.fromkeys(init.seconds, ())
        prototypes |= init.prototypes
    seconds = list(init.seconds if init else ())
    planner = BackendPlanner(around)
    calls = [use for use in _calls_of_second(around) if use.name not in called]
    if not all(planner.is_declared(use.name) for use in calls):
        called |= {use.name: _own_guard(use.name, around) for use in calls}
        seconds += [use.name for use in calls if use.starts]
    return planner.plan(called, prototypes, seconds, [w.head for w in wrappers])


def _calls_of_second(around: Surroundings) -> list[UseByMain]:
    """Return what main calls of the second backend as it stands, in the order of declarations."""
    uses = used_by_main(around.main, around.backend) if around.backend else []
    functions = [use for use in uses if around.of_backend(use.name)]
    starting = [use for use in functions if use.starts]
    return [*(use for use in functions if not use.starts), *reversed(starting)]


def _own_guard(name: str, around: Surroundings) -> Guard:
    """Return the conditions under which the second backend has a function, beside its option."""
    assert around.backend is not None
    definitions = around.backend.definitions.of(name, Sort.FUNCTION)
    option = under(around.dispatch.backend.config)
    return tuple(one for one in cover(d.guard for d in definitions) if one not in option)


def _includes(
    around: Surroundings,
    wrappers: Sequence[Wrapper],
    held: Held,
    init: InitFunctions | None,
    second: BackendAdditions,
) -> tuple[IncludeLine, ...]:
    """Return the includes that main needs for what its new text uses."""
    uses = {name: w.name for w in wrappers if w.name in held.names for name in w.uses}
    if init:
        uses |= dict.fromkeys(init.uses, "the module's start")
    provided = {wrapper.first for wrapper in wrappers} | set(second.provided)
    return include_used(around, uses, provided, second.texts)


def _has_wrappers(around: Surroundings) -> bool:
    """Tell whether main has functions with the wrappers' prefix: somebody's wrappers."""
    names = around.main.definitions.by_name
    functions = (d for found in names.values() for d in found if d.sort is Sort.FUNCTION)
    return any(one.name.startswith(around.dispatch.prefix) for one in functions)


def _home(around: Surroundings) -> int:
    """Return the index in main in front of the first table and the macros above it."""
    main = around.main
    first = min(
        definition.index
        for table in around.spec.tables.values()
        for definition in main.definitions.of(table, Sort.OBJECT)
    )
    items = main.module.items
    while first > 0 and (main.guards[first] or _is_define(items[first - 1])):
        first -= 1
    return first


def _idle(
    around: Surroundings,
    entries: Entries,
    ops: Sequence[Op],
    unwanted: Unwanted,
    selection: Selection | None,
) -> Iterator[str]:
    """Yield the macros by which no entry chooses any more, now that wrappers go."""
    main = around.main
    pieces = (*selection.chosen, *selection.left_out) if selection else ()
    used = {piece.name for piece in pieces}
    used |= {op.selector for op in ops if op not in unwanted.ops}
    for name in (entries.selector, entries.only) if unwanted.names else ():
        for definition in main.definitions.of(name, Sort.MACRO) if name not in used else ():
            span = main.lines(definition.index)
            macro, reason = Symbol.gone(name, Role.MACRO), Reason(Why.NO_ENTRY_USES)
            site = main.site(definition.index)
            around.ledger.step(Action.DROP, macro, site, reason, span)
            yield name


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
