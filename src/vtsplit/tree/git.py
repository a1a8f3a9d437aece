"""Run git for a working tree. Objects and index may be others than the user's."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

# Set while git runs a hook or `rebase --exec`; they would point us to a tree that is not this one.
_PLACES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR")
# A file system monitor is a command that the repository names, and a look must not run it.
_SETTINGS = (
    *("-c", "core.fsmonitor=false", "-c", "i18n.commitEncoding=UTF-8"),
    *("-c", "log.showSignature=false"),  # it stands in front of what `--format` prints
)


class GitError(Exception):
    """Git has failed; the message is its own."""


class Git:
    """A working tree, known by one of its folders; `environment` is added to that of each call."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.top = folder
        self.environment: dict[str, str] = dict(environment or {})

    def under(self, environment: Mapping[str, str]) -> Git:
        """Return the same working tree, with more in the environment of each call."""
        return Git(self.top, {**self.environment, **environment})

    def run(self, *arguments: str, data: bytes | None = None) -> bytes:
        """Run git and return what it prints. Raises GitError with what it says."""
        environment = {key: value for key, value in os.environ.items() if key not in _PLACES}
        environment |= {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}  # do not refresh the user's index
        environment |= self.environment
        try:
            done = subprocess.run(
                ["git", "--literal-pathspecs", *_SETTINGS, *arguments],
                cwd=self.top,
                env=environment,
                input=data if data is not None else b"",
                capture_output=True,
                check=False,
                start_new_session=True,  # Ctrl-C is for vtsplit: git is not to stop halfway
            )
        except OSError as error:
            raise GitError(f"git does not run: {error.strerror}") from error
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip()
            lines = said.split("\n")
            line = next((one for one in lines if one.startswith(("fatal", "error"))), lines[0])
            reason = line.removeprefix("fatal: ").removeprefix("error: ")
            raise GitError(reason or f"exit status {done.returncode}")
        return done.stdout

    def ask(self, *arguments: str) -> str:
        """Return what git prints, without the last line end. Raises GitError."""
        return self.run(*arguments).decode("utf-8", "surrogateescape").removesuffix("\n")

    def find(self, *arguments: str) -> str:
        """Return what git prints, "" where it fails."""
        try:
            return self.ask(*arguments)
        except GitError:
            return ""
