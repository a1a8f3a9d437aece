"""What a run says: the summary, the explanation, the refusal, and the same as JSON."""

from collections import Counter
from collections.abc import Callable, Iterable

import click
import msgspec

from vtsplit.account import AccountedHunk
from vtsplit.changes import ChangeSet
from vtsplit.diagnostics import Note, Problem, Site, render
from vtsplit.lint.findings import Finding
from vtsplit.planning.steps import Plan

_SHOWN = 3


def summary(
    plan: Plan, changes: ChangeSet, title: str, *, written: bool = False, notes: bool = False
) -> str:
    """Return the report: what the split comes to, and what to do next."""
    lines = []
    if notes:
        lines += [_note(note) for note in plan.notes]
    if not changes:
        lines.append(f"{title}: nothing to do")
        return "\n".join(lines)
    lines.append(f"{title}: {_counts(plan)}")
    if plan.notes and not notes:
        lines.append(f"{number(len(plan.notes), 'note')}: --explain lists what is left, and why")
    files = number(len(changes), "file")
    if written:
        lines.append(f"{files} written")
    else:
        lines.append(f"dry run: nothing written; --write changes {files}, --explain says why")
    return "\n".join(lines)


def _counts(plan: Plan) -> str:
    steps = Counter(step.action for step in plan.steps)
    exposed = {step.subject for step in plan.steps if step.action == "expose"}
    renamed = {
        step.subject
        for step in plan.steps
        if step.action == "rename" and step.subject.partition(" -> ")[2] in exposed
    }
    moved = {s.subject for s in plan.steps if s.action == "relocate" and s.why.startswith("to ")}
    uses = sum(step.action == "rename" and step.why == "follows" for step in plan.steps)
    parts = [
        f"{len(exposed)} made global ({len(renamed)} renamed)" if exposed else "",
        f"{len(moved)} moved" if moved else "",
        f"{steps['wrap']} wrapped" if steps["wrap"] else "",
        f"{steps['declare']} declared" if steps["declare"] else "",
        f"{number(uses, 'use')} renamed" if uses else "",
        f"{number(steps['build'], 'object')} added" if steps["build"] else "",
        f"{number(steps['option'], 'option')} added" if steps["option"] else "",
        f"{number(steps['move'], 'file')} renamed" if steps["move"] else "",
    ]
    rest = steps.total() - steps["include"]
    return ", ".join(part for part in parts if part) or (
        number(rest, "change") if rest else "an include added"
    )


def explanation(plan: Plan) -> str:
    """Return every step, in the order of its place, with its reason; then what is left alone."""
    rows = sorted(plan.steps, key=lambda step: (step.path, step.line))
    places = [f"{step.path}:{step.line}" if step.line else step.path for step in rows]
    wide = max((len(place) for place in places), default=0)
    subject = max((len(step.subject) for step in rows), default=0)
    lines = [
        f"{place:<{wide}}  {step.action:<8}  {step.subject:<{min(subject, 48)}}  {step.why}"
        for place, step in zip(places, rows, strict=True)
    ]
    return "\n".join([*lines, *map(_note, plan.notes)])


def _note(note: Note) -> str:
    place = f"{note.site}: " if note.site else ""
    advice = f"; {note.help}" if note.help else ""
    return f"{note.kind.value}: {place}{note.message}{advice}"


def refusal(problems: Iterable[Problem], line_at: Callable[[Site], str | None]) -> str:
    """Return the problems laid out, and that nothing was written."""
    blocks = [render(problem, line_at) for problem in problems]
    total = number(len(blocks), "problem")
    text = "\n".join([*blocks, f"refused: {total}; nothing was written"])
    # A line of a file may hold bytes that no terminal can show.
    return click.unstyle(text.encode("utf-8", "replace").decode())


def number(count: int, noun: str) -> str:
    """Return a count with its noun.

    >>> number(1, "file"), number(2, "file")
    ('1 file', '2 files')
    """
    return f"{count} {noun}{'' if count == 1 else 's'}"


def as_json(
    plan: Plan, changes: ChangeSet, hunks: Iterable[AccountedHunk], *, written: bool
) -> bytes:
    """Return the whole outcome as JSON: `changes`, `steps`, `hunks`, `notes`, `problems`.

    A hunk's `steps` are indices into `steps`.
    """
    return encode(
        {
            "written": written,
            "changes": [
                {
                    "path": stat.path,
                    "old_path": stat.old_path,
                    "added": stat.added,
                    "removed": stat.removed,
                }
                for stat in changes.stat()
            ],
            "steps": [
                {
                    "action": step.action,
                    "subject": step.subject,
                    "path": step.path,
                    "line": step.line,
                    "why": step.why,
                }
                for step in plan.steps
            ],
            "hunks": [
                {
                    "path": one.hunk.path,
                    "old_start": one.hunk.old_start,
                    "old_lines": one.hunk.old_lines,
                    "new_start": one.hunk.new_start,
                    "new_lines": one.hunk.new_lines,
                    "steps": one.steps,
                }
                for one in hunks
            ],
            "notes": [
                {
                    "kind": note.kind.value,
                    "message": note.message,
                    "help": note.help,
                    **place(note.site),
                }
                for note in plan.notes
            ],
            "problems": [],
        }
    )


def problems_as_json(problems: Iterable[Problem]) -> bytes:
    """Return a refusal as JSON, with the same keys as a success."""
    shown = [
        {
            "code": problem.code,
            "message": problem.message,
            "help": problem.help,
            **place(problem.site),
        }
        for problem in problems
    ]
    empty: dict[str, object] = {key: [] for key in ("changes", "steps", "hunks", "notes")}
    return encode({"written": False, **empty, "problems": shown})


def findings_as_json(findings: Iterable[Finding]) -> bytes:
    """Return what lint found as JSON: `findings`, and `problems` as in a refusal."""
    shown = [
        {
            "code": finding.code,
            "name": finding.name,
            "message": finding.message,
            "fixable": finding.mend is not None,
            **place(finding.site),
        }
        for finding in findings
    ]
    return encode({"findings": shown, "problems": []})


def place(site: Site | None) -> dict[str, object]:
    """Return a site as JSON has it; line 0 means the file as a whole."""
    if site is None:
        return {"path": None, "line": 0, "column": 0}
    return {"path": site.path, "line": site.line, "column": site.column}


def encode(value: object) -> bytes:
    """Return a value as indented JSON; bytes that are no text are replaced."""
    text = msgspec.json.encode(printable(value))
    return msgspec.json.format(text, indent=2) + b"\n"


def printable(value: object) -> object:
    """Replace bytes that are no text, which a path or a line may hold."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [printable(item) for item in value]
    return value
