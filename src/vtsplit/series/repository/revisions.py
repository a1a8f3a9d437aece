"""Commits as folders, most of which are links into the working tree, and what they change."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from posixpath import basename, split, splitext

from vtsplit.change.changes import ChangeSet, FileChange
from vtsplit.diagnostics import Problem, RefusedError
from vtsplit.series.repository.find import failed, find_repository
from vtsplit.series.rules import NO_RANGE
from vtsplit.tree.git import Git, GitError
from vtsplit.verify.inputs.differing import is_source, may_count
from vtsplit.verify.inputs.made_files import is_made
from vtsplit.verify.inputs.scratch import lay_out

_SUBMODULE = "160000"  # the mode that git gives a commit of another repository


@dataclass(frozen=True)
class Revision:
    """A commit, its first parent and the subject of its message."""

    commit: str
    parent: str
    subject: str


class Commits:
    """The commits of a tree that may be a part of its repository. Raises RefusedError."""

    def __init__(self, tree: Path) -> None:
        self.root = tree.resolve()
        self.git, self.prefix = find_repository(tree)

    def find(self, name: str) -> str | None:
        """Return the commit that git knows by a name, None if it knows none."""
        said = self.git.find(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"
        )
        return said or None

    def find_text(self, commit: str, path: str) -> str | None:
        """Return the text of a file of a commit, None if it has no such file."""
        try:
            data = self._blob(commit, path)
        except RefusedError:
            return None
        return data.decode("utf-8", "surrogateescape")

    def lay_out(self, commit: str, folder: Path) -> None:
        """Fill an empty folder with a commit's files; what it has in common with the tree is links.

        What a build made is there as well, but no source that git does not track: the commit does
        not have it, and must do without.
        """
        folder.mkdir()
        changes = dict(self._untracked)
        for letter, path, _ in self._names("diff-index", "--no-renames", commit):
            text = None if letter == "A" else self._blob(commit, path)
            changes[path] = FileChange(path, b"", text)
        lay_out(self.root, ChangeSet(changes.values()), folder)

    @cached_property
    def _untracked(self) -> dict[str, FileChange]:
        """Sources that git does not track and no build made, each taken away; listed once."""
        paths = [
            path
            for path in self._listed("--others")
            if is_source(basename(path)) and not is_made(self.root, path)
        ]
        return {path: FileChange(path, b"", None) for path in (*paths, *self._ignored_by_chance())}

    def message(self, one: Revision) -> str:
        """Return the text of a commit's message, without its subject."""
        try:
            return self.git.ask("log", "-1", "--format=%b", one.commit, "--").strip("\n")
        except GitError as error:
            raise failed(error, "read a message") from error

    def changes(self, before: str, after: str) -> ChangeSet:
        """Return what changes from one commit to another, file by file."""
        found = []
        for letter, path, new in self._names("diff-tree", "-r", "--find-renames", before, after):
            old = None if letter == "A" else self._blob(before, path)
            text = None if letter == "D" else self._blob(after, new or path)
            found.append(FileChange(new or path, old, text, old_path=path if new else None))
        return ChangeSet(found)

    def changes_since(self, commit: str) -> ChangeSet:
        """Return what changes from a commit to the tree as it is, file by file."""
        found = {}
        for letter, path, new in self._names("diff-index", "--find-renames", commit):
            before = None if letter == "A" else self._blob(commit, path)
            after = None if letter == "D" else self._now(new or path)
            found[new or path] = FileChange(
                new or path, before, after, old_path=path if new else None
            )
        for path in (*self._listed("--others"), *self._ignored_by_chance()):
            if (text := self._now(path)) is not None:
                found.setdefault(path, FileChange(path, None, text))
        return ChangeSet(found.values())

    def outside(self, before: str, after: str | None) -> list[str]:
        """Return what differs outside of the tree and may be a part of the program.

        Without `after` that is what is there now, as the tree is. Paths are those in the
        repository.
        """
        if not self.prefix:
            return []
        options = ["-z", "--name-only", "--no-renames", "--ignore-submodules=dirty"]
        others = ["-z", "--others", "--exclude-standard"]
        try:
            if after is not None:
                said = self.git.ask("diff-tree", "-r", *options, before, after)
            else:
                said = self.git.ask("diff-index", *options, before)
                said += self.git.ask("ls-files", *others)  # from the top: git runs there
        except GitError as error:
            raise failed(error, "compare commits") from error
        paths = {path for path in said.split("\0") if not path.startswith(self.prefix)}
        return sorted(path for path in paths if path and may_count(basename(path)))

    def submodules(self, before: str, after: str | None) -> frozenset[str]:
        """Return the paths at which two commits, or one and the tree, have other submodules.

        In the tree that is also one with files that are not what its own commit has.
        """
        command = ("diff-tree", "-r") if after is not None else ("diff-index",)
        options = ["-z", "--raw", "--no-renames", "--ignore-submodules=dirty"]
        commits = [one for one in (before, after) if one is not None]
        try:
            said = self.git.ask(*command, *options, *commits, "--", self.prefix or ".")
        except GitError as error:
            raise failed(error, "compare commits") from error
        fields = iter(said.split("\0"))
        pairs = ((one, next(fields)) for one in fields if one)
        moved = {
            path.removeprefix(self.prefix)
            for modes, path in pairs
            if _SUBMODULE in modes.lstrip(":").split(" ")[:2]
        }
        return frozenset(moved if after is not None else {*moved, *self._touched_submodules()})

    def _touched_submodules(self) -> Iterator[str]:
        """Yield the submodules whose folder has changes that a program may be made of.

        Git is asked there: by itself it would take settings that start programs from there.
        """
        for path in self._listed("--stage"):
            mode, _, name = path.partition("\t")
            inner = Git(self.root / name.removeprefix(self.prefix))
            if not mode.startswith(_SUBMODULE) or not (inner.top / ".git").exists():
                continue
            # Unlike `diff-index`, this looks into a file that has only been touched.
            options = ["-z", "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv"]
            said = inner.find("diff", *options, "--ignore-submodules=dirty", "HEAD")
            said += inner.find("ls-files", "-z", "--others", "--exclude-standard")
            if any(one and may_count(basename(one)) for one in said.split("\0")):
                yield name.removeprefix(self.prefix)

    def _now(self, path: str) -> bytes | None:
        """Return what git would store of a path; None for another repository's folder."""
        file = self.root / path
        if file.is_symlink():
            return os.fsencode(file.readlink())
        return file.read_bytes() if file.is_file() else None

    def _ignored_by_chance(self) -> Iterator[str]:
        """Yield sources that git ignores as it ignores files that it tracks.

        Such a rule is not about what a build makes: linux-source of Debian ignores all files of
        the kernel.
        """
        tracked = {_sort_of(path) for path in self._listed("--cached", "--ignored")}
        for path in self._listed("--others", "--ignored") if tracked else ():
            if (
                _sort_of(path) in tracked
                and is_source(basename(path))
                and not is_made(self.root, path)
            ):
                yield path

    def _listed(self, *which: str) -> list[str]:
        """Return files by their paths in the tree; `--ignored` are what git is told to ignore."""
        options = ["-z", *which, "--exclude-standard", "--full-name"]
        try:
            said = self.git.ask("ls-files", *options, "--", self.prefix or ".")
        except GitError as error:
            raise failed(error, "list files") from error
        return [path.removeprefix(self.prefix) for path in said.split("\0") if path]

    def _names(self, command: str, *arguments: str) -> Iterator[tuple[str, str, str]]:
        """Yield the letter of what happened to a file, its path, and the new one if it has moved.

        Paths are those in the tree.
        """
        options = ["-z", "--name-status", "--ignore-submodules"]
        try:
            said = self.git.ask(command, *options, *arguments, "--", self.prefix or ".")
        except GitError as error:
            raise failed(error, "compare commits") from error
        fields = iter(said.split("\0"))
        for letter in fields:
            if letter:
                path = next(fields).removeprefix(self.prefix)
                new = next(fields).removeprefix(self.prefix) if letter[0] == "R" else ""
                yield letter[0], path, new

    def _blob(self, commit: str, path: str) -> bytes:
        try:
            return self.git.run("cat-file", "--filters", f"{commit}:{self.prefix}{path}")
        except GitError as error:
            raise failed(error, f"read '{path}' of a commit") from error


