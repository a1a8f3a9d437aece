"""Write down, for the report, each step of a plan with its reason and the lines it may change."""

from collections.abc import Iterable, Mapping

from vtsplit.codemods.drop import emptied
from vtsplit.cst.nodes import Declaration, FunctionDef
from vtsplit.diagnostics import Site
from vtsplit.planning.edits import Declared
from vtsplit.planning.locals.closure import MovedLocals, local_name
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action, Ledger
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.planning.tables.exposure import Exposure, name_site
from vtsplit.planning.tables.find import SpecTable, following_calls
from vtsplit.planning.tables.thinning import Dropped
from vtsplit.spec.document import Spec
from vtsplit.survey.cfile.definitions import Definition, Sort
from vtsplit.survey.cfile.files import CFile


def record_tables(
    moving: list[SpecTable],
    dropped: Dropped,
    kept_static: frozenset[str],
    source: CFile,
    main: str,
    ledger: Ledger,
) -> None:
    """Record that tables move, with what goes along; of their tentative definitions, which go.

    `kept_static` are new names of tables that do not become global.
    """
    for table in moving:
        _record_move(table, main, following_calls(table)[0], ledger)
        if table.is_static and table.new not in kept_static:
            site = table.file.site(table.definitions[0].index)
            reason = Reason(Why.USED_OUTSIDE, path=main)
            span = with_leading(table.file, table.definitions[0].index)
            ledger.step(Action.EXPOSE, table.symbol, site, reason, span)
        tentative = source.definitions.of(table.old, Sort.TENTATIVE)
        indices = {definition.index for definition in tentative}
        _record_dropped(indices & dropped.whole, table, source, ledger)
        _record_dropped(indices & dropped.parts.keys(), table, source, ledger)


def record_exposures(
    exposed: Iterable[Exposure], spec: Spec, source: CFile, ledger: Ledger
) -> None:
    """Record what becomes global, and why under another name."""
    for exposure in exposed:
        _record_exposure(exposure, source, ledger)
        if exposure.symbol.is_renamed:
            # Each place that the name stands at has a step of its own.
            stated = exposure.name in spec.renames
            reason = Reason(Why.STATED) if stated else Reason(Why.BECOMES, exposure.new)
            site = name_site(exposure, source)
            ledger.step(Action.RENAME, exposure.symbol, site, reason)


def _record_exposure(exposure: Exposure, source: CFile, ledger: Ledger) -> None:
    """Record that a name becomes global, at each of its definitions, and what becomes redundant."""
    for definition in exposure.definitions:
        if not definition.is_static and not exposure.hidden:
            continue
        reason, words = exposure.reference.because, exposure.inline
        record_exposed(definition, exposure.symbol, words, reason, source, ledger)
    for forward in exposure.forward:
        span = with_leading(source, forward.index)
        reason = Reason(Why.HEADER_DECLARES, exposure.new)
        ledger.step(Action.DROP, exposure.symbol, source.site(forward.index), reason, span)


def record_exposed(
    definition: Definition,
    symbol: Symbol,
    inline: frozenset[str],
    reason: Reason,
    file: CFile,
    ledger: Ledger,
) -> None:
    """Record that a definition becomes global; a function is no longer `inline` then.

    `inline` are the words that say so.
    """
    item = definition.item
    first, last = file.lines(definition.index)
    words: list[str] = []
    if isinstance(item, FunctionDef):
        last = first + item.text[: item.body].rstrip().count("\n")
        words = [token.text for token in item.head.tokens if token.text in inline]
    elif isinstance(item, Declaration) and item.head.initializer is not None:
        last = first + item.text[: item.head.initializer].rstrip().count("\n")
    site, span = file.site(definition.index), (first, last)
    ledger.step(Action.EXPOSE, symbol, site, reason, span)
    if words:
        gone, why = Symbol.gone(words[0], Role.SPECIFIER), Reason(Why.MADE_GLOBAL, symbol.new)
        ledger.step(Action.DROP, gone, site, why, span)


