"""The command line: reads arguments, calls the other rooms, prints what they return."""

from importlib import import_module

import click

from vtsplit import __version__

# Each command is loaded when it is asked for: all of them take twice the time of one.
_COMMANDS = ("split", "lint", "verify", "init", "scan", "explain")


class _Commands(click.Group):
    """The commands, each the function of its module's name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return their names, in the order of `--help`."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Load a command; None if no command has the name."""
        if name not in _COMMANDS:
            return None
        command = getattr(import_module(f"vtsplit.cli.{name}"), name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="vtsplit")
def main() -> None:
    """Move static ops tables out of their C files, and prove that nothing else changes."""
