"""The programs that the checks run: git, vtsplit and others, each with a plain environment."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import vtsplit as package

NAME, ADDRESS = "A Tester", "tester@example.org"
# The settings of whoever runs this play no part.
_OWN = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "LC_ALL": "C"}


@dataclass(frozen=True)
class Ran:
    """How a program ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def end(self) -> str:
        """The last lines of what it said, for a message about it."""
        return (self.err or self.out).strip()[-600:]


class FailedError(Exception):
    """A program that the checks rely on has failed; the message says how."""


def run(
    folder: Path,
    *command: str | Path,
    given: str | None = None,
    more: Mapping[str, str] | None = None,
) -> Ran:
    """Run a program in a folder; `given` is its stdin, `more` are variables of its own."""
    outside = ("MAKEFLAGS", "MFLAGS", "SOURCE_DATE_EPOCH")
    environment = {key: value for key, value in os.environ.items() if key not in outside}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env={**environment, **_OWN, **(more or {})},
        input=given or "",
        capture_output=True,
        text=True,
        errors="surrogateescape",
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def git(folder: Path, *arguments: str | Path, given: str = "") -> str:
    """Run git, and return what it prints. Raises FailedError."""
    ran = run(folder, "git", *arguments, given=given)
    if ran.code:
        raise FailedError(f"git {' '.join(map(str, arguments))[:200]}: {ran.end}")
    return ran.out.strip()


def vtsplit(command: str, *arguments: str | Path, more: Mapping[str, str] | None = None) -> Ran:
    """Run a command of the vtsplit that this Python has, outside of any tree."""
    ours = {"PYTHONPATH": str(Path(package.__file__).resolve().parents[1]), **(more or {})}
    return run(Path("/"), sys.executable, "-m", "vtsplit", command, *arguments, more=ours)
