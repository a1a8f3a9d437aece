"""A commit's files in a scratch folder, which goes on to other commits."""

from __future__ import annotations

import os
from pathlib import Path

from vtsplit.series.repository.find import failed
from vtsplit.series.repository.revisions import Commits
from vtsplit.tree.git import GitError

# Hooks would be programs of the tree's that run when an index is written. Submodules are other
# repositories, and a sparse checkout of the user's says nothing of this folder.
_ALONE = ("-c", f"core.hooksPath={os.devnull}", "-c", "submodule.recurse=false")


class CheckedOut:
    """A folder that has all files of one commit at a time, as files.

    Git knows what is there by an index of this folder's own. So only the files that differ are
    written when it goes on to another commit.
    """

    def __init__(self, commits: Commits, folder: Path) -> None:
        self._commits = commits
        self._folder = folder
        index = folder.with_name(f"{folder.name}.index")
        place = {"GIT_INDEX_FILE": str(index), "GIT_WORK_TREE": str(folder)}
        self._git = commits.git.under(place)

    def at(self, commit: str) -> Path:
        """Return the folder, with the files of a commit. Raises RefusedError."""
        self._folder.mkdir(exist_ok=True)
        tree = f"{commit}:{self._commits.prefix.rstrip('/')}"
        try:
            self._git.run(*_ALONE, "read-tree", "--reset", "-u", "--no-sparse-checkout", tree)
        except GitError as error:
            raise failed(error, "check a commit out") from error
        return self._folder
