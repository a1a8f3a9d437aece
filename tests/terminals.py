"""vtsplit on a terminal: a child of the test's process, with a pseudo-terminal."""

import contextlib
import fcntl
import os
import pty
import re
import struct
import sys
import termios
from collections.abc import Mapping
from typing import NamedTuple

from vtsplit import interrupt
from vtsplit.start import main

_COLOR = re.compile(r"\x1b\[[\d;]*m")


class Shown(NamedTuple):
    """The exit code, and all that the terminal got."""

    code: int
    text: str

    @property
    def plain(self) -> str:
        """The text without its colours."""
        return _COLOR.sub("", self.text)

    @property
    def has_color(self) -> bool:
        """Whether anything is coloured."""
        return _COLOR.search(self.text) is not None


def run_on_terminal(
    *command: str, columns: int = 80, environment: Mapping[str, str | None] | None = None
) -> Shown:
    """Run vtsplit with these arguments on a terminal that has colours.

    In `environment` None takes a variable away. Without more there is no pager.
    """
    variables = {"TERM": "xterm-256color", "PAGER": "cat", **(environment or {})}
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "LESS"):
        variables.setdefault(name, None)
    sys.stdout.flush()
    sys.stderr.flush()
    child, terminal = pty.fork()
    if not child:
        code = 1
        try:
            for name, value in variables.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
            code = _run(command)
        finally:
            os._exit(code)
    said = b""
    with contextlib.suppress(OSError):  # Linux says EIO when nobody has the other end any more
        while data := os.read(terminal, 1 << 16):
            said += data
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    return Shown(os.waitstatus_to_exitcode(status), said.decode().replace("\r\n", "\n"))


def _run(command: tuple[str, ...]) -> int:
    interrupt._watch = interrupt._Watch()  # what other tests' runs have done is past
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", 1, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.argv = ["vtsplit", *command]
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
    return 1
