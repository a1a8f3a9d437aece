"""vtsplit in a child of the test's own process: it ends as the program does, and imports nothing.

What is asked of the start, before all is imported, needs a new process of Python instead.
"""

import os
import signal
import sys
import tempfile
from collections.abc import Callable
from typing import IO, NamedTuple

import vtsplit.cli.split  # noqa: F401 - each child has it then
from vtsplit import interrupt
from vtsplit.start import main

_DIES_SILENTLY = 120  # what Python ends with if it cannot write the last of its output


class Ended(NamedTuple):
    """The exit code, and what stands in stderr and in stdout."""

    code: int
    said: str
    printed: bytes


def run_forked(
    *command: str, stdout: int | None = None, prepare: Callable[[], object] = lambda: None
) -> Ended:
    """Run vtsplit with these arguments. `prepare` is called in the child, before all else."""
    sys.stdout.flush()
    sys.stderr.flush()
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as printed:
        child = os.fork()
        if not child:
            code = 1
            try:
                _take_streams(printed.fileno() if stdout is None else stdout, said)
                for number in interrupt.SIGNALS:  # some are ignored by a job in the background
                    signal.signal(number, signal.SIG_DFL)
                signal.signal(signal.SIGINT, signal.default_int_handler)
                interrupt._watch = interrupt._Watch()  # what other tests' runs have done is past
                prepare()
                code = _run(command)
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        said.seek(0)
        printed.seek(0)
        return Ended(os.waitstatus_to_exitcode(status), said.read().decode(), printed.read())


def _take_streams(stdout: int, stderr: IO[bytes]) -> None:
    os.dup2(stdout, 1)
    os.dup2(stderr.fileno(), 2)
    # With buffers as Python makes them: what cannot be printed stays there, and is tried again.
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", 1, encoding="utf-8", closefd=False)  # noqa: SIM115


def _run(command: tuple[str, ...]) -> int:
    sys.argv = ["vtsplit", *command]
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    try:
        sys.stdout.flush()
    except OSError:
        return _DIES_SILENTLY
    return code
