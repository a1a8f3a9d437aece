"""Ask a kernel tree's own script who is to get the patches."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from vtsplit.diagnostics import Problem, RefusedError
from vtsplit.series.rules import NO_MAINTAINERS, PARTIAL_KERNEL

SCRIPT = "scripts/get_maintainer.pl"
# By these the script tells a kernel tree (top_of_kernel_tree), and it refuses any other.
_ASKED = (
    *("COPYING", "CREDITS", "Kbuild", "Makefile", "README", "Documentation", "arch", "include"),
    *("drivers", "fs", "init", "ipc", "kernel", "lib", "scripts"),
)
_NO_KERNEL = "does not appear to be a linux kernel source tree"


def find_addresses(tree: Path, paths: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return who is to get patches of some files: maintainers and reviewers, and lists.

    This runs a program of the tree. Raises RefusedError if there is none, or if it fails.
    """
    if not (tree / SCRIPT).is_file():
        raise RefusedError(Problem(NO_MAINTAINERS, f"the tree has no {SCRIPT}"))
    files = [word for path in sorted(paths) if (tree / path).is_file() for word in ("-f", path)]
    return _ask(tree, ["--nol", *files]), _ask(tree, ["--nom", "--nor", *files])


def _ask(tree: Path, arguments: list[str]) -> tuple[str, ...]:
    command = ["perl", SCRIPT, "--norolestats", "--nogit", "--nogit-fallback", *arguments]
    try:
        done = subprocess.run(
            command, cwd=tree, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
    except OSError as error:
        message = f"cannot run perl: {error.strerror}"
        raise RefusedError(Problem(NO_MAINTAINERS, message)) from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().split("\n")[-1]
        lacking = [name for name in _ASKED if not (tree / name).exists()]
        if _NO_KERNEL in said and lacking:
            said = f"it wants a whole kernel tree, and this one has no {', '.join(lacking)}"
            raise RefusedError(Problem(PARTIAL_KERNEL, f"{SCRIPT} failed: {said}"))
        raise RefusedError(Problem(NO_MAINTAINERS, f"{SCRIPT} failed: {said}"))
    lines = done.stdout.decode("utf-8", "replace").split("\n")
    return tuple(dict.fromkeys(line.strip() for line in lines if "@" in line))
