"""The results as tables of a document, between marks that stand in it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tabulate import tabulate

from tables.judge import Judgement, Status
from tables.runs import Draw
from tables.sweep import Sweep

Results = Mapping[Draw, Sequence[Judgement]]


def draws_table(results: Results) -> str:
    """Return a line for each draw: how many tables came to what."""
    rows = []
    for draw, found in results.items():
        counts = Counter(one.status for one in found)
        proved = counts[Status.PROVED]
        rows.append(
            (
                f"{draw.version}, seed {draw.seed}",
                len(found),
                f"{proved} ({100 * proved / len(found):.1f} %)",
                counts[Status.REFUSED],
                counts[Status.WRONG],
                counts[Status.FOREIGN],
                sum(one.renamed for one in found),
            )
        )
    head = ("draw", "tables", "split and proved", "refused", "wrong", "foreign", "source renamed")
    return _table(rows, head)


def refusals_table(results: Results) -> str:
    """Return a line for each table that is refused, by code; "None." where none is."""
    refused = {
        (one.codes, one.path, one.line): (
            " ".join(one.codes),
            f"`{one.path}:{one.line}` {one.name}",
            _escape(one.details[0]),
        )
        for found in results.values()
        for one in found
        if one.status is Status.REFUSED
    }
    rows = [refused[key] for key in sorted(refused)]
    return _table(rows, ("code", "table", "why")) if rows else "None."


def wrong_list(results: Results) -> str:
    """Return what is wrong, in full."""
    lines = [
        f"- {draw}: `{one.path}:{one.line}` {one.name}: {_escape('; '.join(one.details))}"
        for draw, found in results.items()
        for one in found
        if one.status is Status.WRONG
    ]
    return "\n".join(lines) or "None."


def sweep_table(sweeps: Iterable[Sweep]) -> str:
    """Return a line for each sweep."""
    rows = [
        (
            one.version,
            len(one.tables),
            f"{one.split} ({100 * one.split / len(one.tables):.1f} %)",
            ", ".join(f"{code} {count}" for code, count in one.refused.most_common()),
            len(one.faults),
            "{:.0f} s; {:.2f} s a table, {:.0f} s the longest".format(*one.seconds),
            f"{one.megabytes:.0f} MB",
        )
        for one in sweeps
    ]
    head = ("tree", "tables", "split", "refused, by first code", "faults", "processor", "memory")
    return _table(rows, head)


def _table(rows: Iterable[Sequence[object]], head: Sequence[str]) -> str:
    return str(tabulate(rows, head, "github", disable_numparse=True))


def _escape(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def put_into(document: Path, parts: Mapping[str, str]) -> None:
    """Replace what stands in a document between `<!-- NAME -->` and `<!-- end of NAME -->`.

    Raises ValueError where a mark is missing.
    """
    text = document.read_text()
    for name, part in parts.items():
        start, end = f"<!-- {name} -->\n", f"\n<!-- end of {name} -->"
        before, found, rest = text.partition(start)
        _, closed, behind = rest.partition(end)
        if not found or not closed:
            raise ValueError(f"{document} has no place for {name}")
        text = before + start + part + end + behind
    document.write_text(text)
