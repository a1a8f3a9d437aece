"""One damaged text tried: what became of it, and whether that is a fault."""

import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from tables.draw import Table
from tables.trial import Trial, try_table
from vtsplit.apply.account import account
from vtsplit.apply.transform import transform
from vtsplit.change.changes import changes_to
from vtsplit.cst.lexer import lex
from vtsplit.cst.parser import parse_anew
from vtsplit.diagnostics import RefusedError
from vtsplit.spec.document import load
from vtsplit.survey.headers.includes import graph_of
from vtsplit.survey.search.index import WordIndex
from vtsplit.survey.search.words import WordFiles
from vtsplit.tree.overlay import OverlaidTree
from vtsplit.tree.source_tree import SourceTree

SECONDS = 10
SPEC = "vtsplit.toml"
DEFECTS = "VT09"  # codes that mean a defect of vtsplit


class HungError(BaseException):
    """It has taken too long."""


class NearWords(WordIndex):
    """Words of one folder alone, so that thousands of plans need no search of the whole tree."""

    def __init__(self, root: Path, folder: str) -> None:
        super().__init__(root)
        self.folder = folder

    def find(self, names: object) -> WordFiles:
        """Return where these names occur, in that folder."""
        found = WordIndex(self.root / self.folder).find(names)  # type: ignore[arg-type]
        below = {
            name: tuple(f"{self.folder}/{path}" for path in paths)
            for name, paths in found.files.items()
        }
        return WordFiles(below)


def try_file(tree: SourceTree, table: Table, text: str) -> str:
    """Parse a damaged source and split its table. Return what came of it; "!" begins a fault."""

    def run() -> str:
        if parse_anew(text).code != text or "".join(t.text for t in lex(text)) != text:
            return "! the text does not come back"
        over = OverlaidTree(tree, {table.path: text})
        # What headers say is known from the file as it was: only the source differs.
        graph = graph_of(tree, table.path).over(over, {table.path}, table.path)
        over.known.recall(("includes by", graph.search), lambda: graph)
        index = NearWords(tree.root, table.path.rpartition("/")[0])
        return _outcome(try_table(table, over, index))

    return _within(run)


def try_sample(tree: SourceTree, path: str, text: str) -> str:
    """Split a small tree of which one file is damaged, or the spec. Return as `try_file` does."""

    def run() -> str:
        over = OverlaidTree(tree, {path: text})
        try:
            result = transform(load(over.read(SPEC), SPEC), over)
            account(result.plan, changes_to(over, result.texts, result.moved), 3, over.real)
        except RefusedError as error:
            return _refused([problem.code for problem in error.problems], str(error))
        return "split"

    return _within(run)


def _outcome(trial: Trial) -> str:
    if trial.problems:
        return _refused([problem.code for problem in trial.problems], str(trial.problems[0]))
    return f"! {trial.fault}" if trial.fault else "split"


def _refused(codes: list[str], said: str) -> str:
    if any(code.startswith(DEFECTS) for code in codes):
        return f"! {said}"
    return f"refused {codes[0]}"


def _within(run: Callable[[], str]) -> str:
    try:
        with _alarm():
            return run()
    except HungError:
        return f"! more than {SECONDS} s\n{traceback.format_exc()}"
    except Exception:
        return f"! {traceback.format_exc()}"


@contextmanager
def _alarm() -> Iterator[None]:
    """Raise HungError after some seconds of processor time."""
    before = signal.signal(signal.SIGVTALRM, _ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _ring(number: int, frame: FrameType | None) -> None:
    raise HungError
