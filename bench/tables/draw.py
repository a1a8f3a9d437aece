"""Which ops tables a kernel has, and a draw of them by a seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vtsplit.discover.ops_tables import EntryKind, OpsTable
from vtsplit.discover.proposal import likely_names
from vtsplit.discover.scan import TableFilter, scan

TYPES = ("*_ops", "*_operations")
FEWEST = 3  # functions of its own file that a table has to name


@dataclass(frozen=True)
class Table:
    """An ops table: its place, and the names that a plan of its split will look for."""

    path: str
    line: int
    name: str
    names: frozenset[str]

    @property
    def object(self) -> str:
        """The object that its file is compiled to."""
        return self.path.removesuffix(".c") + ".o"

    def __str__(self) -> str:
        """Show it as messages do."""
        return f"{self.path}:{self.line} {self.name}"


def find_tables(root: Path) -> list[Table]:
    """Return all static tables of a type named `X_ops` or `X_operations`, in the order of paths.

    Those of other architectures are among them: the compiler tells them apart.
    """
    found = scan(root, ("",), TableFilter(TYPES, (), FEWEST), lambda done, total: None)
    return [_table(one.table) for one in found.tables if one.table.is_static]


def _table(table: OpsTable) -> Table:
    data = {entry.name for entry in table.entries if entry.kind is EntryKind.DATA}
    names = likely_names(table.path, table.name, [*table.functions, *data])
    return Table(table.path, table.line, table.name, frozenset(names))


def draw(tables: list[Table], seed: int) -> Iterator[Table]:
    """Yield all tables in an order that the seed gives; each is equally likely to come first."""
    yield from random.Random(seed).sample(tables, len(tables))
