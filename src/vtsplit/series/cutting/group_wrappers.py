"""Sort the wrappers of a plan into patches: groups that the spec names, and the rest by kind."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from vtsplit.diagnostics import Note, NoteKind, Problem, RefusedError
from vtsplit.planning.dispatch.edits import DispatchPlan
from vtsplit.planning.dispatch.rules import NO_OP
from vtsplit.series.cutting.stage import WrapperKind, WrapperSet
from vtsplit.spec.dispatch import Policy
from vtsplit.spec.document import did_you_mean
from vtsplit.spec.posting import Group, is_pattern


def group_wrappers(plan: DispatchPlan) -> list[WrapperSet]:
    """Return the wrappers that are new or that an entry gains, as sets that are a patch each.

    The groups of the spec come first, in its order. Ops of no group come by what their policies do.
    """
    edited = {one.wrapper for one in plan.edits if one.wrapper}
    edited |= {one.name for one in plan.wrappers}
    groups = plan.spec.posting.groups
    grouped: dict[int, list[str]] = {at: [] for at, _ in enumerate(groups)}
    others: dict[WrapperKind, list[str]] = {kind: [] for kind in WrapperKind}
    for name in plan.order:
        if name not in edited:
            continue
        op = plan.ops[name]
        at = _group_of(op, groups)
        into = (
            others[kind_of_policy(plan.spec.ops.get(op, Policy()))] if at is None else grouped[at]
        )
        into.append(name)
    found = [_set_of(plan, names, groups[at]) for at, names in grouped.items() if names]
    return found + [_set_of(plan, names) for names in others.values() if names]


def check_groups(plan: DispatchPlan) -> list[Note]:
    """Return a warning for each word of a group that no wrapper belongs to.

    A pattern may match nothing, as on a kernel that has not these ops. Raises RefusedError for the
    name of an op that the tables do not have.
    """
    spec = plan.spec
    problems, notes = list[Problem](), list[Note]()
    wrapped = set(plan.ops.values())
    for at, group in enumerate(spec.posting.groups):
        taken = {op for op in wrapped if _group_of(op, spec.posting.groups) == at}
        for index, word in enumerate(group.ops):
            site = spec.site("series", "group", at, "ops", index, of="value")
            if is_pattern(word) or word in plan.known:
                if why := _why_idle(word, wrapped, taken):
                    notes.append(Note(why, site, NoteKind.WARNING))
            elif not (word in spec.ops and spec.ops[word].optional):
                message = f"there is no entry for op '{word}' in {', '.join(spec.tables.values())}"
                advice = did_you_mean(word, plan.known) or "remove it from the group"
                problems.append(Problem(NO_OP, message, site, advice))
    if problems:
        raise RefusedError(*problems)
    return notes


def _why_idle(word: str, wrapped: set[str], taken: set[str]) -> str:
    """Say why a word puts no op into its group, which has `taken`; "" if it does."""
    matched = {op for op in wrapped if fnmatchcase(op, word)}
    if not matched:
        what = f"no op that '{word}' matches" if is_pattern(word) else f"the op '{word}'"
        return f"{what} has a wrapper" if is_pattern(word) else f"{what} has no wrapper"
    return "" if matched & taken else f"each op that '{word}' matches belongs to another group"


def _group_of(op: str, groups: tuple[Group, ...]) -> int | None:
    """Return which group an op belongs to: the one that names it, else the first that matches."""
    for at, group in enumerate(groups):
        if op in group.ops:
            return at
    return next((at for at, group in enumerate(groups) if _matches(op, group)), None)


def _matches(op: str, group: Group) -> bool:
    return any(fnmatchcase(op, word) for word in group.ops)


def _set_of(plan: DispatchPlan, names: list[str], group: Group | None = None) -> WrapperSet:
    return WrapperSet(tuple(names), _kinds(plan, names), group)


def _kinds(plan: DispatchPlan, names: list[str]) -> Mapping[WrapperKind, tuple[str, ...]]:
    def of_kind(kind: WrapperKind) -> Iterator[str]:
        return (plan.ops[name] for name in names if kind_of_policy(_policy(plan, name)) is kind)

    found = {kind: tuple(of_kind(kind)) for kind in WrapperKind}
    return {kind: ops for kind, ops in found.items() if ops}


def _policy(plan: DispatchPlan, wrapper: str) -> Policy:
    return plan.spec.ops.get(plan.ops[wrapper], Policy())


def kind_of_policy(policy: Policy) -> WrapperKind:
    """Return what a policy has in common with others."""
    if policy.body is not None:
        return WrapperKind.OWN
    if policy.both is not None:
        return WrapperKind.BOTH
    if policy.only == "second":
        return WrapperKind.SECOND
    if policy.only == "first" or policy.otherwise or policy.zero:
        return WrapperKind.FIRST
    return WrapperKind.EITHER
