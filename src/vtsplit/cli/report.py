"""What a run says: the summary, the explanation, the refusal, and the same as JSON."""

from collections.abc import Callable, Iterable, Sequence

import click
import msgspec

from vtsplit.account import AccountedHunk
from vtsplit.changes import ChangeSet
from vtsplit.cli.counts import number, of_split
from vtsplit.diagnostics import Note, NoteKind, Problem, Site, render
from vtsplit.lint.findings import Finding
from vtsplit.planning.steps import Plan
from vtsplit.transform import Result

_SHOWN = 10
_NAMED = 3
MORE = "for more: vtsplit explain"


def summary(
    result: Result,
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
    shown = [] if explained else warnings(plan, None if notes else _SHOWN)
    lines = shown + [_note(one) for one in plan.notes if notes and not _is_warning(one)]
    kept = _kept(len(result.drift))
    if not changes:
        return "\n".join([*lines, f"{title}: nothing to do{f', but {kept}' if kept else ''}"])
    lines += [f"{title}: {of_split(plan, changes)}", *([kept] if kept else [])]
    quiet = sum(not _is_warning(one) for one in plan.notes)
    if quiet and not notes and not explained:
        lines.append(f"{number(quiet, 'note')}: --explain lists what is left, and why")
    files = number(len(changes), "file")
    if written:
        lines.append(f"{files} written")
    else:
        lines.append(f"dry run: nothing written; --write changes {files}, --explain says why")
    return "\n".join(lines)


def _kept(count: int) -> str:
    verbs = "differs from the spec and is" if count == 1 else "differ from the spec and are"
    return f"{number(count, 'wrapper')} {verbs} kept" if count else ""


def warnings(plan: Plan, most: int | None = None) -> list[str]:
    """Return a line for each warning of a plan; of more than `most`, how many are left."""
    found = [_note(one) for one in plan.notes if _is_warning(one)]
    left = len(found) - most if most is not None else 0
    if left <= 0:
        return found
    return [
        *found[:most],
        f"and {left} more warning{'' if left == 1 else 's'}: --explain lists them",
    ]


def _is_warning(note: Note) -> bool:
    return note.kind is NoteKind.WARNING


def explanation(plan: Plan) -> str:
    """Return every step, in the order of its place, with its reason; then warnings and notes."""
    rows = sorted(plan.steps, key=lambda step: (step.path, step.line))
    places = [f"{step.path}:{step.line}" if step.line else step.path for step in rows]
    wide = max((len(place) for place in places), default=0)
    subject = max((len(step.subject) for step in rows), default=0)
    lines = [
        f"{place:<{wide}}  {step.action:<8}  {step.subject:<{min(subject, 48)}}  {step.why}"
        for place, step in zip(places, rows, strict=True)
    ]
    rest = [_note(one) for one in plan.notes if not _is_warning(one)]
    return "\n".join([*lines, *warnings(plan), *rest])


def _note(note: Note) -> str:
    place = f"{note.site}: " if note.site else ""
    advice = f"; {note.help}" if note.help else ""
    return f"{note.kind.value}: {place}{note.message}{advice}"


def more(problems: Iterable[Problem]) -> str:
    """Return the line that says how to read about the rules that are broken, the first few."""
    names = list(dict.fromkeys(problem.rule.name for problem in problems))
    return f"{MORE} {' '.join(names[:_NAMED])}"


def refusal(problems: Sequence[Problem], line_at: Callable[[Site], str | None]) -> str:
    """Return the problems laid out, and that nothing was written."""
    blocks = [render(problem, line_at) for problem in problems]
    total = number(len(blocks), "problem")
    text = "\n".join([*blocks, f"refused: {total}; nothing was written", more(problems)])
    # A line of a file may hold bytes that no terminal can show.
    return click.unstyle(text.encode("utf-8", "replace").decode())


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
            "slug": problem.slug,
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
            "slug": finding.rule.slug,
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
