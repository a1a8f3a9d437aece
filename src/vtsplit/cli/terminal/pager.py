"""The pager: what a terminal shows of a long result, as git shows it."""

import os
import shlex
import shutil
import subprocess
import sys
from contextlib import suppress

from vtsplit import interrupt
from vtsplit.cli.terminal.color import is_dumb
from vtsplit.cli.terminal.manner import may_page

_VARIABLES = ("VTSPLIT_PAGER", "PAGER")
# As git sets them: end if one screen has it all, show colours, leave the screen as it was.
_DEFAULTS = {"LESS": "FRX", "LV": "-c"}


def pager() -> str | None:
    """Return the command of the pager; None if there is none, or stdout is no terminal for it."""
    if not may_page() or not sys.stdout.isatty() or is_dumb():
        return None
    named = (os.environ[name] for name in _VARIABLES if name in os.environ)
    command = next(named, "less").strip()
    if command in ("", "cat"):
        return None
    try:
        program = shlex.split(command)[0]
    except ValueError:
        return None
    return command if shutil.which(program) else None


def show_by(command: str, data: bytes) -> None:
    """Let a pager show a result, and wait for it; it may end before it has read all."""
    environment = _DEFAULTS | os.environ
    with (
        interrupt.left_to_child(),
        subprocess.Popen(command, shell=True, env=environment, stdin=subprocess.PIPE) as process,
    ):
        assert process.stdin is not None
        with suppress(BrokenPipeError):
            process.stdin.write(data)
        with suppress(BrokenPipeError):
            process.stdin.close()
