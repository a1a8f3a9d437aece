"""What to do after a change is written, as commands that fit the tree."""

import os
import shlex
from pathlib import Path
from posixpath import basename, dirname

from vtsplit.change.changes import ChangeSet
from vtsplit.diagnostics import visible
from vtsplit.spec.document import SPEC_FILE, Spec
from vtsplit.survey.build.build_files import is_build_file, is_kconfig, is_makefile
from vtsplit.tree.repository import is_ignored, is_tracked

_NAMED = 8  # files that a command names one by one
# Together these stand at the top of no tree but one that Kbuild builds.
_KBUILD = ("Makefile", "Kconfig", "scripts/Kbuild.include")


def next_steps(root: Path, changes: ChangeSet, spec: Spec, title: str, clean: bool) -> list[str]:
    """Return a line each for: adding to git, building, and proving that nothing else has changed.

    With `clean` the last commit is the tree as it was before, so that git can bring it back.
    """
    if not changes:
        return []
    has_git = _has_repository(root)
    steps = [_add(root, changes, spec)] if has_git else []
    steps.append(_build(root, changes))
    if has_git and clean:
        steps.append(_verify(root, spec, title))
    return [visible(f"next: {step}") for step in steps]


def _has_repository(root: Path) -> bool:
    here = root.resolve()
    return any(os.path.lexists(one / ".git") for one in (here, *here.parents))


def _in(root: Path) -> str:
    return "" if root.resolve() == Path.cwd() else f"-C {shlex.quote(str(root))} "


def _add(root: Path, changes: ChangeSet, spec: Spec) -> str:
    """Return the command that stages the files that are written, and those that are gone.

    A file of the spec that was there already is among them if git does not track it.

    Of many files it names the folders, unless git ignores a new file: it would refuse to add that,
    and `--force` would add all else that it ignores in a folder.
    """
    paths = {path for change in changes for path in (change.path, change.old_path) if path}
    there = (path for path in spec.files if os.path.lexists(root / path))
    paths |= {path for path in there if is_tracked(root, path) is False}
    force = "--force " if any(is_ignored(root, path) for path in paths) else ""
    if len(paths) > _NAMED and not force:
        paths = {dirname(path) or "." for path in paths}
    return f"git {_in(root)}add -A {force}-- {shlex.join(sorted(paths))}"


def _build(root: Path, changes: ChangeSet) -> str:
    """Return how to build what has changed; in words, if it is not certain how."""
    folders = sorted({dirname(c.path) for c in changes if is_build_file(c.path)})
    folders = folders or sorted({dirname(c.path) for c in changes if c.path.endswith(".c")})
    made = any(c.path.endswith(".in") and is_makefile(basename(c.path)[:-3]) for c in changes)
    if made and (root / "config.status").is_file():
        return "run config.status, which makes the Makefiles anew, and build it"
    built_here = all((root / path).is_file() for path in (*_KBUILD, ".config"))
    if not built_here or not folders or "" in folders:
        return "build it"
    # Kbuild makes what a folder's Makefile lists when the goal ends with a slash.
    makes = [f"{one}/" for one in folders if (root / one / "Makefile").is_file()]
    if not makes:
        return "build it"
    make = f"make {_in(root)}"
    # Without a value for a new option, make would stop and ask for one.
    configure = f"{make}olddefconfig && " if any(is_kconfig(one.path) for one in changes) else ""
    return f"{configure}{make}{shlex.join(makes)}"


def _verify(root: Path, spec: Spec, title: str) -> str:
    """Return the command that compares the last commit with the tree as it is now."""
    command = ["vtsplit", "verify"]
    # Without wrappers the trees tell what has got which name, and a spec of the tree is found.
    if spec.dispatch is not None and not _is_committed(root, spec):
        command += ["--preset", title] if spec.is_preset else ["--spec", spec.file]
    return shlex.join([*command, "HEAD", str(root)])


def _is_committed(root: Path, spec: Spec) -> bool:
    """Tell whether the spec is the one that the last commit has, where `verify` looks for it."""
    is_own = Path(spec.file).resolve() == root.resolve() / SPEC_FILE
    return not spec.is_preset and is_own and bool(is_tracked(root, SPEC_FILE))
