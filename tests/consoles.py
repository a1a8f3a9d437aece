"""Run the console blocks of a page as a reader would, and compare what they print.

A block is fenced with ```console. A line that begins with `$ ` is a command, the lines below it
are what it prints on both streams. `...` stands for anything: in a line of its own for lines, else
for a part of the line.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = "== end of command"


@dataclass
class Step:
    """A command of a page, and the lines that it is to print."""

    command: str
    expected: list[str] = field(default_factory=list)


def steps_of(page: Path) -> list[Step]:
    """Return the commands of a page, in their order."""
    steps: list[Step] = []
    for block in _BLOCK.findall(page.read_text()):
        for line in block.splitlines():
            if line.startswith("$ "):
                steps.append(Step(line[2:]))
            else:
                steps[-1].expected.append(line)
    return steps


def run(page: Path, folder: Path) -> list[str]:
    """Run all commands of a page in one shell that starts in a folder; return what is not as said.

    `vtsplit` is the one that is tested here.
    """
    programs = folder / ".programs"
    programs.mkdir()
    start = "from vtsplit.start import main; main()"
    (programs / "vtsplit").write_text(f'#!/bin/sh\nexec {sys.executable} -c "{start}" "$@"\n')
    (programs / "vtsplit").chmod(0o755)
    steps = steps_of(page)
    script = "".join(f"{step.command}\necho '{_MARK}' $?\n" for step in steps)
    done = subprocess.run(
        ["bash"],
        input=script,
        cwd=folder,
        env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "COLUMNS": "80"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    parts = re.split(rf"^{_MARK} (\d+)\n", done.stdout, flags=re.MULTILINE)
    faults = []
    for step, said, code in zip(steps, parts[::2], parts[1::2], strict=False):
        if code != "0" or not _matches(step.expected, said):
            faults.append(f"$ {step.command}  (exit code {code})\n{said}")
    if len(parts) // 2 < len(steps):
        faults.append(f"only {len(parts) // 2} of {len(steps)} commands came to their end")
    return faults


def _matches(expected: list[str], said: str) -> bool:
    pattern = "".join(
        r"(?:.*\n)*?" if line == "..." else re.escape(line).replace(r"\.\.\.", ".*") + r"[ \t]*\n"
        for line in expected
    )
    return re.fullmatch(pattern, said) is not None
