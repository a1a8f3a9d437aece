"""Bring commits to a branch: the current one, or a new one. Git itself changes index and files."""

import os

from vtsplit.diagnostics import Problem, RefusedError
from vtsplit.interrupt import held_back
from vtsplit.series.repository.base import Base
from vtsplit.series.repository.find import failed
from vtsplit.series.rules import BRANCH
from vtsplit.tree.git import GitError

_BEFORE = "ORIG_HEAD"


def refuse_branch(base: Base, name: str | None) -> None:
    """Raise RefusedError unless commits can go to a new branch, or to the one that HEAD is on."""
    if name is None:
        if not base.git.find("symbolic-ref", "--quiet", "HEAD"):
            message, advice = "HEAD is on no branch", "give the commits one with --branch NAME"
            raise RefusedError(Problem(BRANCH, message, None, advice))
        return
    if not base.git.find("check-ref-format", "--branch", name):
        advice = "take letters, digits, '-' and '/', as in foo-v2"
        raise RefusedError(
            Problem(BRANCH, f"'{name}' cannot be the name of a branch", None, advice)
        )
    if base.git.find("rev-parse", "--verify", "--quiet", f"refs/heads/{name}"):
        advice = "choose another name, or delete the branch"
        raise RefusedError(Problem(BRANCH, f"there is a branch '{name}' already", None, advice))


def refuse_unknown(base: Base, name: str) -> None:
    """Raise RefusedError if git has no commit of a name."""
    if not base.git.find("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"):
        advice = "`git branch` lists those that there are"
        raise RefusedError(Problem(BRANCH, f"there is no branch '{name}'", None, advice))


def bring(base: Base, tip: str, name: str | None) -> None:
    """Move the current branch on to a commit, or switch to a new branch there.

    If git fails, branch, index and files are as they were, and so is what somebody has changed
    meanwhile. A signal waits until git has ended. Raises RefusedError.
    """
    with held_back():
        before = base.git.find("rev-parse", "--verify", "--quiet", _BEFORE)
        try:
            if name is None:
                base.git.run("merge", "--ff-only", "--no-stat", "--quiet", tip)
            else:
                base.git.run("branch", "--quiet", "--no-track", name, tip)
                base.git.run("switch", "--quiet", name)
        except GitError as error:
            _take_back(base, tip, name)
            _remember(base, before)
            raise failed(error, "bring the commits to the branch") from error


def _take_back(base: Base, tip: str, name: str | None) -> None:
    """Undo what git has left in the middle.

    Only files go back that are still as git has written them (git-read-tree, "two tree merge").
    """
    git = base.git
    if git.find("rev-parse", "HEAD") != base.commit:
        return
    git.find("read-tree", "-m", "-u", tip, base.commit)
    if name is not None and git.find("rev-parse", "--verify", f"refs/heads/{name}") == tip:
        git.find("branch", "--quiet", "--delete", "--force", name)


def _remember(base: Base, before: str) -> None:
    """Let git's note of where a branch was before the last merge or reset be the one it was."""
    if base.git.find("rev-parse", "--verify", "--quiet", _BEFORE) != before:
        command = ("update-ref", _BEFORE, before) if before else ("update-ref", "-d", _BEFORE)
        # The hook that has just failed is not to keep this from being undone.
        base.git.find("-c", f"core.hooksPath={os.devnull}", *command)
