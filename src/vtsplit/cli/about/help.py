"""`vtsplit help`: what `--help` says, by the pager."""

import click

from vtsplit.cli import main, no_such_command
from vtsplit.cli.arguments.common import manner_options
from vtsplit.cli.arguments.completing import complete_command
from vtsplit.cli.terminal.printing import print_text

_EPILOG = """\b
Examples:
  vtsplit help            list the commands
  vtsplit help split      options, examples and exit codes of a command

\b
Exit codes:
  0  shown
  2  there is no such command
"""


@click.command("help", epilog=_EPILOG)
@click.argument("name", metavar="[COMMAND]", required=False, shell_complete=complete_command)
@manner_options
def command(name: str | None) -> None:
    """Show the help of a command."""
    top = click.Context(main, info_name="vtsplit", **main.context_settings)
    if name is None:
        print_text(main.get_help(top).rstrip())
        return
    asked = main.get_command(top, name)
    if asked is None:
        raise click.UsageError(no_such_command(name))
    print_text(asked.get_help(click.Context(asked, top, name)).rstrip())
