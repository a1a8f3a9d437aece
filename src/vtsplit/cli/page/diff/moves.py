"""Lines that a change takes out at one place and adds at another, as they are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from vtsplit.change.changes import ChangeSet
from vtsplit.change.diff import hunks

# As for git's `--color-moved`: a block with fewer letters and digits may be alike by chance.
_FEWEST = 20
# A line that goes at more places begins no block: to try them all takes long, and tells little.
_MOST_PLACES = 16


@dataclass(frozen=True)
class _LineRun:
    """Lines that stand together, from a number on, and that one side of a change has alone."""

    path: str
    first: int
    lines: tuple[bytes, ...]


def find_moves(changes: ChangeSet) -> Mapping[tuple[str, str, int], str]:
    """Return where each line that moves stands on the other side, as `path:line`.

    The keys are sign, path and number: `("-", "vmx/vmx.c", 12)` for a line that goes.
    """
    gone, come = _runs(changes)
    starts: dict[bytes, list[tuple[_LineRun, int]]] = {}
    for run in gone:
        for at, line in enumerate(run.lines):
            starts.setdefault(line, []).append((run, at))
    found: dict[tuple[str, str, int], str] = {}
    for run in come:
        at = 0
        while at < len(run.lines):
            block = _longest(run, at, starts, found)
            if block is None:
                at += 1
                continue
            other, start, count = block
            for step in range(count):
                new, old = run.first + at + step, other.first + start + step
                found["+", run.path, new] = f"{other.path}:{old}"
                found["-", other.path, old] = f"{run.path}:{new}"
            at += count
    return found


def _longest(
    run: _LineRun,
    at: int,
    starts: Mapping[bytes, Sequence[tuple[_LineRun, int]]],
    taken: Mapping[tuple[str, str, int], str],
) -> tuple[_LineRun, int, int] | None:
    """Return the longest block of lines that go which begins as a run does at a place."""
    best: tuple[_LineRun, int, int] | None = None
    places = starts.get(run.lines[at], ()) if run.lines[at].strip() else ()
    for other, start in places if len(places) <= _MOST_PLACES else ():
        count = 0
        while (
            at + count < len(run.lines)
            and start + count < len(other.lines)
            and run.lines[at + count] == other.lines[start + count]
            and ("-", other.path, other.first + start + count) not in taken
        ):
            count += 1
        if best is None or count > best[2]:
            best = (other, start, count)
    if best is None or not _is_telling(run.lines[at : at + best[2]]):
        return None
    return best


def _is_telling(lines: Sequence[bytes]) -> bool:
    return sum(chr(byte).isalnum() for line in lines for byte in line) >= _FEWEST


def _runs(changes: ChangeSet) -> tuple[list[_LineRun], list[_LineRun]]:
    before = {one.path: (one.before or b"").split(b"\n") for one in changes}
    after = {one.path: (one.after or b"").split(b"\n") for one in changes}
    old_paths = {one.path: one.old_path or one.path for one in changes}
    gone: list[_LineRun] = []
    come: list[_LineRun] = []
    for hunk in hunks(changes, context=0):
        path = hunk.path
        gone += (
            _LineRun(old_paths[path], first, tuple(before[path][first - 1 : end]))
            for first, end in _together(hunk.removed)
        )
        come += (
            _LineRun(path, first, tuple(after[path][first - 1 : end]))
            for first, end in _together(hunk.added)
        )
    return gone, come


def _together(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield first and last of numbers that follow each other."""
    start = None
    for at, number in enumerate(numbers):
        start = number if start is None else start
        if at + 1 == len(numbers) or numbers[at + 1] != number + 1:
            yield start, number
            start = None
