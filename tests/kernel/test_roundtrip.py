"""Every C file of Linux 6.1 comes back from the syntax tree as it went in."""

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from vtsplit.cst.parser import parse_module

from .ctext import read
from .layers import Tree

pytestmark = pytest.mark.kernel


def try_roundtrip(path: Path) -> str | None:
    """Return what goes wrong with a file, or None. Runs in a process of its own."""
    try:
        text = read(path)
        return None if parse_module(text).code == text else f"{path}: not the same text"
    except Exception as error:  # one bad file must not hide the others
        return f"{path}: {type(error).__name__}: {error}"


def test_every_file_comes_back_unchanged(pristine: Callable[[str], Tree]) -> None:
    top = pristine("6.1").pristine
    files = [path for path in top.rglob("*.[ch]") if path.is_file()]
    assert len(files) > 50_000
    # The largest first, so that no process is left alone with one at the end.
    files.sort(key=lambda path: path.stat().st_size, reverse=True)
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        results = pool.map(try_roundtrip, files, chunksize=16)
        failures = [failure for failure in results if failure]
    assert not failures, f"{len(failures)} files:\n" + "\n".join(failures[:50])
