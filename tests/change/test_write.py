"""Writing changes all files or none, and nothing that git could not give back."""

import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from vtsplit.change.carrying_out import FAILED, NOT_RESTORED
from vtsplit.change.changes import ChangeSet, FileChange, changes_to
from vtsplit.change.write import write
from vtsplit.diagnostics import HalfWrittenError, Problem, RefusedError
from vtsplit.tree.source_tree import SourceTree

BEFORE = {"a.c": b"int a;\r\n", "sub/b.c": b"int b; // \xe9", "sub/gone.c": b"int gone;\n"}

Snapshot = dict[str, tuple[int, float, bytes] | str | None]


@pytest.fixture(autouse=True)
def _plain_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the developer's settings, and repositories above, out of the tests."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    for path, content in BEFORE.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return root


@pytest.fixture
def changes() -> ChangeSet:
    """One of each: a file changed in two folders, one removed, new ones here and further down."""
    return ChangeSet(
        [
            FileChange("a.c", BEFORE["a.c"], b"long a;\r\n"),
            FileChange("new.c", None, b"int new;\n"),
            FileChange("new/deep/er.c", None, b""),
            FileChange("sub/b.c", BEFORE["sub/b.c"], b"long b; // \xe9"),
            FileChange("sub/gone.c", BEFORE["sub/gone.c"], None),
        ]
    )


AFTER = {"a.c": b"long a;\r\n", "new.c": b"int new;\n", "new/deep/er.c": b""}
AFTER |= {"sub/b.c": b"long b; // \xe9"}


def git(folder: Path, *command: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run(["git", *identity, *command], cwd=folder, check=True, capture_output=True)


def commit(folder: Path) -> None:
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "all")


def snapshot(root: Path) -> Snapshot:
    """Everything in a tree that a failed write must not change: mode, mtime, bytes, links."""
    seen: Snapshot = {}
    for path in root.rglob("*"):
        name = path.relative_to(root).as_posix()
        if name.startswith(".git/"):
            continue
        status = path.lstat()
        if path.is_symlink():
            seen[name] = str(path.readlink())
        elif path.is_dir():
            seen[name] = None
        else:
            seen[name] = (status.st_mode, status.st_mtime, path.read_bytes())
    return seen


