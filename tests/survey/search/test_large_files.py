"""Neighbours that are no C: large, sparse, FIFOs, devices. They cost no more than a look."""

import os
import subprocess
from pathlib import Path

import pytest

from trees import small_tree, split
from vtsplit.diagnostics import RefusedError
from vtsplit.survey.search import engines
from vtsplit.survey.search.words import find_words
from vtsplit.tree.regular import LARGEST, read_regular
from vtsplit.tree.source_tree import SourceTree


def sparse(path: Path, size: int, *pieces: tuple[int, bytes]) -> None:
    """Write a file that is a hole but for some pieces."""
    with path.open("wb") as file:
        for at, piece in pieces:
            file.seek(at)
            file.write(piece)
        file.truncate(size)


def test_names_in_a_large_file_are_found_piece_by_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pieces are of 64 bytes here; a name at any place is found, and only a whole one."""
    monkeypatch.setattr(engines, "_PIECE", 64)
    for at in range(40, 90):
        text = "x" * 10 + "\n" + " " * (at - 11) + "foo-bar foobar\n" + "y z\n" * 50
        (tmp_path / "a.c").write_text(text)
        found = find_words(tmp_path, ["foo-bar", "foo", "obar", "z"])
        assert found.unread == ()
        assert [bool(found.of(name)) for name in ("foo-bar", "foo", "obar", "z")] == [
            *(True, True, False, True)
        ]


def test_holes_are_passed_over(tmp_path: Path) -> None:
    far = 3 << 40
    sparse(tmp_path / "a.c", 4 << 40, (0, b"foo\n"), (far, b"\nbar\n"))
    sparse(tmp_path / "b.c", 4 << 40)
    found = find_words(tmp_path, ["foo", "bar", "other"])
    assert (found.of("foo"), found.of("bar"), found.of("other")) == (("a.c",), ("a.c",), ())
    assert found.unread == ()


def test_line_that_is_larger_than_a_piece_is_not_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_PIECE", 64)
    (tmp_path / "a.c").write_text("x" * 200)
    assert find_words(tmp_path, ["foo"]).unread == ("a.c",)


def test_more_than_is_read_is_not_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_PIECE", 64)
    monkeypatch.setattr(engines, "_MOST_READ", 1000)
    (tmp_path / "a.c").write_text("x\n" * 1000)
    assert find_words(tmp_path, ["foo"]).unread == ("a.c",)


def test_split_beside_what_is_no_file(tmp_path: Path) -> None:
    root = small_tree(tmp_path)
    before = split(root).stdout
    sparse(root / "drv/huge.c", 3 << 30)
    sparse(root / "drv/huge.h", 3 << 30)
    (root / "drv/wide.c").write_bytes(b"int x;\n" * 2_000_000)
    subprocess.run(["mkfifo", root / "drv/fifo.c", root / "drv/fifo.h"], check=True)
    (root / "drv/zero.c").symlink_to("/dev/zero")
    (root / "drv/loop.c").symlink_to("loop.c")
    result = split(root)
    assert (result.exit_code, result.stdout) == (0, before), result.stderr


@pytest.mark.parametrize("name", ["huge.c", "fifo.c", "zero.c"])
def test_source_that_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    sparse(tmp_path / "huge.c", LARGEST + 1)
    os.mkfifo(tmp_path / "fifo.c")
    (tmp_path / "zero.c").symlink_to("/dev/zero")
    with pytest.raises(RefusedError):
        SourceTree(tmp_path).read(name)
    with pytest.raises(OSError):  # noqa: PT011 - which one depends on the name
        read_regular(tmp_path / name)


def test_tree_that_changes_meanwhile_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*arguments: object, **options: object) -> None:
        raise FileNotFoundError(2, "No such file or directory", "drv/\x1bfoo.c")

    monkeypatch.setattr("vtsplit.apply.finished.transform", gone)
    result = split(small_tree(tmp_path))
    assert result.exit_code == 2
    assert "error[VT011]: 'drv/\\033foo.c': no such file or directory" in result.stderr
    assert "run again when no other program is writing the tree" in result.stderr
