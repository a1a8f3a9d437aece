"""The two trees that a proof is about: folders, commits, or a tree and patches for it.

What is not there as a folder is laid out in a scratch folder; the user's files stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from vtsplit.apply.proof import differing_files
from vtsplit.change.changes import ChangeSet
from vtsplit.diagnostics import number
from vtsplit.series.repository.checked_out import CheckedOut
from vtsplit.series.repository.patched import changes_of_patches
from vtsplit.series.repository.revisions import Commits
from vtsplit.tree.overlay import OverlaidTree
from vtsplit.tree.source_tree import SourceTree
from vtsplit.verify.inputs.differing import Differing, find_differing, with_others
from vtsplit.verify.inputs.scratch import lay_out

_NAMED = 3  # files outside of the tree


@dataclass(frozen=True)
class ComparedTrees:
    """Two trees, as folders and as sources, and which files differ.

    `home` is the tree that scratch folders have links to; a build is looked for in `built`. What is
    `not_compared` says which files differ outside of a tree that is a part of its repository.
    """

    before: Path
    after: Path
    sources: tuple[SourceTree, SourceTree]
    differing: Differing
    built: tuple[Path, Path]
    home: Path | None = None
    not_compared: str = ""


def two_folders(before: Path, after: Path) -> ComparedTrees:
    """Return two trees that are there. Raises RefusedError."""
    sources = (SourceTree(before), SourceTree(after))
    roots = (sources[0].root, sources[1].root)
    return ComparedTrees(*roots, sources, find_differing(*roots), roots)


@contextmanager
def checked_out(commits: Commits) -> Iterator[CheckedOut]:
    """Yield a scratch folder for one commit after the other."""
    with TemporaryDirectory(prefix="vtsplit-") as name:
        yield CheckedOut(commits, Path(name).resolve() / "before")


@contextmanager
def two_commits(
    commits: Commits, before: str, after: str | None, place: CheckedOut | None = None
) -> Iterator[ComparedTrees]:
    """Yield two commits, or one and the tree as it is. Raises RefusedError.

    `place` may be where other commits have been checked out: to go on from there is quicker.
    """
    with TemporaryDirectory(prefix="vtsplit-") as name:
        folder = Path(name).resolve()
        there = (place or CheckedOut(commits, folder / "before")).at(before)
        since = commits.changes_since
        changes = commits.changes(before, after) if after is not None else since(before)
        submodules = commits.submodules(before, after)
        found = _patched(there, changes, folder / "after", commits.root, submodules)
        yield replace(found, not_compared=not_compared(commits, before, after))


@contextmanager
def with_patches(
    base: Path | str, commits: Commits | None, data: bytes, file: str
) -> Iterator[ComparedTrees]:
    """Yield a tree, or a commit, and the same with the patches of a file. Raises RefusedError."""
    with TemporaryDirectory(prefix="vtsplit-") as name:
        folder = Path(name).resolve()
        built = base if isinstance(base, Path) else Path()
        if commits is not None:
            assert isinstance(base, str)
            base, built = CheckedOut(commits, folder / "before").at(base), commits.root
        assert isinstance(base, Path)
        changes = changes_of_patches(data, file, SourceTree(base).root)
        yield _patched(base.resolve(), changes, folder / "after", built)


def not_compared(commits: Commits, before: str, after: str | None) -> str:
    """Say which files differ outside of a tree that is a part of its repository, "" if none does.

    `after` may be the tree as it is. Raises RefusedError.
    """
    outside = commits.outside(before, after)
    if not outside:
        return ""
    more = ", ..." if len(outside) > _NAMED else ""
    names, tree = ", ".join(outside[:_NAMED]), commits.prefix.rstrip("/")
    return f"not compared: {number(len(outside), 'file')} outside of '{tree}' ({names}{more})"


def differing_between(
    changes: ChangeSet, trees: tuple[Path, ...], submodules: frozenset[str] = frozenset()
) -> Differing:
    """Return which files of a program changes touch, with what else the program is made of.

    A submodule is other commits of another repository, which are not there to be compared.
    """
    found = differing_files(changes)
    both = {one.path for one in changes if one.before is not None and one.after is not None}
    found = with_others(found, trees, both - found.paths)
    return replace(found, changed=found.changed | submodules)


def _patched(
    before: Path,
    changes: ChangeSet,
    after: Path,
    built: Path,
    submodules: frozenset[str] = frozenset(),
) -> ComparedTrees:
    """Return a tree that is there, and the same with changes, most of which is links to it."""
    after.mkdir()
    lay_out(before, changes, after)
    source = SourceTree(before)
    parts = [part for change in changes for part in change.apart()]
    texts = {
        part.path: part.after.decode("utf-8", "surrogateescape")
        for part in parts
        if part.after is not None
    }
    gone = {part.path: part.path for part in parts if part.after is None}
    overlaid = OverlaidTree(source, texts, gone)
    differing = differing_between(changes, (before, after), submodules)
    return ComparedTrees(before, after, (source, overlaid), differing, (built, built), before)
