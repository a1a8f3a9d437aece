"""A tree that differs from another in a few files, made of links: for changes not yet written."""

import os
from pathlib import Path

from vtsplit.change.changes import ChangeSet


def lay_out(root: Path, changes: ChangeSet, target: Path) -> None:
    """Fill an empty folder with links to a tree's files, and with the files that change.

    Only folders on the way to a changed file are made; all else is a link.
    """
    contents = {part.path: part.after for change in changes for part in change.apart()}
    _fill(root, "", contents, target)


def _fill(root: Path, folder: str, contents: dict[str, bytes | None], target: Path) -> None:
    start = f"{folder}/" if folder else ""
    inside = {path for path in contents if path.startswith(start)}
    made = {path[len(start) :].split("/", 1)[0] for path in inside}
    here = root / folder
    if here.is_dir():
        for entry in os.scandir(here):
            if entry.name not in made:
                (target / entry.name).symlink_to(here / entry.name)
    for name in sorted(made):
        path = start + name
        data = contents.get(path)
        if data is not None:
            (target / name).write_bytes(data)
        elif path not in contents or any(one.startswith(f"{path}/") for one in inside):
            # A file may have become a folder.
            (target / name).mkdir()
            _fill(root, path, contents, target / name)
