"""Find the repository that a tree is in, and refuse what git could not do there."""

from pathlib import Path

from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.series.rules import GIT_FAILED, NO_REPOSITORY
from vtsplit.tree.git import Git, GitError


def find_repository(tree: Path) -> tuple[Git, str]:
    """Return the top of a tree's repository, and the tree's path from there, "" or with a slash.

    Raises RefusedError where there is none.
    """
    try:
        said = Git(tree).ask("rev-parse", "--show-toplevel", "--show-prefix")
    except GitError as error:
        is_outside = str(error).startswith("not a git repository")
        message = f"'{tree}' is in no git repository" if is_outside else f"'{tree}': {error}"
        problem = Problem(NO_REPOSITORY, message, Site(str(tree)))
        raise RefusedError(problem) from error
    top, prefix = (*said.split("\n"), "")[:2]
    return Git(Path(top)), prefix


def failed(error: GitError, what: str) -> RefusedError:
    """Return the refusal for something that git could not do."""
    return RefusedError(Problem(GIT_FAILED, f"git could not {what}: {error}"))
