"""Which names change in which files, and which tables something outside of main uses."""

from vtsplit.planning.context import Context
from vtsplit.planning.moving import Moving
from vtsplit.planning.names.pastings import built_names, report_pastings
from vtsplit.planning.names.textual_inclusion import IncludedParts
from vtsplit.planning.names.use import find_uses
from vtsplit.planning.names.uses import RenamePlan, UseFinder
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action, Ledger
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.planning.tables.thinning import Dropped
from vtsplit.survey.search.words import WordFiles


def plan_renames(context: Context, moving: Moving, words: WordFiles, ledger: Ledger) -> RenamePlan:
    """Return the renames of each file; refuse those that a use cannot follow."""
    spec, source, seen = context.spec, context.source, context.seen
    static = {one.name for one in moving.becoming}
    static |= {table.old for table in moving.tables if table.is_static or not table.moves}
    for name in moving.names:
        found = source.definitions.of(name)
        if found and any(definition.is_static for definition in found):
            static.add(name)
    # What is renamed and global already is mentioned by its old name, at most.
    static |= moving.finished.keys()
    parts = IncludedParts(spec.source, seen, context.tree, context.index)
    finder = UseFinder(context.files, words, source, seen, context.macro_of, parts.is_part)
    own = frozenset({spec.header, spec.main})
    renames = finder.plan(moving.following, frozenset(static), own, ledger)
    becoming = frozenset(one.name for one in moving.becoming)
    changed = {old: symbol.new for old, symbol in moving.renamed.items()}
    report_pastings(source, changed, becoming, context.macro_of, ledger)
    return renames


def reopened_tables(context: Context, moving: Moving, ledger: Ledger) -> frozenset[str]:
    """Return the tables that are static in main though the source file uses them."""
    static = {table.new: table for table in moving.tables if not table.moves and table.is_static}
    uses = find_uses(context.source, frozenset(static), context.macro_of) if static else []
    used = {use.occurrence.name for use in uses if use.occurrence.meaning.needs}
    for name in sorted(used):
        for definition in static[name].definitions:
            site = static[name].file.site(definition.index)
            table = Symbol.kept(name, Role.TABLE)
            ledger.step(Action.EXPOSE, table, site, Reason(Why.USED_IN, path=context.spec.source))
    return frozenset(used)


def used_outside(
    context: Context, moving: Moving, gone: Dropped, renames: RenamePlan
) -> frozenset[str]:
    """Return the moving tables, by old name, that something outside of main uses."""
    names = frozenset(table.old for table in moving.going)
    uses = find_uses(context.source, names, context.macro_of) if names else []
    outside = {
        use.occurrence.name
        for use in uses
        if not gone.has(use.index, use.occurrence.name) and use.occurrence.meaning.needs
    }
    outside |= {table.old for table in moving.going if not table.is_static}
    outside |= names & built_names(context.source, context.macro_of, gone.whole).keys()
    for path, renamed in renames.files.items():
        if path != context.spec.source:
            outside |= names & renamed.names.keys()
    return frozenset(outside)
