"""A tree as it would be with some texts in place of what is on disk."""

from collections.abc import Mapping
from posixpath import basename, dirname, normpath

from vtsplit.tree.memo import Memo
from vtsplit.tree.source_tree import SourceTree


class OverlaidTree(SourceTree):
    """Another tree's files, and these texts, by path, over or beside them; nothing is written.

    Files that have `moved` are not there: they have got another path, here by the old one.
    """

    def __init__(
        self, tree: SourceTree, texts: Mapping[str, str], moved: Mapping[str, str] | None = None
    ) -> None:
        self.root = tree.root
        self._top = tree._top
        self._folders = tree._folders
        self._seen = tree._seen
        self._real = dict(tree._real)
        self._texts = dict(tree._texts)
        self._absent = set(tree._absent)
        self._over = {tree.real(path): text for path, text in texts.items()}
        self._texts |= self._over
        self.known = Memo()
        self._gone = {tree.real(path) for path in moved or ()}
        self._was = {tree.real(new): old for old, new in (moved or {}).items()}

    def find(self, path: str) -> str | None:
        """Return a file's text, or None when there is no such file. Raises RefusedError."""
        return None if self.real(path) in self._gone else super().find(path)

    def read_bytes(self, path: str) -> bytes:
        """Return the bytes of a file. Raises RefusedError."""
        if self.real(path) in self._gone:
            raise self._missing(path)
        return super().read_bytes(path)

    def exists(self, path: str) -> bool:
        """Tell whether the tree has such a file or directory, on disk or not."""
        if self.real(path) in self._gone:
            return False
        return super().exists(path) or normpath(path) in self._over

    def mode(self, path: str) -> int:
        """Return the permission bits of a file; a new one has those that most files have."""
        real = self.real(path)
        if real in self._was:
            return super().mode(self._was[real])
        if real in self._over and not super().exists(path):
            return 0o644
        return super().mode(path)

    def listdir(self, path: str = "") -> list[str]:
        """Return the sorted names of what a directory holds, on disk or not."""
        folder = normpath(path) if path else ""
        fresh = {basename(real) for real in self._over if dirname(real) == folder}
        gone = {basename(real) for real in self._gone if dirname(real) == folder}
        return sorted({*super().listdir(path), *fresh} - gone)
