"""Write changes into a tree: all files or none.

Everything that can be refused is refused first: a path that leaves the tree (VT013), a file that is
no longer what the plan read (VT071), one whose content git could not give back (VT070, VT072). Then
all new contents are laid down beside the files they replace, which is where a disk is full or a
directory closed, and only then does one rename after another put them in place. If one fails, those
done are undone (VT073).

A file is replaced, not written into: a symbolic link to it stays one, but another hard link to it
keeps the old content, as it does with `git checkout`.
"""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from vtsplit.change.changes import SAME_FILE, ChangeSet, FileChange
from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.example_trees import SPEC
from vtsplit.rule import Example, Rule
from vtsplit.tree.source_tree import UNREADABLE, SourceTree

GITS_OWN = Rule(
    "VT074",
    "gits-own",
    "a file belongs to git itself",
    "Nothing is ever written in `.git`: git would run a hook that is put there.",
    "Name files of your project in the spec.",
    Example(spec=SPEC.replace('"main.c"', '".git/main.c"'), command="vtsplit split --write"),
)

CHANGED = Rule(
    "VT071",
    "changed",
    "a file has changed in the meantime",
    "The file is not the one that the plan was made for. If vtsplit wrote it, that change would "
    "be lost.",
    "Run the command again.",
    "It comes up when another program changes a file while vtsplit runs.",
)

NO_GIT = Rule(
    "VT072",
    "no-git",
    "git does not answer",
    "The tree is under git, but git cannot say whether it has the content of the files.",
    "Run `git status` to see why. `--allow-dirty` writes without asking git.",
    "It comes up with `--write` when `git` is not installed or the repository is broken.",
)

UNCOMMITTED = Rule(
    "VT070",
    "uncommitted",
    "a file has changes that git does not have",
    "If you do not like the result, git could not restore these changes.",
    "Commit or stash the changes, or use `--allow-dirty`.",
    "It comes up with `--write` when the source file was edited after the last commit.",
)

FAILED = Rule(
    "VT073",
    "failed",
    "a file cannot be written",
    "The disk is full, or you may not write to a file or folder. The files that had been "
    "written are restored, unless the message says otherwise.",
    "Remove the cause that the message names, and run the command again.",
    "It comes up with `--write` in a folder that you may not write to.",
)


# Set while git runs a hook or `rebase --exec`; they would point us to a tree that is not this one.
_GIT_PLACES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR")

# Paths on one command line: far below what any system allows.
_PATHS_AT_ONCE = 500


def write(changes: ChangeSet, root: Path, allow_dirty: bool = False) -> None:
    """Bring the files below `root` to their state after `changes`, or raise and change nothing.

    `allow_dirty` lifts git's protection (VT070, VT072) only: what the plan has not seen is never
    overwritten.
    """
    if not changes:
        return
    targets = _targets(changes, SourceTree(root))
    problems = [] if allow_dirty else _uncommitted(targets)
    problems += [problem for change, target in targets if (problem := _stale(change, target))]
    if problems:
        raise RefusedError(*problems)
    steps = [_Step(change, target) for change, target in targets]
    for step in steps:
        if step.change.old_path is not None:
            step.model = root.resolve() / step.change.old_path
    _replace(steps)


def _targets(changes: ChangeSet, tree: SourceTree) -> list[tuple[FileChange, Path]]:
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
    return [(change, target) for target, change in targets.items()]


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


def _uncommitted(targets: Iterable[tuple[FileChange, Path]]) -> list[Problem]:
    """Find what git could not give back, asking each repository that holds one of the files.

    A tree may be a part of a repository, hold others (submodules), or be in none, which is fine.
    """
    repositories: dict[Path, dict[str, FileChange]] = {}
    for change, target in targets:
        top = next((folder for folder in target.parents if os.path.lexists(folder / ".git")), None)
        if top is not None:
            repositories.setdefault(top, {})[target.relative_to(top).as_posix()] = change
    problems = []
    for top, files in repositories.items():
        try:
            states = _git_states(top, list(files))
        except _GitError as error:
            message = f"cannot ask git about the files in '{top}': {error}"
            advice = "--allow-dirty writes without asking"
            problems.append(Problem(NO_GIT, message, Site(str(top)), advice))
            continue
        for path, change in files.items():
            # An untracked repository inside this one is shown as its directory, with a slash.
            shown = (name for name in states if name == path or path.startswith(name + "/"))
            state = next((states[name] for name in shown), None)
            if state is not None:
                message = f"'{change.path}' has content that git does not have: it is {state}"
                advice = "commit or stash it, or use --allow-dirty"
                problems.append(Problem(UNCOMMITTED, message, Site(change.path), advice))
    return problems


class _GitError(Exception):
    """Git could not be run, or failed."""


def _git_states(top: Path, paths: list[str]) -> dict[str, str]:
    """Return, in words, the state of those `paths` that are not as the last commit has them."""
    states: dict[str, str] = {}
    for start in range(0, len(paths), _PATHS_AT_ONCE):
        fields = iter(_git_status(top, paths[start : start + _PATHS_AT_ONCE]).split(b"\0"))
        for field in fields:
            if field:
                states[os.fsdecode(field[3:]).rstrip("/")] = _state(field[:2].decode())
    return states


def _state(letters: str) -> str:
    """Say in a word what the two letters of `git status --porcelain` mean.

    >>> [_state(letters) for letters in ("??", "!!", "UU", "M ", " M", "MM")]
    ['untracked', 'ignored', 'in conflict', 'staged', 'modified', 'modified']
    """
    if letters in ("??", "!!"):
        return "untracked" if letters == "??" else "ignored"
    if "U" in letters or letters in ("AA", "DD"):
        return "in conflict"
    return "staged" if letters[1] == " " else "modified"


