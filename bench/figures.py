"""The figures of the pages: the bench keeps them in figures.json, this puts them into the pages.

A mark in front of a figure names it, as in `<!-- = speed: help: s -->0.04`: the part of the file,
the row and the column. A figure that no bench measures has the mark `<!-- by hand -->`.
"""

import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from growth.table import growth_table

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "bench/figures.json"
_MARKED = re.compile(r"(<!-- = ([^>]+?) -->)(\d+ [A-Z][a-z]+ \d{4}|\d+(?:\.\d+)?)")
_TABLE = re.compile(r"(<!-- growth -->\n).*?(\n<!-- end of growth -->)", re.DOTALL)


def read() -> dict[str, Any]:
    """Return the parts of the file: each has what and when it was measured, and its rows."""
    found: dict[str, Any] = json.loads(FILE.read_text())
    return found


def keep(part: str, tree: str, rows: Mapping[str, Mapping[str, object]]) -> None:
    """Keep the figures of one bench in place of its older ones."""
    made = {
        "date": f"{date.today():%-d %B %Y}",
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python "
        + platform.python_version(),
        "commit": _commit(),
        "tree": tree,
        "rows": rows,
    }
    FILE.write_text(json.dumps({**read(), part: made}, indent=2) + "\n")


def _commit() -> str | None:
    command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


def with_figures(text: str, figures: Mapping[str, Any]) -> str:
    """Return a page with the figures that its marks name. Raises KeyError for one not kept."""
    text = _MARKED.sub(lambda mark: mark[1] + _shown(mark[2], figures), text)
    return _TABLE.sub(
        lambda table: table[1] + growth_table(figures["growth"]["rows"]) + table[2], text
    )


def _shown(name: str, figures: Mapping[str, Any]) -> str:
    part, *path = name.split(": ")
    try:
        value = figures[part] if path == ["date"] else figures[part]["rows"]
        for key in path:
            value = value[key]
    except KeyError:
        raise KeyError(name) from None
    return value if isinstance(value, str) else rounded(value)


def rounded(value: float) -> str:
    """Return a figure with as many digits as it is good for."""
    digits = 2 if value < 0.1 else 1 if value < 9.95 else 0
    return f"{value:.{digits}f}"


def pages() -> list[Path]:
    """Return the pages that may have figures."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def main() -> None:
    """Write the figures into the pages: all of them, or none if one is not kept."""
    try:
        texts = {page: with_figures(page.read_text(), read()) for page in pages()}
    except KeyError as error:
        sys.exit(f"{FILE.name} has no figure '{error.args[0]}': run its bench with --keep")
    for page, text in texts.items():
        page.write_text(text)


if __name__ == "__main__":
    main()
