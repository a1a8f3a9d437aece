"""Kill the write path at random moments, and fill the disk to each level."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from kills.change import Change, leftovers, snapshot
from kills.judge import judge
from vtsplit.change.write import write
from vtsplit.diagnostics import HalfWrittenError, RefusedError

_PAGE = 4096


def kill_at_random(change: Change, root: Path, times: int) -> Iterator[str]:
    """Kill a writer at moments spread over the time that it takes."""
    chance = random.Random(1)
    started = time.perf_counter()
    write(change.changes, change.fresh(root))
    takes = time.perf_counter() - started
    for _ in range(times):
        change.fresh(root)
        child = os.fork()
        if not child:
            try:
                write(change.changes, root)
            finally:
                os._exit(0)
        time.sleep(chance.uniform(0, takes * 1.1))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        yield judge(change, root)


def fill_each(change: Change, folder: Path) -> Iterator[str]:
    """Write on a small disk of which so many pages are free: from none to enough."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", str(folder)], check=True)
    try:
        free, found = 0, ""
        while found != "written":
            found = _fill(change, folder, free)
            yield found
            free += 1
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def _fill(change: Change, folder: Path, free: int) -> str:
    root, filler = change.fresh(folder / "tree"), folder / "filler"
    status = os.statvfs(folder)
    filler.write_bytes(b"\0" * ((status.f_bavail - free) * _PAGE))
    found = ""
    try:
        write(change.changes, root)
    except HalfWrittenError:
        found = "BAD: half written"
    except RefusedError as refused:
        found = "refused, clean" if _is_full(refused) else f"BAD: {refused}"
    if not found:
        found = "written" if snapshot(root) == change.after else "BAD: said that it is written"
    elif snapshot(root) != change.before or leftovers(root):
        found = "BAD: said that every file is as it was"
    filler.unlink()
    return found


def _is_full(refused: RefusedError) -> bool:
    return all("No space left" in problem.message for problem in refused.problems)
