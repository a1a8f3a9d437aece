"""Add an entry to a Kconfig file, behind a line of it, or at its end.

config FOO          ->  config FOO
    bool "Foo"              bool "Foo"

                        config BAR
                            bool "Bar"
                            depends on FOO
                            help
                              What it does.
"""

import re
import textwrap

from vtsplit.cst.style.align import width

_WIDEST = 80
_PLAIN = re.compile(r"[ \t]|[-*+][ \t]|\d+[.)][ \t]")  # what begins a line that is not filled


def entry_text(
    symbol: str,
    prompt: str,
    help_text: str,
    depends: str | None = None,
    default: str | None = None,
    indent: str = "\t",
) -> str:
    r"""Return a bool entry; its help text is filled to 80 columns, paragraph by paragraph.

    A paragraph with a line that is indented, or that begins a list, keeps its lines.

    >>> print(entry_text("FOO", "Foo", "What.\n\nMore.", "BAR", indent="  "))
    config FOO
      bool "Foo"
      depends on BAR
      help
        What.
    <BLANKLINE>
        More.
    <BLANKLINE>
    """
    lines = [f'bool "{prompt}"']
    lines += [f"depends on {depends}"] if depends else []
    lines += [f"default {default}"] if default else []
    lines.append("help")
    said = [f"  {line}" if line else "" for line in _fill(help_text, width(f"{indent}  "))]
    inside = [f"{indent}{line}" if line else "" for line in (*lines, *said)]
    return "\n".join([f"config {symbol}", *inside]) + "\n"


def _fill(text: str, column: int) -> list[str]:
    lines: list[str] = []
    for paragraph in re.split(r"\n(?:[ \t]*\n)+", textwrap.dedent(text.expandtabs()).strip("\n ")):
        whole = paragraph.split("\n")
        if not any(map(_PLAIN.match, whole)):
            whole = textwrap.wrap(
                paragraph, _WIDEST - column, break_long_words=False, break_on_hyphens=False
            )
        lines += [*([""] if lines else []), *(line.rstrip() for line in whole)]
    return lines


def add_entry(text: str, entry: str, behind: int | None) -> str:
    r"""Put an entry behind a line, counted from 1, or at the end; blank lines stand around it.

    >>> add_entry("config A\n\tbool\nconfig B\n\tbool\n", "config X\n\tbool\n", 2)
    'config A\n\tbool\n\nconfig X\n\tbool\n\nconfig B\n\tbool\n'
    >>> add_entry("config A\n\tbool", "config X\n\tbool\n", None)
    'config A\n\tbool\n\nconfig X\n\tbool\n'
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.split("\n")
    if lines[-1]:  # the last line has no end of its own
        lines = [*lines[:-1], lines[-1] + newline[:-1], ""]
    at = len(lines) - 1 if behind is None else behind
    above = [""] if at and lines[at - 1].strip() else []
    below = [""] if at < len(lines) - 1 and lines[at].strip() else []
    added = [*above, *entry.removesuffix("\n").split("\n"), *below]
    ends = [line + newline[:-1] for line in added]
    return "\n".join([*lines[:at], *ends, *lines[at:]])
