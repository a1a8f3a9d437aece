"""What a run says: the summary, the explanation, the refusal."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from vtsplit.apply.finished import FinishedSplit
from vtsplit.apply.transform import Transformed
from vtsplit.change.changes import ChangeSet
from vtsplit.cli.output.counts import of_split
from vtsplit.cli.output.wording import reason_in_words, subject_in_words
from vtsplit.diagnostics import Note, NoteKind, Problem, Site, number, render, visible

_SHOWN = 10
_NAMED = 3
MORE = "for more: vtsplit explain"


def summary(
    result: Transformed,
    changes: ChangeSet,
    title: str,
    *,
    written: bool = False,
    notes: bool = False,
    explained: bool = False,
) -> str:
    """Return the report: what has to be looked at, then what the split comes to.

    With `notes` every note is in it; those that the explanation has `explained` are not.
    """
    plan = result.plan
    shown = [] if explained else warnings(plan.notes, None if notes else _SHOWN)
    lines = shown + [_note(one) for one in plan.notes if notes and not _is_warning(one)]
    kept = kept_wrappers(len(result.drift))
    if not changes:
        return "\n".join([*lines, f"{title}: nothing to do{f', but {kept}' if kept else ''}"])
    lines += [f"{title}: {of_split(plan, changes)}", *([kept] if kept else [])]
    quiet = sum(not _is_warning(one) for one in plan.notes)
    if quiet and not notes and not explained:
        lines.append(f"{number(quiet, 'note')}: --explain shows what is left alone, and why")
    files = number(len(changes), "file")
    if written:
        lines.append(f"{files} written")
    else:
        lines.append(f"dry run: nothing written; --write changes {files}, --explain says why")
    return "\n".join(lines)


def kept_wrappers(count: int) -> str:
    """Say how many wrappers stay though the spec says otherwise; "" if there is none."""
    verbs = "differs from the spec and is" if count == 1 else "differ from the spec and are"
    return f"{number(count, 'wrapper')} {verbs} kept" if count else ""


def warnings(notes: Iterable[Note], most: int | None = None) -> list[str]:
    """Return a line for each warning among notes; of more than `most`, how many are left."""
    found = [_note(one) for one in notes if _is_warning(one)]
    left = len(found) - most if most is not None else 0
    if left <= 0:
        return found
    return [
        *found[:most],
        f"and {left} more warning{'' if left == 1 else 's'}: --explain lists them",
    ]


def _is_warning(note: Note) -> bool:
    return note.kind is NoteKind.WARNING


def explanation(split: FinishedSplit) -> str:
    """Return every step, in the order of its place, with its reason; then warnings and notes.

    Each line that goes or changes is at one of the places, unless it is blank.
    """
    plan, changed = split.result.plan, _changed_lines(split)
    order = sorted(
        range(len(plan.steps)),
        key=lambda at: (plan.steps[at].site.path, min(changed[at])[0], plan.steps[at].site.line),
    )
    rows = [plan.steps[at] for at in order]
    places = [visible(_place(plan.steps[at].site.path, changed[at])) for at in order]
    subjects = [visible(subject_in_words(step)) for step in rows]
    reasons = [visible(reason_in_words(step.reason)) for step in rows]
    wide = max(map(len, places), default=0)
    subject = min(max(map(len, subjects), default=0), 48)
    lines = [
        f"{place:<{wide}}  {step.action:<8}  {shown:<{subject}}  {reason}"
        for place, shown, step, reason in zip(places, subjects, rows, reasons, strict=True)
    ]
    rest = [_note(one) for one in plan.notes if not _is_warning(one)]
    return "\n".join([*lines, *warnings(plan.notes), *rest])


def _changed_lines(split: FinishedSplit) -> list[tuple[tuple[int, int], ...]]:
    """Return for each step the lines that it changes, first and last, or else where it stands."""
    before = {one.path: (one.before or b"").split(b"\n") for one in split.changes}
    removed: dict[int, set[int]] = {}
    for hunk, steps in ((one.hunk, one.steps) for one in split.hunks):
        lines = {line for line in hunk.removed if before[hunk.path][line - 1].strip()}
        for at in steps:
            removed.setdefault(at, set()).update(lines)
    found = []
    for at, step in enumerate(split.result.plan.steps):
        own = sorted(removed.get(at, ()))
        parts = [[line for line in own if first <= line <= last] for first, last in step.spans]
        spans = tuple((part[0], part[-1]) for part in parts if part)
        found.append(spans or ((step.site.line, step.site.line),))
    return found


def _place(path: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return a place as it is shown.

    >>> _place("a.c", [(0, 0)]), _place("a.c", [(3, 3), (5, 8)])
    ('a.c', 'a.c:3,5-8')
    """
    parts = [f"{first}-{last}" if first < last else f"{first}" for first, last in spans if first]
    return f"{path}:{','.join(parts)}" if parts else path


def _note(note: Note) -> str:
    place = f"{note.site}: " if note.site else ""
    # What is to be written by hand may be several lines.
    advice = visible(f"; {note.help}" if note.help else "", "\n\t")
    return visible(f"{note.kind.value}: {place}{note.message}") + advice


def problem_line(problem: Problem) -> str:
    """Return a problem in one line, for a list of them."""
    place = f"{problem.site}: " if problem.site else ""
    return visible(f"{place}{problem.code} {problem.message}")


def more(problems: Iterable[Problem]) -> str:
    """Return the line that says how to read about the rules that are broken, the first few."""
    names = list(dict.fromkeys(problem.rule.name for problem in problems))
    return f"{MORE} {' '.join(names[:_NAMED])}"


def render_each(
    problems: Iterable[Problem], line_at: Callable[[Site], str | None]
) -> Iterator[str]:
    """Lay out problems, those of one rule with the same advice without it from the second on."""
    said: set[tuple[str, str]] = set()
    for problem in problems:
        advice = problem.rule.name, problem.advice
        yield render(problem, line_at, is_advised=advice not in said)
        said.add(advice)


def refusal(
    problems: Sequence[Problem],
    line_at: Callable[[Site], str | None],
    *,
    half_written: bool = False,
    writes: bool = True,
) -> str:
    """Return the problems laid out, and that nothing was written, or that the tree is torn.

    A command that never `writes` need not say that nothing was written.
    """
    blocks = list(render_each(problems, line_at))
    total = number(len(blocks), "problem")
    end = f"refused: {total}{'; nothing was written' if writes else ''}"
    if half_written:
        end = (
            f"failed: {total}; the tree is half written, `vtsplit recover` brings it to either end"
        )
    return "\n".join([*blocks, end, more(problems)])
