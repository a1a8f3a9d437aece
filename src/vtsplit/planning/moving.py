"""All that moves, becomes global or gets a new name: who is who before the split and after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from vtsplit.diagnostics import RefusedError
from vtsplit.planning.context import Context
from vtsplit.planning.modules.module_entry import ModuleEntry, find_module_entries
from vtsplit.planning.modules.used_by_main import UseByMain, used_by_main
from vtsplit.planning.names.choose import changed, check_names, finished_renames, wanted_renames
from vtsplit.planning.rules.own_place import warn_of_order, warn_of_place
from vtsplit.planning.steps import Ledger
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.planning.tables.exposure import Exposure, Referred, find_exposures, new_names
from vtsplit.planning.tables.find import (
    SpecTable,
    TableReference,
    find_tables,
    moved_items,
    refer,
    spell_static_out,
)
from vtsplit.planning.tables.inner_macros import refuse_inner_macros
from vtsplit.planning.tables.made_objects import MadeAlong, find_made_along


@dataclass(frozen=True, eq=False)
class Moving:
    """The symbols of a split, and the only way from one identity of theirs to another.

    `tables` are all that the spec names, `references` what their entries name, `exposures` the
    functions and objects of the source file that main needs. `entries` start and stop the module.
    `stated` are other names that the spec changes, `finished` those that it has changed before.
    `items` are the source file's items that go to main with their tables.
    """

    tables: tuple[SpecTable, ...]
    references: tuple[TableReference, ...]
    exposures: tuple[Exposure, ...]
    entries: tuple[ModuleEntry, ...] = ()
    along: MadeAlong = field(default_factory=MadeAlong)
    stated: Mapping[str, str] = field(default_factory=dict)
    finished: Mapping[str, str] = field(default_factory=dict)
    items: frozenset[int] = frozenset()

    @cached_property
    def going(self) -> list[SpecTable]:
        """The tables that move now; the others are in main already."""
        return [table for table in self.tables if table.moves]

    @cached_property
    def becoming(self) -> list[Exposure]:
        """What becomes global."""
        return [exposure for exposure in self.exposures if exposure.is_static]

    @cached_property
    def names(self) -> dict[str, str]:
        """New names by old ones of functions and objects that are no tables, where they differ."""
        return changed(dict(self.stated) | {e.name: e.new for e in self.exposures})

    @cached_property
    def becomes(self) -> dict[str, str]:
        """New names by old ones of all that is renamed, and of all tables that move."""
        return self.names | {table.old: table.new for table in self.going}

    @cached_property
    def renamed(self) -> dict[str, Symbol]:
        """What gets a new name in this split, by its old one."""
        return {old: self.symbol(old) for old, new in self.becomes.items() if old != new}

    @cached_property
    def following(self) -> dict[str, Symbol]:
        """All names whose uses have to follow: those that were changed before count too."""
        names = dict(self.finished) | self.names | {t.old: t.new for t in self.tables}
        return {old: self.symbol(old, new) for old, new in names.items() if old != new}

    def symbol(self, old: str, new: str | None = None) -> Symbol:
        """Return the identity of an old name."""
        found = self._by_old.get(old)
        return found or Symbol(old, new or self.new(old), Role.FUNCTION)

    def new(self, old: str) -> str:
        """Return the new name of a function or object."""
        return self.names.get(old, old)

    @cached_property
    def _by_old(self) -> dict[str, Symbol]:
        exposed = {exposure.name: exposure.symbol for exposure in self.exposures}
        return exposed | {table.old: table.symbol for table in self.tables}

    def references_of(self, tables: list[SpecTable]) -> list[TableReference]:
        """Return what the entries of some tables name."""
        olds = {table.old for table in tables}
        return [one for one in self.references if one.table.old in olds]


def choose_moving(context: Context, ledger: Ledger) -> Moving:
    """Decide what moves, what becomes global, and under which names.

    Raises RefusedError where the tables themselves cannot be told.
    """
    spec, source, main = context.spec, context.source, context.main
    tables = find_tables(spec, source, main, ledger)
    tables = spell_static_out(tables, context.macros_of, ledger)
    if ledger.problems:
        raise RefusedError(*ledger.problems)
    going = [table for table in tables if table.moves]
    references = refer(tables, context.macro_of)
    own = frozenset(definition.index for table in going for definition in table.definitions)
    along = find_made_along(references, source, own, context.macros_of, ledger)
    references += along.references
    moved = frozenset(name for table in tables for name in (table.old, table.new))
    moved |= frozenset(along.names.values())
    entries = find_module_entries(spec, source, main, ledger)
    referred: list[Referred] = [*references, *entries, *_lacking(tables, context)]
    exposures = find_exposures(referred, source, moved, context.macros_of, ledger)
    static = [exposure.name for exposure in exposures if exposure.is_static]
    stated = wanted_renames(spec, source, static, ledger)
    items = moved_items(going, ledger) | along.names.keys()
    refuse_inner_macros(items, source, ledger)
    warn_of_place(going, source, spec.main, ledger)
    warn_of_order(going, source, spec.main, context.macros_of, ledger)
    names = changed(stated | new_names(exposures, stated, spec.prefix))
    functions = [one.name for one in exposures if one.is_static and not one.is_object]
    check_names(spec, names, stated, functions, ledger)
    return Moving(
        tables=tuple(tables),
        references=tuple(references),
        exposures=tuple(replace(one, new_name=names.get(one.name)) for one in exposures),
        entries=tuple(entries),
        along=along,
        stated=stated,
        finished=finished_renames(spec, source),
        items=items,
    )


def _lacking(tables: Sequence[SpecTable], context: Context) -> list[UseByMain]:
    """Return what main's functions use of the source file, if the header lacks any of it.

    Only where a table has moved before: until then they are nothing that a split has made.
    """
    main, header = context.main, context.header
    if main is None or all(table.moves for table in tables):
        return []
    uses = used_by_main(main, context.source)
    there = header.definitions.by_name if header else {}
    return uses if any(use.name not in there for use in uses) else []
