"""The kind of each step of a plan."""

from vtsplit.cli.page.content import Kind
from vtsplit.planning.reason import Why
from vtsplit.planning.steps import Action, Step

_KINDS = {
    Action.RELOCATE: Kind.MOVE,
    Action.MOVE: Kind.MOVE,
    Action.COPY: Kind.MOVE,
    Action.EXPOSE: Kind.LINKAGE,
    Action.EXPORT: Kind.LINKAGE,
    Action.IMPORT: Kind.LINKAGE,
    Action.INLINE: Kind.LINKAGE,
    Action.SEPARATE: Kind.LINKAGE,
    Action.RENAME: Kind.NAME,
    Action.FOLLOW: Kind.NAME,
    Action.DECLARE: Kind.DECLARATION,
    Action.DROP: Kind.DECLARATION,
    Action.INCLUDE: Kind.INCLUDE,
    Action.DEFINE: Kind.INCLUDE,
    Action.BUILD: Kind.BUILD,
    Action.OPTION: Kind.BUILD,
    Action.CREATE: Kind.BACKEND,
    Action.STUB: Kind.BACKEND,
    Action.WRAP: Kind.WRAPPER,
    Action.REWRITE: Kind.WRAPPER,
    Action.DISPATCH: Kind.WRAPPER,
    Action.RAISE: Kind.WRAPPER,
}
# Where the reason says more than the action.
_BY_REASON = {
    Why.HOLDS_TABLES: Kind.MOVE,
    Why.NEW_HEADER: Kind.DECLARATION,
    Why.INIT_PARAMETER: Kind.BACKEND,
}


def kind_of(step: Step) -> Kind:
    """Return the kind of a step."""
    return _BY_REASON.get(step.reason.why, _KINDS[step.action])
