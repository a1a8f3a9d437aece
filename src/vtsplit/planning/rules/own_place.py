"""Tables that say where they stand: what `__LINE__` is in an entry is another number in main."""

from collections.abc import Iterable

from vtsplit.planning.steps import Ledger
from vtsplit.planning.tables.find import SpecTable
from vtsplit.survey.cfile.files import CFile
from vtsplit.survey.cfile.own_place import place_words


def warn_of_place(tables: Iterable[SpecTable], source: CFile, main: str, ledger: Ledger) -> None:
    """Warn of entries whose value a move changes, and that no compiler has to complain of."""
    for table in tables:
        for definition in table.definitions:
            words = place_words(token.text for token in definition.item.tokens)
            if words:
                ledger.warn(
                    f"{' and '.join(words)} in '{table.old}' will have another value in {main}",
                    source.site(definition.index),
                    "write a constant instead if something depends on it",
                )
