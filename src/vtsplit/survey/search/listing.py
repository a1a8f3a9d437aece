"""The files of a tree, by what their names end in."""

import os
from pathlib import Path

C_SUFFIXES = (".c", ".h", ".S", ".inc", ".y", ".l")
TEXT_SUFFIXES = (*C_SUFFIXES, ".rst", ".txt", ".md", ".lds", ".py", ".pl", ".sh", ".awk", ".json")
_KEPT = frozenset({".git", ".pc"})


class FileListing:
    """The files below a folder with some suffixes; links are not followed.

    What git and quilt keep for themselves, `.pc` with its copies of older files, is left out.
    `closed` are the folders that cannot be looked into. All paths are from the root.
    """

    def __init__(self, root: Path, suffixes: tuple[str, ...] = TEXT_SUFFIXES) -> None:
        self.root = root
        self.suffixes = suffixes
        self._found: list[str] = []
        self._closed: list[str] = []
        self._pending = [str(root)]

    @property
    def is_whole(self) -> bool:
        """Whether every folder has been looked into."""
        return not self._pending

    def go_on(self, most: int | None = None) -> None:
        """Look into folders until all are done, or until there are more than so many files."""
        cut = len(str(self.root).rstrip("/")) + 1
        while self._pending and (most is None or len(self._found) <= most):
            folder = self._pending.pop()
            try:
                with os.scandir(folder) as entries:
                    for entry in entries:
                        if entry.is_dir(follow_symlinks=False):
                            if entry.name not in _KEPT:
                                self._pending.append(entry.path)
                        elif entry.name.endswith(self.suffixes) and entry.is_file(
                            follow_symlinks=False
                        ):
                            self._found.append(entry.path[cut:])
            except FileNotFoundError:
                continue  # it has gone in the meantime
            except OSError:
                self._closed.append(folder[cut:])

    @property
    def files(self) -> list[str]:
        """The files of the whole tree, sorted."""
        self.go_on()
        return sorted(self._found)

    @property
    def closed(self) -> list[str]:
        """The folders of the whole tree that cannot be looked into, sorted."""
        self.go_on()
        return sorted(self._closed)


def list_sources(root: Path, suffixes: tuple[str, ...] = TEXT_SUFFIXES) -> list[str]:
    """Return the paths, from the root, of all files with these suffixes, sorted."""
    return FileListing(root, suffixes).files
