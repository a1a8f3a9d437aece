"""What to do after a change is written, as commands that fit the tree."""

import os
import shlex
from pathlib import Path
from posixpath import dirname

from vtsplit.change.changes import ChangeSet
from vtsplit.diagnostics import visible
from vtsplit.spec.document import Spec
from vtsplit.survey.build.build_files import is_build_file

_NAMED = 8  # files that a command names one by one
# Together these stand at the top of no tree but one that Kbuild builds.
_KBUILD = ("Makefile", "Kconfig", "scripts/Kbuild.include")


def next_steps(root: Path, changes: ChangeSet, spec: Spec, title: str, clean: bool) -> list[str]:
    """Return a line each for: adding to git, building, and proving that nothing else has changed.

    With `clean` the last commit is the tree as it was before, so that git can bring it back.
    """
    if not changes:
        return []
    top = _repository(root)
    steps = [] if top is None else [f"git {_in(root)}add -A -- {_paths(changes)}"]
    steps.append(_build(root, changes))
    if top is not None and clean:
        steps.append(_verify(root, top, spec, title))
    return [visible(f"next: {step}") for step in steps]


def _repository(root: Path) -> Path | None:
    here = root.resolve()
    return next((one for one in (here, *here.parents) if os.path.lexists(one / ".git")), None)


def _in(root: Path) -> str:
    return "" if root.resolve() == Path.cwd() else f"-C {shlex.quote(str(root))} "


def _paths(changes: ChangeSet) -> str:
    """Return the files that are written, and those that are gone; of many, their folders."""
    paths = {path for change in changes for path in (change.path, change.old_path) if path}
    if len(paths) > _NAMED:
        paths = {dirname(path) or "." for path in paths}
    return shlex.join(sorted(paths))


def _build(root: Path, changes: ChangeSet) -> str:
    """Return how to build what has changed; in words, if it is not certain how."""
    folders = sorted({dirname(c.path) for c in changes if is_build_file(c.path)})
    folders = folders or sorted({dirname(c.path) for c in changes if c.path.endswith(".c")})
    built_here = all((root / path).is_file() for path in (*_KBUILD, ".config"))
    if not built_here or not folders or "" in folders:
        return "build it"
    # Kbuild makes what a folder's Makefile lists when the goal ends with a slash.
    makes = [f"{one}/" for one in folders if (root / one / "Makefile").is_file()]
    return f"make {_in(root)}{shlex.join(makes)}" if makes else "build it"


def _verify(root: Path, top: Path, spec: Spec, title: str) -> str:
    before = top.parent / f"{top.name}-before"
    below = root.resolve().relative_to(top)
    command = ["vtsplit", "verify"]
    if spec.dispatch is not None:  # else the trees tell what has got which name
        command += ["--preset", title] if spec.is_preset else ["--spec", spec.file]
    command += [str(before / below), str(root)]
    add = ["worktree", "add", "--detach", str(before), "HEAD"]
    return f"git {_in(root)}{shlex.join(add)} && {shlex.join(command)}"
