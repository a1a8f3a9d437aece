"""What a change does to Kconfig files: it may add the option of the second backend."""

from collections.abc import Callable, Iterable
from posixpath import basename

from vtsplit.diagnostics import Site
from vtsplit.survey.build.kconfig import find_entries
from vtsplit.verify.verdict import IntendedChange, Verdict

Read = Callable[[str], str | None]


def compare_options(
    before: Read, after: Read, paths: Iterable[str], config: str | None, verdict: Verdict
) -> frozenset[str]:
    """Return the Kconfig files that gain an entry of an option and differ in nothing else.

    They are listed as by design. `config` is the option with `CONFIG_`, if there is one.
    """
    symbol = (config or "").removeprefix("CONFIG_")
    found = set()
    for path in sorted(paths):
        if "config" not in basename(path).lower() or not symbol or path.endswith((".c", ".h")):
            continue
        old, new = before(path) or "", after(path) or ""
        line = _added(old, new, symbol)
        if line:
            verdict.designed.append(IntendedChange("option added", symbol, Site(path, line)))
            found.add(path)
    return frozenset(found)


def _added(old: str, new: str, symbol: str) -> int:
    """Return the line of the one entry that a text has and another has not; 0 if more differs."""
    entries = find_entries(new, symbol) or []
    if len(entries) != 1 or find_entries(old, symbol):
        return 0
    entry, lines = entries[0], new.splitlines()
    rest = lines[: entry.first - 1] + lines[entry.last :]
    if [line for line in rest if line.strip()] != [
        line for line in old.splitlines() if line.strip()
    ]:
        return 0
    return entry.first
