"""Run the example of a rule: lay its tree out, and give its command to the command line."""

import io
import shlex
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

from vtsplit.cli import main
from vtsplit.rule import Example


class CommandResult(NamedTuple):
    """What a command came to: its exit code, and what it said on stdout and stderr."""

    exit_code: int
    said: str


def lay_out(example: Example, folder: Path) -> None:
    """Write the files of an example into a folder."""
    for path, text in example.tree.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())


def run(command: str, folder: Path) -> CommandResult:
    """Run a command of vtsplit in a folder, in this process."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="replace")
    code = 0
    with chdir(folder), redirect_stdout(stream), redirect_stderr(stream):
        try:
            arguments = ["--color=never", *shlex.split(command)[1:]]
            main.main(arguments, "vtsplit", standalone_mode=False)
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
    stream.flush()
    stream.seek(0)
    return CommandResult(code, stream.read())
