"""When output has colours, and which parts of a report have one."""

import os
import re
from functools import partial
from typing import TextIO

import click

from vtsplit.cli.terminal.manner import color_choice

# What stands at the start of a line of ours. Text of a tree has its line ends escaped, or a number
# and a bar in front, so that it cannot begin a line with one of these.
_MARKS = (
    (re.compile(r"^error\[\w+\]:", re.MULTILINE), "red"),
    (re.compile(r"^(?:refused|failed|differs)\b", re.MULTILINE), "red"),
    (re.compile(r"^(?:warning:|could not tell\b)", re.MULTILINE), "yellow"),
    (re.compile(r"^note:", re.MULTILINE), "cyan"),
    (re.compile(r"^proved\b", re.MULTILINE), "green"),
    (re.compile(r"^  -->", re.MULTILINE), "blue"),
    (re.compile(r"(?<=: )L\d{3}\b(?=[ /])"), "red"),
)


def wants_color(stream: TextIO, for_people: bool = True) -> bool:
    """Tell whether what goes to a stream is coloured.

    `--color` decides, then NO_COLOR, then FORCE_COLOR and CLICOLOR_FORCE, then whether it is a
    terminal that has colours. With FORCE_COLOR, as CI sets it, only what is `for_people` gets
    colours in a pipe: another program may read a patch.
    """
    choice = color_choice()
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    forced = (os.environ.get(name, "") for name in ("FORCE_COLOR", "CLICOLOR_FORCE"))
    if any(value not in ("", "0") for value in forced) and (for_people or stream.isatty()):
        return True
    return stream.isatty() and not is_dumb() and os.environ.get("CLICOLOR") != "0"


def is_dumb() -> bool:
    """Tell whether the terminal shows lines and nothing else."""
    return os.environ.get("TERM", "dumb") in ("dumb", "unknown", "")


def painted(text: str) -> str:
    r"""Give the marks of a report their colours.

    >>> painted("error[VT014]: 'x': no such directory")
    "\x1b[31m\x1b[1merror[VT014]:\x1b[0m 'x': no such directory"
    """
    for pattern, color in _MARKS:
        text = pattern.sub(partial(_bold, color), text)
    return text


def _bold(color: str, found: re.Match[str]) -> str:
    return click.style(found[0], fg=color, bold=True)


def painted_stat(text: str) -> str:
    """Colour the graph of a diffstat as git does."""

    def graph(found: re.Match[str]) -> str:
        signs = {"green": found[2], "red": found[3]}
        return found[1] + "".join(click.style(s, fg=color) for color, s in signs.items() if s)

    return re.sub(r"^( .* \| +\d+ )(\+*)(-*)$", graph, text, flags=re.MULTILINE)
