"""Make the plan of a split: pass by pass, each with what earlier ones return."""

import re
from dataclasses import dataclass, replace
from functools import partial

from vtsplit.cst.nodes import Directive
from vtsplit.diagnostics import RefusedError, Site
from vtsplit.planning.build.build_names import BuildNames
from vtsplit.planning.build.object_list import Build, BuildPlanner
from vtsplit.planning.context import Context
from vtsplit.planning.declaring import Declaring, plan_declarations, plan_locals
from vtsplit.planning.edits import Exports, HeaderEdit, MainEdit, Plan, SourceEdit
from vtsplit.planning.fronts.front import Fronts
from vtsplit.planning.fronts.plan_fronts import plan_fronts
from vtsplit.planning.header.forwarding import find_forwarding
from vtsplit.planning.locals.closure import MovedLocals
from vtsplit.planning.modules.exporting import ExportPlanner
from vtsplit.planning.modules.module_entry import entry_names, record_entries
from vtsplit.planning.movable import refuse_immovable
from vtsplit.planning.moving import Moving, choose_moving
from vtsplit.planning.names.renaming import plan_renames, reopened_tables, used_outside
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.record import (
    record_declared,
    record_emptied,
    record_exposures,
    record_locals,
    record_made_along,
    record_received,
    record_tables,
)
from vtsplit.planning.rules.readable import warn_of_absent_files
from vtsplit.planning.rules.surrounding_pragmas import PragmaSurroundings
from vtsplit.planning.search import begin_search, search
from vtsplit.planning.steps import Action, Ledger
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.planning.tables.find import tentative_definitions
from vtsplit.planning.tables.thinning import Dropped, sort_out
from vtsplit.survey.search.words import WordFiles


@dataclass(frozen=True)
class Leaving:
    """What the source file has no more.

    `declarations` are those that the header's make redundant, whole items and parts; `calls` are
    the items that registered the functions which start and stop the module.
    """

    items: frozenset[int]
    declarations: Dropped
    calls: frozenset[int]

    @property
    def dropped(self) -> frozenset[int]:
        """The items that go for good."""
        return self.declarations.whole | self.calls

    @property
    def gone(self) -> frozenset[int]:
        """These, and the items that move with the tables."""
        return self.items | self.dropped

    @property
    def uses(self) -> Dropped:
        """The places that count no more as uses of a name."""
        return Dropped(self.gone, self.declarations.parts)


@dataclass(frozen=True)
class Settled:
    """What is settled about symbols and items; how files begin, and the build, come after it."""

    moving: Moving
    leaving: Leaving
    declaring: Declaring
    moved: MovedLocals

    @property
    def kept_static(self) -> frozenset[str]:
        """The tables that main alone uses: they stay static there."""
        outside = self.declaring.outside
        going = self.moving.going
        return frozenset(one.new for one in going if one.is_static and one.old not in outside)


def make_plan(context: Context) -> Plan:
    """Return the plan of a split.

    Raises RefusedError with every problem; nothing has changed then.
    """
    if context.unreadable:
        raise RefusedError(*context.unreadable)
    ledger = Ledger()
    moving = choose_moving(context, ledger)
    begin_search(context, moving)
    words = search(context, moving, ledger)
    refuse_immovable(context, moving, words, ledger)
    _stop_if_refused(ledger)
    renames = plan_renames(context, moving, words, ledger)
    leaving = _leaving(context, moving)
    forwarding = find_forwarding(
        moving.going, context.spec, context.files, words, context.seen, ledger
    )
    reopened = reopened_tables(context, moving, ledger)
    outside = used_outside(context, moving, leaving.uses, renames) | reopened
    declaring = plan_declarations(context, moving, words, outside, leaving.gone, ledger)
    moved = plan_locals(context, moving, declaring, words, leaving.gone, ledger)
    done = Settled(moving, leaving, declaring, moved)
    _record(context, done, ledger)
    fronts = plan_fronts(context, moving, declaring, moved, ledger)
    shared = fronts.main.lines
    around = PragmaSurroundings(context.source, context.graph, context.macros_of, shared, ledger)
    around.refuse(moving.going, moving.exposures, moved)
    exports = _exports(context, moving, words, leaving, ledger)
    build = _build(context, done, fronts, words, ledger)
    record_emptied(leaving.gone | moved.to_main | moved.to_header, context.source, ledger)
    if ledger.steps:
        warn_of_absent_files(context.tree, ledger)
    plan = Plan(
        source=_source_edit(context, done, fronts, exports, build),
        header=_header_edit(context, done, fronts),
        main=replace(_main_edit(context, done, fronts, reopened, exports), quiet=around.quiet),
        renames=renames.files,
        forwarding=forwarding,
        inline=fronts.inline,
        texts=build.texts,
        module_entries=entry_names(moving.entries, moving.new),
        steps=tuple(ledger.steps),
        notes=tuple(ledger.notes),
    )
    _stop_if_refused(ledger)
    return plan


