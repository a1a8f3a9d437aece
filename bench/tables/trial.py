"""One table: the split by its proposed spec, in memory, and whether the result reads again."""

import resource
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from os import sched_getaffinity
from pathlib import Path
from posixpath import basename
from typing import TypeVar

from tables.draw import Table
from vtsplit.apply.account import account
from vtsplit.apply.transform import Transformed, transform
from vtsplit.change.changes import ChangeSet, changes_to
from vtsplit.cst.nodes import Opaque
from vtsplit.cst.parser import parse_module
from vtsplit.diagnostics import Problem, RefusedError
from vtsplit.discover.proposal import propose
from vtsplit.spec.document import Spec
from vtsplit.survey.search.index import WordIndex
from vtsplit.tree.source_tree import SourceTree
from vtsplit.verify.inputs.differing import is_source

In = TypeVar("In")
Out = TypeVar("Out")


@dataclass(frozen=True)
class Trial:
    """What a dry run of a table's split came to: a result, problems, or a fault of ours.

    `seconds` is the processor time that it took, `megabytes` the most memory that its process had
    by then.
    """

    table: Table
    spec: Spec | None = None
    result: Transformed | None = None
    changes: ChangeSet = field(default_factory=ChangeSet)
    problems: tuple[Problem, ...] = ()
    fault: str = ""
    seconds: float = 0.0
    megabytes: float = 0.0


def try_table(table: Table, tree: SourceTree, index: WordIndex) -> Trial:
    """Split one table in memory, as `split --table` does; never raises."""
    start = time.process_time()
    spec: Spec | None = None
    result: Transformed | None = None
    changes, fault = ChangeSet(), ""
    problems: tuple[Problem, ...] = ()
    try:
        spec = propose(tree, table.path, [table.name], index, "the proposed spec")
        result = transform(spec, tree, index=index)
        changes = changes_to(tree, result.texts, result.moved)
        account(result.plan, changes, 3, tree.real)
        fault = "; ".join(_unreadable(changes))
    except RefusedError as error:
        problems = error.problems
    except Exception:
        fault = traceback.format_exc()
    seconds = time.process_time() - start
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Trial(table, spec, result, changes, problems, fault, seconds, most)


def _unreadable(changes: ChangeSet) -> Iterator[str]:
    """Yield which changed C files have more that cannot be read than they had."""
    for change in changes:
        if change.after is None or not change.path.endswith((".c", ".h")):
            continue
        before, after = (_count_unread(data or b"") for data in (change.before, change.after))
        if after > before:
            yield f"{change.path} does not parse: {after} places, before {before}"


def _count_unread(data: bytes) -> int:
    module = parse_module(data.decode("utf-8", "surrogateescape"))
    return sum(isinstance(item, Opaque) for item in module.items)


def try_again(trial: Trial, tree: SourceTree, index: WordIndex) -> str:
    """Split the tree that the split has been written to: return what would change once more.

    Documents are left out, as they are not written there: many splits have one in common.
    """
    assert trial.spec is not None
    try:
        result = transform(trial.spec, tree, index=index)
        changes = changes_to(tree, result.texts, result.moved)
    except RefusedError as error:
        return f"a second run is refused: {error}"
    except Exception:
        return traceback.format_exc()
    again = [change.path for change in changes if is_source(basename(change.path))]
    return f"a second run changes {', '.join(again)}" if again else ""


_AT_ONCE = 24  # tables for which what is read of the tree is kept
_shared: dict[str, tuple[Path, WordIndex]] = {}


def _share(root: Path, index: WordIndex) -> None:
    _shared["tree"] = root, index


def _try(tables: list[Table]) -> list[Trial]:
    root, index = _shared["tree"]
    tree = SourceTree(root)
    return [try_table(table, tree, index) for table in tables]


def _again(trials: list[Trial]) -> list[str]:
    root, index = _shared["tree"]
    tree = SourceTree(root)
    return [try_again(trial, tree, index) for trial in trials]


def _divide(every: list[In]) -> list[list[In]]:
    return [every[at : at + _AT_ONCE] for at in range(0, len(every), _AT_ONCE)]


@contextmanager
def workers(
    root: Path, names: Iterable[str]
) -> Iterator[Callable[[Callable[[In], Out], Iterable[In]], Iterator[Out]]]:
    """Yield a `map` over processes that know a tree and where these names occur in it."""
    index = WordIndex(root)
    index.find(names)
    count = len(sched_getaffinity(0))
    with ProcessPoolExecutor(count, None, _share, (root, index)) as pool:
        yield pool.map


def try_tables(root: Path, tables: list[Table]) -> Iterator[Trial]:
    """Yield the trial of each table, in order."""
    with workers(root, frozenset[str]().union(*(table.names for table in tables))) as run:
        for trials in run(_try, _divide(tables)):
            yield from trials


def try_all_again(root: Path, trials: list[Trial]) -> list[str]:
    """Return for each trial what a second run of its spec would change."""
    names = frozenset[str]().union(*(trial.table.names for trial in trials))
    with workers(root, names) as run:
        return [found for some in run(_again, _divide(trials)) for found in some]
