"""The command line: reads arguments, calls the other rooms, prints what they return."""

import errno
import os
import sys
from importlib import import_module

import click

from vtsplit import __version__, interrupt

# Each command is loaded when it is asked for: all of them take twice the time of one.
_COMMANDS = ("split", "lint", "verify", "init", "scan", "explain", "recover")


_UNPRINTED = 4
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
_UNREAD = 141  # what a shell has for a program that SIGPIPE has ended


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

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; end quietly if nobody reads its output any more, as in `| head`."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _print_no_more()
            sys.exit(_UNREAD)
        except OSError as error:
            if error.filename is not None or error.errno not in _FULL:
                raise  # it is not stdout or stderr that failed
            interrupt.say(f"cannot print the result: {error.strerror}")
            _print_no_more()
            sys.exit(_UNPRINTED)


def _print_no_more() -> None:
    """Let what is left to be printed go nowhere: a second error would be shown as a traceback."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="vtsplit")
def main() -> None:
    """Move static ops tables out of their C files, and prove that nothing else changes."""
