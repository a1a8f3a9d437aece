"""Leave out of a plan of dispatch what comes in a later stage."""

from collections.abc import Collection
from dataclasses import replace

from vtsplit.planning.dispatch.edits import DispatchPlan, Raised
from vtsplit.series.cutting.stage import WrapperKind
from vtsplit.spec.dispatch import Policy


def only_second(plan: DispatchPlan) -> DispatchPlan:
    """Return a plan that makes the second backend known.

    Main only gains the variable that the second backend may need, where it will stand.
    """
    return replace(
        plan,
        wrappers=(),
        replaced={},
        removed=frozenset(),
        order=(),
        mark="",
        selection=plan.selection if plan.variable else None,
        edits=(),
        raised=Raised(),
        main_includes=plan.main_includes if plan.variable else (),
        tail="",
    )


def with_wrappers(plan: DispatchPlan, names: Collection[str]) -> DispatchPlan:
    """Return a plan with these wrappers only, which does not start the second backend."""
    return replace(
        plan,
        wrappers=tuple(one for one in plan.wrappers if one.name in names),
        edits=tuple(one for one in plan.edits if not one.wrapper or one.wrapper in names),
        tail="",
    )


def sort_wrappers(plan: DispatchPlan) -> dict[WrapperKind, list[str]]:
    """Return the wrappers that are new or that an entry gains, by what their policies do."""
    edited = {one.wrapper for one in plan.edits if one.wrapper}
    edited |= {one.name for one in plan.wrappers}
    found: dict[WrapperKind, list[str]] = {kind: [] for kind in WrapperKind}
    for name in plan.order:
        if name in edited:
            found[kind_of_policy(plan.spec.ops.get(plan.ops[name], Policy()))].append(name)
    return {kind: names for kind, names in found.items() if names}


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
