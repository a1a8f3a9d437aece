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
                f"a macro pastes '{name}' into another name here, and a rename would break that",
                use.site,
                "keep this name, or write the pasted name itself",
            )
        elif use.occurrence.meaning is Meaning.MIXED:
            ledger.refuse(
                MIXED,
                f"'{name}' is an argument of a macro here that may do more than use its value, so "
                "vtsplit cannot rename it",
                use.site,
                "keep this name, or write the code without the macro",
            )
        elif use.occurrence.meaning is Meaning.MACRO and not _is_idle_undef(use):
            ledger.refuse(
                NAMESAKE,
                f"'{name}' is also the name of a macro here",
                use.site,
                "first rename the macro by hand, or keep this name",
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
                    f"'{new}' is a local name here, and '{use.occurrence.name}' would mean that "
                    "after the rename",
                    Use(use.file, use.index, found).site,
                    "choose another new name, or first rename the local one",
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
