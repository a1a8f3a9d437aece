"""Make the plan of a split: survey the tree, decide each step, refuse what is not safe."""

import re
from collections.abc import Callable
from posixpath import basename

from vtsplit.cst.directives import Macro
from vtsplit.cst.nodes import Directive
from vtsplit.cst.occurrences import Meaning
from vtsplit.diagnostics import RefusedError, Site
from vtsplit.planning.declarations import (
    Declarations,
    declared_constants,
    include_target,
    refuse_unreadable_types,
    table_declarations,
)
from vtsplit.planning.exposure import (
    Exposure,
    check_sizes,
    find_exposures,
    is_unsized,
    name_site,
    new_names,
    takes_size,
)
from vtsplit.planning.macros import MovedMacros, find_moved_macros
from vtsplit.planning.naming import (
    Collisions,
    check_free,
    check_names,
    finished_renames,
    wanted_renames,
)
from vtsplit.planning.needs import Includes, guard_needs
from vtsplit.planning.new_files import NewFiles
from vtsplit.planning.object_list import add_to_build
from vtsplit.planning.readable import refuse_unreadable
from vtsplit.planning.record import (
    record_declared,
    record_dropped,
    record_emptied,
    record_exposure,
    record_macros,
    record_move,
    record_rename,
)
from vtsplit.planning.steps import Declared, Ledger, Plan
from vtsplit.planning.tables import Table, TableReference, find_tables, following_calls, refer
from vtsplit.planning.uses import (
    RenamePlan,
    Use,
    UseFinder,
    built_names,
    find_uses,
    is_forward_only,
    report_pastings,
)
from vtsplit.spec import Spec
from vtsplit.survey.definitions import Sort
from vtsplit.survey.files import CFile, CFiles
from vtsplit.survey.header_macros import HeaderMacros
from vtsplit.survey.includes import IncludeGraph
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
        self.spec = spec
        self.tree = tree
        self.index = index or WordIndex(tree.root, progress)
        self.ledger = Ledger()
        self.files = CFiles(tree)
        self.source = refuse_unreadable(self.files.get(spec.source), self.ledger)
        self.header = self._optional(spec.header)
        self.main = self._optional(spec.main)
        self.graph = IncludeGraph(tree.find, tree.exists, tree.listdir, spec.source)
        self.includes = Includes(self.graph, self.source, frozenset({spec.header}))
        self.header_macros = HeaderMacros(self.graph, sorted(self.includes.seen))
        self.finished = finished_renames(spec, self.source)
        self.words = Words({})

    def _optional(self, path: str) -> CFile | None:
        found = self.files.find(path)
        return refuse_unreadable(found, self.ledger) if found else None

    def macro_of(self, name: str) -> Macro | None:
        """Return a macro of the source file or, function-like, of a header it sees."""
        return self.source.definitions.macro(name) or self.header_macros.get(name)

    def _stop_if_refused(self) -> None:
        if self.ledger.problems:
            raise RefusedError(*self.ledger.problems)

    def plan(self) -> Plan:
        """Return the plan. Raises RefusedError with every problem; nothing has changed then."""
        self._stop_if_refused()
        tables = find_tables(self.spec, self.source, self.main, self.ledger)
        self._stop_if_refused()
        moving = [table for table in tables if table.moves]
        references = refer(tables, self.macro_of)
        moved_names = frozenset(table.old for table in tables) | {table.new for table in tables}
        exposures = find_exposures(references, self.source, moved_names, self.macro_of, self.ledger)
        check_sizes(exposures, moving, self.macro_of, self.ledger)
        stated = wanted_renames(
            self.spec, self.source, [e.name for e in exposures if e.is_static], self.ledger
        )
        names = stated | new_names(exposures, stated, self.spec.prefix)
        global_names = [exposure.name for exposure in exposures]
        check_names(self.spec, names, stated, global_names, self.ledger)
        moved = self._moved_items(moving)
        macros = self._macros(references, moving, moved, exposures)
        self._search(tables, exposures, names)
        self._check_free(tables, exposures, names)
        self._check_textual_inclusion()
        self._stop_if_refused()
        return self._finish(tables, references, exposures, names, moved, macros)

    def _moved_items(self, moving: list[Table]) -> frozenset[int]:
        moved: set[int] = set()
        for table in moving:
            moved.update(definition.index for definition in table.definitions)
            along, against = following_calls(table)
            moved.update(along)
            for index, name in against:
                self.ledger.refuse(
                    "VT025",
                    f"{name} needs the definition of '{table.old}' in the same file",
                    self.source.site(index),
                    "this table cannot move to another file",
                )
        return frozenset(moved)

    def _macros(
        self,
        references: list[TableReference],
        moving: list[Table],
        moved: frozenset[int],
        exposures: list[Exposure],
    ) -> MovedMacros:
        tables = {table.old for table in moving}
        wanted = [reference for reference in references if reference.table.old in tables]
        macros = find_moved_macros(
            wanted, self.source, moved, declared_constants(exposures), self.ledger
        )
        guards = {d.guard for e in exposures if e.is_static for d in e.definitions}
        guards |= {self.source.guards[index] for index in moved}
        names = [c.expression for guard in guards for c in guard]
        optional = [r.name for r in wanted if r.reference.optional]
        for need in guard_needs([*names, *optional], "an #if condition"):
            found = self.source.definitions.of(need.name, Sort.MACRO)
            if found and found[0].index not in macros.to_header | macros.to_main:
                self.ledger.refuse(
                    "VT049",
                    f"#if conditions that the split must copy use '{need.name}', which only "
                    f"{self.source.path} defines",
                    self.source.site(found[0].index),
                    "move this #define to a header that the new files can include",
                )
        return macros

    def _search(
        self, tables: list[Table], exposures: list[Exposure], names: dict[str, str]
    ) -> None:
        wanted = {table.old for table in tables} | {table.new for table in tables}
        wanted |= {exposure.name for exposure in exposures}
        wanted |= set(names) | set(names.values()) | set(self.finished)
        wanted.add(basename(self.spec.source))
        self.words = self.index.find(wanted)

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

    def _check_textual_inclusion(self) -> None:
        name = re.escape(basename(self.spec.source))
        line = re.compile(rf'^[ \t]*#[ \t]*include[ \t]*"((?:[^"\n]*/)?{name})"', re.MULTILINE)
        for path in self.words.of(basename(self.spec.source)):
            match = line.search(self.tree.find(path) or "")
            if match and self.graph.resolve('"', match[1], path) == self.spec.source:
                self.ledger.refuse(
                    "VT046",
                    f"{self.spec.source} is included there as text: what becomes global would be "
                    "defined twice",
                    Site(path, (self.tree.find(path) or "").count("\n", 0, match.start()) + 1),
                    "link the object instead of including the source",
                )

    def _finish(
        self,
        tables: list[Table],
        references: list[TableReference],
        exposures: list[Exposure],
        names: dict[str, str],
        moved: frozenset[int],
        macros: MovedMacros,
    ) -> Plan:
        ledger, spec = self.ledger, self.spec
        moving = [table for table in tables if table.moves]
        exposed = [exposure for exposure in exposures if exposure.is_static]
        renames = self._renames(tables, exposed, names)
        every = names | {t.old: t.new for t in moving if t.old != t.new}
        becoming = frozenset(exposure.name for exposure in exposed)
        report_pastings(self.source, every, becoming, self.macro_of, ledger)
        dropped = self._dropped(moving, moved)
        forward = frozenset(d.index for e in exposed for d in e.forward)
        forwarding = self._forwarding(moving)
        reopened = self._reopened(tables)
        outside = self._used_outside(moving, moved | dropped, renames) | reopened
        known = Declarations(self.files, self.words, sorted({*self.includes.seen, spec.header}))
        functions = known.wanted(exposures, names, self.source, ledger)
        declared = [*table_declarations(tables, outside, known), *functions]
        declared.sort(key=lambda one: not one.is_object)
        in_order = sorted(exposures, key=lambda exposure: not exposure.is_object)
        refuse_unreadable_types(tables, declared, ledger)
        self._record(moving, exposed, names, macros, dropped, declared)
        new = NewFiles(spec, self.tree, self.source, self.graph, self.includes, ledger)
        header_includes, tags = new.header(self.header, declared, tables, exposures, names)
        elsewhere = {
            exposure.name
            for exposure in exposures
            if not known.is_provided(names.get(exposure.name, exposure.name), spec.header)
            and not known.is_provided(exposure.name, spec.header)
        }
        provided = frozenset(table.old for table in tables)
        provided |= {exposure.name for exposure in exposures} - elsewhere
        provided |= {
            item.macro.name
            for index in macros.to_main | macros.to_header
            if isinstance(item := self.source.module.items[index], Directive) and item.macro
        }
        guards = [self.source.guards[index] for index in moved]
        main_includes = new.main(self.main, moving, references, provided, guards)
        makefile = add_to_build(spec, self.tree, ledger)
        record_emptied(
            moved | macros.to_main | macros.to_header | dropped | forward, self.source, ledger
        )
        header_exists = self.header is not None or bool(declared)
        plan = Plan(
            source=spec.source,
            header=spec.header,
            main=spec.main,
            moved=moved | macros.to_main,
            to_header=macros.to_header,
            dropped=dropped | forward,
            exposed=frozenset(exposure.name for exposure in exposed),
            renames=renames.files,
            kept_static=frozenset(t.new for t in moving if t.is_static and t.old not in outside),
            declared=tuple(declared),
            order=tuple([t.new for t in tables] + [names.get(e.name, e.name) for e in in_order]),
            tags=tags,
            header_includes=header_includes,
            main_includes=main_includes,
            source_include=self._header_target(self.source) if header_exists else None,
            main_include=self._header_target(self.main) if header_exists else None,
            header_last=bool(new.relies_on),
            new_header=None if self.header or not declared else new.start(spec.header),
            new_main=None if self.main else new.start(spec.main),
            forwarding=forwarding,
            exposed_in_main=reopened,
            makefile=makefile,
            steps=tuple(ledger.steps),
            notes=tuple(ledger.notes),
        )
        self._stop_if_refused()
        return plan

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
        finder = UseFinder(self.files, self.words, self.source, self.includes.seen, self.macro_of)
        own = frozenset({self.spec.header, self.spec.main})
        return finder.plan(every, frozenset(static), own, self.ledger)

    def _dropped(self, moving: list[Table], moved: frozenset[int]) -> frozenset[int]:
        """Return the tentative definitions of tables that move (C11 6.9.2p2)."""
        return frozenset(
            definition.index
            for table in moving
            for definition in self.source.definitions.of(table.old, Sort.TENTATIVE)
            if definition.index not in moved
        )

    def _forwarding(self, moving: list[Table]) -> dict[str, frozenset[int]]:
        """Return, by path, the tentative definitions of tables in headers the source includes."""
        found: dict[str, set[int]] = {}
        for table in moving:
            for path in self.words.of(table.old):
                if path == self.spec.source or path not in self.includes.seen:
                    continue
                file = self.files.get(path)
                if not is_forward_only(file, table.old):
                    continue
                target = include_target(self.spec.header, path)
                for definition in file.definitions.of(table.old):
                    found.setdefault(path, set()).add(definition.index)
                    site = file.site(definition.index)
                    why = f"{target} declares it"
                    self.ledger.step("drop", table.old, site, why, file.lines(definition.index))
                self.ledger.step("include", target, Site(path), f"declares {table.new}")
        return {path: frozenset(indices) for path, indices in found.items()}

    def _reopened(self, tables: list[Table]) -> frozenset[str]:
        """Return the tables that are static in main though the source file uses them."""
        static = {table.new: table for table in tables if not table.moves and table.is_static}
        uses = find_uses(self.source, frozenset(static), self.macro_of) if static else []
        used = {u.occurrence.name for u in uses if u.occurrence.meaning is Meaning.CODE}
        for name in sorted(used):
            for definition in static[name].definitions:
                site = static[name].file.site(definition.index)
                self.ledger.step("expose", name, site, f"{self.spec.source} uses it")
        return frozenset(used)

    def _used_outside(
        self, moving: list[Table], gone: frozenset[int], renames: RenamePlan
    ) -> frozenset[str]:
        """Return the moving tables, by old name, that something outside of main uses."""
        names = frozenset(table.old for table in moving)
        uses = find_uses(self.source, names, self.macro_of) if names else []
        outside = {
            use.occurrence.name
            for use in uses
            if use.index not in gone and use.occurrence.meaning is Meaning.CODE
        }
        outside |= {table.old for table in moving if not table.is_static}
        outside |= names & built_names(self.source, self.macro_of, gone).keys()
        for path, renamed in renames.files.items():
            if path != self.spec.source:
                outside |= names & renamed.names.keys()
        for use in uses:
            if use.occurrence.name in outside and use.index not in gone:
                self._check_complete_type(use)
        return frozenset(outside)

    def _check_complete_type(self, use: Use) -> None:
        """Refuse to take the size of an array whose length its initializer gives, from outside."""
        definition = self.source.definitions.of(use.occurrence.name, Sort.OBJECT)[0]
        item = self.source.module.items[use.index]
        if is_unsized(definition) and takes_size(item.code, use.occurrence.offset, self.macro_of):
            self.ledger.refuse(
                "VT028",
                f"the size of '{use.occurrence.name}' is taken here, but its declaration cannot "
                "tell it",
                use.site,
                "give the array its length in brackets",
            )

    def _record(
        self,
        moving: list[Table],
        exposed: list[Exposure],
        names: dict[str, str],
        macros: MovedMacros,
        dropped: frozenset[int],
        declared: list[Declared],
    ) -> None:
        spec, ledger = self.spec, self.ledger
        for table in moving:
            record_move(table, spec.main, following_calls(table)[0], ledger)
            tentative = self.source.definitions.of(table.old, Sort.TENTATIVE)
            indices = dropped & {definition.index for definition in tentative}
            record_dropped(indices, table.old, self.source, ledger)
        for exposure in exposed:
            new = names.get(exposure.name, exposure.name)
            record_exposure(exposure, new, self.source, ledger)
            if new != exposure.name:
                stated = exposure.name in spec.renames
                why = "the spec says so" if stated else f"becomes global as {new}"
                record_rename(exposure, new, why, self.source, ledger)
        record_macros(macros, self.source, spec.header, spec.main, ledger)
        if self.main is None:
            ledger.step("create", spec.main, Site(spec.main), "the tables are to stand there")
        record_declared(declared, spec.header, self.header is None, ledger)

    def _header_target(self, file: CFile | None) -> str | None:
        """Return the include of the split's header that a file lacks; None when it has one."""
        path = file.path if file else self.spec.main
        target = include_target(self.spec.header, path)
        if file is not None:
            for index, item in enumerate(file.module.items):
                if isinstance(item, Directive) and item.include:
                    quote, name = item.include[0], item.include[1:-1]
                    found = self.graph.resolve(quote, name, file.path)
                    if found and (found == self.spec.header or self._brings_header(found)):
                        return None
                    if item.include == target and not file.guards[index]:
                        return None
            self.ledger.step("include", target, Site(path), "declares what became global")
        return target

    def _brings_header(self, path: str) -> bool:
        return self.header is not None and self.spec.header in self.graph.reach(path)
