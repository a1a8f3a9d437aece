"""`vtsplit man`: man pages, made from the same source as `--help`."""

from pathlib import Path

import click

from vtsplit.change.output import reason_of
from vtsplit.cli import main, no_such_command
from vtsplit.cli.about.man_page import man_page
from vtsplit.cli.arguments.common import manner_options
from vtsplit.cli.arguments.completing import complete_command
from vtsplit.cli.terminal.printing import print_text

_EPILOG = """\b
Examples:
  vtsplit man split | man -l -                 read one
  vtsplit man -o ~/.local/share/man/man1       install all, for man vtsplit-split

\b
Exit codes:
  0  printed or written
  2  there is no such command, or the folder cannot be written
"""


@click.command(epilog=_EPILOG)
@click.argument("name", metavar="[COMMAND]", required=False, shell_complete=complete_command)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write the pages of all commands to this folder.",
)
@manner_options
def command(name: str | None, output: Path | None) -> None:
    """Print the man page of a command, or write all to a folder.

    Without COMMAND it is the page of vtsplit itself.
    """
    top = click.Context(main, info_name="vtsplit", **main.context_settings)
    names = main.list_commands(top)
    if name is not None and name not in names:
        raise click.UsageError(no_such_command(name))
    if output is None:
        print_text(man_page(top, name).rstrip("\n"))
        return
    if name is not None:
        raise click.UsageError("-o writes the pages of all commands: leave COMMAND out")
    try:
        output.mkdir(parents=True, exist_ok=True)
        for one in (None, *names):
            title = f"vtsplit-{one}" if one else "vtsplit"
            (output / f"{title}.1").write_text(man_page(top, one), "utf-8")
    except OSError as error:
        message = f"cannot write '{error.filename}': {reason_of(error)}"
        raise click.BadParameter(message) from error
