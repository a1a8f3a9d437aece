"""The command line: reads arguments, calls the other rooms, prints what they return."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from vtsplit import __version__, interrupt
from vtsplit.cli.arguments.common import manner_options

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
    "help": "Show the help of a command.",
    "schema": "Print a JSON Schema: of the spec, for editors, or of what --json prints.",
    "completion": "Print what lets a shell complete commands, options and their values.",
    "man": "Print the man page of a command, or write all to a folder.",
}
_ABOUT = ("help", "schema", "completion", "man")  # they are in a room of their own

_UNPRINTED = 4
_UNPRINTABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)
_UNREAD = 141  # what a shell has for a program that SIGPIPE has ended


class _Commands(click.Group):
    """The commands, each a module with a function of its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return their names, in the order of `--help`."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Load a command; None if no command has the name."""
        if name not in _COMMANDS:
            return None
        if name in _ABOUT:
            command = import_module(f"vtsplit.cli.about.{name}").command
        else:
            command = getattr(import_module(f"vtsplit.cli.{name}"), name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the arguments name; refuse another name, and suggest a near one."""
        name = args[0]
        if name not in _COMMANDS and not name.startswith("-"):
            ctx.fail(no_such_command(name))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what `--help` says of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Read the options of the program itself, of which some print and end it."""
        with _printing():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command. Raises UsageError if the current folder is not there any more."""
        try:
            Path.cwd()
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            ctx.fail(f"cannot use the current folder: {why}; go to another one, or give -C DIR")
        with _printing():
            return super().invoke(ctx)


@contextmanager
def _printing() -> Iterator[None]:
    """End quietly if nobody reads the output any more, as in `| head`, or if it has no place.

    What is wrong with the arguments is said with their control characters escaped.
    """
    try:
        yield
    except click.ClickException as error:
        from vtsplit.diagnostics import visible

        shown = visible(error.message, "\n")
        if shown == error.message:
            raise
        context = getattr(error, "ctx", None)
        raise click.UsageError(shown, context) from error
    except BrokenPipeError:
        _print_no_more()
        sys.exit(_UNREAD)
    except OSError as error:
        if error.filename is not None or error.errno not in _UNPRINTABLE:
            raise  # it is not stdout or stderr that failed
        interrupt.say(f"cannot print the result: {error.strerror}")
        _print_no_more()
        sys.exit(_UNPRINTED)


def _print_no_more() -> None:
    """Let what is left to be printed go nowhere: a second error would be shown as a traceback."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


def no_such_command(name: str) -> str:
    """Return what is wrong with a name that no command has, and a near one.

    >>> no_such_command("verfiy")
    "there is no command 'verfiy': did you mean verify?"
    """
    from difflib import get_close_matches

    near = get_close_matches(name.lower(), _COMMANDS, 3, 0.7)
    hint = f"did you mean {' or '.join(near)}?" if near else "vtsplit help lists all"
    return f"there is no command '{name}': {hint}"


def _go_to(context: click.Context, _: click.Parameter, folders: tuple[str, ...]) -> None:
    """Start in another folder, as `git -C` does: each is seen from the one before."""
    for folder in folders:
        try:
            os.chdir(folder or ".")
        except (OSError, ValueError) as error:
            reason = (getattr(error, "strerror", None) or str(error)).lower()
            raise click.BadParameter(f"cannot go to '{folder}': {reason}") from error


def _show_version(context: click.Context, _: click.Parameter, is_given: bool) -> None:
    if not is_given or context.resilient_parsing:
        return
    import platform
    from importlib.metadata import version

    click.echo(f"vtsplit, version {__version__}")
    click.echo(f"Python {platform.python_version()}, pycparser {version('pycparser')}")
    click.echo(platform.platform())
    context.exit()


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="`vtsplit help COMMAND` has the options and examples of a command.",
)
@click.option(
    "-C",
    "folders",
    multiple=True,
    metavar="DIR",
    is_eager=True,
    expose_value=False,
    callback=_go_to,
    help="Run as if started in DIR; may be repeated.",
)
@manner_options
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the versions of vtsplit, Python and pycparser, and the platform.",
)
def main() -> None:
    """Move static ops tables out of their C files, and prove that nothing else changes."""
