"""Write down, for the report, each step of a plan with its reason and the lines it may change."""

from collections.abc import Mapping

from vtsplit.codemods.drop import emptied
from vtsplit.cst.nodes import Declaration, FunctionDef
from vtsplit.diagnostics import Site
from vtsplit.planning.exposure import Exposure, name_site
from vtsplit.planning.local_types import MovedLocals, local_name
from vtsplit.planning.steps import Declared, Ledger
from vtsplit.planning.tables import Table, following_calls
from vtsplit.planning.thinning import Dropped
from vtsplit.spec import Spec
from vtsplit.survey.definitions import Sort
from vtsplit.survey.files import CFile


def record_tables(
    moving: list[Table],
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
            why = f"files other than {main} use it"
            ledger.step(
                "expose", table.new, site, why, with_leading(table.file, table.definitions[0].index)
            )
        tentative = source.definitions.of(table.old, Sort.TENTATIVE)
        indices = {definition.index for definition in tentative}
        _record_dropped(indices & dropped.whole, table.old, source, ledger)
        _record_dropped(indices & dropped.parts.keys(), table.old, source, ledger)


def record_exposures(
    exposed: list[Exposure], names: dict[str, str], spec: Spec, source: CFile, ledger: Ledger
) -> None:
    """Record what becomes global, and why under another name."""
    for exposure in exposed:
        new = names.get(exposure.name, exposure.name)
        _record_exposure(exposure, new, source, ledger)
        if new != exposure.name:
            stated = exposure.name in spec.renames
            why = "the spec says so" if stated else f"becomes global as {new}"
            _record_rename(exposure, new, why, source, ledger)


def _record_exposure(exposure: Exposure, new: str, source: CFile, ledger: Ledger) -> None:
    """Record that a name becomes global, at each of its definitions, and what becomes redundant."""
    for definition in exposure.definitions:
        if not definition.is_static and not exposure.hidden:
            continue
        item = definition.item
        first, last = source.lines(definition.index)
        if isinstance(item, FunctionDef):
            last = first + item.text[: item.body].rstrip().count("\n")
        elif isinstance(item, Declaration) and item.head.initializer is not None:
            last = first + item.text[: item.head.initializer].rstrip().count("\n")
        site = source.site(definition.index)
        ledger.step("expose", new, site, exposure.reference.reason, (first, last))
    for forward in exposure.forward:
        span = with_leading(source, forward.index)
        why = f"the header declares {new}"
        ledger.step("drop", exposure.name, source.site(forward.index), why, span)


def _record_rename(exposure: Exposure, new: str, why: str, source: CFile, ledger: Ledger) -> None:
    """Record why an exposed name changes; each place it stands at has a step of its own."""
    what = f"{exposure.name} -> {new}"
    ledger.step("rename", what, name_site(exposure, source), why)


def _record_move(table: Table, main: str, also: list[int], ledger: Ledger) -> None:
    """Record that a table moves, with the macro calls that go along and declarations that go."""
    for definition in table.definitions:
        span = with_leading(table.file, definition.index)
        name = table.old if table.old == table.new else f"{table.old} -> {table.new}"
        ledger.step("relocate", name, table.file.site(definition.index), f"to {main}", span)
    for index in also:
        span = with_leading(table.file, index)
        why = f"goes with {table.new}"
        ledger.step("relocate", table.old, table.file.site(index), why, span)


def record_made_along(names: Mapping[int, str], source: CFile, ledger: Ledger) -> None:
    """Record that macro calls move, by index, with the object that they make."""
    for index, name in names.items():
        span = with_leading(source, index)
        ledger.step("relocate", name, source.site(index), "only tables that move use it", span)


def record_received(
    moving: list[Table],
    moved: MovedLocals,
    source: CFile,
    spec: Spec,
    there: list[str],
    ledger: Ledger,
) -> None:
    """Record what main and header gain from the source file, if they are `there` already."""
    gained = [(table.new, spec.main) for table in moving]
    for indices, path in ((moved.to_main, spec.main), (moved.to_header, spec.header)):
        gained += [(local_name(source.module.items[index]), path) for index in sorted(indices)]
    for name, path in gained:
        if path in there:
            ledger.step("relocate", name, Site(path), f"from {spec.source}")


def record_locals(
    moved: MovedLocals, source: CFile, header: str, main: str, ledger: Ledger
) -> None:
    """Record the macros and types that move."""
    for indices, target, why in (
        (moved.to_main, main, "only moved tables use it"),
        (moved.to_header, header, "both files use it"),
    ):
        for index in sorted(indices):
            name = local_name(source.module.items[index])
            span = with_leading(source, index)
            ledger.step("relocate", name, source.site(index), f"to {target}: {why}", span)


def _record_dropped(indices: set[int], name: str, source: CFile, ledger: Ledger) -> None:
    """Record tentative definitions that go with their table."""
    for index in sorted(indices):
        span = with_leading(source, index)
        ledger.step("drop", name, source.site(index), "its table is in main now", span)


def record_emptied(gone: frozenset[int], source: CFile, ledger: Ledger) -> None:
    """Record the `#if`s and `#endif`s that go because nothing is left between them."""
    for index in sorted(emptied(source.module, gone)):
        text = source.module.items[index].text
        ledger.step(
            "drop", text, source.site(index), "nothing is left under it", source.lines(index)
        )


def record_declared(declared: list[Declared], header: str, new: bool, ledger: Ledger) -> None:
    """Record the declarations that the header gains."""
    for one in declared:
        ledger.step("declare", one.name, Site(header), "new header" if new else "header lacks it")


def with_leading(file: CFile, index: int) -> tuple[int, int]:
    """Return the lines of an item and of the comment right above it."""
    first, last = file.lines(index)
    leading = file.module.items[index].leading
    return first - leading.rstrip(" \t").count("\n"), last + 1
