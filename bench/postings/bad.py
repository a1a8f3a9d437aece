"""The case `bad`: in a bad state there is one message, exit code 2, and nothing changes."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from postings.checks import Checks
from postings.programs import Ran, run, vtsplit
from postings.states import STATES, State, repository

# What git itself may write again when it is only asked.
_PASSING = {".git/index"}
# Objects that no branch leads to: `git gc` takes them away.
_LOOSE = ".git/objects/"


def check_bad_states(checks: Checks) -> None:
    """Make each state in a repository of its own, and run the command."""
    for state in STATES:
        with tempfile.TemporaryDirectory(prefix="postings-") as folder, checks.part(state.name):
            _check(state, Path(folder).resolve(), checks)


def _check(state: State, folder: Path, checks: Checks) -> None:
    root = repository(folder / "tree")
    root = state.make(root) or root
    before = _snapshot(folder, root)
    out = str(folder / "out")
    options = [one.replace("OUT", out) for one in state.options]
    ran = vtsplit("series", root, *options, more=state.variables)
    if state.works:
        checks.see(state.name, ran.code == 0 and "error" not in ran.err, _shown(ran))
        return
    why = _wrong(ran)
    changed = _differences(before, _snapshot(folder, root))
    checks.see(state.name, not why and not changed, f"{why} {changed}\n{_shown(ran)}")


def _wrong(ran: Ran) -> str:
    """Say what is wrong with how a run was refused, "" if nothing is."""
    told = sum(line.startswith(("error[", "Error:")) for line in ran.err.splitlines())
    if ran.code != 2:
        return f"exit code {ran.code}"
    if "Traceback" in ran.err:
        return "a traceback"
    if told != 1:
        return f"{told} messages"
    return "something on stdout" if ran.out else ""


def _shown(ran: Ran) -> str:
    return f"{ran.code} {ran.out}{ran.err}"


def _snapshot(folder: Path, root: Path) -> dict[str, object]:
    """Return all that must not change: files with their modes and bytes, git's own, the index."""
    found: dict[str, object] = {
        "(folder) " + path.relative_to(folder).as_posix(): True for path in folder.iterdir()
    }
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_file() and name not in _PASSING and not name.startswith(_LOOSE):
            found[name] = (path.stat().st_mode, path.stat().st_mtime_ns, path.read_bytes())
    for what in (("ls-files", "--stage", "-v"), ("for-each-ref",), ("rev-parse", "HEAD")):
        found[" ".join(what)] = run(root, "git", *what).out
    return found


def _differences(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    return sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
