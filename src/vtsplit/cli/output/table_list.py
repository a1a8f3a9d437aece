"""What `vtsplit scan` prints: a table for people, CSV for programs."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence

from vtsplit.cli.terminal.width import fitted
from vtsplit.diagnostics import number, visible
from vtsplit.discover.ops_tables import EntryKind
from vtsplit.discover.scan import Scan, ScannedTable

_CUTTABLE = (1, 3, 5)  # type, entries and guards
_COLUMNS = ("path", "line", "table", "type", "static", "entries")
_FURTHER = ("guards", "uses", "status", "obstacles")


def as_text(found: Sequence[ScannedTable], width: int | None = None) -> bytes:
    """Return the tables as lines of aligned columns; on a terminal these are cut to its width.

    Places and names are whole in any case: somebody may paste them.
    """
    from tabulate import tabulate

    rows = [
        (
            f"{one.table.path}:{one.table.line}",
            _short(one.table.type),
            one.table.name,
            ", ".join(f"{count} {kind}" for kind, count in _counts(one)),
            one.table.uses,
            " && ".join(one.table.guards) or "-",
            " ".join((one.status, *one.codes)),
        )
        for one in found
    ]
    heads = ("PLACE", "TYPE", "TABLE", "ENTRIES", "USES", "GUARDS", "STATUS")
    if not rows:
        return b""
    shown = [heads, *([visible(str(cell)) for cell in row] for row in rows)]
    # As a row like others: a head gets more room from tabulate, and the width is counted already.
    lines = tabulate(fitted(shown, width, _CUTTABLE), tablefmt="plain", disable_numparse=True)
    return _encoded(re.sub(" +$", "", lines, flags=re.MULTILINE) + "\n")


def _short(type_: str) -> str:
    """Return a type without the members of a structure that has no name.

    >>> _short("struct { int a; struct { int b; } c; }[]"), _short("struct ops *")
    ('struct {...}[]', 'struct ops *')
    """
    return re.sub(r"\{.*\}", "{...}", type_, flags=re.DOTALL)


def _counts(one: ScannedTable) -> list[tuple[str, int]]:
    counts = one.table.counts
    return [(kind.value, counts[kind]) for kind in EntryKind if counts[kind]]


def as_csv(found: Sequence[ScannedTable]) -> bytes:
    """Return the tables as comma-separated values, with a line of names above."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    kinds = [kind.value for kind in EntryKind]
    writer.writerow((*_COLUMNS, *(f"{kind}_entries" for kind in kinds), *_FURTHER))
    for one in found:
        table, counts = one.table, dict(_counts(one))
        writer.writerow(
            (
                table.path,
                table.line,
                table.name,
                table.type,
                "yes" if table.is_static else "no",
                len(table.entries),
                *(counts.get(kind, 0) for kind in kinds),
                " && ".join(table.guards),
                table.uses,
                one.status,
                " ".join(one.codes),
            )
        )
    return _encoded(out.getvalue())


def summary(found: Sequence[ScannedTable], scan: Scan, least: int) -> str:
    """Return how many tables there are, how they stand, and which files could not be read.

    Those with fewer than `least` functions are not shown; if there is no other, it says how to.
    """
    lines = [visible(f"left out: {problem.message}") for problem in scan.unread]
    states = Counter(one.status for one in found)
    codes = Counter(code for one in found for code in one.codes)
    words = {"splits": "can be split"}
    rows = sorted(states.items())
    shown = ", ".join(f"{count} {words.get(status, status)}" for status, count in rows)
    total = f"{number(len(found), 'table')} of {number(least, 'function')} or more"
    total = f"{total} in {number(scan.files, 'file')}"
    lines.append(f"{total}: {shown}" if shown else total)
    if not scan.tables and scan.files and least > 1:
        lines.append(
            f"a table is shown if it names {least} functions of its own file or more; "
            "--least 1 shows those that name fewer"
        )
    if codes:
        why = ", ".join(f"{code} {count}" for code, count in codes.most_common())
        lines.append(f"refusals by code: {why}")
    return "\n".join(lines)


def _encoded(text: str) -> bytes:
    """Encode text; a path in it may have bytes that are not text."""
    return text.encode("utf-8", "replace")
