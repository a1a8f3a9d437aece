"""Write docs/cli.md from the commands in src/vtsplit/cli; run it after their help has changed."""

import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill

import click

from vtsplit.cli import main

PAGE = Path(__file__).parent / "cli.md"

_HEAD = """\
<!-- Made from the commands in src/vtsplit/cli: do not edit, run `python docs/make_cli.py`. -->

# Commands

This page has what `vtsplit help COMMAND` says of each command: usage, options, examples and exit
codes. [terminal.md](terminal.md) says what they have in common: which tree and which spec they
take, colour, pager and completion. [json.md](json.md) says what `--json` prints.
"""
_WIDTH = 116
_SPECIAL = re.compile(r"([\\<*|]|\b_|_\b)")
_CODE = re.compile(r"(`[^`]*`)")


def page() -> str:
    """Return the page: a list of the commands, then the options of vtsplit, then each command."""
    top = click.Context(main, info_name="vtsplit", **main.context_settings)
    commands = {name: main.get_command(top, name) for name in main.list_commands(top)}
    found = {name: command for name, command in commands.items() if command is not None}
    listed = [(f"[`{name}`](#vtsplit-{name})", _short(one)) for name, one in found.items()]
    parts = [
        _HEAD,
        "\n".join(_table(("command", "what it does"), listed)) + "\n",
        "\n".join(_section(main, top, "Options of vtsplit itself")),
    ]
    for name, command in found.items():
        context = click.Context(command, top, name)
        parts.append("\n".join(_section(command, context, f"vtsplit {name}")))
    return "\n".join(parts)


def _short(command: click.Command) -> str:
    return as_markdown((command.help or "").partition("\n\n")[0])


def _section(command: click.Command, context: click.Context, title: str) -> Iterator[str]:
    yield f"## {title}\n"
    for paragraph in (command.help or "").split("\n\n"):
        yield fill(as_markdown(paragraph), _WIDTH, break_on_hyphens=False) + "\n"
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield f"    {usage}\n"
    records = (
        parameter.get_help_record(context)
        for parameter in command.get_params(context)
        if isinstance(parameter, click.Option)
    )
    rows = [(_code(record[0]), as_markdown(record[1])) for record in records if record]
    yield from _table(("option", "meaning"), rows)
    yield ""
    yield from _epilog(command.epilog or "")


def _table(head: tuple[str, str], rows: list[tuple[str, str]]) -> Iterator[str]:
    for left, right in (head, ("---", "---"), *rows):
        yield f"| {left} | {right} |"


def _epilog(text: str) -> Iterator[str]:
    r"""Yield the parts of an epilog: a part behind `\b` has a headline and lines that stay."""
    for block in filter(None, (one.strip() for one in text.split("\b"))):
        head, lines, body = block.partition(":\n")
        if not lines:
            yield f"{as_markdown(block)}\n"
        elif head == "Exit codes":
            rows = [line.strip().split("  ", 1) for line in body.split("\n")]
            yield from _table(("exit code", "meaning"), [(a, as_markdown(b)) for a, b in rows])
            yield ""
        else:
            yield f"{head}:\n"
            yield from (f"  {line}" for line in body.split("\n"))
            yield ""


def _code(text: str) -> str:
    """Return a text as code in a table, where a bar would end the cell."""
    return "`" + text.replace("|", r"\|") + "`"


def as_markdown(text: str) -> str:
    """Return a text of help as Markdown: only what stands in backquotes has a meaning there."""
    return "".join(
        _code(part[1:-1]) if part.startswith("`") else _SPECIAL.sub(r"\\\1", part)
        for part in _CODE.split(" ".join(text.split()))
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