def _sort_of(path: str) -> tuple[str, str]:
    """Return the folder of a file and what its name ends in."""
    folder, name = split(path)
    return folder, splitext(name)[1]


class Revisions(Commits):
    """The commits of a range, oldest first.

    Raises RefusedError for a range that git does not know, or that has no commit.
    """

    def __init__(self, tree: Path, range_: str) -> None:
        super().__init__(tree)
        try:
            log = self.git.ask(
                "log",
                "--reverse",
                "--first-parent",
                "--format=%H%x00%P%x00%s",
                "--end-of-options",
                range_,
                "--",
            )
        except GitError as error:
            unknown = [one for one in range_.split("..") if one and self.find(one) is None]
            why = f"git knows no commit '{unknown[0]}'" if unknown else str(error)
            raise RefusedError(Problem(NO_RANGE, f"'{range_}': {why}")) from error
        rows = [line.split("\0") for line in log.split("\n") if line]
        self.all = [Revision(row[0], row[1].partition(" ")[0], row[2]) for row in rows]
        if not self.all or not self.all[0].parent:
            why, help_ = "it has no commit", "name a second end that has commits of its own"
            if self.all:
                why, help_ = "its first commit has no parent", "name where it starts: BASE..HEAD"
            raise RefusedError(Problem(NO_RANGE, f"'{range_}': {why}", None, help_))
        if any(one.parent != last.commit for last, one in pairwise(self.all)):
            why = "its commits do not follow each other"
            raise RefusedError(Problem(NO_RANGE, f"'{range_}': {why}"))

    def renamed(self) -> list[tuple[str, str]]:
        """Return the old and the new path of each file that a commit renames, oldest first."""
        return [
            (path, new)
            for one in self.all
            for _, path, new in self._names(
                "diff-tree", "-r", "--find-renames", one.parent, one.commit
            )
            if new
        ]
