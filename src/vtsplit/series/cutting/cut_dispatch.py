"""Leave out of a plan of dispatch what comes in a later stage."""

from collections.abc import Collection
from dataclasses import replace

from vtsplit.planning.dispatch.edits import DispatchPlan, Raised


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
