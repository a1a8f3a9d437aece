"""Find every ops table of a tree, or of parts of it, on all processors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any

from vtsplit.diagnostics import Problem, RefusedError
from vtsplit.discover.header_names import CERTAIN, sort_names
from vtsplit.discover.ops_tables import EntryKind, OpsTable, TableEntry, find_ops_tables, outline
from vtsplit.discover.outlook import look
from vtsplit.discover.skeleton import words_of_tables
from vtsplit.progress import Progress
from vtsplit.survey.build.build_files import BUILD_FILES, BuildFiles
from vtsplit.survey.search.listing import list_sources
from vtsplit.tree.source_tree import SourceTree
from vtsplit.workers import processes

_CHUNK = 64
_FEW = 256  # files that are searched sooner than processes are started

_Run = Callable[[Callable[[Sequence[str]], Any], Sequence[str]], Iterable[Any]]


@dataclass(frozen=True)
class TableFilter:
    """Which tables are asked for: patterns of the shell for type and name, fewest functions."""

    types: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    least: int = 3

    def has(self, table: OpsTable) -> bool:
        """Tell whether a table is one; a type may be given without its `struct`."""
        kind = table.type.removeprefix("struct ").removesuffix("[]")
        return (not self.types or any(_fits(one, (kind, table.type)) for one in self.types)) and (
            not self.names or any(_fits(one, (table.name,)) for one in self.names)
        )


def _fits(pattern: str, names: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for name in names)


@dataclass(frozen=True)
class ScannedTable:
    """A table and what stands in the way of its split; `is_planned` after a whole dry run."""

    table: OpsTable
    problems: tuple[Problem, ...]
    is_planned: bool = False

    @property
    def status(self) -> str:
        """`clear`: nothing seen in the way; `splits`: a dry run went through; `refused`."""
        if self.problems:
            return "refused"
        return "splits" if self.is_planned else "clear"

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of what stands in the way, each once."""
        return tuple(dict.fromkeys(problem.code for problem in self.problems))


@dataclass(frozen=True)
class Scan:
    """What a scan found, in the order of paths and lines, and the files it could not read."""

    tables: tuple[ScannedTable, ...]
    files: int
    unread: tuple[Problem, ...]


def find_top(path: Path) -> Path:
    """Return the top of the tree that a file or folder is in.

    That is the nearest folder from there upwards with a `.git`, or with both the files Kbuild and
    MAINTAINERS, as Linux has; else the folder itself.
    """
    start = path.absolute() if path.is_dir() else path.absolute().parent
    for folder in (start, *start.parents):
        if (folder / ".git").exists() or (
            (folder / "Kbuild").is_file() and (folder / "MAINTAINERS").is_file()
        ):
            return folder
    return start


def scan(root: Path, below: Sequence[str], wanted: TableFilter, progress: Progress) -> Scan:
    """Return the wanted tables of the C files below these paths; all of the tree's for `""`.

    `progress` is told how many of how many files are done. Raises RefusedError for no folder.
    """
    tree = SourceTree(root)
    paths = [path for path in list_sources(tree.root, (".c",)) if _is_below(path, below)]
    headers = list_sources(tree.root, (".h",))
    total = len(paths) + len(headers)
    found: list[ScannedTable] = []
    unread: list[Problem] = []
    done = 0
    with _processes(tree.root, len(paths)) as run:
        for count, tables, problems in run(partial(_search, tree.root, wanted), paths):
            found += tables
            unread += problems
            done += count
            progress(done, total)
        names = {e.name for one in found for e in one.table.entries if e.is_open}
        sorts: dict[str, EntryKind] = {}
        if names:
            for count, told in run(partial(_sort_names, tree.root, frozenset(names)), headers):
                for name, kind in told.items():
                    sorts[name] = min(kind, sorts.get(name, kind), key=CERTAIN.index)
                done += count
                progress(done, total)
        progress(total, total)
    found = [replace(one, table=_settled(one.table, sorts)) for one in found]
    return Scan(tuple(found), len(paths), tuple(unread))


def _is_below(path: str, below: Sequence[str]) -> bool:
    return any(not one or path == one or path.startswith(f"{one}/") for one in below)


@contextmanager
def _processes(root: Path, files: int) -> Iterator[_Run]:
    """Yield a function that maps another over chunks of paths, on all processors if it pays."""
    if files <= _FEW:
        yield lambda work, paths: map(work, _chunks(paths))
        return
    with processes(partial(_share_build_files, root)) as pool:
        yield lambda work, paths: pool.map(work, _chunks(paths))


_build_files: dict[Path, BuildFiles] = {}  # of a worker: the tree is listed once for all its chunks


def _share_build_files(root: Path) -> None:
    _build_files[root] = BuildFiles(SourceTree(root))


def _chunks(paths: Sequence[str]) -> list[Sequence[str]]:
    return [paths[at : at + _CHUNK] for at in range(0, len(paths), _CHUNK)]


def _search(
    root: Path, wanted: TableFilter, paths: Sequence[str]
) -> tuple[int, list[ScannedTable], list[Problem]]:
    """Find the tables of some files; runs in a process of its own."""
    found: list[ScannedTable] = []
    unread: list[Problem] = []
    tree = SourceTree(root)
    if root in _build_files:
        tree.known.recall(BUILD_FILES, lambda: _build_files[root])
    for path in paths:
        try:
            found += _search_file(tree, path, wanted)
        except RefusedError as error:
            unread += error.problems
    return len(paths), found, unread


def _search_file(tree: SourceTree, path: str, wanted: TableFilter) -> Iterator[ScannedTable]:
    data = tree.read_bytes(path)
    words = words_of_tables(data, wanted.least)
    if not words:
        return
    text = tree.read(path)
    file = outline(path, text, words)
    tables = [one for one in find_ops_tables(file, text, wanted.least) if wanted.has(one)]
    problems = look(file, [table.name for table in tables], tree)
    yield from (ScannedTable(table, problems[table.name]) for table in tables)


def _sort_names(
    root: Path, names: frozenset[str], paths: Sequence[str]
) -> tuple[int, dict[str, EntryKind]]:
    return len(paths), sort_names(root, names, paths)


def _settled(table: OpsTable, kinds: dict[str, EntryKind]) -> OpsTable:
    """Return a table whose open entries are what the headers say that they are."""
    return replace(table, entries=tuple(_settle(entry, kinds) for entry in table.entries))


def _settle(entry: TableEntry, kinds: dict[str, EntryKind]) -> TableEntry:
    if not entry.is_open:
        return entry
    return replace(entry, kind=kinds.get(entry.name, entry.kind), is_open=False)
