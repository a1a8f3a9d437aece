"""The kind of each step of a plan."""

from vtsplit.cli.page.content import StepKind
from vtsplit.planning.reason import Why
from vtsplit.planning.steps import Action, Step

_KINDS = {
    Action.RELOCATE: StepKind.MOVE,
    Action.MOVE: StepKind.MOVE,
    Action.COPY: StepKind.MOVE,
    Action.EXPOSE: StepKind.LINKAGE,
    Action.EXPORT: StepKind.LINKAGE,
    Action.IMPORT: StepKind.LINKAGE,
    Action.INLINE: StepKind.LINKAGE,
    Action.SEPARATE: StepKind.LINKAGE,
    Action.RENAME: StepKind.NAME,
    Action.FOLLOW: StepKind.NAME,
    Action.DECLARE: StepKind.DECLARATION,
    Action.DROP: StepKind.DECLARATION,
    Action.INCLUDE: StepKind.INCLUDE,
    Action.DEFINE: StepKind.INCLUDE,
    Action.BUILD: StepKind.BUILD,
    Action.OPTION: StepKind.BUILD,
    Action.CREATE: StepKind.BACKEND,
    Action.STUB: StepKind.BACKEND,
    Action.WRAP: StepKind.WRAPPER,
    Action.REWRITE: StepKind.WRAPPER,
    Action.DISPATCH: StepKind.WRAPPER,
    Action.RAISE: StepKind.WRAPPER,
}
# Where the reason says more than the action.
_BY_REASON = {
    Why.HOLDS_TABLES: StepKind.MOVE,
    Why.NEW_HEADER: StepKind.DECLARATION,
    Why.INIT_PARAMETER: StepKind.BACKEND,
    Why.MADE_GLOBAL: StepKind.LINKAGE,
}


def kind_of(step: Step) -> StepKind:
    """Return the kind of a step."""
    return _BY_REASON.get(step.reason.why, _KINDS[step.action])
