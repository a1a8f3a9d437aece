"""The commit that a series is for, and whether a checkout is fit for one."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from vtsplit.change.changes import ChangeSet
from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.series.repository.find import failed, find_repository
from vtsplit.series.rules import INCOMPLETE, NO_DATE, NO_IDENTITY, NO_REPOSITORY, NOT_CLEAN
from vtsplit.tree.git import Git, GitError

# Files of git that stand there while something is under way, and what it is.
_UNDER_WAY = {
    "MERGE_HEAD": "a merge",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase or `git am`",
    "BISECT_LOG": "a bisection",
}
_SEE_AGAIN = (
    "let git see it by `git update-index --no-assume-unchanged --no-skip-worktree`, and commit it"
)


@dataclass(frozen=True)
class Base:
    """What a series starts from: the commit, and who makes the patches at what time.

    `prefix` is the path of the tree in its repository, "" or with a slash. `date` is in seconds
    since 1970, with a zone, as git takes it.
    """

    git: Git
    prefix: str
    commit: str
    name: str
    email: str
    date: str

    @property
    def signature(self) -> str:
        """Return the trailer by which its maker signs a patch off."""
        return f"Signed-off-by: {self.name} <{self.email}>"

    @property
    def identity(self) -> dict[str, str]:
        """Return the environment by which git makes the same commits each time."""
        return {
            f"GIT_{who}_{what}": value
            for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", self.name), ("EMAIL", self.email), ("DATE", self.date))
        }


def find_base(tree: Path) -> Base:
    """Return what a series of a tree starts from.

    Raises RefusedError for a tree that is not clean, not whole, or of nobody.
    """
    git, prefix = find_repository(tree)
    commit = git.find("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if not commit:
        problem = Problem(NO_REPOSITORY, f"'{tree}': git has no commit yet", Site(str(tree)))
        raise RefusedError(problem)
    _refuse_incomplete(git, tree)
    _refuse_unclean(git, tree)
    name, email = git.find("config", "user.name"), git.find("config", "user.email")
    for key, value in (("user.name", name), ("user.email", email)):
        if not value.strip():
            help_ = f'run `git config {key} "..."`'
            raise RefusedError(Problem(NO_IDENTITY, f"git has no {key}", None, help_))
    return Base(git, prefix, commit, name, email, _date(git, commit))


def refuse_untracked(base: Base, changes: ChangeSet, named: Iterable[str]) -> None:
    """Raise RefusedError if the tree has a file of the split that the base commit does not have.

    `named` are the files of the spec: one that an earlier run has left needs no change, and no
    patch would bring it. A build has its own files that git does not track; those do not count.
    """
    changed = {part.path for one in changes for part in one.apart() if part.before is not None}
    there = {path for path in named if os.path.lexists(base.git.top / base.prefix / path)}
    asked = {base.prefix + path: path for path in sorted(changed | there)}
    if not asked:
        return
    listed = base.git.ask("ls-files", "-z", "--", *asked).split("\0")
    problems = [
        Problem(
            NOT_CLEAN,
            f"'{path}' is a file of the split, but git does not track it",
            Site(path),
            "add and commit it, or remove it if it is left from another run",
        )
        for full, path in asked.items()
        if full not in listed
    ]
    if problems:
        raise RefusedError(*problems)


def _date(git: Git, commit: str) -> str:
    """Return the time of all commits: SOURCE_DATE_EPOCH, else that of the base commit.

    So the same series is made of the same bytes (reproducible-builds.org, SOURCE_DATE_EPOCH).
    """
    stated = os.environ.get("SOURCE_DATE_EPOCH", "")
    if stated:
        if not stated.isascii() or not stated.isdecimal():
            message = f"SOURCE_DATE_EPOCH is '{stated}'"
            help_ = "give it seconds since 1970, or unset it"
            raise RefusedError(Problem(NO_DATE, message, None, help_))
        return f"@{stated} +0000"
    return git.ask("show", "--no-patch", "--format=%cd", "--date=raw", commit)


def _refuse_incomplete(git: Git, tree: Path) -> None:
    if git.find("config", "--bool", "core.sparseCheckout") == "true":
        message, advice = "the checkout is sparse", "run `git sparse-checkout disable`"
        raise RefusedError(Problem(INCOMPLETE, f"'{tree}': {message}", Site(str(tree)), advice))


def _changed_unseen(git: Git) -> list[str]:
    """Return the files that have changed where git is told not to look.

    `git update-index --assume-unchanged` and `--skip-worktree` hide them from `git status`.
    """
    listed = git.ask("ls-files", "-v", "-z").split("\0")
    unseen = {entry[2:] for entry in listed if entry[:1].islower() or entry[:1] == "S"}
    if not unseen:
        return []
    with TemporaryDirectory(prefix="vtsplit-") as folder:
        # An index of our own knows of no such wish; this looks at each file of the tree.
        own = git.under({"GIT_INDEX_FILE": f"{folder}/index"})
        looking = ("-c", "core.ignoreStat=false")
        own.run(*looking, "read-tree", "HEAD")
        own.run(*looking, "update-index", "-q", "--refresh")
        changed = own.ask(*looking, "diff-files", "--name-only", "-z").split("\0")
    return sorted(unseen.intersection(changed))


def _refuse_unclean(git: Git, tree: Path) -> None:
    for file, what in _UNDER_WAY.items():
        if os.path.lexists(git.top / git.ask("rev-parse", "--git-path", file)):
            message, advice = f"{what} is under way", "finish it, or abort it"
            raise RefusedError(Problem(NOT_CLEAN, f"'{tree}': {message}", Site(str(tree)), advice))
    try:
        said = git.ask("status", "--porcelain=v1", "-z", "--untracked-files=no", "--no-renames")
        changed = [(entry[3:], "commit them") for entry in said.split("\0") if entry]
        changed += [(path, _SEE_AGAIN) for path in _changed_unseen(git)]
    except GitError as error:
        raise failed(error, "tell whether the tree is clean") from error
    problems = [
        Problem(NOT_CLEAN, f"'{path}' has changes that are not committed", Site(path), advice)
        for path, advice in changed[:10]
    ]
    if problems:
        raise RefusedError(*problems)
