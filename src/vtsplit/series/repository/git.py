"""Run git for a repository. Objects may go to a folder of their own, so that nothing is left."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.series.rules import GIT_FAILED, NO_REPOSITORY

# Set while git runs a hook; they would point to a tree that is not this one.
_PLACES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR")
# A file system monitor is a command that the repository names, and a look must not run it.
_SETTINGS = ("-c", "core.fsmonitor=false", "-c", "i18n.commitEncoding=UTF-8")


class GitError(Exception):
    """Git has failed; the message is its own."""


class Git:
    """A repository's working tree, from its top; `environment` is added to that of each call."""

    def __init__(self, top: Path, environment: Mapping[str, str] | None = None) -> None:
        self.top = top
        self.environment: dict[str, str] = dict(environment or {})

    @classmethod
    def of(cls, tree: Path) -> tuple[Git, str]:
        """Return the repository that a tree is in, and the tree's path in it, "" or with a slash.

        Raises RefusedError where there is none.
        """
        try:
            said = Git(tree).ask("rev-parse", "--show-toplevel", "--show-prefix")
        except GitError as error:
            problem = Problem(NO_REPOSITORY, f"'{tree}': {error}", Site(str(tree)))
            raise RefusedError(problem) from error
        top, prefix = (*said.split("\n"), "")[:2]
        return cls(Path(top)), prefix

    def under(self, environment: Mapping[str, str]) -> Git:
        """Return the same repository, with more in the environment of each call."""
        return Git(self.top, {**self.environment, **environment})

    def run(self, *arguments: str, data: bytes | None = None) -> bytes:
        """Run git and return what it prints. Raises GitError with what it says."""
        environment = {key: value for key, value in os.environ.items() if key not in _PLACES}
        environment |= {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
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
            line = next(
                (one for one in said.split("\n") if one.startswith(("fatal", "error"))), said
            )
            reason = line.partition("\n")[0].removeprefix("fatal: ").removeprefix("error: ")
            raise GitError(reason or f"git {arguments[0]} ended with {done.returncode}")
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


def failed(error: GitError, what: str) -> RefusedError:
    """Return the refusal for something that git could not do."""
    return RefusedError(Problem(GIT_FAILED, f"git could not {what}: {error}"))
