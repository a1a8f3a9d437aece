"""Stop or fail the write path at each of its system calls, by strace."""

import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path

from kills.change import Change, leftovers, snapshot
from kills.judge import judge

# What changes the disk, or the lock: between two of these a kill leaves the same as in front of
# the second one.
CHANGING = (
    "mkdir write fsync rename link linkat unlink rmdir flock utimensat chmod fchmod chown setxattr"
).split()

# Calls that say how it went; the others, such as those of memory, cannot be said to fail.
CREATE = "openat that creates"
FAILING = (
    "mkdir openat write fsync rename link linkat unlink rmdir flock utimensat chmod fchmod chown"
    " fstat newfstatat stat lstat getdents64 read close listxattr setxattr"
).split()


def writer(change: Change, root: Path) -> list[str]:
    """Return the command that writes the change once."""
    program = Path(__file__).with_name("__main__.py")
    return [sys.executable, str(program), "--once", str(root), str(change.pickled)]


def calls(change: Change, root: Path, kept: Collection[str]) -> list[tuple[str, int]]:
    """Return the calls of the write path: the name, and the number among those of the name."""
    log = change.folder / "log"
    command = ["strace", "-f", "-qq", "-s", "300", "-o", str(log), *writer(change, root)]
    subprocess.run(command, check=True)
    counts: Counter[str] = Counter()
    found: list[tuple[str, int]] = []
    last = 0
    for line in log.read_text(errors="replace").splitlines():
        matched = re.match(r"\d+ +(\w+)\(", line)
        if not matched:
            continue
        name = matched[1]
        counts[name] += 1
        if found or (str(root) in line and name != "execve"):
            changes = name == "openat" and "O_CREAT" in line
            found.append((CREATE if changes else name, counts[name]))
        if str(root) in line:
            last = len(found)
    names = {CREATE: "openat"}
    return [(names.get(name, name), at) for name, at in found[:last] if name in kept]


def kill_at_each(change: Change, root: Path) -> Iterator[str]:
    """Kill the writer at each call of the write path that changes something, and judge."""
    for name, number in calls(change, change.fresh(root), (*CHANGING, CREATE)):
        code, _ = _inject(change, change.fresh(root), f"{name}:signal=KILL:when={number}")
        yield judge(change, root) if code == -signal.SIGKILL else "BAD: it was not killed"


def fail_at_each(change: Change, root: Path, error: str, on: str) -> Iterator[str]:
    """Let each call fail, or with `on` "+" all calls of its name from there on; then judge."""
    for name, number in calls(change, change.fresh(root), (*FAILING, CREATE)):
        fault = f"{name}:error={error}:when={number}{on}"
        code, said = _inject(change, change.fresh(root), fault)
        found = _judge_failure(change, root, code, said)
        yield f"{found} at {fault}: {said[-300:]}" if found.startswith("BAD") else found


def _inject(change: Change, root: Path, fault: str) -> tuple[int, str]:
    name = fault.partition(":")[0]
    command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={name}"]
    command += ["-e", f"inject={fault}", *writer(change, root)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return ran.returncode, ran.stderr


def _judge_failure(change: Change, root: Path, code: int, said: str) -> str:
    """A run that fails says so truly: 2 for a tree as before, 3 for one that is half written."""
    now, left = snapshot(root), leftovers(root)
    judged = judge(change, root)
    if judged.startswith("BAD"):
        return judged
    if code == 0:
        return "written all the same" if now == change.after else "BAD: exit 0"
    if code == 2:
        if now != change.before:
            return "BAD: said that nothing was written"
        if left and "recover" not in said and "cannot remove" not in said:
            return "BAD: leftovers that are not told"
        return f"refused, {'with leftovers that are told' if left else 'clean'}"
    if code == 3:
        return f"half written, as told; {judged}"
    if code == 1 and not said:  # no call of this kind works any more, not even to say so
        return f"nothing can be said; {judged}"
    return f"BAD: exit {code}"
