"""Uses of an old name that cannot be renamed: it is pasted, a macro, or would be captured."""

from collections.abc import Iterable, Mapping

from vtsplit.cst.meaning.occurrences import Meaning, find_occurrences
from vtsplit.cst.nodes import Directive
from vtsplit.planning.names.rules import CAPTURED, MIXED, PASTED
from vtsplit.planning.names.use import Use
from vtsplit.planning.steps import Ledger
from vtsplit.planning.tables.macros import NAMESAKE
from vtsplit.survey.cfile.definitions import Sort


def refuse_unsafe(uses: Iterable[Use], names: Mapping[str, str], ledger: Ledger) -> None:
    """Refuse to rename what a macro pastes into another name, or what is a macro as well."""
    for use in uses:
        name = use.occurrence.name
        if name not in names:
            continue
        if use.occurrence.meaning is Meaning.PASTED:
            ledger.refuse(
                PASTED,
                f"'{name}' is pasted into another name here, so that renaming it would break that",
                use.site,
                "keep this name, or write the pasted name out",
            )
        elif use.occurrence.meaning is Meaning.MIXED:
            ledger.refuse(
                MIXED,
                f"'{name}' is given to a macro here that may do more than take its value, so that "
                "it cannot be renamed",
                use.site,
                "keep this name, or write out what the macro makes",
            )
        elif use.occurrence.meaning is Meaning.MACRO and not _is_idle_undef(use):
            ledger.refuse(
                NAMESAKE,
                f"'{name}' is the name of a macro here as well",
                use.site,
                "rename the macro by hand first, or keep this name",
            )


def refuse_captured(uses: Iterable[Use], names: Mapping[str, str], ledger: Ledger) -> None:
    """Refuse a new name that a local declaration of a using function would capture."""
    checked: set[tuple[int, str]] = set()
    for use in uses:
        new = names[use.occurrence.name]
        if not use.occurrence.meaning.is_code or (use.index, new) in checked:
            continue
        checked.add((use.index, new))
        for found in find_occurrences(use.item, frozenset({new})):
            if found.meaning is Meaning.SHADOWED:
                ledger.refuse(
                    CAPTURED,
                    f"'{new}' is a local name here, which would capture the use of "
                    f"'{use.occurrence.name}'",
                    Use(use.file, use.index, found).site,
                    "choose another new name, or rename the local one first",
                )
                break


def _is_idle_undef(use: Use) -> bool:
    """Tell an `#undef` of a name that the file does not define: it does nothing."""
    item = use.item
    return (
        isinstance(item, Directive)
        and item.name == "undef"
        and not use.file.definitions.of(use.occurrence.name, Sort.MACRO)
    )