def _git_status(top: Path, paths: list[str]) -> bytes:
    # Renames are off, so that each entry is one field; a file system monitor is a command that the
    # repository names, and a look must not run it.
    command = ["git", "--literal-pathspecs", "-c", "core.fsmonitor=false", "status"]
    command += ["--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--ignored", "--"]
    environment = {key: value for key, value in os.environ.items() if key not in _GIT_PLACES}
    environment |= {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}  # do not refresh the user's index
    try:
        asked = subprocess.run(
            [*command, *paths], cwd=top, env=environment, capture_output=True, check=False
        )
    except OSError as error:
        raise _GitError(f"git does not run: {error.strerror}") from error
    if asked.returncode == 0:
        return asked.stdout
    said = asked.stderr.decode("utf-8", "replace").strip()
    if (
        "not a git repository (or any" in said
    ):  # the .git seen is none; a broken link reads otherwise
        return b""
    raise _GitError(said.partition("\n")[0] or f"exit status {asked.returncode}")


class _Step:
    """The change of one file: `prepare` beside it, `apply`, and if need be `undo`; then `clean`."""

    def __init__(self, change: FileChange, target: Path) -> None:
        self.change = change
        self.target = target
        token = secrets.token_hex(8)
        self.fresh = target.with_name(f".vtsplit-{token}.new")
        self.backup = target.with_name(f".vtsplit-{token}.old")
        self.model: Path | None = target if change.before is not None else None  # for attributes
        self.folders: list[Path] = []  # made for the file, outermost first

    def prepare(self) -> None:
        """Put the new content and the old one beside the file, which stays as it is."""
        if self.change.after is not None:
            for folder in reversed([above for above in self.target.parents if not above.exists()]):
                folder.mkdir()
                self.folders.append(folder)
            self._lay_down(self.change.after)
        if self.change.before is not None:
            try:
                os.link(self.target, self.backup)  # the very file: owner, times, attributes
            except OSError:  # a file system without links, or someone else's file
                shutil.copy2(self.target, self.backup)
                _give_to_owner_of(self.target, self.backup)

    def _lay_down(self, content: bytes) -> None:
        # A new file's mode passes through the umask, or the directory's default ACL, here.
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(self.fresh, flags, self.change.mode & 0o777), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if self.model is not None:
            _give_to_owner_of(self.model, self.fresh)
            shutil.copystat(self.model, self.fresh)  # mode, ACL and other attributes
            os.utime(self.fresh)  # but not the times: make must see that the file is newer

    def apply(self) -> None:
        """Put the new content in place, or remove the file."""
        if self.change.after is None:
            self.target.unlink()
        else:
            self.fresh.replace(self.target)

    def undo(self) -> bool:
        """Bring a prepared file back, applied or not; tell whether that went well."""
        try:
            # What `apply` consumes tells whether it was applied: no note of ours can be wrong.
            if (self.target if self.change.after is None else self.fresh).exists():
                return True
            if self.change.before is None:
                self.target.unlink()
            else:
                self.backup.replace(self.target)
        except OSError:
            return False
        return True

    def clean(self, *, keep_backup: bool = False) -> None:
        """Remove what `prepare` left beside the file."""
        for path in [self.fresh] if keep_backup else [self.fresh, self.backup]:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def _give_to_owner_of(model: Path, path: Path) -> None:
    """Give a file the owner and the group that `model` has, as far as we may."""
    wanted, found = model.stat(), path.stat()
    if (wanted.st_uid, wanted.st_gid) != (found.st_uid, found.st_gid):
        with contextlib.suppress(PermissionError):
            os.chown(path, wanted.st_uid, wanted.st_gid)


def _replace(steps: list[_Step]) -> None:
    """Take all steps or none."""
    at, prepared = steps[0], False
    with _undisturbed():
        try:
            for at in steps:
                at.prepare()
            prepared = True
            for at in steps:
                at.apply()
        except BaseException as error:
            lost = [step for step in reversed(steps) if prepared and not step.undo()]
            for step in steps:
                step.clean(keep_backup=step in lost)
            for folder in reversed([folder for step in steps for folder in step.folders]):
                with contextlib.suppress(OSError):
                    folder.rmdir()
            if not isinstance(error, OSError):
                raise
            raise RefusedError(*_failure(at.change, error, lost)) from error
        for step in steps:
            step.clean()
        for folder in {step.target.parent for step in steps}:
            _sync(folder)


def _failure(change: FileChange, error: OSError, lost: list[_Step]) -> list[Problem]:
    state = "some files could not be restored" if lost else "every file is as it was"
    message = f"cannot write '{change.path}': {error.strerror or error}; {state}"
    problems = [Problem(FAILED, message, Site(change.path))]
    for step in lost:
        where = (
            f"its content is in '{step.backup}'" if step.change.before is not None else "remove it"
        )
        message = f"'{step.change.path}' could not be restored: {where}"
        problems.append(Problem(FAILED, message, Site(step.change.path)))
    return problems


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold back Ctrl-C and the like until no file is half way and none of ours is left behind.

    A handler, and no mask: a mask holds for one thread, and libraries have threads of their own.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is ever interrupted
        return
    came: list[int] = []
    held = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {
        number: signal.signal(number, lambda came_by, _: came.append(came_by)) for number in held
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for arrived in dict.fromkeys(came):
            signal.raise_signal(arrived)


def _sync(folder: Path) -> None:
    """Let the renames in a folder outlast a power cut, where the file system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
