"""A file that is made is there as a whole, or not at all."""

import errno
import os
from pathlib import Path

import pytest

from vtsplit.change.durable import create_whole, remove, sync_folders
from writings import at_call, contents, killed


def without_nameless_files(monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.open

    def opening(path: str, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(errno.EOPNOTSUPP, "Operation not supported")
        return real(path, flags, mode)

    monkeypatch.setattr(os, "open", opening)


def full(behind: int) -> None:
    if not behind:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("nameless", [True, False])
def test_whole_or_nothing(tmp_path: Path, nameless: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not nameless:
        without_nameless_files(monkeypatch)
    umask = os.umask(0o027)
    try:
        create_whole(tmp_path / "a.toml", b"one\n")
    finally:
        os.umask(umask)
    assert (tmp_path / "a.toml").stat().st_mode & 0o777 == 0o640
    with pytest.raises(FileExistsError):
        create_whole(tmp_path / "a.toml", b"two\n")
    assert contents(tmp_path) == {"a.toml": b"one\n"}
    with pytest.raises(FileNotFoundError):
        create_whole(tmp_path / "none/a.toml", b"two\n")
    for number in range(1, 9):
        (tmp_path / "b.toml").unlink(missing_ok=True)
        with at_call(number, full):
            try:
                create_whole(tmp_path / "b.toml", b"two\n")
                expected = b"two\n"
            except OSError:
                expected = None
        assert contents(tmp_path).get("b.toml") == expected


def test_killed_at_any_call(tmp_path: Path) -> None:
    for number in range(1, 9):
        (tmp_path / "a.toml").unlink(missing_ok=True)
        killed(lambda: create_whole(tmp_path / "a.toml", b"one\n"), number)
        assert contents(tmp_path) in ({}, {"a.toml": b"one\n"})


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP, errno.EIO])
def test_folder_that_cannot_be_synced(
    tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", failing)
    if number == errno.EIO:
        with pytest.raises(OSError, match="Input/output error"):
            sync_folders([tmp_path])
    else:
        sync_folders([tmp_path])


def test_nothing_is_left_of_what_was_never_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read-only disk refuses to remove also what it does not have."""

    def unlink(path: Path, missing_ok: bool = False) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    (tmp_path / "there").touch()
    monkeypatch.setattr(Path, "unlink", unlink)
    assert remove(tmp_path / "nowhere")
    assert remove(tmp_path / "there/below")
    assert not remove(tmp_path / "there")
