"""Programs that a run starts many of at once, such as compilers, and that end with it.

A signal may come to vtsplit alone: what it has started then has to be ended by it. Each program is
in a session of its own, with all that it starts itself, as a wrapper of the compiler does.
"""

import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess


class EndedError(Exception):
    """The run is asked to end: no other program is started."""


class _Children:
    def __init__(self) -> None:
        self.lock = Lock()
        self.running: set[int] = set()
        self.is_ended = False


_children = _Children()


def run_child(
    command: Sequence[str], folder: str, environment: Mapping[str, str], seconds: float
) -> "subprocess.CompletedProcess[bytes]":
    """Run a program in a folder, and return what it has printed.

    Raises OSError, subprocess.TimeoutExpired after so many seconds, and EndedError.
    """
    import subprocess  # few runs start a program

    with _children.lock:
        if _children.is_ended:
            raise EndedError
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        _children.running.add(process.pid)
    with process:
        try:
            printed, said = process.communicate(timeout=seconds)
        except BaseException:
            _kill(process.pid)
            raise
        finally:
            with _children.lock:
                _children.running.discard(process.pid)
    return subprocess.CompletedProcess(command, process.returncode, printed, said)


@contextmanager
def children_ended() -> Iterator[None]:
    """End all programs that run, and let none begin as long as this lasts."""
    with _children.lock:
        _children.is_ended = True
        for pid in _children.running:
            _kill(pid)
    try:
        yield
    finally:
        _children.is_ended = False


def _kill(pid: int) -> None:
    """Kill what a program has started, and itself if it still runs: a session keeps its number."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
