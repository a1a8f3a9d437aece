"""Folders of a tree, as paths from its top."""

from collections.abc import Iterator
from posixpath import dirname


def folders_up(folder: str) -> Iterator[str]:
    """Yield a folder and those above it, the tree's top as the last.

    >>> list(folders_up("a/b"))
    ['a/b', 'a', '']
    """
    while folder:
        yield folder
        folder = dirname(folder)
    yield ""
