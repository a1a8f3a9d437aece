"""Make a dry run of the split of every table that a scan has found, on all processors.

A dry run of one table searches the tree and reads a thousand headers. What the tables have in
common is done once: one search finds the names of all, and the sources of one folder, which find
their headers in the same places, share what is known of them.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from posixpath import dirname

from vtsplit.discover.ops_tables import EntryKind
from vtsplit.discover.outlook import try_split
from vtsplit.discover.proposal import likely_names
from vtsplit.discover.scan import ScannedTable
from vtsplit.progress import Progress
from vtsplit.survey.build.build_files import BUILD_FILES, BuildFiles, build_files, names_in_lists
from vtsplit.survey.search.index import UnknownNamesError, WordIndex
from vtsplit.tree.source_tree import SourceTree
from vtsplit.workers import processes

_ROUNDS = 3  # of searches; after them each dry run searches for what it lacks

# What comes back of one source's tables: what is planned, or the names to search for.
_DryRunResult = list[ScannedTable] | frozenset[str]


def plan_each(
    root: Path, found: Sequence[ScannedTable], progress: Progress
) -> Iterator[ScannedTable]:
    """Yield each table with what a whole dry run of its proposed spec comes to, in this order.

    `progress` is told how many of how many tables are done.
    """
    tree = SourceTree(root)
    # One source's tables stay together, so that the source is read once.
    groups = [tuple(group) for _, group in groupby(found, lambda one: one.table.path)]
    sources = [group[0].table.path for group in groups]
    build_files(tree).learn({name for path in sources for name in names_in_lists(path)})
    index = WordIndex(tree.root)
    index.find({name for group in groups for name in _likely(group)})
    planned: dict[int, list[ScannedTable]] = {}
    for last in (*[False] * _ROUNDS, True):
        left = [at for at in range(len(groups)) if at not in planned]
        index.is_open = last
        lacking: set[str] = set()
        with processes(partial(_share, tree.root, index, build_files(tree))) as run:
            for at, result in zip(left, run.map(_plan, [groups[at] for at in left]), strict=True):
                if isinstance(result, frozenset):
                    lacking |= result
                else:
                    planned[at] = result
                    progress(sum(map(len, planned.values())), len(found))
        if not lacking:
            break
        index.is_open = True
        index.find(lacking)
    for at in range(len(groups)):
        yield from planned[at]


def _likely(group: Sequence[ScannedTable]) -> set[str]:
    names: set[str] = set()
    for one in group:
        data = {e.name for e in one.table.entries if e.kind is EntryKind.DATA}
        names |= likely_names(one.table.path, one.table.name, [*one.table.functions, *data])
    return names


class _DryRunWorker:
    """What a process has for all its dry runs: what was found once, and the tree."""

    def __init__(self, root: Path, index: WordIndex, files: BuildFiles) -> None:
        self.root = root
        self.index = index
        self.files = files
        self._folder = ""
        self._tree: SourceTree | None = None

    def tree(self, source: str) -> SourceTree:
        """Return the tree; what is known of headers is kept for the sources of one folder."""
        if self._tree is None or self._folder != dirname(source):
            self._folder, self._tree = dirname(source), SourceTree(self.root)
            self._tree.known.recall(BUILD_FILES, lambda: self.files)
        return self._tree


_workers: dict[int, _DryRunWorker] = {}  # the one of this process


def _share(root: Path, index: WordIndex, files: BuildFiles) -> None:
    _workers[0] = _DryRunWorker(root, index, files)
    gc.freeze()  # what all share is never garbage
    gc.enable()  # a plan and its trees know each other


def _plan(group: Sequence[ScannedTable]) -> _DryRunResult:
    """Plan the split of each table of one source; runs in a process of its own."""
    worker = _workers[0]
    planned: list[ScannedTable] = []
    try:
        for one in group:
            tree = worker.tree(one.table.path)
            problems = try_split(one.table.path, one.table.name, tree, worker.index)
            planned.append(ScannedTable(one.table, problems, is_planned=True))
    except UnknownNamesError as error:
        return error.names
    return planned
