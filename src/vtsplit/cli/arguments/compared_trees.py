"""BEFORE and AFTER as they are named: folders, commits, or a tree and a file of patches."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vtsplit.cli.arguments.spec_file import STDIN, find_spec, seen_from_here
from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.series.compared import ComparedTrees, two_commits, two_folders, with_patches
from vtsplit.series.repository.find import find_repository
from vtsplit.series.repository.revisions import Commits
from vtsplit.series.rules import NO_PATCH
from vtsplit.tree.source_tree import NO_TREE

_WHERE = (
    "correct the path; commits are looked up in the repository of the folder beside them, else of "
    "the current folder: `vtsplit -C DIR verify` starts in another one"
)


def tree_of(*words: str | None) -> Path:
    """Return the tree that is compared: a folder that is named, else the one we stand in.

    That is the folder of the nearest `vtsplit.toml` upwards, or the top of the repository.
    """
    for word in words:
        if word is not None and Path(word).is_dir():
            return Path(word)
    if found := find_spec(Path()):
        return seen_from_here(found.parent)
    try:
        return seen_from_here(find_repository(Path())[0].top)
    except RefusedError:
        return Path()


@contextmanager
def compared_trees(
    before: str, after: str | None, patch: Path | None, root: Path
) -> Iterator[ComparedTrees]:
    """Yield BEFORE and AFTER, or BEFORE without and with patches. Raises RefusedError."""
    if patch is not None:
        data = _read(patch)
        if Path(before).is_dir():
            with with_patches(Path(before), None, data, str(patch)) as found:
                yield found
            return
        commits, commit = _commit(root, before)
        with with_patches(commit, commits, data, str(patch)) as found:
            yield found
        return
    assert after is not None
    if Path(before).is_dir():
        if not os.path.lexists(after):
            _commit(root, after)  # it says where it was looked for
        elif Path(after).is_dir() or not _is_commit(root, after):
            yield two_folders(Path(before), Path(after))
            return
        message = f"'{after}' is a commit, and '{before}' is a folder"
        raise RefusedError(Problem(NO_TREE, message, None, "name the commit before the folder"))
    commits, first = _commit(root, before)
    second = None if Path(after).is_dir() else _commit(root, after)[1]
    with two_commits(commits, first, second) as found:
        yield found


def _is_commit(root: Path, name: str) -> bool:
    try:
        return Commits(root).find(name) is not None
    except RefusedError:
        return False


def _commit(root: Path, name: str) -> tuple[Commits, str]:
    """Return the commits of a tree, and the one that is named. Raises RefusedError (VT014)."""
    message, site = f"'{name}': no such directory", Site(name)
    try:
        commits = Commits(root)
    except RefusedError as error:
        message += f", and {error.problems[0].message}"
        raise RefusedError(Problem(NO_TREE, message, site, _WHERE)) from None
    commit = commits.find(name)
    if commit is None:
        message += ", and git knows no such commit"
        raise RefusedError(Problem(NO_TREE, message, site, _WHERE))
    return commits, commit


def _read(patch: Path) -> bytes:
    """Return the bytes of a file of patches, `-` for stdin. Raises RefusedError."""
    if patch == STDIN:
        return sys.stdin.buffer.read()
    try:
        return patch.read_bytes()
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        problem = Problem(NO_PATCH, f"'{patch}': {reason}", Site(str(patch)))
        raise RefusedError(problem) from error