def _stop_if_refused(ledger: Ledger) -> None:
    if ledger.problems:
        raise RefusedError(*ledger.problems)


def _leaving(context: Context, moving: Moving) -> Leaving:
    forward = [d for exposure in moving.becoming for d in exposure.forward]
    tentative = tentative_definitions(moving.going, moving.items, context.source)
    calls = frozenset(entry.index for entry in moving.entries)
    return Leaving(moving.items, sort_out((*tentative, *forward)), calls)


def _record(context: Context, done: Settled, ledger: Ledger) -> None:
    """Record each step with its reason."""
    spec, source = context.spec, context.source
    moving, moved, declared = done.moving, done.moved, done.declaring.declared
    dropped = done.leaving.declarations
    record_tables(moving.going, dropped, done.kept_static, source, spec.main, ledger)
    record_made_along(moving.along.names, source, ledger)
    record_exposures(moving.becoming, spec, source, ledger)
    record_locals(moved, source, spec.header, spec.main, ledger)
    there = [file.path for file in (context.main, context.header) if file]
    record_received(moving.going, moved, source, spec, there, ledger)
    if context.main is None:
        made = Symbol.added(spec.main, Role.FILE)
        ledger.step(Action.CREATE, made, Site(spec.main), Reason(Why.HOLDS_TABLES))
    record_declared(declared, spec.header, context.header is None, ledger)
    record_entries(moving.entries, source, spec.main, ledger)


def _exports(
    context: Context, moving: Moving, words: WordFiles, leaving: Leaving, ledger: Ledger
) -> Exports:
    """Plan what the source file exports to main, where that is part of another module."""
    planner = ExportPlanner(context, words, ledger)
    planner.check(moving.tables, moving.references, leaving.uses)
    return planner.plan(moving.exposures)


def _build(
    context: Context, done: Settled, fronts: Fronts, words: WordFiles, ledger: Ledger
) -> Build:
    """Plan the build, and refuse what would say another name of file or module then."""
    moving, moved = done.moving, done.moved
    makes_header = fronts.header_start is not None
    leaving = moving.items | moved.to_main | moved.to_header
    planner = BuildPlanner(
        context,
        words,
        ledger,
        makes_header=makes_header,
        is_named=partial(_is_named, context, leaving),
    )
    build = planner.plan()
    names = BuildNames(context.source, leaving, context.macro_of, ledger)
    names.refuse_moved(moving.references, build.is_module)
    if build.source_becomes:
        names.refuse_own(build.source_becomes)
        names.note_shown(build.source_becomes, context.files, words, context.seen)
    return build


def _is_named(context: Context, leaving: frozenset[int], word: str) -> bool:
    """Tell whether what leaves the source, a macro of it, or a header that it has names a word."""
    items = context.source.module.items
    texts = [
        one.text for at, one in enumerate(items) if at in leaving or isinstance(one, Directive)
    ]
    texts += (context.graph.text(path) for path in sorted(context.seen))
    return any(re.search(rf"\b{word}\b", text) for text in texts if word in text)


def _source_edit(
    context: Context, done: Settled, fronts: Fronts, exports: Exports, build: Build
) -> SourceEdit:
    becoming, leaving, moved = done.moving.becoming, done.leaving, done.moved
    return SourceEdit(
        path=context.spec.source,
        moved=done.moving.items | moved.to_main,
        to_header=moved.to_header,
        dropped=leaving.dropped,
        thinned=leaving.declarations.parts,
        exposed=frozenset(exposure.name for exposure in becoming),
        hidden={macro: rest or "" for e in becoming for macro, rest in e.hidden.items()}
        | {macro: rest for table in done.moving.going for macro, rest in table.hidden.items()},
        include=fronts.source_include,
        include_last=fronts.is_header_last,
        exports=exports.calls,
        export_include=exports.include,
        becomes=build.source_becomes,
    )


def _header_edit(context: Context, done: Settled, fronts: Fronts) -> HeaderEdit:
    moving, declaring = done.moving, done.declaring
    return HeaderEdit(
        path=context.spec.header,
        start=fronts.header_start,
        includes=fronts.header.lines,
        source_order=fronts.header.order,
        tags=fronts.header.tags,
        declared=declaring.declared,
        order=declaring.order,
        made={e.name: e.definitions[0].item for e in moving.exposures if not e.is_static},
    )


def _main_edit(
    context: Context,
    done: Settled,
    fronts: Fronts,
    reopened: frozenset[str],
    exports: Exports,
) -> MainEdit:
    return MainEdit(
        path=context.spec.main,
        start=fronts.main_start,
        includes=fronts.main.lines,
        source_order=fronts.main.order,
        macros=fronts.main.macros,
        include=fronts.main_include,
        include_last=fronts.is_header_last,
        kept_static=done.kept_static,
        exposed=reopened,
        imports=exports.imports,
    )
