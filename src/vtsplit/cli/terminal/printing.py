"""Print a result on stdout, and say something on stderr."""

import sys
from collections.abc import Iterable

import click

from vtsplit.change.diff import colored
from vtsplit.cli.terminal.color import painted, painted_stat, wants_color
from vtsplit.cli.terminal.pager import pager, show_by
from vtsplit.cli.terminal.width import columns, wrapped


def print_bytes(data: bytes) -> None:
    """Write to stdout, byte for byte; on a terminal by the pager."""
    sys.stdout.flush()
    command = pager() if data else None
    if command is not None:
        show_by(command, data)
        return
    stream = sys.stdout.buffer
    stream.write(data)
    stream.flush()


def print_text(text: str) -> None:
    """Write lines of text to stdout, on a terminal by the pager."""
    print_bytes(f"{text}\n".encode(sys.stdout.encoding or "utf-8", "replace"))


def print_lines(lines: Iterable[str]) -> None:
    """Write lines to stdout that stay whole, as `file:line: message`; coloured on a terminal."""
    text = "\n".join(lines)
    if text:
        print_text(painted(text) if wants_color(sys.stdout) else text)


def print_report(text: str) -> None:
    """Write a report to stdout; on a terminal with colours, and broken between words."""
    text = wrapped(text, columns(sys.stdout))
    print_text(painted(text) if wants_color(sys.stdout) else text)


def print_patch(patch: bytes) -> None:
    """Write a patch byte for byte; on a terminal escape what it would obey."""
    if wants_color(sys.stdout, for_people=False):
        print_bytes(colored(patch).encode())
    elif sys.stdout.isatty():
        print_bytes(click.unstyle(colored(patch)).encode())
    else:
        print_bytes(patch)


def print_stat(text: str) -> None:
    """Write a diffstat to stdout."""
    text = text.removesuffix("\n")
    if text:
        print_text(painted_stat(text) if wants_color(sys.stdout) else text)


def say(text: str) -> None:
    """Say something on stderr; on a terminal with colours, and broken between words."""
    text = wrapped(text, columns(sys.stderr))
    has_color = wants_color(sys.stderr)
    click.echo(painted(text) if has_color else text, err=True, color=has_color)
