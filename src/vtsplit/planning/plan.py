"""Make the plan of a split: survey the tree, decide each step, refuse what is not safe."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from posixpath import basename

from vtsplit.cst.directives import Macro
from vtsplit.diagnostics import RefusedError, Site
from vtsplit.planning import build_names
from vtsplit.planning.assembled import refuse_assembled
from vtsplit.planning.constant_values import refuse_values
from vtsplit.planning.core_name import present_source
from vtsplit.planning.declarations import (
    Declarations,
    include_target,
    refuse_unreadable_types,
    table_declarations,
)
from vtsplit.planning.exporting import ExportPlanner
from vtsplit.planning.exposure import (
    Exposure,
    Referred,
    find_exposures,
    name_site,
    new_names,
)
from vtsplit.planning.forwarding import find_forwarding
from vtsplit.planning.local_order import LocalOrder, includers
from vtsplit.planning.local_types import (
    MovedLocals,
    find_moved_locals,
    wanted_by_declarations,
    wanted_by_guards,
    wanted_by_tables,
)
from vtsplit.planning.made_names import refuse_made_names
from vtsplit.planning.made_objects import MadeAlong, find_made_along
from vtsplit.planning.module_entry import (
    ModuleEntry,
    entry_names,
    find_module_entries,
    record_entries,
)
from vtsplit.planning.naming import (
    Collisions,
    changed,
    check_free,
    check_names,
    finished_renames,
    wanted_renames,
)
from vtsplit.planning.needs import Includes
from vtsplit.planning.new_files import NewFiles
from vtsplit.planning.object_list import Build, BuildPlanner
from vtsplit.planning.pastings import built_names, report_pastings
from vtsplit.planning.readable import refuse_unread, refuse_unreadable
from vtsplit.planning.record import (
    record_declared,
    record_emptied,
    record_exposures,
    record_locals,
    record_made_along,
    record_received,
    record_tables,
)
from vtsplit.planning.sizes import Arrays, find_lengths, is_scalar, with_lengths
from vtsplit.planning.steps import Ledger, Plan
from vtsplit.planning.surrounding_pragmas import Surroundings
from vtsplit.planning.tables import (
    Table,
    TableReference,
    find_tables,
    moved_items,
    refer,
    refuse_hidden_static,
    tentative_definitions,
)
from vtsplit.planning.textual_inclusion import Parts, refuse_nested, refuse_textual_inclusion
from vtsplit.planning.thinning import Dropped, sort_out
from vtsplit.planning.uses import RenamePlan, UseFinder, find_uses
from vtsplit.spec import Spec
from vtsplit.survey.files import CFile, CFiles
from vtsplit.survey.header_macros import header_macros
from vtsplit.survey.includes import graph_of
from vtsplit.survey.typedefs import Typedefs
from vtsplit.survey.words import WordIndex, Words
from vtsplit.tree import SourceTree

Progress = Callable[[int, int], None]


class Planner:
    """Surveys a tree for a spec.

    `progress` is told how many of how many files are searched; `index` is asked instead of a
    search, where names have been looked for already.
    """

    def __init__(
        self,
        spec: Spec,
        tree: SourceTree,
        progress: Progress = lambda done, total: None,
        index: WordIndex | None = None,
    ) -> None:
        self.asked = spec
        self.spec = spec = present_source(spec, tree)
        self.tree = tree
        self.index = index or WordIndex(tree.root, progress)
        self.ledger = Ledger()
        self.files = CFiles(tree)
        self.source = refuse_unreadable(self.files.get(spec.source), self.ledger)
        self.header = self._optional(spec.header)
        self.main = self._optional(spec.main)
        self.graph = graph_of(tree, spec.source)
        self.includes = Includes(self.graph, self.source, frozenset({spec.header}))
        self.header_macros = header_macros(self.graph, sorted(self.includes.seen))
        paths = (spec.source, *sorted(self.includes.seen))
        self.typedefs = Typedefs(self.graph, paths, self.files)
        self.finished = finished_renames(spec, self.source)
        self.words = Words({})

    def _optional(self, path: str) -> CFile | None:
        found = self.files.find(path)
        return refuse_unreadable(found, self.ledger) if found else None

    def macro_of(self, name: str) -> Macro | None:
        """Return a macro of the source file or, function-like, of a header it sees."""
        return self.source.definitions.macro(name) or self.header_macros.get(name)

    def macros_of(self, name: str) -> tuple[Macro, ...]:
        """Return every definition that the source file or a header it sees has of a macro."""
        return (*self.source.definitions.macros(name), *self.header_macros.every(name))

    def _stop_if_refused(self) -> None:
        if self.ledger.problems:
            raise RefusedError(*self.ledger.problems)

    def plan(self) -> Plan:
        """Return the plan. Raises RefusedError with every problem; nothing has changed then."""
        self._stop_if_refused()
        tables = find_tables(self.spec, self.source, self.main, self.ledger)
        refuse_hidden_static(tables, self.macros_of, self.ledger)
        self._stop_if_refused()
        moving = [table for table in tables if table.moves]
        references = refer(tables, self.macro_of)
        own = frozenset(definition.index for table in moving for definition in table.definitions)
        along = find_made_along(references, self.source, own, self.macros_of, self.ledger)
        references += along.references
        moved_names = frozenset(name for table in tables for name in (table.old, table.new))
        moved_names |= frozenset(along.names.values())
        entries = find_module_entries(self.spec, self.source, self.main, self.ledger)
        referred: list[Referred] = [*references, *entries]
        exposures = find_exposures(referred, self.source, moved_names, self.macros_of, self.ledger)
        stated = wanted_renames(
            self.spec, self.source, [e.name for e in exposures if e.is_static], self.ledger
        )
        names = changed(stated | new_names(exposures, stated, self.spec.prefix))
        check_names(self.spec, names, stated, [one.name for one in exposures], self.ledger)
        moved = moved_items(moving, self.ledger) | along.names.keys()
        self._search(tables, exposures, names)
        self._check_free(tables, exposures, names)
        refuse_values(moving, exposures, partial(is_scalar, typedefs=self.typedefs), self.ledger)
        becomes = {**names, **{t.old: t.new for t in moving}}
        refuse_assembled(self.source, becomes, self.ledger)
        refuse_nested(self.source, moved, becomes, self.graph, self.ledger)
        made = {exposure.name for exposure in exposures}
        unmade = [one for one in references if one.name not in made]
        refuse_made_names(unmade, self.source, moved, self.macro_of, self.graph, self.ledger)
        refuse_textual_inclusion(self.spec.source, self.tree, self.words, self.graph, self.ledger)
        self._stop_if_refused()
        return self._finish(tables, references, exposures, names, moved, entries, along)

    def _locals(
        self,
        references: list[TableReference],
        moving: list[Table],
        moved: frozenset[int],
        gone: frozenset[int],
        exposures: list[Exposure],
        outside: frozenset[str],
    ) -> MovedLocals:
        """Decide on types and moved_locals of the source file; the header declares `exposures`."""
        tables = {table.old for table in moving}
        wanted = [reference for reference in references if reference.table.old in tables]
        wants = wanted_by_tables(wanted, outside) + wanted_by_declarations(exposures, moving)
        in_header = [d.guard for e in exposures for d in e.definitions]
        wants += wanted_by_guards(in_header, "an #if condition", in_header=True)
        in_main = [self.source.guards[index] for index in moved]
        wants += wanted_by_guards(in_main, "an #if condition", in_header=bool(outside))
        kept = self.includes.front_macros.names
        wants = [want for want in wants if want.name not in kept]
        found = find_moved_locals(wants, self.source, moved, self.ledger)
        order = LocalOrder(self.source, self.graph, self.ledger)
        target = include_target(self.spec.header, self.spec.source)
        last = order.must_be_last(found, gone, target)
        paths = self.words.of(basename(self.spec.header)) if self.header else ()
        order.refuse_taken(found, includers(self.tree, self.spec, paths), self.includes.seen)
        return replace(found, header_last=last)

    def _search(
        self, tables: list[Table], exposures: list[Exposure], names: dict[str, str]
    ) -> None:
        wanted = {table.old for table in tables} | {table.new for table in tables}
        wanted |= {exposure.name for exposure in exposures}
        wanted |= set(names) | set(names.values()) | set(self.finished)
        wanted |= {basename(self.spec.source), basename(self.asked.source), build_names.BASENAME}
        wanted |= {basename(self.spec.header)} if self.header else set()
        self.words = self.index.find(wanted)
        refuse_unread(self.words, self.ledger)

    def _check_free(
        self, tables: list[Table], exposures: list[Exposure], names: dict[str, str]
    ) -> None:
        own = frozenset({self.spec.source, self.spec.header, self.spec.main})
        collisions = Collisions(
            self.files, self.words, self.source, own, self.includes.seen, self._brings_header
        )
        becoming = {e.name: name_site(e, self.source) for e in exposures if e.is_static}
        # A table that is global already, under its own name, takes that from nobody.
        becoming |= {
            t.old: t.file.site(t.definitions[0].index) for t in tables if t.moves and t.is_static
        }
        renamed = names | {t.old: t.new for t in tables if t.is_static or t.old != t.new}
        check_free(self.spec, collisions, becoming, renamed, self.ledger)

    def _brings_header(self, path: str) -> bool:
        return self.header is not None and self.spec.header in self.graph.reach(path)

    def _finish(
        self,
        tables: list[Table],
        references: list[TableReference],
        exposures: list[Exposure],
        names: dict[str, str],
        moved: frozenset[int],
        entries: list[ModuleEntry],
        along: MadeAlong,
    ) -> Plan:
        ledger, spec = self.ledger, self.spec
        moving = [table for table in tables if table.moves]
        exposed = [exposure for exposure in exposures if exposure.is_static]
        renames = self._renames(tables, exposed, names)
        every = names | {t.old: t.new for t in moving if t.old != t.new}
        becoming = frozenset(exposure.name for exposure in exposed)
        report_pastings(self.source, every, becoming, self.macro_of, ledger)
        going = [d for e in exposed for d in e.forward]
        forward = sort_out((*tentative_definitions(moving, moved, self.source), *going))
        dropped = forward.whole | {entry.index for entry in entries}
        without = replace(forward, whole=moved | dropped)
        forwarding = find_forwarding(
            moving, spec, self.files, self.words, self.includes.seen, ledger
        )
        reopened = self._reopened(tables)
        outside = self._used_outside(moving, without, renames) | reopened
        known = Declarations(self.files, self.words, sorted({*self.includes.seen, spec.header}))
        functions = known.wanted(exposures, names, self.source, ledger)
        declared = [*table_declarations(tables, outside, known), *functions]
        declared.sort(key=lambda one: not one.is_object)
        in_order = sorted(exposures, key=lambda exposure: not exposure.is_object)
        refuse_unreadable_types(tables, declared, ledger)
        gone = moved | dropped
        arrays = Arrays(self.source, self.macros_of, self.typedefs)
        lengths = find_lengths(arrays, moving, exposures, gone, self.macro_of, self.words, ledger)
        renamed = names | {table.old: table.new for table in moving}
        declared = with_lengths(declared, lengths, renamed, ledger)
        by_header = {one.name for one in declared}
        own = [e for e in exposures if names.get(e.name, e.name) in by_header]
        moved_locals = self._locals(references, moving, moved, gone, own, outside)
        around = Surroundings(self.source, self.graph, self.macros_of, ledger)
        around.refuse(moving, exposures, moved_locals)
        kept = frozenset(t.new for t in moving if t.is_static and t.old not in outside)
        record_tables(moving, forward, kept, self.source, spec.main, ledger)
        record_made_along(along.names, self.source, ledger)
        record_exposures(exposed, names, spec, self.source, ledger)
        record_locals(moved_locals, self.source, spec.header, spec.main, ledger)
        there = [file.path for file in (self.main, self.header) if file]
        record_received(moving, moved_locals, self.source, spec, there, ledger)
        if self.main is None:
            ledger.step("create", spec.main, Site(spec.main), "the tables are to stand there")
        record_declared(declared, spec.header, self.header is None, ledger)
        record_entries(entries, self.source, spec.main, ledger)
        new = NewFiles(
            spec, self.tree, self.source, self.graph, self.includes, self.macro_of, ledger
        )
        header_front = new.header(self.header, declared, tables, exposures, names, moved_locals)
        elsewhere = {
            exposure.name
            for exposure in exposures
            if not known.is_provided(names.get(exposure.name, exposure.name), spec.header)
            and not known.is_provided(exposure.name, spec.header)
        }
        provided = frozenset(table.old for table in tables)
        provided |= {exposure.name for exposure in exposures} - elsewhere
        provided |= moved_locals.names | frozenset(along.names.values())
        guards = [self.source.guards[index] for index in moved]
        main_front = new.main(
            self.main, self.header, moving, references, provided, moved_locals, guards, header_front
        )
        exporter = ExportPlanner(
            spec, self.tree, self.source, self.files, self.words, self.macros_of, ledger
        )
        exporter.check(tables, references, without, self.macro_of)
        exports = exporter.plan(exposures, names)
        build = self._build(references, moved | moved_locals.to_main | moved_locals.to_header)
        record_emptied(gone | moved_locals.to_main | moved_locals.to_header, self.source, ledger)
        makes_header = self.header is None and bool(declared or moved_locals.to_header)
        has_header = bool(self.header) or makes_header
        plan = Plan(
            source=spec.source,
            header=spec.header,
            main=spec.main,
            moved=moved | moved_locals.to_main,
            to_header=moved_locals.to_header,
            dropped=dropped,
            thinned=forward.parts,
            exposed=frozenset(exposure.name for exposure in exposed),
            hidden={macro: rest or "" for e in exposed for macro, rest in e.hidden.items()},
            made={e.name: e.definitions[0].item for e in exposures if not e.is_static},
            renames=renames.files,
            kept_static=kept,
            declared=tuple(declared),
            order=tuple([t.new for t in tables] + [names.get(e.name, e.name) for e in in_order]),
            tags=header_front.tags,
            header_includes=header_front.lines,
            main_includes=main_front.lines,
            main_macros=main_front.macros,
            source_include=new.header_target(self.source, self.header) if has_header else None,
            main_include=new.header_target(self.main, self.header) if has_header else None,
            header_last=header_front.is_last or moved_locals.header_last,
            new_header=new.start(spec.header) if makes_header else None,
            new_main=None if self.main else new.start(spec.main),
            forwarding=forwarding,
            exposed_in_main=reopened,
            texts=build.texts,
            source_becomes=build.source_becomes,
            module_entries=entry_names(entries, names),
            exports=exports,
            steps=tuple(ledger.steps),
            notes=tuple(ledger.notes),
        )
        self._stop_if_refused()
        return plan

    def _build(self, references: list[TableReference], moved: frozenset[int]) -> Build:
        """Plan the build, and refuse what would say another name of file or module then."""
        planner = BuildPlanner(self.asked, self.spec, self.tree, self.words, self.ledger)
        build = planner.plan()
        names = build_names.BuildNames(self.source, moved, self.macro_of, self.ledger)
        names.refuse_moved(references, build.is_module)
        if build.source_becomes:
            names.refuse_own(build.source_becomes)
            names.note_shown(build.source_becomes, self.files, self.words, self.includes.seen)
        return build

    def _renames(
        self, tables: list[Table], exposed: list[Exposure], names: dict[str, str]
    ) -> RenamePlan:
        static = {exposure.name for exposure in exposed}
        static |= {table.old for table in tables if table.is_static or not table.moves}
        for name in names:
            found = self.source.definitions.of(name)
            if found and any(definition.is_static for definition in found):
                static.add(name)
        # What is renamed and global already is mentioned by its old name, at most.
        static |= self.finished.keys()
        every = names | {table.old: table.new for table in tables if table.old != table.new}
        every = self.finished | every
        seen = self.includes.seen
        parts = Parts(self.spec.source, seen, self.tree, self.index)
        finder = UseFinder(self.files, self.words, self.source, seen, self.macro_of, parts.is_part)
        own = frozenset({self.spec.header, self.spec.main})
        return finder.plan(every, frozenset(static), own, self.ledger)

    def _reopened(self, tables: list[Table]) -> frozenset[str]:
        """Return the tables that are static in main though the source file uses them."""
        static = {table.new: table for table in tables if not table.moves and table.is_static}
        uses = find_uses(self.source, frozenset(static), self.macro_of) if static else []
        used = {u.occurrence.name for u in uses if u.occurrence.meaning.needs}
        for name in sorted(used):
            for definition in static[name].definitions:
                site = static[name].file.site(definition.index)
                self.ledger.step("expose", name, site, f"{self.spec.source} uses it")
        return frozenset(used)

    def _used_outside(
        self, moving: list[Table], gone: Dropped, renames: RenamePlan
    ) -> frozenset[str]:
        """Return the moving tables, by old name, that something outside of main uses."""
        names = frozenset(table.old for table in moving)
        uses = find_uses(self.source, names, self.macro_of) if names else []
        outside = {
            use.occurrence.name
            for use in uses
            if not gone.has(use.index, use.occurrence.name) and use.occurrence.meaning.needs
        }
        outside |= {table.old for table in moving if not table.is_static}
        outside |= names & built_names(self.source, self.macro_of, gone.whole).keys()
        for path, renamed in renames.files.items():
            if path != self.spec.source:
                outside |= names & renamed.names.keys()
        return frozenset(outside)
