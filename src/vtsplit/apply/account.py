"""Compare the change set with the plan: a step has to name every changed line."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from vtsplit.apply.lost import DEFECT
from vtsplit.change.changes import ChangeSet
from vtsplit.change.diff import Hunk, hunks
from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.planning.edits import Plan
from vtsplit.planning.steps import Step
from vtsplit.rule import Rule

UNNAMED_LINE = Rule(
    "VT091",
    "unnamed-line",
    "vtsplit would change a line without a reason",
    "Each changed line has to belong to a step of the plan. This is a defect of vtsplit.",
    "Nothing was written. Please report it with the spec.",
    "It comes up when a part of vtsplit changes a line that its plan does not name.",
)


# The first and the last line of what a step changes.
Span = tuple[int, int]


@dataclass(frozen=True)
class AccountedHunk:
    """A hunk and the indices, in the plan's steps, of those that made it."""

    hunk: Hunk
    steps: tuple[int, ...]


def account(
    plan: Plan,
    changes: ChangeSet,
    context: int = 3,
    real: Callable[[str], str] = lambda path: path,
) -> list[AccountedHunk]:
    """Return the hunks with the steps behind each. `real` follows the tree's symbolic links.

    The steps of a file that gets another path know it by the old one.

    Raises RefusedError (VT091) for a changed line that no step names: that would be a defect of
    this tool, and nothing it made must be written then.
    """
    before = {change.path: _lines(change.before) for change in changes}
    after = {change.path: _lines(change.after) for change in changes}
    moved = {change.old_path: change.path for change in changes if change.old_path}
    old_paths = {new: old for old, new in moved.items()}
    places = {step.site.path: real(step.site.path) for step in plan.steps}
    paths = {path: moved.get(place, place) for path, place in places.items()}
    accounted = []
    problems = []
    found = hunks(changes, context)
    behind = _steps_behind(plan.steps, paths, found)
    for hunk, (steps, spans) in zip(found, behind, strict=True):
        accounted.append(AccountedHunk(hunk, tuple(steps)))
        lines = before[hunk.path]
        if not _keeps_the_rest(hunk, spans, lines, after[hunk.path]):
            for number in _unnamed(hunk, spans, lines):
                path = old_paths.get(hunk.path, hunk.path)
                problems.append(_unaccounted(Site(path, number)))
        if not steps:
            path = old_paths.get(hunk.path, hunk.path)
            problems.append(_unaccounted(Site(path, hunk.old_start)))
    if problems:
        raise RefusedError(*dict.fromkeys(problems))
    return accounted


def _steps_behind(
    steps: Sequence[Step], paths: Mapping[str, str], found: Sequence[Hunk]
) -> list[tuple[list[int], list[Span]]]:
    """Return for each hunk the indices of the steps that made it, and the spans that it touches.

    `paths` are those of the hunks, by the paths of the steps. The hunks of a file are in order.
    """
    of_path: dict[str, list[int]] = {}
    for number, hunk in enumerate(found):
        of_path.setdefault(hunk.path, []).append(number)
    behind: list[tuple[list[int], list[Span]]] = [([], []) for _ in found]
    for at, step in enumerate(steps):
        numbers = of_path.get(paths[step.site.path], [])
        touched = [(n, span) for span in step.spans for n in _touched(span, numbers, found)]
        for number, span in touched:
            behind[number][1].append(span)
        for number in dict.fromkeys(n for n, _ in touched) if step.spans else numbers:
            if _made(step, found[number]):
                behind[number][0].append(at)
    return behind


def _touched(span: Span, numbers: list[int], found: Sequence[Hunk]) -> list[int]:
    """Return those of the hunks of a file that have a line of a span."""
    first, last = span
    start = bisect_left(numbers, first, key=lambda number: _old_lines(found[number])[-1])
    end = bisect_right(numbers, last, key=lambda number: _old_lines(found[number])[0])
    return numbers[start:end]


def _old_lines(hunk: Hunk) -> range:
    return range(hunk.old_start, hunk.old_start + max(hunk.old_lines, 1))


def _keeps_the_rest(hunk: Hunk, spans: list[Span], before: list[bytes], after: list[bytes]) -> bool:
    """Tell whether all lines of a hunk that no span holds are still there, in their order.

    A diff may show a line between two changes as removed and added again.
    """
    old = range(hunk.old_start, hunk.old_start + hunk.old_lines)
    inside = ((max(first, old.start), min(last + 1, old.stop)) for first, last in spans)
    named = {n for first, end in inside for n in range(first, end)}
    rest = [before[n - 1] for n in old if n not in named and before[n - 1].strip()]
    new = iter(after[hunk.new_start - 1 : hunk.new_start - 1 + hunk.new_lines])
    return all(any(line == other for other in new) for line in rest)


def _unnamed(hunk: Hunk, spans: list[Span], lines: list[bytes]) -> list[int]:
    """Return the removed lines that no span holds.

    A diff may show another one of two equal lines as removed (`#endif`, `}`): then the one that a
    step names is there still.
    """
    named = {n for first, last in spans for n in range(first, last + 1)}
    spared = Counter(lines[n - 1] for n in named - {*hunk.removed} if n <= len(lines))
    unnamed = []
    for number in hunk.removed:
        line = lines[number - 1]
        if number in named or not line.strip():
            continue
        if spared[line]:
            spared[line] -= 1
        else:
            unnamed.append(number)
    return unnamed


def _lines(data: bytes | None) -> list[bytes]:
    return (data or b"").split(b"\n")


def _made(step: Step, hunk: Hunk) -> bool:
    if not step.spans:
        # An include or a declaration goes where the file has its place: it adds lines only.
        return len(hunk.added) > len(hunk.removed) or hunk.old_lines == 0
    if hunk.removed:
        return any(
            bisect_right(hunk.removed, end) > bisect_left(hunk.removed, start)
            for start, end in step.spans
        )
    first, last = _old_lines(hunk)[0], _old_lines(hunk)[-1]
    return any(start <= last and end >= first for start, end in step.spans)


def _unaccounted(site: Site) -> Problem:
    return Problem(
        UNNAMED_LINE,
        "this line would change though no step of the plan names it",
        site,
        DEFECT,
    )
