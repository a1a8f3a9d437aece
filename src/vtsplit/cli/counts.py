"""How many of what: a split and the proof of it count the same things by the same words."""

from collections.abc import Iterable, Mapping

from vtsplit.changes import ChangeSet
from vtsplit.planning.steps import Plan
from vtsplit.survey.build_files import is_build_file
from vtsplit.verify.verdict import Designed

_ORDER = ("made global", "renamed", "moved", "wrapped", "rewritten", "declared", "exported")
_NOUNS = {noun: f"{noun}s" for noun in ("use", "file", "build file")}
_NOUNS["macro or type"] = "macros and types"
_BUILD_FILE = "build file changed"


def number(count: int, noun: str) -> str:
    """Return a count with its noun.

    >>> number(1, "file"), number(2, "file")
    ('1 file', '2 files')
    """
    return f"{count} {noun}{'' if count == 1 else 's'}"


def counted(counts: Mapping[str, int]) -> str:
    """Return counts in the order of the work; what is zero is left out.

    >>> counted({"declared": 2, "made static": 1, "made global": 3, "moved": 0})
    '3 made global, 2 declared, 1 made static'
    >>> counted({"build file changed": 2, "use renamed": 1})
    '2 build files changed, 1 use renamed'
    """
    order = {change: at for at, change in enumerate(_ORDER)}
    rows = sorted(counts.items(), key=lambda row: order.get(row[0], len(order)))
    return ", ".join(_one(count, change) for change, count in rows if count)


def _one(count: int, change: str) -> str:
    noun, _, rest = change.rpartition(" ")
    shown = noun if count == 1 or noun not in _NOUNS else _NOUNS[noun]
    return f"{count} {shown} {rest}".replace("  ", " ")


def of_split(plan: Plan, changes: ChangeSet) -> str:
    """Return what a split comes to, each name once."""
    subjects: dict[str, set[str]] = {}
    for step in plan.steps:
        subjects.setdefault(step.action, set()).add(step.subject)
    moved = {s.subject for s in plan.steps if s.action == "relocate" and s.why.startswith("to ")}
    along = {s.subject for s in plan.steps if s.action == "relocate" and ": " in s.why}
    renamed = {one for one in subjects.get("rename", set()) | moved if " -> " in one}
    counts = {
        "made global": len(subjects.get("expose", ())),
        "renamed": len(renamed),
        "moved": len(moved - along),
        "wrapped": len(subjects.get("wrap", ())),
        "rewritten": len(subjects.get("rewrite", ())),
        "declared": len(subjects.get("declare", ())),
        "exported": len(subjects.get("export", ())),
        "macro or type moved": len(along),
        "use renamed": sum(s.action == "rename" and s.why == "follows" for s in plan.steps),
        _BUILD_FILE: sum(is_build_file(change.path) for change in changes),
        "option added": len(subjects.get("option", ())),
        "file renamed": len(subjects.get("move", ())),
    }
    rest = sum(step.action != "include" for step in plan.steps)
    return counted(counts) or (number(rest, "change") if rest else "an include added")


def of_proof(designed: Iterable[Designed]) -> str:
    """Return what a proof lists as by design, each name once."""
    names: dict[str, set[str]] = {}
    for one in designed:
        change = "moved" if one.change.startswith("moved from ") else one.change
        change = _BUILD_FILE if change == "object listed" else change
        names.setdefault(change, set()).add(one.name)
    return counted({change: len(found) for change, found in sorted(names.items())})
