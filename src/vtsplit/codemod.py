"""Run a transformer of one's own over files, and test it: the library's face beside `cst`."""

import copy
import difflib
import os
import pickle
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

from vtsplit.change.changes import ChangeSet, FileChange
from vtsplit.change.diff import diff
from vtsplit.change.write import write as write_changes
from vtsplit.cst.nodes import Module, Opaque
from vtsplit.cst.parser import parse_anew, parse_module
from vtsplit.cst.visit.visitors import Remark, Transformer
from vtsplit.diagnostics import Note, NoteKind, Problem, RefusedError, Site
from vtsplit.survey.search.listing import FileListing
from vtsplit.tree.source_tree import MISSING, SourceTree
from vtsplit.workers import processes

__all__ = ["RefusedError", "Result", "assert_codemod", "run"]

_SUFFIXES = (".c", ".h")
_AT_ONCE = 16  # files that a worker takes at a time


@dataclass(frozen=True)
class Result:
    """What a transformer changes in files, and what is to be said of them.

    `changes` has each file before and after. `notes` are the remarks of the transformer, and files
    that could not be read or look damaged behind it.
    """

    root: Path
    files: int
    changes: ChangeSet
    notes: tuple[Note, ...]

    @property
    def diff(self) -> bytes:
        """The patch, which `git apply` and `patch -p1` take in `root`."""
        return diff(self.changes)


class _Done(NamedTuple):
    """What a worker made of a file."""

    path: str
    before: str = ""
    after: str = ""
    remarks: tuple[Remark, ...] = ()
    problems: tuple[Problem, ...] = ()
    is_damaged: bool = False


def run(
    transformer: Transformer,
    paths: Iterable[Path | str] | Path | str,
    write: bool = False,
    *,
    root: Path | str | None = None,
    allow_dirty: bool = False,
    words: Collection[str] = (),
) -> Result:
    """Run a transformer over files, and the `.c` and `.h` files of folders, on all processors.

    Nothing is written unless `write` is true: then all files or none, by the same rules as
    `vtsplit split --write`. A file with uncommitted changes is refused, unless `allow_dirty` is
    true. Paths in the result are from `root`, by default the nearest folder above all paths that
    has a `.git`, else the folder that holds them.

    With `words`, a file whose text has none of them is passed over: it need not be parsed.

    Each file gets a copy of the transformer as it is given. Raises RefusedError if a path cannot be
    read, and whatever the transformer raises, with the file's name as a note.
    """
    several = [paths] if isinstance(paths, (str, Path)) else [*paths]
    given = [Path(path).resolve() for path in several]
    top = Path(root).resolve() if root is not None else _root_of(given)
    tree = SourceTree(top)
    named = [tree.real(os.path.relpath(path, top)) for path in given]
    found = _files(tree, named)
    prepare = partial(_prepare, transformer, top, tuple(words))
    if len(found) <= _AT_ONCE:
        prepare()
        results = [_transform(path) for path in found]
    else:
        with processes(prepare) as pool:
            results = list(pool.map(_transform, found, chunksize=_AT_ONCE))
    written = dict(zip(named, map(str, several), strict=True))
    problems = [
        _as_given(one, written[done.path])
        for done in results
        if done.path in written
        for one in done.problems
    ]
    if problems:
        raise RefusedError(*problems)
    changes = ChangeSet(
        FileChange(done.path, _encoded(done.before), _encoded(done.after), tree.mode(done.path))
        for done in results
        if done.after != done.before
    )
    if write:
        write_changes(changes, top, allow_dirty)
    notes = tuple(note for done in results for note in _notes(done))
    return Result(top, len(found), changes, notes)


def assert_codemod(transformer: Transformer, before: str, after: str) -> None:
    r"""Assert that a transformer makes one text of another; both are dedented.

    If the texts are the same it also has to return the same module, not a copy.

    >>> class Nothing(Transformer):
    ...     pass
    >>> assert_codemod(Nothing(), "int a;\n", "int a;\n")
    """
    old, wanted = (dedent(text).lstrip("\n") for text in (before, after))
    module = parse_module(old)
    new = copy.deepcopy(transformer).transform(module)
    if new.code != wanted:
        lines = difflib.unified_diff(
            wanted.splitlines(keepends=True), new.code.splitlines(keepends=True), "wanted", "got"
        )
        raise AssertionError("another text came out:\n" + "".join(lines))
    if old == wanted and new is not module:
        raise AssertionError("the text is the same, but the module is a copy")


def _as_given(problem: Problem, path: str) -> Problem:
    """Return what is said of a path; one that is missing is named as the caller has written it."""
    if problem.rule != MISSING:
        return problem
    return replace(problem, message=f"there is no '{path}'", site=Site(path))


def _root_of(paths: Sequence[Path]) -> Path:
    """Return the folder that paths of the result are from."""
    if not paths:
        return Path.cwd()
    common = Path(os.path.commonpath(paths))
    folder = common if common.is_dir() else common.parent
    above = (one for one in (folder, *folder.parents) if os.path.lexists(one / ".git"))
    return next(above, folder)


def _files(tree: SourceTree, named: Sequence[str]) -> list[str]:
    """Return the files that are named, and those of the folders that are, each once."""
    found: set[str] = set()
    for path in named:
        folder = tree.root / path
        if folder.is_dir():
            found.update(
                (Path(path) / one).as_posix() for one in FileListing(folder, _SUFFIXES).files
            )
        else:
            found.add(path)
    return sorted(found)


class _CodemodWorker(NamedTuple):
    transformer: Transformer
    tree: SourceTree
    words: tuple[str, ...]


_workers: list[_CodemodWorker] = []


def _prepare(transformer: Transformer, root: Path, words: tuple[str, ...]) -> None:
    """Keep what this process works with."""
    _workers[:] = [_CodemodWorker(transformer, SourceTree(root), words)]


def _transform(path: str) -> _Done:
    (worker,) = _workers
    try:
        before = worker.tree.read(path, keep=False)
    except RefusedError as refused:
        return _Done(path, problems=refused.problems)
    if worker.words and not any(word in before for word in worker.words):
        return _Done(path)
    transformer = copy.deepcopy(worker.transformer)
    try:
        module = parse_anew(before)
        after = transformer.transform(module).code
    except Exception as error:
        error.add_note(f"while transforming {path}")
        if _can_be_sent(error):
            raise
        told = RuntimeError(f"{type(error).__name__}: {error}")
        told.add_note(f"while transforming {path}")
        raise told from None
    if after == before:
        return _Done(path, remarks=tuple(transformer.remarks))
    is_damaged = _unread(parse_anew(after)) > _unread(module)
    return _Done(path, before, after, tuple(transformer.remarks), is_damaged=is_damaged)


def _can_be_sent(error: Exception) -> bool:
    """Tell whether another process gets an exception as it is; one that cannot be sent ends all."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return False
    return True


def _unread(module: Module) -> int:
    return sum(isinstance(item, Opaque) for item in module.items)


def _notes(done: _Done) -> Iterable[Note]:
    for problem in done.problems:
        yield Note(f"left out: {problem.message}", problem.site, NoteKind.WARNING)
    for remark in done.remarks:
        yield Note(remark.message, Site(done.path, remark.line, remark.column))
    if done.is_damaged:
        message = "the changed file has text that cannot be read as C, which it had not before"
        yield Note(message, Site(done.path), NoteKind.WARNING)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
