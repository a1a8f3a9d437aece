"""Where the program starts: signals are answered before anything else is imported."""

import os
import sys


def main() -> None:
    """Run the command line and end with its exit code."""
    open_closed_streams()
    try:
        from vtsplit import interrupt

        interrupt.watch()
    except KeyboardInterrupt:
        os._exit(130)
    try:
        code = _run()
        interrupt.stop_listening()
    except interrupt.InterruptedRunError as stop:
        interrupt.end(stop.number)
    if came := interrupt.is_asked_to_end():
        interrupt.end(came)
    sys.exit(code)


def open_closed_streams() -> None:
    """Open the standard streams that are closed: the next file would get what is printed there.

    Nothing comes from stdin then, and what stderr says goes nowhere. To print a result fails.
    """
    # What is opened gets the lowest number that is free.
    for number, how in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, how), True)
    # Python has None for a stream that was closed when it started.
    sys.stdin = sys.stdin or open(0, closefd=False)  # noqa: SIM115
    sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", closefd=False)  # noqa: SIM115


def _run() -> int | str | None:
    """Run the command line; return what it exits with."""
    from vtsplit import interrupt
    from vtsplit.cli import main as command_line

    interrupt.unwind()
    try:
        command_line(prog_name="vtsplit")
    except SystemExit as stop:
        return stop.code
    return 0
