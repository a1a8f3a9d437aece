"""One occurrence of an old name in a file, and all of them in one file."""

from dataclasses import dataclass

from vtsplit.cst.meaning.macro_arguments import MacroOf
from vtsplit.cst.meaning.occurrences import Occurrence, find_occurrences
from vtsplit.cst.nodes import Item
from vtsplit.diagnostics import Site
from vtsplit.survey.cfile.files import CFile


@dataclass(frozen=True)
class Use:
    """One occurrence of a name in a file; `index` is that of a part of its module."""

    file: CFile
    index: int
    occurrence: Occurrence

    @property
    def item(self) -> Item:
        """The part that has it."""
        return self.file.module.parts[self.index]

    @property
    def site(self) -> Site:
        """Its place."""
        item = self.item
        offset = self.occurrence.offset - len(item.leading)
        return self.file.site(self.index, offset, len(self.occurrence.name))


def find_uses(file: CFile, names: frozenset[str], macro_of: MacroOf) -> list[Use]:
    """Return every occurrence of these names in a file, with its meaning."""
    return [
        Use(file, index, occurrence)
        for index, item in enumerate(file.module.parts)
        for occurrence in find_occurrences(item, names, macro_of)
    ]
