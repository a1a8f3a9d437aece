"""The outcome of a split as JSON; docs/split.schema.json is made from these classes."""

from collections.abc import Iterable
from inspect import cleandoc

import msgspec

from vtsplit.apply.account import AccountedHunk
from vtsplit.change.changes import ChangeSet
from vtsplit.cli.output.json_text import encode
from vtsplit.diagnostics import Problem, Site
from vtsplit.planning.edits import Plan
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action, Step
from vtsplit.planning.symbol import Role

SCHEMA = 1


class Change(msgspec.Struct):
    """A file that changes, by its path afterwards, and how many lines it gains and loses."""

    path: str
    old_path: str | None
    added: int
    removed: int


class Place(msgspec.Struct):
    """A place in a file of the tree before; line and column count from 1."""

    path: str
    line: int
    column: int


class Because(msgspec.Struct, omit_defaults=True):
    """The reason of a step. Which fields there are besides `why` depends on it."""

    why: Why
    name: str = ""
    of: str = ""
    path: str = ""
    through: str = ""
    site: Place | None = None


class Taken(msgspec.Struct):
    """A step: what is done to which symbol, where, why, and in which hunks it shows.

    `old` is empty for what is added, `new` for what goes. Line 0 is the file as a whole.
    """

    action: Action
    old: str
    new: str
    role: Role
    path: str
    line: int
    reason: Because
    hunks: list[int]


class Shown(msgspec.Struct):
    """A hunk of the diff; `steps` are the indices of those that made it."""

    path: str
    old_start: int
    old_lines: int
    new_start: int
    new_lines: int
    steps: list[int]


class Noted(msgspec.Struct):
    """A warning or a note. Line 0 is the file as a whole; without a path it is about all."""

    kind: str
    message: str
    help: str
    path: str | None
    line: int
    column: int


class Refused(msgspec.Struct):
    """A reason why nothing was done."""

    code: str
    slug: str
    message: str
    help: str
    path: str | None
    line: int
    column: int


class Outcome(msgspec.Struct):
    """All that a split says. With `problems`, all other lists are empty."""

    schema: int
    written: bool
    changes: list[Change]
    steps: list[Taken]
    hunks: list[Shown]
    notes: list[Noted]
    problems: list[Refused]


def as_json(
    plan: Plan, changes: ChangeSet, hunks: Iterable[AccountedHunk], *, written: bool
) -> bytes:
    """Return the whole outcome of a split."""
    accounted = list(hunks)
    notes = [Noted(n.kind.value, n.message, n.help, *_place(n.site)) for n in plan.notes]
    stats = [Change(one.path, one.old_path, one.added, one.removed) for one in changes.stat()]
    outcome = Outcome(
        SCHEMA,
        written,
        stats,
        [_taken(at, step, accounted) for at, step in enumerate(plan.steps)],
        [_shown(one) for one in accounted],
        notes,
        [],
    )
    return encode(msgspec.to_builtins(outcome))


def problems_as_json(problems: Iterable[Problem]) -> bytes:
    """Return a refusal as JSON, with the same keys as a success."""
    refused = [Refused(p.code, p.slug, p.message, p.help, *_place(p.site)) for p in problems]
    outcome = Outcome(SCHEMA, False, [], [], [], [], refused)
    return encode(msgspec.to_builtins(outcome))


def json_schema() -> bytes:
    """Return the JSON Schema of the outcome."""
    return encode(_without_margins(msgspec.json.schema(Outcome)))


def _without_margins(schema: object) -> object:
    """Return a schema whose descriptions are docstrings without their margin.

    Some versions of msgspec leave the margin in, and the schema must not depend on that.
    """
    if isinstance(schema, dict):
        return {key: _without_margins(value) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_without_margins(value) for value in schema]
    return cleandoc(schema) if isinstance(schema, str) else schema


def _taken(at: int, step: Step, hunks: list[AccountedHunk]) -> Taken:
    symbol, site = step.symbol, step.site
    made = [index for index, one in enumerate(hunks) if at in one.steps]
    because = _because(step.reason)
    return Taken(
        step.action, symbol.old, symbol.new, symbol.role, site.path, site.line, because, made
    )


def _because(reason: Reason) -> Because:
    at = reason.site
    site = Place(at.path, at.line, at.column) if at else None
    return Because(reason.why, reason.name, reason.of, reason.path, reason.through, site)


def _shown(one: AccountedHunk) -> Shown:
    hunk = one.hunk
    return Shown(
        hunk.path, hunk.old_start, hunk.old_lines, hunk.new_start, hunk.new_lines, [*one.steps]
    )


def _place(site: Site | None) -> tuple[str | None, int, int]:
    return (site.path, site.line, site.column) if site else (None, 0, 0)
