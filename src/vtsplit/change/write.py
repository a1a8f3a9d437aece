"""Write changes into a tree: all files or none.

One run at a time writes to a tree. Under its lock everything that can be refused is refused first:
a tree that a dead run has left half written (VT075), a path that leaves the tree (VT013), a file
that is no longer what the plan read (VT071), one whose content git could not give back (VT070,
VT072). Then `carry_out()` writes.

A file is replaced, not written into: a symbolic link to it stays one, but another hard link to it
keeps the old content, as it does with `git checkout`.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from vtsplit.change.carrying_out import Target, carry_out
from vtsplit.change.changes import SAME_FILE, ChangeSet, FileChange
from vtsplit.change.uncommitted import find_uncommitted
from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.example_trees import SPEC
from vtsplit.interrupt import InterruptedRunError, is_asked_to_end
from vtsplit.rule import Example, Rule
from vtsplit.tree.lock import writing_alone
from vtsplit.tree.source_tree import CHANGED, UNREADABLE, SourceTree, not_as_read

GITS_OWN = Rule(
    "VT074",
    "gits-own",
    "a file belongs to git itself",
    "Nothing is ever written in `.git`: git would run a hook that is put there.",
    "Name files of your project in the spec.",
    Example(spec=SPEC.replace('"main.c"', '".git/main.c"'), command="vtsplit split --write"),
)


def write(
    changes: ChangeSet,
    root: Path,
    allow_dirty: bool = False,
    changed: Callable[[], Sequence[str]] = lambda: (),
    say: Callable[[str], None] = lambda line: None,
) -> None:
    """Bring the files below `root` to their state after `changes`, or raise and change nothing.

    `allow_dirty` lifts git's protection (VT070, VT072) only: what the plan has not seen is never
    overwritten. `changed` is asked under the lock for files that are not as the plan read them.
    `say` is told what the user has to know meanwhile. Raises RefusedError, and HalfWrittenError if
    writing failed and not all could be restored.
    """
    if not changes:
        return
    if number := is_asked_to_end():
        raise InterruptedRunError(number)
    tree = SourceTree(root)
    targets = _targets(changes, tree)
    home = _home(tree.root, [target.path for target in targets])
    with writing_alone((tree.root, home), say):
        tree.refuse_half_written(alone=True)
        problems = [] if allow_dirty else find_uncommitted((t.change, t.path) for t in targets)
        stale = [problem for target in targets if (problem := _stale(target.change, target.path))]
        known = {problem.site.path for problem in stale if problem.site}
        stale += [not_as_read(path) for path in changed() if path not in known]
        if problems or stale:
            raise RefusedError(*problems, *stale)
        carry_out(home, targets, len(changes), say)


def _home(root: Path, targets: Sequence[Path]) -> Path:
    """Return the folder for the journal: the tree's top, or one below it that may be written to."""
    if os.access(root, os.W_OK | os.X_OK):
        return root
    common = Path(os.path.commonpath([target.parent for target in targets]))
    return next(folder for folder in (common, *common.parents) if os.path.lexists(folder))


def _targets(changes: ChangeSet, tree: SourceTree) -> list[Target]:
    """Pair each change with the file to replace, symbolic links followed."""
    targets: dict[Path, FileChange] = {}
    problems: list[Problem] = []
    for change in (part for one in changes for part in one.apart()):
        try:
            real = tree.real(change.path)
        except RefusedError as refused:
            problems += refused.problems
            continue
        other = targets.setdefault(tree.root / real, change)
        if other is not change:
            message = f"'{change.path}' and '{other.path}' are the same file"
            problems.append(Problem(SAME_FILE, message, Site(change.path)))
        if ".git" in real.lower().split("/"):  # a hook put there would be run
            message = f"'{change.path}' belongs to git itself"
            problems.append(Problem(GITS_OWN, message, Site(change.path)))
    if problems:
        raise RefusedError(*problems)
    models = {change.path: change.old_path for change in changes if change.old_path}
    return [
        Target(change, path, tree.root / models[change.path] if change.path in models else None)
        for path, change in targets.items()
    ]


def _stale(change: FileChange, target: Path) -> Problem | None:
    """Compare the disk with what the plan read."""
    try:
        now = target.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        now = None
    except OSError as error:
        message = f"cannot read '{change.path}': {error.strerror}"
        return Problem(UNREADABLE, message, Site(change.path))
    if now == change.before:
        return None
    if change.before is None:
        message = f"'{change.path}' is in the way: it was not there when the change was planned"
    else:
        how = "gone" if now is None else "changed on disk in the meantime"
        message = f"'{change.path}' is {how}"
    return Problem(CHANGED, message, Site(change.path), "run the command again")
