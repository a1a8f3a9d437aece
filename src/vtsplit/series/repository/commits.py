"""Make commits of stages, in a folder of objects that the repository need not have."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from vtsplit.change.changes import ChangeSet, changes_to
from vtsplit.series.cutting.stage import Stage
from vtsplit.series.repository.base import Base
from vtsplit.series.repository.find import failed
from vtsplit.series.words import PatchWords
from vtsplit.tree.git import Git, GitError
from vtsplit.tree.overlay import OverlaidTree
from vtsplit.tree.source_tree import SourceTree


@dataclass(frozen=True)
class Patch:
    """One patch to be: what it changes, and what is said of it."""

    stage: Stage
    changes: ChangeSet
    words: PatchWords


def changes_of(stages: Sequence[Stage], tree: SourceTree) -> Iterator[ChangeSet]:
    """Yield what each stage changes of the one before."""
    before, moved, last = tree, dict[str, str](), set[str]()
    for stage in stages:
        old_paths = {new: old for old, new in stage.moved.items()}
        texts: dict[str, str | None] = {path: tree.find(path) for path in last if path not in moved}
        texts |= {old_paths.get(path, path): text for path, text in stage.texts.items()}
        yield changes_to(before, texts, stage.moved)
        moved |= stage.moved
        last = {*stage.texts, *moved.values()} - moved.keys()
        before = OverlaidTree(tree, stage.texts, moved)


@contextmanager
def own_objects(git: Git) -> Iterator[Git]:
    """Yield the repository with objects that go to a folder which is removed afterwards."""
    objects = git.ask("rev-parse", "--git-path", "objects")
    with TemporaryDirectory(prefix="vtsplit-") as folder:
        (Path(folder) / "objects").mkdir()
        yield git.under(
            {
                "GIT_OBJECT_DIRECTORY": f"{folder}/objects",
                "GIT_ALTERNATE_OBJECT_DIRECTORIES": str((git.top / objects).resolve()),
                "GIT_INDEX_FILE": f"{folder}/index",
            }
        )


@contextmanager
def own_index(git: Git) -> Iterator[Git]:
    """Yield the repository with an index of its own: the user's stays as it is."""
    with TemporaryDirectory(prefix="vtsplit-") as folder:
        yield git.under({"GIT_INDEX_FILE": f"{folder}/index"})


def make_commits(
    git: Git, base: Base, patches: Sequence[Patch], messages: Sequence[str]
) -> list[str]:
    """Make one commit for each patch, on top of the base, and return them; no branch is changed.

    `git` has an index of its own. Raises RefusedError where git fails.
    """
    git = git.under(base.identity)
    commits = []
    parent = base.commit
    try:
        git.run("read-tree", base.commit)
        for patch, message in zip(patches, messages, strict=True):
            git.run("update-index", "-z", "--index-info", data=_index_lines(git, base, patch))
            tree = git.ask("write-tree")
            said = message.encode("utf-8", "surrogateescape")
            parent = git.run("commit-tree", tree, "-p", parent, data=said).decode().strip()
            commits.append(parent)
    except GitError as error:
        raise failed(error, "make the commits") from error
    return commits


def _index_lines(git: Git, base: Base, patch: Patch) -> bytes:
    """Return what a change does to an index, as `git update-index --index-info` takes it."""
    lines = []
    for change in patch.changes:
        for part in change.apart():
            path = (base.prefix + part.path).encode("utf-8", "surrogateescape")
            if part.after is None:
                lines.append(b"0 " + b"0" * 40 + b"\t" + path)
                continue
            where = path.decode("utf-8", "surrogateescape")
            blob = git.run("hash-object", "-w", "--stdin", "--path", where, data=part.after)
            mode = b"100755" if part.mode & 0o100 else b"100644"
            lines.append(mode + b" " + blob.strip() + b"\t" + path)
    return b"".join(line + b"\0" for line in lines)
