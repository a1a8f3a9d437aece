"""Where the program starts: signals are answered before anything else is imported."""

import os
import sys


def main() -> None:
    """Run the command line and end with its exit code."""
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
