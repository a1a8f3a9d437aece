"""The command line: reads arguments, calls the other rooms, prints what they return."""

import errno
import os
import sys
from importlib import import_module

import click

from vtsplit import __version__, interrupt

# Each command is loaded when it is asked for, and `--help` loads none: to load them all takes most
# of a second. So this is what their first lines say.
_COMMANDS = {
    "split": "Move ops tables of TREE out of their source file, as a spec says.",
    "series": "Make a split of TREE as a series of patches: each does one thing, and builds alone.",
    "report": "Write a page for reviewers: what a split of TREE does, and why, line by line.",
    "lint": "Look for faults in a TREE that is split.",
    "verify": "Prove that AFTER is the same program as BEFORE but for linkage, place and renames.",
    "init": "Write a spec that splits tables of one source file of TREE, and that runs as it is.",
    "scan": "List the ops tables of a tree, or of folders and files of one.",
    "explain": "Explain the code of a refusal or a finding: why, what to do, and an example.",
    "recover": "Bring TREE to either end after a run was killed while it wrote.",
}

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

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what `--help` says of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))

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
