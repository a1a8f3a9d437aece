"""A man page as roff, from a command's help: usage, options, examples and exit codes."""

import re
from collections.abc import Iterator

import click

from vtsplit import __version__

_HEADS = {"Examples": "EXAMPLES", "Exit codes": "EXIT STATUS"}


def man_page(top: click.Context, name: str | None) -> str:
    """Return the page of a command, or of the program for None."""
    assert isinstance(top.command, click.Group)
    command = top.command.get_command(top, name) if name else top.command
    assert command is not None
    context = click.Context(command, top, name) if name else top
    title = f"vtsplit-{name}" if name else "vtsplit"
    short, _, rest = (command.help or "").partition("\n\n")
    lines = [
        f'.TH "{title.upper()}" "1" "" "vtsplit {__version__}" "vtsplit"',
        ".SH NAME",
        f"{_roff(title)} \\- {_roff(' '.join(short.split()).rstrip('.'))}",
        ".SH SYNOPSIS",
        ".nh",
        f".B {_roff(context.command_path)}",
        _roff(" ".join(command.collect_usage_pieces(context))),
        ".hy",
        ".SH DESCRIPTION",
        *_paragraphs(f"{short}\n\n{rest}"),
        ".SH OPTIONS",
        *_options(command, context),
        *(_commands(top) if name is None else ()),
        *_epilog(command.epilog or ""),
        *_see_also(top, name),
    ]
    return "\n".join(lines) + "\n"


def _roff(text: str) -> str:
    r"""Return a text as roff has it: nothing in it is a request or an escape.

    >>> print(_roff(".x -U 'a\\b'"))
    \&.x \-U \(aqa\eb\(aq
    """
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    return f"\\&{text}" if text.startswith(".") else text


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        if paragraph.strip():
            yield ".PP"
            yield _roff(" ".join(paragraph.split()))


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and isinstance(parameter, click.Option):
            yield ".TP"
            yield f".B {_roff(record[0])}"
            yield _roff(" ".join(record[1].split()))


def _commands(top: click.Context) -> Iterator[str]:
    assert isinstance(top.command, click.Group)
    yield ".SH COMMANDS"
    for name in top.command.list_commands(top):
        command = top.command.get_command(top, name)
        assert command is not None
        yield ".TP"
        yield f"\\fBvtsplit\\-{_roff(name)}\\fR(1)"
        yield _roff(command.get_short_help_str(200))


def _epilog(text: str) -> Iterator[str]:
    """Yield the sections of an epilog: each has a headline, and lines that stay as they are."""
    for block in filter(None, (one.strip() for one in text.split("\b"))):
        head, _, body = block.partition("\n")
        section = _HEADS.get(head.rstrip(":"))
        if section is None:
            yield from _paragraphs(block)
            continue
        yield f".SH {section}"
        yield ".nf"
        yield from (_roff(re.sub("^  ", "", line)) for line in body.split("\n"))
        yield ".fi"


def _see_also(top: click.Context, name: str | None) -> Iterator[str]:
    assert isinstance(top.command, click.Group)
    names = ["vtsplit", *(f"vtsplit-{one}" for one in top.command.list_commands(top))]
    own = f"vtsplit-{name}" if name else "vtsplit"
    yield ".SH SEE ALSO"
    yield ", ".join(f"\\fB{_roff(one)}\\fR(1)" for one in names if one != own)
