"""The width of a terminal, and text and tables that keep to it."""

import os
import re
import textwrap
from collections.abc import Sequence
from typing import TextIO

_LEAST = 8  # columns that a cell keeps
_GAP = 2  # blanks between columns
_CUT = "..."
# Lines that are shown as they are: source lines with their marks, places, and commands to paste.
_VERBATIM = re.compile(r" *\d* \| |  --> |next: |\t|    ")


def columns(stream: TextIO) -> int | None:
    """Return how wide the terminal is that a stream goes to, None if it goes to none."""
    if not stream.isatty():
        return None
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(stream.fileno()).columns or None
    except OSError:
        return None


def wrapped(text: str, width: int | None) -> str:
    """Break long lines between words; without a width they stay as they are.

    >>> print(wrapped("vtsplit: 3 made global, 1 renamed", 24))
    vtsplit: 3 made global,
      1 renamed
    """
    if width is None:
        return text
    return "\n".join(_wrapped(line, width) for line in text.split("\n"))


def _wrapped(line: str, width: int) -> str:
    if len(line) <= width or _VERBATIM.match(line):
        return line
    indent = line[: len(line) - len(line.lstrip())]
    lines = textwrap.wrap(
        line,
        max(width, 20),
        subsequent_indent=indent + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines)


def fitted(
    rows: Sequence[Sequence[str]], width: int | None, cuttable: Sequence[int]
) -> list[list[str]]:
    """Return rows whose columns fit a width; cells of the `cuttable` columns are cut, widest first.

    Without a width, or if that is not enough, cells stay as wide as they are.

    >>> fitted([["a.c:1", "struct very_long_name"]], 20, [1])
    [['a.c:1', 'struct ver...']]
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    over = sum(widths) + _GAP * (len(widths) - 1) - (width or sum(widths) * 2)
    while over > 0:
        widest = max(cuttable, key=lambda at: widths[at])
        if widths[widest] <= _LEAST:
            break
        widths[widest] -= 1
        over -= 1
    return [[cut(cell, wide) for cell, wide in zip(row, widths, strict=True)] for row in rows]


def cut(text: str, width: int) -> str:
    """Return a text that is no wider than this.

    >>> cut("struct { int a; }", 12), cut("ops", 12)
    ('struct { ...', 'ops')
    """
    return text if len(text) <= width else text[: max(width - len(_CUT), 0)] + _CUT