def contents(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def refusals(changes: ChangeSet, root: Path, allow_dirty: bool = False) -> tuple[Problem, ...]:
    """Write, which must be refused and leave all as it was."""
    before = snapshot(root)
    with pytest.raises(RefusedError) as refused:
        write(changes, root, allow_dirty)
    assert snapshot(root) == before
    return refused.value.problems


def codes(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    return [(problem.code, problem.site.path if problem.site else "") for problem in problems]


def test_all_files(root: Path, changes: ChangeSet) -> None:
    write(changes, root)
    assert contents(root) == AFTER
    write(ChangeSet(), root / "none")


def test_in_a_clean_repository(root: Path, changes: ChangeSet) -> None:
    (root / "other.c").write_bytes(b"int other;\n")
    commit(root)
    (root / "other.c").write_bytes(b"dirty, but not touched\n")
    (root / "untracked.c").write_bytes(b"likewise\n")
    index = (root / ".git/index").read_bytes()
    write(changes, root)
    assert (root / ".git/index").read_bytes() == index
    assert {path: contents(root)[path] for path in AFTER} == AFTER


def test_modes_and_owner(root: Path) -> None:
    (root / "a.c").chmod(0o755)
    (root / "sub/b.c").chmod(0o440)
    os.utime(root / "a.c", (1, 1))
    if os.geteuid() == 0:
        os.chown(root / "a.c", 1234, 4321)
    umask = os.umask(0o027)
    try:
        tree = SourceTree(root)
        texts = {"a.c": "x\n", "sub/b.c": "x\n", "new.c": "x\n"}
        write(changes_to(tree, texts), root)
        script = FileChange("new.sh", None, b"x\n", 0o755)
        write(ChangeSet([script]), root)
    finally:
        os.umask(umask)
    found = {path: (root / path).stat().st_mode & 0o7777 for path in [*texts, "new.sh"]}
    assert found == {"a.c": 0o755, "sub/b.c": 0o440, "new.c": 0o640, "new.sh": 0o750}
    status = (root / "a.c").stat()
    assert status.st_mtime > 1
    if os.geteuid() == 0:
        assert (status.st_uid, status.st_gid) == (1234, 4321)


def test_link_inside_stays_a_link(root: Path) -> None:
    (root / "link.c").symlink_to("sub/b.c")
    (root / "folder").symlink_to("sub")
    write(ChangeSet([FileChange("link.c", BEFORE["sub/b.c"], b"one\n")]), root)
    write(ChangeSet([FileChange("folder/b.c", b"one\n", b"two\n")]), root)
    write(ChangeSet([FileChange("folder/new.c", None, b"new\n")]), root)
    assert (root / "link.c").is_symlink()
    assert (root / "folder").is_symlink()
    assert not (root / "sub/b.c").is_symlink()
    assert (root / "sub/b.c").read_bytes() == b"two\n"
    assert (root / "sub/new.c").read_bytes() == b"new\n"
    both = ChangeSet([FileChange("link.c", b"two\n", b"x"), FileChange("sub/b.c", b"two\n", b"y")])
    assert codes(refusals(both, root)) == [("VT015", "sub/b.c")]


def test_confined(root: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.c").write_bytes(b"int o;\n")
    (root / "link.c").symlink_to("../outside.c")
    (root / "up").symlink_to("..")
    (root / "dangling.c").symlink_to("../made.c")
    paths = ["../outside.c", "dangling.c", "link.c", "up/outside.c", "up/made.c"]
    changes = [FileChange(path, b"int o;\n", b"x") for path in paths]
    problems = refusals(ChangeSet(changes), root, allow_dirty=True)
    assert codes(problems) == [("VT013", path) for path in sorted(paths)]
    assert (tmp_path / "outside.c").read_bytes() == b"int o;\n"
    assert not (tmp_path / "made.c").exists()


def test_nothing_into_git_itself(root: Path) -> None:
    commit(root)
    hook = FileChange(".git/hooks/post-checkout", None, b"#!/bin/sh\n", 0o755)
    assert codes(refusals(ChangeSet([hook]), root, True)) == [("VT074", hook.path)]


def test_changed_meanwhile(root: Path, changes: ChangeSet) -> None:
    (root / "a.c").write_bytes(b"int a;\n")
    (root / "new.c").write_bytes(b"")
    (root / "sub/gone.c").unlink()
    (root / "sub/b.c").unlink()
    (root / "sub/b.c").mkdir()
    problems = refusals(changes, root, allow_dirty=True)
    assert codes(problems) == [
        ("VT071", "a.c"),
        ("VT071", "new.c"),
        ("VT011", "sub/b.c"),
        ("VT071", "sub/gone.c"),
    ]
    assert "changed on disk in the meantime" in problems[0].message
    assert "in the way" in problems[1].message
    assert "gone" in problems[3].message


def dirty_repository(root: Path, changes: ChangeSet) -> ChangeSet:
    """Put each of the files into another state that is not committed; read the changes again."""
    (root / ".gitignore").write_bytes(b"new.c\n")
    (root / "conflict.c").write_bytes(b"base\n")
    commit(root)
    git(root, "checkout", "-q", "-b", "theirs")
    (root / "conflict.c").write_bytes(b"theirs\n")
    git(root, "commit", "-q", "-a", "-m", "theirs")
    git(root, "checkout", "-q", "-")
    (root / "conflict.c").write_bytes(b"ours\n")
    git(root, "commit", "-q", "-a", "-m", "ours")
    with pytest.raises(subprocess.CalledProcessError):
        git(root, "merge", "-q", "theirs")
    (root / "a.c").write_bytes(b"modified\n")
    (root / "sub/b.c").write_bytes(b"staged\n")
    git(root, "add", "sub/b.c")
    (root / "new.c").write_bytes(b"ignored\n")
    (root / "new/deep").mkdir(parents=True)
    (root / "new/deep/er.c").write_bytes(b"untracked\n")
    git(root, "mv", "sub/gone.c", "sub/moved.c")
    now = contents(root)
    touched = [*(change.path for change in changes), "conflict.c", "sub/moved.c"]
    return ChangeSet(FileChange(path, now.get(path), b"after\n") for path in touched)


def test_uncommitted(root: Path, changes: ChangeSet) -> None:
    changes = dirty_repository(root, changes)
    problems = refusals(changes, root)
    states = [(problem.code, problem.message.rpartition(" is ")[2]) for problem in problems]
    assert dict(zip([path for _, path in codes(problems)], states, strict=True)) == {
        "a.c": ("VT070", "modified"),
        "conflict.c": ("VT070", "in conflict"),
        "new.c": ("VT070", "ignored"),
        "new/deep/er.c": ("VT070", "untracked"),
        "sub/b.c": ("VT070", "staged"),
        "sub/gone.c": ("VT070", "staged"),
        "sub/moved.c": ("VT070", "staged"),
    }
    assert {one.message.rpartition(" is ")[2]: one.help for one in problems} == {
        "modified": "commit or stash it, or give --allow-dirty",
        "staged": "commit or stash it, or give --allow-dirty",
        "in conflict": "resolve the conflict and commit, or give --allow-dirty",
        "ignored": "add it with `git add --force` and commit it, or give --allow-dirty",
        "untracked": "add and commit it, or give --allow-dirty",
    }
    write(changes, root, allow_dirty=True)
    assert {contents(root)[change.path] for change in changes} == {b"after\n"}


@pytest.mark.parametrize("ignore", [b"", b"new.c\n"])
def test_file_in_the_way(root: Path, ignore: bytes) -> None:
    (root / ".gitignore").write_bytes(ignore)
    commit(root)
    (root / "new.c").write_bytes(b"precious\n")
    new = ChangeSet([FileChange("new.c", None, b"int new;\n")])
    assert codes(refusals(new, root)) == [("VT070", "new.c"), ("VT071", "new.c")]
    assert codes(refusals(new, root, allow_dirty=True)) == [("VT071", "new.c")]


def test_names_are_no_patterns(root: Path) -> None:
    names = ["*.c", ":(top)x", "-x", 'a "b"\n\t\u00e9.c', os.fsdecode(b"\xff.c"), "new -> old"]
    for name in names:
        (root / name).write_bytes(b"int x;\n")
    commit(root)
    (root / "a.c").write_bytes(b"dirty\n")
    changes = ChangeSet(FileChange(name, b"int x;\n", b"int y;\n") for name in names)
    write(changes, root)
    problems = refusals(
        ChangeSet(FileChange(name, b"int y;\n", b"int z;\n") for name in names), root
    )
    assert {path for _, path in codes(problems)} == set(names)


def test_part_of_a_repository(root: Path, tmp_path: Path, changes: ChangeSet) -> None:
    commit(tmp_path)
    (root / "a.c").write_bytes(b"dirty\n")
    assert ("VT070", "a.c") in codes(refusals(changes, root))
    git(tmp_path, "checkout", "-q", "tree/a.c")
    write(changes, root)
    assert contents(root) == AFTER


def test_worktree(root: Path, tmp_path: Path, changes: ChangeSet) -> None:
    commit(root)
    other = tmp_path / "other"
    git(root, "worktree", "add", "-q", str(other))
    (root / "a.c").write_bytes(b"dirty, elsewhere\n")
    (other / "sub/b.c").write_bytes(b"dirty\n")
    assert {path for _, path in codes(refusals(changes, other))} == {"sub/b.c"}
    git(other, "checkout", "-q", ".")
    write(changes, other)
    assert contents(other) == AFTER


def test_repository_inside(root: Path, changes: ChangeSet) -> None:
    commit(root / "sub")
    commit(root)
    (root / "sub/b.c").write_bytes(b"dirty\n")
    assert {path for _, path in codes(refusals(changes, root))} == {"sub/b.c"}
    git(root / "sub", "checkout", "-q", ".")
    write(changes, root)
    assert contents(root) == AFTER


def test_git_of_a_hook(
    root: Path, tmp_path: Path, changes: ChangeSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hook's GIT_DIR names the repository that runs it, not the one that holds the tree."""
    commit(root)
    (tmp_path / "hooked").mkdir()
    commit_nothing = tmp_path / "hooked"
    git(commit_nothing, "init", "-q")
    monkeypatch.setenv("GIT_DIR", str(commit_nothing / ".git"))
    write(changes, root)
    assert contents(root) == AFTER


def test_git_cannot_say(
    root: Path, tmp_path: Path, changes: ChangeSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(root)
    (root / ".git/index").write_bytes(b"garbage")
    (problem,) = refusals(changes, root)
    assert problem.code == "VT072"
    assert "index" in problem.message

    shutil.rmtree(root / ".git")
    (root / ".git").write_text("gitdir: /nowhere\n")  # a worktree whose repository has moved
    (problem,) = refusals(changes, root)
    assert problem.code == "VT072"
    assert "/nowhere" in problem.message

    monkeypatch.setenv("PATH", str(tmp_path))
    (problem,) = refusals(changes, root)
    assert problem.code == "VT072"
    assert "git does not run" in problem.message
    write(changes, root, allow_dirty=True)
    assert contents(root) == AFTER


def test_git_folder_that_is_none(root: Path, changes: ChangeSet) -> None:
    (root / ".git").mkdir()
    write(changes, root)
    assert contents(root) == AFTER


@pytest.mark.parametrize("fails_at", range(4))
def test_rename_fails(
    root: Path, changes: ChangeSet, fails_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The third failing, two files are in place already."""
    done: list[Path] = []
    replace = Path.replace

    def failing(path: Path, target: Path) -> Path:
        if path.suffix == ".new":
            if len(done) == fails_at:
                raise OSError(28, "No space left on device")
            done.append(target)
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", failing)
    (problem,) = refusals(changes, root)
    assert problem.code == "VT073"
    assert problem.message.endswith("No space left on device; every file is as it was")
    assert len(done) == fails_at


def test_removal_fails_last(
    root: Path, changes: ChangeSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlink = Path.unlink

    def failing(path: Path, missing_ok: bool = False) -> None:
        if path.name == "gone.c":
            raise PermissionError(1, "Operation not permitted")
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", failing)
    (problem,) = refusals(changes, root)
    assert (problem.code, codes((problem,))[0][1]) == ("VT073", "sub/gone.c")


@pytest.fixture
def _small_disk() -> Iterator[None]:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.usefixtures("_small_disk")
def test_disk_full(root: Path, changes: ChangeSet) -> None:
    large = FileChange("z/large.c", None, b"x" * (2 << 20))
    (problem,) = refusals(ChangeSet([*changes, large]), root)
    assert problem.code == "VT073"
    assert problem.message.startswith("cannot write 'z/large.c': File too large")


def test_file_where_a_folder_is_needed(root: Path) -> None:
    new = ChangeSet([FileChange("a.c", BEFORE["a.c"], b"x"), FileChange("sub/b.c/n.c", None, b"")])
    assert codes(refusals(new, root)) == [("VT073", "sub/b.c/n.c")]


def test_without_hard_links(
    root: Path, changes: ChangeSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    test_removal_fails_last(root, changes, monkeypatch)
    monkeypatch.undo()
    monkeypatch.setattr(os, "link", refuse)
    write(changes, root)
    assert contents(root) == AFTER


def test_what_cannot_be_restored_is_kept(
    root: Path, changes: ChangeSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def failing(path: Path, target: Path) -> Path:
        if path.suffix == ".old" or target.name == "b.c":
            raise OSError(5, "Input/output error")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(HalfWrittenError) as refused:
        write(changes, root)
    failure, lost = refused.value.problems
    assert "some files could not be restored" in failure.message
    assert {failure.rule, lost.rule} == {NOT_RESTORED}
    assert f"vtsplit recover {root} --undo" in failure.help
    told, _, kept = lost.message.partition(" its content is in ")
    assert told == "'a.c' could not be restored:"
    assert Path(kept.strip("'")).read_bytes() == BEFORE["a.c"]


def test_interrupt_waits(root: Path, changes: ChangeSet, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = Path.replace

    def interrupting(path: Path, target: Path) -> Path:
        os.kill(os.getpid(), signal.SIGINT)
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", interrupting)
    # A shell has the jobs that it starts in the background ignore the signal, and so Python does.
    inherited = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            write(changes, root)
    finally:
        signal.signal(signal.SIGINT, inherited)
    assert contents(root) == AFTER


def test_other_errors_restore_too(
    root: Path, changes: ChangeSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def failing(path: Path, target: Path) -> Path:
        if target.name == "b.c":
            raise MemoryError
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", failing)
    before = snapshot(root)
    with pytest.raises(MemoryError):
        write(changes, root)
    assert snapshot(root) == before


def test_contents_reach_the_disk_before_names(
    root: Path, changes: ChangeSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a power cut could leave names in place with nothing behind them."""
    order: list[tuple[str, str]] = []
    replace = Path.replace

    def synced(handle: int) -> None:
        order.append(("sync", os.readlink(f"/proc/self/fd/{handle}")))  # noqa: PTH115

    def replacing(path: Path, target: Path) -> Path:
        order.append(("replace", str(path)))
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replacing)
    write(changes, root)
    journal = root / ".vtsplit"
    said = [order.index(("replace", str(journal / name))) for name in ("preparing", "journal")]
    placed = [path for what, path in order if what == "replace" and path.endswith(".new")]
    assert len(placed) == 4
    first, last = (order.index(("replace", placed[at])) for at in (0, -1))
    assert said[0] < first < last < said[1]
    assert ("sync", str(journal)) in order[said[0] : first]
    for folder in (root, root / "new", root / "new/deep", root / "sub"):
        assert ("sync", str(folder)) in order[: said[0]]  # names of what lies beside, new folders
    for path in placed:
        assert order.index(("sync", path)) < order.index(("replace", path))
    folders = {("sync", str(Path(path).parent)) for path in placed}
    assert folders <= set(order[order.index(("replace", placed[-1])) :])


def test_a_link_in_the_place_of_the_journal(root: Path, changes: ChangeSet, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("journal", "preparing", "new"):
        (elsewhere / name).write_text("precious")
    (root / ".vtsplit").symlink_to(elsewhere)
    (problem,) = refusals(changes, root)
    assert problem.rule == FAILED
    assert problem.message.startswith(f"cannot write '{root}/.vtsplit': File exists")
    assert len(contents(elsewhere)) == 3


def test_top_that_may_not_be_written_to(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal is then in the folder of all changed files, and the next run finds it there."""
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, how: path != root and access(path, how))
    mkdir, made = Path.mkdir, []

    def making(path: Path) -> None:
        made.append(path.relative_to(root).as_posix())
        mkdir(path)

    monkeypatch.setattr(Path, "mkdir", making)
    write(ChangeSet([FileChange("sub/b.c", BEFORE["sub/b.c"], b"one\n")]), root)
    assert made == ["sub/.vtsplit"]
    write(ChangeSet([FileChange("sub/new/deep/n.c", None, b"one\n")]), root)
    assert made[1:] == ["sub/.vtsplit", "sub/new", "sub/new/deep"]
    assert not list(root.rglob(".vtsplit*"))
