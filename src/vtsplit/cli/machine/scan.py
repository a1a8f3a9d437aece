"""The tables of a tree, as JSON has them."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from vtsplit.cli.machine.envelope import Report
from vtsplit.discover.ops_tables import EntryKind
from vtsplit.discover.scan import ScannedTable


class Entry(msgspec.Struct):
    """An entry of a table: where its value goes, what the value is, and its name if it has one."""

    designator: str
    kind: EntryKind
    name: str


class Obstacle(msgspec.Struct):
    """A reason that refuses the split of a table."""

    code: str
    slug: str
    message: str
    path: str | None
    line: int


class Table(msgspec.Struct):
    """A table: its place, its type as written, what it names, and whether it can be split.

    `counts` are its entries by kind, `guards` the #if conditions that it stands under.
    """

    path: str
    line: int
    table: str
    type: str
    static: bool
    functions: list[str]
    entries: list[Entry]
    counts: dict[str, int]
    guards: list[str]
    uses: int
    status: Literal["clear", "splits", "refused"]
    obstacles: list[Obstacle]


class ScanReport(Report, kw_only=True):
    """All that a scan says; `files` is how many were searched, `unread` which could not be."""

    command: str = "scan"
    verdict: Literal["done", "refused"]
    files: int = 0
    unread: list[str] = msgspec.field(default_factory=list)
    tables: list[Table] = msgspec.field(default_factory=list)


def report_scan(
    found: Sequence[ScannedTable], files: int, unread: Sequence[str], base: str | None
) -> ScanReport:
    """Return the tables that a scan has found."""
    tables = [_table(one) for one in found]
    return ScanReport(verdict="done", base=base, files=files, unread=[*unread], tables=tables)


def _table(one: ScannedTable) -> Table:
    table = one.table
    obstacles = [
        Obstacle(
            problem.code,
            problem.slug,
            problem.message,
            problem.site.path if problem.site else None,
            problem.site.line if problem.site else 0,
        )
        for problem in one.problems
    ]
    return Table(
        table.path,
        table.line,
        table.name,
        table.type,
        table.is_static,
        [*table.functions],
        [Entry(entry.designator, entry.kind, entry.name) for entry in table.entries],
        {kind.value: table.counts[kind] for kind in EntryKind if table.counts[kind]},
        [*table.guards],
        table.uses,
        msgspec.convert(one.status, Literal["clear", "splits", "refused"]),
        obstacles,
    )
