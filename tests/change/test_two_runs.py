"""Two runs on one tree: one waits for the other, and none writes what it has not planned for."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from trees import small_tree, split
from vtsplit.change.carrying_out import FAILED
from vtsplit.change.write import write
from vtsplit.diagnostics import RefusedError
from vtsplit.survey.search.index import WordIndex
from vtsplit.tree import lock
from vtsplit.tree.lock import BUSY, holder, writing_alone
from vtsplit.tree.source_tree import CHANGED, SourceTree
from writings import AFTER, changes, contents, lay_out


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return lay_out(tmp_path / "tree")


@contextmanager
def locked(folder: Path, how: int = fcntl.LOCK_EX) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    fcntl.flock(handle, how)
    try:
        yield
    finally:
        os.close(handle)


@pytest.mark.parametrize("place", [".", "..", "sub"])
def test_second_run_is_refused_with_the_number_of_the_first(
    root: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run on the tree, one on a folder above, one on a folder of it: each holds its own."""
    monkeypatch.setattr(lock, "PATIENCE", 0.05)
    monkeypatch.setattr(lock, "_SILENT", 0.0)
    said: list[str] = []
    before = contents(root)
    with writing_alone(((root / place).resolve(),), said.append):
        with pytest.raises(RefusedError) as refused:
            write(changes(), root, say=said.append)
        (problem,) = refused.value.problems
    assert problem.rule == BUSY
    assert f"process {os.getpid()} is writing" in problem.message
    assert said[0].startswith(f"waiting for process {os.getpid()}, ")
    assert contents(root) == before
    write(changes(), root)
    assert contents(root) == AFTER


def test_trees_beside_each_other_are_written_at_once(root: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with writing_alone((tmp_path / "other",), lambda line: None):
        write(changes(), root)
    assert contents(root) == AFTER


def test_a_dead_run_holds_no_lock(root: Path) -> None:
    command = "import fcntl, os, sys; h = os.open(sys.argv[1], 0); fcntl.flock(h, 2); os._exit(9)"
    subprocess.run([sys.executable, "-c", command, str(root)], check=False)
    write(changes(), root)
    assert contents(root) == AFTER


def test_without_locks_it_is_said(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot(*_: object) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", cannot)
    said: list[str] = []
    write(changes(), root, say=said.append)
    assert said == [f"warning: '{root}' cannot be locked: do not let two runs write to it at once"]


def test_a_lock_that_cannot_be_closed_hides_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    close = os.close

    def failing(handle: int) -> None:
        close(handle)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "close", failing)
    with pytest.raises(RefusedError) as refused:
        write(changes(), root)
    assert [problem.rule for problem in refused.value.problems] == [FAILED]
    assert "every file is as it was" in refused.value.problems[0].message


def test_holder(root: Path) -> None:
    assert holder(root) == 0
    with locked(root):
        assert holder(root) == os.getpid()


def test_what_was_read_is_compared(tmp_path: Path) -> None:
    root = small_tree(tmp_path / "tree")
    tree = SourceTree(root)
    tree.read("drv/foo.c"), tree.read("drv/foo.h", keep=False)
    assert tree.find("drv/none.h") is None
    assert not tree.exists("drv/other.h")
    assert tree.changed() == []
    os.utime(root / "drv/foo.c")
    assert tree.changed() == []
    (root / "drv/foo.c").write_text("int other;\n")
    (root / "drv/foo.h").write_text("int header;\n")
    (root / "drv/none.h").touch()
    (root / "drv/other.h").touch()
    assert sorted(tree.changed()) == ["drv/foo.c", "drv/foo.h", "drv/none.h", "drv/other.h"]


def test_what_was_searched_is_compared(tmp_path: Path) -> None:
    root = small_tree(tmp_path / "tree")
    index = WordIndex(root)
    assert index.changed() == []
    index.find(["foo_open", "foo_init"])
    (root / "drv/other.c").write_text("int still_other;\n")
    (root / "drv/main.o").write_text("foo_open")
    assert index.changed() == []
    (root / "drv/other.c").write_text("int foo_open;\n")
    (root / "drv/new.c").write_text("int foo_init;\n")
    (root / "drv/foo.h").unlink()
    assert index.changed() == ["drv/foo.h", "drv/new.c", "drv/other.c"]


def test_the_tree_changes_while_it_is_planned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Makefile gains a line, once: the second plan has it. Each time: it is refused."""
    root = small_tree(tmp_path / "tree")
    times = 1

    def edited_first(*arguments: object) -> None:
        nonlocal times
        if times:
            times -= 1
            makefile = root / "drv/Makefile"
            makefile.write_text(makefile.read_text() + "# more\n")
        write(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("vtsplit.cli.split.write_changes", edited_first)
    result = split(root, "--write")
    assert result.exit_code == 0
    assert "files have changed in the meantime: planning again" in result.stderr
    assert "main.o" in (root / "drv/Makefile").read_text()
    assert (root / "drv/Makefile").read_text().endswith("# more\n")

    root = small_tree(tmp_path / "second")
    times = 9
    result = split(root, "--write")
    assert result.exit_code == 2
    assert f"error[{CHANGED.code}]" in result.stderr
    assert times == 6
    assert not (root / "drv/main.c").exists()


def test_a_name_comes_into_use_while_the_tree_is_planned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is in a file that the plan had no reason to read: the search of the whole tree counts."""
    root = small_tree(tmp_path / "tree")

    def edited_first(*arguments: object) -> None:
        (root / "drv/other.c").write_text("int foo_open(int unit) { return unit; }\n")
        write(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("vtsplit.cli.split.write_changes", edited_first)
    result = split(root, "--write")
    assert result.exit_code == 2
    assert "error[VT0" in result.stderr
    assert not (root / "drv/main.c").exists()
