"""Judge a tree on which a run was killed: can the tool bring it to either end?"""

import shutil
from pathlib import Path

from click.testing import CliRunner

from kills.change import Change, leftovers, snapshot
from vtsplit.cli import main
from vtsplit.diagnostics import RefusedError
from vtsplit.tree.journal import has_journal
from vtsplit.tree.source_tree import SourceTree


def judge(change: Change, root: Path) -> str:
    """Return what the kill has left, after bringing it to both ends; `BAD: ...` for a fault."""
    if not has_journal(root):
        now = snapshot(root)
        left = "with leftovers" if leftovers(root) else "clean"
        if now not in (change.before, change.after):
            return "BAD: the tree is torn, and no journal says so"
        said = _recover(root, 0)
        if snapshot(root) != now:
            return "BAD: recover has changed a whole tree"
        return said or f"{'after' if now == change.after else 'before'}, {left}"
    try:
        SourceTree(root)
    except RefusedError as refused:
        if [problem.slug for problem in refused.problems] != ["half-written"]:
            return f"BAD: {refused}"
    else:
        return "BAD: a torn tree was opened"
    copy = root.with_name(f"{root.name}-copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(root, copy, symlinks=True)
    said = _recover(root, 1, may_leave=True) or _recover(root, 0, "--undo")
    if said or snapshot(root) != change.before:
        return said or "BAD: --undo has not restored the tree"
    said = _recover(copy, 0, "--finish")
    if said or snapshot(copy) != change.after:
        return said or "BAD: --finish has not finished the tree"
    return "torn, recovered to both ends"


def _recover(root: Path, code: int, *options: str, may_leave: bool = False) -> str:
    ran = CliRunner().invoke(main, ["recover", str(root), *options])
    if ran.exit_code != code:
        return f"BAD: recover {' '.join(options)} exits with {ran.exit_code}: {ran.output}"
    left = leftovers(root)
    return f"BAD: recover leaves {left[0]}" if left and not may_leave else ""
