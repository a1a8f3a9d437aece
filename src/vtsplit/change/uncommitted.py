"""What git could not give back: a file with changes that are not committed is not written over."""

import os
from collections.abc import Iterable
from pathlib import Path

from vtsplit.change.changes import FileChange
from vtsplit.diagnostics import Problem, Site
from vtsplit.rule import Rule
from vtsplit.tree.git import Git, GitError
from vtsplit.tree.journal import is_there

NO_GIT = Rule(
    "VT072",
    "no-git",
    "git does not answer",
    "The tree is under git, but git cannot say whether it has the content of the files.",
    "Run `git status` to see why. `--allow-dirty` writes without asking git.",
    "It comes up with `--write` when `git` is not installed or the repository is broken.",
)

UNCOMMITTED = Rule(
    "VT070",
    "uncommitted",
    "a file has changes that git does not have",
    "If you do not like the result, git could not restore these changes.",
    "Commit or stash the changes. Add and commit a file that git does not track. Or use "
    "`--allow-dirty`.",
    "It comes up with `--write` when the source file was edited after the last commit.",
)

# `git stash` does not take such files along.
_ADVICE = {
    "untracked": "add and commit it, or give --allow-dirty",
    "ignored": "add it with `git add --force` and commit it, or give --allow-dirty",
    "in conflict": "resolve the conflict and commit, or give --allow-dirty",
}
_UNASKED = "--allow-dirty writes without asking"
# Paths on one command line: far below what any system allows.
_PATHS_AT_ONCE = 500


def find_uncommitted(targets: Iterable[tuple[FileChange, Path]]) -> list[Problem]:
    """Find what git could not give back, asking each repository that holds one of the files.

    A tree may be a part of a repository, hold others (submodules), or be in none, which is fine.
    """
    repositories: dict[Path, dict[str, FileChange]] = {}
    problems = []
    for change, target in targets:
        try:
            top = next((folder for folder in target.parents if is_there(folder / ".git")), None)
        except OSError as error:  # "no repository" would be no protection
            message = f"cannot see whether '{change.path}' is in a repository: {error.strerror}"
            problems.append(Problem(NO_GIT, message, Site(change.path), _UNASKED))
            continue
        if top is not None:
            repositories.setdefault(top, {})[target.relative_to(top).as_posix()] = change
    for top, files in repositories.items():
        try:
            states = _git_states(top, list(files))
        except GitError as error:
            message = f"cannot ask git about the files in '{top}': {error}"
            problems.append(Problem(NO_GIT, message, Site(str(top)), _UNASKED))
            continue
        for path, change in files.items():
            # An untracked repository inside this one is shown as its directory, with a slash.
            shown = (name for name in states if name == path or path.startswith(name + "/"))
            state = next((states[name] for name in shown), None)
            if state is not None:
                message = f"'{change.path}' has content that git does not have: it is {state}"
                advice = _ADVICE.get(state, "commit or stash it, or give --allow-dirty")
                problems.append(Problem(UNCOMMITTED, message, Site(change.path), advice))
    return problems


def _git_states(top: Path, paths: list[str]) -> dict[str, str]:
    """Return, in words, the state of those `paths` that are not as the last commit has them."""
    states: dict[str, str] = {}
    for start in range(0, len(paths), _PATHS_AT_ONCE):
        fields = iter(_git_status(top, paths[start : start + _PATHS_AT_ONCE]).split(b"\0"))
        for field in fields:
            if field:
                states[os.fsdecode(field[3:]).rstrip("/")] = _state(field[:2].decode())
    return states


def _state(letters: str) -> str:
    """Say in a word what the two letters of `git status --porcelain` mean.

    >>> [_state(letters) for letters in ("??", "!!", "UU", "M ", " M", "MM")]
    ['untracked', 'ignored', 'in conflict', 'staged', 'modified', 'modified']
    """
    if letters in ("??", "!!"):
        return "untracked" if letters == "??" else "ignored"
    if "U" in letters or letters in ("AA", "DD"):
        return "in conflict"
    return "staged" if letters[1] == " " else "modified"


def _git_status(top: Path, paths: list[str]) -> bytes:
    # Renames are off, so that each entry is one field.
    command = ["status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all"]
    try:
        return Git(top).run(*command, "--ignored", "--", *paths)
    except GitError as error:
        # The .git that was seen is not a repository; for a broken link git says something else.
        if "not a git repository (or any" in str(error):
            return b""
        raise
