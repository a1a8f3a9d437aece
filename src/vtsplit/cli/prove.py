"""What `split --verify` adds: the change set is proved before it is shown or written."""

import tempfile
from pathlib import Path

from vtsplit.changes import ChangeSet
from vtsplit.diagnostics import Problem, RefusedError
from vtsplit.planning.steps import Plan
from vtsplit.verify.compare import Design
from vtsplit.verify.differing import Differing
from vtsplit.verify.flags import Records, has_records, read_build, read_database
from vtsplit.verify.scratch import lay_out
from vtsplit.verify.verdict import Verdict
from vtsplit.verify.verify import Request, verify

DATABASE = "compile_commands.json"
_HELP = "nothing was written; `vtsplit verify` shows all of it"


def choose_records(
    before: Path, after: Path, build: Path | None, database: Path | None
) -> Records | None:
    """Return what says how files are compiled, or None. Raises RefusedError (VT301, VT303)."""
    if build:
        return read_build(build)
    if database:
        return read_database(database, (before, after))
    for tree in (before, after):
        if has_records(tree):
            return read_build(tree)
    for tree in (before, after):
        if (tree / DATABASE).is_file():
            return read_database(tree / DATABASE, (before, after))
    return None


def stated_names(plan: Plan) -> dict[str, str]:
    """Return all renames of a plan."""
    return {old: new for one in plan.renames.values() for old, new in one.names.items()}


def prove(root: Path, changes: ChangeSet, plan: Plan, records: Records | None) -> Verdict:
    """Return the verdict on a change set that is not written yet.

    Raises RefusedError where it is not proved: VT310 for each difference, else what stood in the
    way.
    """
    differing = Differing(
        frozenset(c.path for c in changes if c.before is not None and c.after is not None),
        frozenset(c.path for c in changes if c.before is None),
        frozenset(c.path for c in changes if c.after is None),
    )
    with tempfile.TemporaryDirectory(prefix="vtsplit-") as folder:
        after = Path(folder).resolve()
        lay_out(root.resolve(), changes, after)
        design = Design(stated_names(plan))
        verdict = verify(Request(root, after, differing, records, design))
    problems = [
        Problem("VT310", f"not proved: {one.what} '{one.name}' {one.message}", one.before, _HELP)
        for one in verdict.differences
    ]
    if problems or verdict.problems:
        raise RefusedError(*problems, *verdict.problems)
    return verdict
