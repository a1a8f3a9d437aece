"""What is to change: each file before and after, as one value. The outputs read nothing else."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import pygit2
from pygit2.enums import DiffOption

from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.tree import SourceTree


@dataclass(frozen=True)
class FileChange:
    """One file's bytes before and after; None where the file is not there.

    `mode` holds permission bits: those of the file, or those a new one is to have. A file that
    moves is one change that removes and one that adds; an `old_path` could join the two.
    """

    path: str
    before: bytes | None
    after: bytes | None
    mode: int = 0o644

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
    FileStat(path='b.c', added=1, removed=0)
    """

    changes: tuple[FileChange, ...]

    def __init__(self, changes: Iterable[FileChange] = ()) -> None:
        kept = [change for change in changes if change.before != change.after]
        if len({change.path for change in kept}) < len(kept):
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
            counted.append(FileStat(change.path, added, removed))
        return tuple(counted)


def changes_to(tree: SourceTree, texts: Mapping[str, str | None]) -> ChangeSet:
    """Compare a tree with the texts that its files are to have; None removes a file.

    A path that is a symbolic link stands for the file behind it, since that is what changes: a
    patch that names the link would not apply. Two different texts for one file are VT015.
    """
    found: dict[str, FileChange] = {}
    for path, text in texts.items():
        before, after = tree.find(path), _encode(text)
        real = tree.real(path)
        mode = 0o644 if before is None else tree.mode(real)
        change = FileChange(real, _encode(before), after, mode)
        if found.setdefault(real, change) != change:
            message = f"'{path}' is '{real}', for which there is another text already"
            raise RefusedError(Problem("VT015", message, Site(path)))
    return ChangeSet(found.values())


def _encode(text: str | None) -> bytes | None:
    return None if text is None else text.encode("utf-8", "surrogateescape")
