"""What the header declares, and which types and macros it or main therefore needs."""

from dataclasses import dataclass, replace
from functools import partial
from posixpath import basename

from vtsplit.planning.context import Context
from vtsplit.planning.edits import Declared
from vtsplit.planning.header.declarations import (
    Declarations,
    include_target,
    refuse_unreadable_types,
    table_declarations,
)
from vtsplit.planning.header.sizes import Arrays, find_lengths, is_unsized, with_lengths
from vtsplit.planning.locals.behind_typedefs import tags_behind, wanted_behind_typedefs
from vtsplit.planning.locals.closure import MovedLocals, find_moved_locals
from vtsplit.planning.locals.order import LocalOrder, includers
from vtsplit.planning.locals.wants import wanted_by_declarations, wanted_by_guards, wanted_by_tables
from vtsplit.planning.moving import Moving
from vtsplit.planning.steps import Ledger
from vtsplit.survey.cfile.definitions import Definition, Sort
from vtsplit.survey.search.words import WordFiles


@dataclass(frozen=True)
class Declaring:
    """The declarations that the header gains, and which names no other header declares.

    `order` is that of all names in the header: as the tables' entries name them, objects first.
    `provided` are the names that main knows by the split's own header. `outside` are the tables
    that not only main uses.
    """

    declared: tuple[Declared, ...]
    order: tuple[str, ...]
    provided: frozenset[str]
    outside: frozenset[str]

    @property
    def names(self) -> frozenset[str]:
        """The new names that are declared."""
        return frozenset(one.name for one in self.declared)


def plan_declarations(
    context: Context,
    moving: Moving,
    words: WordFiles,
    outside: frozenset[str],
    gone: frozenset[int],
    ledger: Ledger,
) -> Declaring:
    """Return what the header is to declare; `outside` are tables that not only main uses.

    `gone` are items that the source file has no more. Arrays get the lengths that others ask for.
    """
    headers = sorted({*context.seen, context.spec.header})
    known = Declarations(context.files, words, headers)
    functions = known.wanted(moving.exposures, context.source, ledger)
    declared = [*table_declarations(moving.tables, outside, known), *functions]
    declared.sort(key=lambda one: not one.is_object)
    refuse_unreadable_types(moving.tables, declared, ledger)
    arrays = Arrays(context)
    lengths = find_lengths(arrays, moving.going, moving.exposures, gone, words, ledger)
    needed = {moving.becomes.get(name, name) for name in lengths.needed}
    told = {name for name in needed if any(_has_length(one, arrays) for _, one in known.of(name))}
    declared = with_lengths(declared, lengths, moving.becomes, told, ledger)
    in_order = sorted(moving.exposures, key=lambda exposure: not exposure.is_object)
    header = context.spec.header
    by_header = frozenset(
        exposure.name
        for exposure in moving.exposures
        if known.is_provided(exposure.new, header) or known.is_provided(exposure.name, header)
    )
    return Declaring(
        tuple(declared),
        (*(table.new for table in moving.tables), *(exposure.new for exposure in in_order)),
        by_header | {table.old for table in moving.tables},
        outside,
    )


def _has_length(declared: Definition, arrays: Arrays) -> bool:
    return declared.sort is Sort.EXTERN and not is_unsized(declared, arrays.typedefs)


def plan_locals(
    context: Context,
    moving: Moving,
    declaring: Declaring,
    words: WordFiles,
    gone: frozenset[int],
    ledger: Ledger,
) -> MovedLocals:
    """Decide on types and macros of the source file that main or the header needs."""
    source, spec, outside = context.source, context.spec, declaring.outside
    declared = declaring.names
    exposures = [one for one in moving.exposures if one.new in declared]
    wants = wanted_by_tables(moving.references_of(moving.going), outside)
    wants += wanted_by_declarations(exposures, moving.going)
    wants += wanted_behind_typedefs(context, moving.going, exposures, outside)
    in_header = [d.guard for e in exposures for d in e.definitions]
    wants += wanted_by_guards(in_header, "an #if condition", in_header=True)
    lengths = [one.length.conditions for one in declaring.declared if one.length]
    wants += wanted_by_guards(lengths, "an #if condition", in_header=True)
    in_main = [source.guards[index] for index in moving.items]
    wants += wanted_by_guards(in_main, "an #if condition", in_header=bool(outside))
    behind = partial(tags_behind, context)
    kept = context.includes.front_macros.names
    wants = [want for want in wants if want.name not in kept]
    found = find_moved_locals(wants, source, moving.items, behind, ledger)
    order = LocalOrder(source, spec.header, context.graph, ledger)
    target = include_target(spec.header, spec.source)
    last = order.must_be_last(found, gone, target)
    paths = words.of(basename(spec.header)) if context.header else ()
    order.refuse_taken(found, includers(context.tree, spec, paths), context.seen)
    return replace(found, header_last=last or any(lengths))
