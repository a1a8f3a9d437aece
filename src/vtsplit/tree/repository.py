"""What git knows of a tree and its files. No program is run for it."""

import os
from pathlib import Path

import pygit2

_SPARSE = "core.sparseCheckout"


def is_tracked(tree: Path, path: str) -> bool | None:
    """Tell whether git tracks a file of a tree; None where that cannot be told."""
    try:
        found = _find(tree, path)
        return found is not None and found[1] in found[0].index
    except (pygit2.GitError, ValueError, OSError):
        return None


def is_ignored(tree: Path, path: str) -> bool:
    """Tell whether git is told to ignore a file of a tree, and does not track it."""
    try:
        found = _find(tree, path)
        if found is None or found[1] in found[0].index:
            return False
        return found[0].path_is_ignored(found[1])
    except (pygit2.GitError, ValueError, OSError):
        return False


def head_commit(tree: Path) -> str | None:
    """Return the commit that a tree has checked out, None if it has no commit."""
    try:
        found = pygit2.discover_repository(str(tree))
        repository = pygit2.Repository(found) if found else None
        if repository is None or repository.head_is_unborn:
            return None
        return str(repository.head.target)
    except (pygit2.GitError, ValueError, OSError):
        return None


def is_sparse(tree: Path) -> bool:
    """Tell whether git has checked out a part of its files only, in a sparse checkout."""
    try:
        found = pygit2.discover_repository(str(tree))
        settings = pygit2.Repository(found).config if found else None
        return settings is not None and _SPARSE in settings and settings.get_bool(_SPARSE)
    except (pygit2.GitError, ValueError, OSError):
        return False


def _find(tree: Path, path: str) -> tuple[pygit2.Repository, str] | None:
    """Return the repository that a tree is in, and the file's path from its top."""
    found = pygit2.discover_repository(str(tree))
    repository = pygit2.Repository(found) if found else None
    if repository is None or repository.workdir is None:
        return None
    top = os.path.realpath(repository.workdir)
    return repository, os.path.relpath(os.path.realpath(tree / path), top)
