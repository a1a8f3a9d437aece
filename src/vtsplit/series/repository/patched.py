"""Apply patches in a scratch folder: what they change in a tree, which stays as it is."""

import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from vtsplit.change.changes import ChangeSet, FileChange
from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.rule import Rule
from vtsplit.series.repository.mails import PatchPart, read_parts
from vtsplit.series.rules import BAD_PATCH, DAMAGED_PATCH, FOREIGN_PATH, NO_PATCH
from vtsplit.tree.git import Git, GitError
from vtsplit.tree.source_tree import UNREADABLE

_RENAME = re.compile(rb"^(?:rename|copy) from (.*)\n(?:rename|copy) to (.*)$", re.MULTILINE)
# What the user has git do with blanks and line ends would make another patch of it.
_EXACTLY = ("-c", "core.autocrlf=false", "-c", "apply.whitespace=nowarn", "-c")
_APPLY = (*_EXACTLY, "apply.ignoreWhitespace=no", "apply")
# What git says of a patch that it cannot read, and of one that it applies to no tree.
_TORN = re.compile(
    r"(?:at |on |\()line \d|header lines \d|^unrecognized|^No valid patches"
    r"|depends on old contents$|without full index line$"
)
_FOREIGN = re.compile(r"^invalid path '|is beyond a symbolic link$")


def changes_of_patches(data: bytes, file: str, root: Path) -> ChangeSet:
    """Return what the patches of a file change in a tree: a patch, a mail or a mailbox of them.

    Raises RefusedError where they cannot be applied.
    """
    with TemporaryDirectory(prefix="vtsplit-") as name:
        patching = _Patching(Path(name).resolve(), root, file)
        for number, part in enumerate(patching.split(data), 1):
            patching.apply(part, number)
        return patching.changes()


class _Patching:
    """A scratch folder with the files that patches change, which are copied when one does."""

    def __init__(self, scratch: Path, root: Path, file: str) -> None:
        self.scratch = scratch
        self.root = root
        self.file = file
        self.here = scratch / "files"
        self.here.mkdir()
        # The folder for temporary files may be in a repository, which has no say in this.
        self.git = Git(self.here, {"GIT_CEILING_DIRECTORIES": str(scratch)})
        self.before: dict[str, bytes | None] = {}
        self.origins: dict[str, str] = {}  # of files that have moved, by their new paths

    def split(self, data: bytes) -> Iterator[PatchPart]:
        """Yield the parts of a file that have patches; a cover letter has none."""
        damage, count = "", 0
        try:
            for part in read_parts(data, self.git, self.scratch):
                if part.patch:
                    count += 1
                    yield part
                else:
                    damage = damage or part.damage
        except GitError as error:
            raise self._refused(DAMAGED_PATCH, str(error)) from error
        if not count:
            rule = DAMAGED_PATCH if damage else NO_PATCH
            raise self._refused(rule, damage or "it has no patch")

    def apply(self, part: PatchPart, number: int) -> None:
        """Apply one patch. Raises RefusedError."""
        patch = part.patch
        try:
            said = self.git.run(*_APPLY, "--numstat", "-z", data=patch)
            names = [entry.split(b"\t", 2)[-1] for entry in said.split(b"\0") if entry]
            moves = [(_unquoted(old), _unquoted(new)) for old, new in _RENAME.findall(patch)]
            for name in (*map(_path, names), *(path for move in moves for path in move)):
                self._bring(name)
            self.git.run(*_APPLY, data=patch)
        except GitError as error:
            raise self._not_applied(part, number, str(error)) from error
        for old, new in moves:
            self.origins[new] = self.origins.pop(old, old)

    def _not_applied(self, part: PatchPart, number: int, said: str) -> RefusedError:
        """Return the refusal of a patch that git does not apply, by what git said."""
        if _FOREIGN.search(said):
            return self._refused(FOREIGN_PATH, f"patch {number}: {said}")
        if part.damage:
            return self._refused(DAMAGED_PATCH, f"{part.damage}, and patch {number}: {said}")
        rule = DAMAGED_PATCH if _TORN.search(said) else BAD_PATCH
        return self._refused(rule, f"patch {number}: {said}")

    def _bring(self, path: str) -> None:
        """Copy a file of the tree, if it has one, unless the patch names what is not in a tree."""
        if path in self.before or path.startswith("/") or ".." in path.split("/"):
            return
        try:
            data = (self.root / path).read_bytes() if (self.root / path).is_file() else None
        except OSError as error:
            message = f"cannot read '{path}': {(error.strerror or str(error)).lower()}"
            raise RefusedError(Problem(UNREADABLE, message, Site(path))) from error
        self.before[path] = data
        if data is not None:
            (self.here / path).parent.mkdir(parents=True, exist_ok=True)
            (self.here / path).write_bytes(data)

    def changes(self) -> ChangeSet:
        """Return what all patches have changed together."""
        after = {path: self._now(path) for path in self.before}
        found = []
        moved = {}
        for new, old in self.origins.items():
            is_move = self.before.get(old) is not None and self.before.get(new) is None
            if old != new and is_move and after.get(old) is None and after[new] is not None:
                moved[new] = old
        gone = set(moved.values())
        for path, text in after.items():
            if path in moved:
                old = moved[path]
                found.append(FileChange(path, self.before[old], text, old_path=old))
            elif path not in gone:
                found.append(FileChange(path, self.before[path], text))
        return ChangeSet(found)

    def _now(self, path: str) -> bytes | None:
        file = self.here / path
        if file.is_symlink():
            raise self._refused(FOREIGN_PATH, f"'{path}' would be a symbolic link")
        return file.read_bytes() if file.is_file() else None

    def _refused(self, rule: Rule, why: str) -> RefusedError:
        return RefusedError(Problem(rule, f"'{self.file}': {why}", Site(self.file)))


def _path(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


def _unquoted(name: bytes) -> str:
    r"""Return a path that git may have quoted as in C.

    >>> _unquoted(b'"a\\tb.c"'), _unquoted(b"a b.c")
    ('a\tb.c', 'a b.c')
    """
    if name.startswith(b'"') and name.endswith(b'"'):
        name = name[1:-1].decode("unicode_escape").encode("latin-1")
    return _path(name)
