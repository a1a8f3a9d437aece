"""A scratch folder goes from one commit to another, and is what each commit has."""

from pathlib import Path

import pytest

from repositories import git, state
from trees import files
from vtsplit.diagnostics import RefusedError
from vtsplit.series.repository.checked_out import CheckedOut
from vtsplit.series.repository.revisions import Commits

pytestmark = pytest.mark.slow


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a repository of three commits, in which files come, go, move, change kind and mode."""
    root = tmp_path / "tree"
    (root / "sub/deep").mkdir(parents=True)
    for path in ("a.c", "sub/b.c", "sub/deep/c.c", "gone/d.c"):
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(f"int {path[-3]};\n")
    (root / ".gitattributes").write_text("*.c text eol=lf\n*.txt text eol=crlf\n")
    (root / "note.txt").write_text("note\n")
    (root / "link").symlink_to("a.c")
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "config", "user.name", "A Tester")
    git(root, "config", "user.email", "t@example.org")
    commit(root, "one")
    git(root, "mv", "sub/deep", "sub/other")
    git(root, "rm", "--quiet", "gone/d.c", "link")
    (root / "link").mkdir()
    (root / "link/e.c").write_text("int e;\n")
    (root / "sub/b.c").chmod(0o755)
    commit(root, "two")
    (root / "a.c").write_text("int changed;\n")
    commit(root, "three")
    return root


def commit(root: Path, name: str) -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", name)
    git(root, "tag", name)


def look(folder: Path) -> dict[str, tuple[bytes | str, bool]]:
    """Return each file's content, or where a link leads, and whether it can be run."""
    return {
        path.relative_to(folder).as_posix(): (
            (str(path.readlink()), False)
            if path.is_symlink()
            else (path.read_bytes(), bool(path.stat().st_mode & 0o100))
        )
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }


@pytest.mark.parametrize("prefix", ["", "sub"])
def test_it_is_each_commit(prefix: str, root: Path, tmp_path: Path) -> None:
    place = CheckedOut(Commits(root / prefix), tmp_path / "moving")
    before, there = state(root), files(root)
    for at, name in enumerate(["one", "three", "two", "two", "one"]):
        alone = CheckedOut(Commits(root / prefix), tmp_path / f"alone{at}")
        assert look(place.at(name)) == look(alone.at(name))
        names = git(root, "ls-tree", "-r", "--name-only", f"{name}:{prefix}").split("\n")
        assert sorted(look(place.at(name))) == sorted(names)
    if not prefix:
        assert look(place.at("one"))["note.txt"] == (b"note\r\n", False)
    assert (state(root), files(root)) == (before, there)


def test_a_sparse_checkout_says_nothing_of_it(root: Path, tmp_path: Path) -> None:
    git(root, "sparse-checkout", "set", "sub")
    assert "gone/d.c" in look(CheckedOut(Commits(root), tmp_path / "moving").at("one"))


def test_no_hook_runs(root: Path, tmp_path: Path) -> None:
    for name in ("post-index-change", "post-checkout"):
        hook = root / ".git/hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
        hook.chmod(0o755)
    CheckedOut(Commits(root), tmp_path / "moving").at("one")
    assert not (tmp_path / "ran").exists()


def test_no_such_commit(root: Path, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="check a commit out"):
        CheckedOut(Commits(root), tmp_path / "moving").at("none")
