"""Count what a split and its proof have done, both in the same words."""

from collections.abc import Iterable, Mapping

from vtsplit.change.changes import ChangeSet
from vtsplit.diagnostics import number
from vtsplit.planning.edits import Plan
from vtsplit.planning.reason import Why
from vtsplit.planning.steps import Action
from vtsplit.planning.symbol import Symbol
from vtsplit.survey.build.build_files import is_build_file
from vtsplit.verify.verdict import IntendedChange

_ORDER = ("made global", "renamed", "moved", "wrapped", "rewritten", "declared", "exported")
_NOUNS = {noun: f"{noun}s" for noun in ("use", "file", "build file", "declaration")}
_NOUNS["macro or type"] = "macros and types"
_BUILD_FILE = "build file changed"
# Follows from the rest, as in the count of a split; if there is no rest, it is what has changed.
_INCLUDED, _ONLY_INCLUDED = "included", "an include added"


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
    symbols: dict[Action, set[Symbol]] = {action: set() for action in Action}
    reasons: dict[Why, set[Symbol]] = {why: set() for why in Why}
    for step in plan.steps:
        symbols[step.action].add(step.symbol)
        reasons[step.reason.why].add(step.symbol)
    moved = reasons[Why.TO_MAIN]
    follows = (s for s in plan.steps if s.action is Action.RENAME and s.reason.why is Why.FOLLOWS)
    counts = {
        "made global": len({symbol.new for symbol in symbols[Action.EXPOSE]}),
        "renamed": sum(symbol.is_renamed for symbol in symbols[Action.RENAME] | moved),
        "moved": len(moved),
        "wrapped": len(symbols[Action.WRAP]),
        "rewritten": len(symbols[Action.REWRITE]),
        "declared": len({symbol.new for symbol in symbols[Action.DECLARE]}),
        "exported": len(symbols[Action.EXPORT]),
        "type separated": len(symbols[Action.SEPARATE] - reasons[Why.WITH_OTHERS]),
        "declaration separated": len(symbols[Action.SEPARATE] & reasons[Why.WITH_OTHERS]),
        "no longer inline": sum(one.reason.why is Why.MADE_GLOBAL for one in plan.steps),
        "made inline": len(symbols[Action.INLINE]),
        "macro or type moved": len(reasons[Why.ONLY_TABLES_USE] | reasons[Why.BOTH_USE]),
        "use renamed": sum(1 for _ in follows),
        _BUILD_FILE: sum(is_build_file(change.path) for change in changes),
        "option added": len(symbols[Action.OPTION]),
        "file renamed": len(symbols[Action.MOVE]),
    }
    rest = sum(step.action is not Action.INCLUDE for step in plan.steps)
    return counted(counts) or (number(rest, "change") if rest else _ONLY_INCLUDED)


def of_proof(designed: Iterable[IntendedChange]) -> str:
    """Return what a proof lists as by design, each name once."""
    names: dict[str, set[str]] = {}
    for one in designed:
        change = "moved" if one.change.startswith("moved from ") else one.change
        change = _BUILD_FILE if change == "object listed" else change
        names.setdefault(change, set()).add(one.name)
    has_includes = names.pop(_INCLUDED, None)
    counts = counted({change: len(found) for change, found in sorted(names.items())})
    return counts or (_ONLY_INCLUDED if has_includes else "")