def _record_move(table: SpecTable, main: str, also: list[int], ledger: Ledger) -> None:
    """Record that a table moves, with the macro calls that go along and declarations that go."""
    for definition in table.definitions:
        span = with_leading(table.file, definition.index)
        site, reason = table.file.site(definition.index), Reason(Why.TO_MAIN, path=main)
        ledger.step(Action.RELOCATE, table.symbol, site, reason, span)
    for index in also:
        span = with_leading(table.file, index)
        call, reason = Symbol.kept(table.old, Role.CALL), Reason(Why.WITH_TABLE, table.new)
        ledger.step(Action.RELOCATE, call, table.file.site(index), reason, span)


def record_made_along(names: Mapping[int, str], source: CFile, ledger: Ledger) -> None:
    """Record that macro calls move, by index, with the object that they make."""
    for index, name in names.items():
        span = with_leading(source, index)
        call, reason = Symbol.kept(name, Role.CALL), Reason(Why.MADE_FOR_TABLES)
        ledger.step(Action.RELOCATE, call, source.site(index), reason, span)


def record_received(
    moving: list[SpecTable],
    moved: MovedLocals,
    source: CFile,
    spec: Spec,
    there: list[str],
    ledger: Ledger,
) -> None:
    """Record what main and header gain from the source file, if they are `there` already."""
    gained = [(table.symbol, spec.main) for table in moving]
    for indices, path in ((moved.to_main, spec.main), (moved.to_header, spec.header)):
        gained += [(_local(source, index), path) for index in sorted(indices)]
    for symbol, path in gained:
        if path in there:
            reason = Reason(Why.FROM, path=spec.source)
            ledger.step(Action.RELOCATE, symbol, Site(path), reason)


def record_locals(
    moved: MovedLocals, source: CFile, header: str, main: str, ledger: Ledger
) -> None:
    """Record the macros and types that move."""
    for indices, target, why in (
        (moved.to_main, main, Why.ONLY_TABLES_USE),
        (moved.to_header, header, Why.BOTH_USE),
    ):
        for index in sorted(indices):
            span, reason = with_leading(source, index), Reason(why, path=target)
            site = source.site(index)
            ledger.step(Action.RELOCATE, _local(source, index), site, reason, span)


def _local(source: CFile, index: int) -> Symbol:
    return Symbol.kept(local_name(source.module.items[index]), Role.LOCAL)


def _record_dropped(indices: set[int], table: SpecTable, source: CFile, ledger: Ledger) -> None:
    """Record tentative definitions that go with their table."""
    for index in sorted(indices):
        span = with_leading(source, index)
        reason = Reason(Why.TABLE_IN_MAIN)
        ledger.step(Action.DROP, table.symbol, source.site(index), reason, span)


def record_emptied(going: frozenset[int], source: CFile, ledger: Ledger) -> None:
    """Record the `#if`s and `#endif`s that go because nothing is left between them."""
    for index in sorted(emptied(source.module, going)):
        gone = Symbol.gone(source.module.items[index].text, Role.CONDITION)
        site, reason = source.site(index), Reason(Why.NOTHING_LEFT)
        ledger.step(Action.DROP, gone, site, reason, source.lines(index))


def record_declared(declared: Iterable[Declared], header: str, new: bool, ledger: Ledger) -> None:
    """Record the declarations that the header gains."""
    for one in declared:
        added = Symbol.added(one.name, Role.OBJECT if one.is_object else Role.FUNCTION)
        reason = Reason(Why.NEW_HEADER if new else Why.HEADER_LACKS)
        ledger.step(Action.DECLARE, added, Site(header), reason)


def with_leading(file: CFile, index: int) -> tuple[int, int]:
    """Return the lines of an item and of the comment right above it."""
    first, last = file.lines(index)
    leading = file.module.items[index].leading
    return first - leading.rstrip(" \t").count("\n"), last + 1
