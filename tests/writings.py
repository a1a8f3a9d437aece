"""A tree with one change of each kind, and how to kill or fail what writes it at the N-th call."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from vtsplit.change.changes import ChangeSet, FileChange

BEFORE = {"a.c": b"int a;\r\n", "sub/b.c": b"int b; // \xe9", "sub/gone.c": b"int gone;\n"}
AFTER = {"a.c": b"long a;\r\n", "new.c": b"int new;\n", "new/deep/er.c": b""}
AFTER |= {"sub/b.c": b"long b; // \xe9"}

# What changes or opens files; the standard library calls them by these names.
CALLS = ("open", "mkdir", "link", "replace", "unlink", "rmdir", "fsync", "utime", "chmod")


def changes() -> ChangeSet:
    """One of each: a file changed in two folders, one removed, new ones here and further down."""
    paths = {*BEFORE, *AFTER}
    return ChangeSet(FileChange(path, BEFORE.get(path), AFTER.get(path)) for path in paths)


def lay_out(root: Path) -> Path:
    for path, content in BEFORE.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return root


def contents(root: Path) -> dict[str, bytes]:
    """Return all files; those that vtsplit lays down are among them."""
    files = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def own(root: Path) -> dict[str, bytes]:
    """Return the files of the tree itself."""
    return {path: text for path, text in contents(root).items() if ".vtsplit" not in path}


def folders(root: Path) -> set[str]:
    return {path.name for path in root.rglob("*") if path.is_dir()}


@contextmanager
def at_call(
    number: int, act: Callable[[int], None], calls: Iterable[str] = CALLS
) -> Iterator[None]:
    """Call `act` in front of each call from that number on, with how many it is behind."""
    count = 0

    def watched(call: Callable[..., object]) -> Callable[..., object]:
        def watching(*arguments: object, **options: object) -> object:
            nonlocal count
            count += 1
            if count >= number:
                act(count - number)
            return call(*arguments, **options)

        return watching

    with pytest.MonkeyPatch.context() as patch:
        for name in calls:
            patch.setattr(os, name, watched(getattr(os, name)))
        yield


def killed(work: Callable[[], object], number: int) -> bool:
    """Do something in a process that dies at its call of that number; False if it has no more."""
    child = os.fork()
    if not child:
        try:
            with at_call(number, lambda behind: os._exit(9)):
                work()
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, 9)
    return code == 9
