"""The change as one value: each file before and after. The outputs read nothing else."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import pygit2
from pygit2.enums import DiffOption

from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.rule import Rule
from vtsplit.tree.source_tree import SourceTree

SAME_FILE = Rule(
    "VT015",
    "same-file",
    "two paths lead to one file",
    "Two changes would go to one file, and one of them would be lost. A symbolic link makes the "
    "two paths the same.",
    "Name files in the spec that are not links to each other.",
    "It comes up when `header` in the spec is a symbolic link to the source file.",
)


@dataclass(frozen=True)
class FileChange:
    """One file's bytes before and after; None where the file is not there.

    `mode` holds permission bits: those of the file, or those a new one is to have. A file that
    moves had `before` at its `old_path`, and has `after` at `path`.
    """

    path: str
    before: bytes | None
    after: bytes | None
    mode: int = 0o644
    old_path: str | None = None

    def apart(self) -> tuple["FileChange", ...]:
        """Return a move as the removal of one file and the making of another, else itself.

        >>> [(c.path, c.before, c.after) for c in FileChange("b", b"1", b"2", old_path="a").apart()]
        [('a', b'1', None), ('b', None, b'2')]
        """
        if self.old_path is None:
            return (self,)
        gone = FileChange(self.old_path, self.before, None, self.mode)
        return gone, replace(self, before=None)

    def compare(self, context: int = 3) -> pygit2.Patch:
        """Compare by lines; every output asks here, so that all count the same lines.

        The flags are what git itself does by default with a text; a file with a NUL byte is
        compared as a text too.
        """
        return pygit2.Patch.create_from(
            self.before,
            self.after,
            old_as_path="file",
            new_as_path="file",
            flag=DiffOption.INDENT_HEURISTIC | DiffOption.FORCE_TEXT,
            context_lines=context,
        )


class FileStat(NamedTuple):
    """How many lines a change adds to a file and removes from it."""

    path: str
    added: int
    removed: int
    old_path: str | None = None


@dataclass(frozen=True, init=False)
class ChangeSet:
    """Changes of distinct files in git's order, by the bytes of the path; false when empty.

    >>> changes = ChangeSet([
    ...     FileChange("b.c", b"one\\n", b"one\\ntwo\\n"),
    ...     FileChange("a.h", None, b"int a;\\n"),
    ...     FileChange("same.c", b"as is\\n", b"as is\\n"),
    ... ])
    >>> [change.path for change in changes]
    ['a.h', 'b.c']
    >>> changes.stat()[1]
    FileStat(path='b.c', added=1, removed=0, old_path=None)
    """

    changes: tuple[FileChange, ...]

    def __init__(self, changes: Iterable[FileChange] = ()) -> None:
        kept = [change for change in changes if change.before != change.after or change.old_path]
        paths = [path for change in kept for path in (change.path, change.old_path) if path]
        if len({*paths}) < len(paths):
            raise ValueError("two changes of one file")
        kept.sort(key=lambda change: change.path.encode("utf-8", "surrogateescape"))
        object.__setattr__(self, "changes", tuple(kept))

    def __bool__(self) -> bool:
        return bool(self.changes)

    def __len__(self) -> int:
        return len(self.changes)

    def __iter__(self) -> Iterator[FileChange]:
        return iter(self.changes)

    def stat(self) -> tuple[FileStat, ...]:
        """Count the lines added and removed, file by file."""
        counted = []
        for change in self.changes:
            _, added, removed = change.compare(context=0).line_stats
            counted.append(FileStat(change.path, added, removed, change.old_path))
        return tuple(counted)


def changes_to(
    tree: SourceTree, texts: Mapping[str, str | None], moved: Mapping[str, str] | None = None
) -> ChangeSet:
    """Compare a tree with the texts that its files are to have; None removes a file.

    `moved` gives the new paths, by old one, of files that get another: where nothing is.

    A path that is a symbolic link stands for the file behind it, since that is what changes: a
    patch that names the link would not apply. Two different texts for one file are VT015.
    """
    found: dict[str, FileChange] = {}
    for path, text in texts.items():
        before, after = tree.find(path), _encode(text)
        real = tree.real(path)
        mode = 0o644 if before is None else tree.mode(real)
        change = FileChange(real, _encode(before), after, mode)
        if moved and path in moved:
            change = replace(change, path=tree.real(moved[path]), old_path=real)
        if found.setdefault(real, change) != change:
            message = f"'{path}' and another path of the change both lead to '{real}'"
            raise RefusedError(Problem(SAME_FILE, message, Site(path)))
    return ChangeSet(found.values())


def _encode(text: str | None) -> bytes | None:
    return None if text is None else text.encode("utf-8", "surrogateescape")
