"""Every ops table of a kernel in a dry run: what becomes of them, in what time and memory.

What has come out is kept, so that a sweep that was stopped goes on where it was.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import mean

import msgspec

from kernel.cache import unpack
from tables.runs import kept_folder, tables_of
from tables.trial import Trial, try_tables


@dataclass(frozen=True)
class Swept:
    """What a table's dry run came to: split where there is neither a code nor a fault.

    `seconds` are processor time, `megabytes` the most that the process had by then.
    """

    table: str
    code: str
    fault: str
    seconds: float
    megabytes: float


@dataclass(frozen=True)
class Sweep:
    """A kernel's version and what its tables came to."""

    version: str
    tables: tuple[Swept, ...]

    @property
    def split(self) -> int:
        """How many went through."""
        return sum(not one.code and not one.fault for one in self.tables)

    @property
    def refused(self) -> Counter[str]:
        """How many were refused, by the first code."""
        return Counter(one.code for one in self.tables if one.code)

    @property
    def faults(self) -> tuple[str, ...]:
        """Tracebacks, and results that do not parse again, with their tables."""
        return tuple(f"{one.table}: {one.fault}" for one in self.tables if one.fault)

    @property
    def seconds(self) -> tuple[float, float, float]:
        """Processor time in all, of a table on the average, of the longest."""
        each = [one.seconds for one in self.tables]
        return sum(each), mean(each), max(each)

    @property
    def megabytes(self) -> float:
        """The most that a process had."""
        return max(one.megabytes for one in self.tables)


def sweep(version: str, tell: Callable[[Trial, int, int], None]) -> Sweep:
    """Split all ops tables of a tree in memory; `tell` is called for each that was not done."""
    path = kept_folder() / f"{version}.sweep.jsonl"
    lines = path.read_bytes().splitlines() if path.is_file() else []
    done = [msgspec.json.decode(line, type=Swept) for line in lines]
    every = tables_of(version)
    known = {one.table for one in done}
    pending = [table for table in every if str(table) not in known]
    with path.open("ab") as kept:
        for trial in try_tables(unpack(version), pending) if pending else ():
            done.append(_swept(trial))
            kept.write(msgspec.json.encode(done[-1]) + b"\n")
            kept.flush()
            tell(trial, len(done), len(every))
    return Sweep(version, tuple(done))


def _swept(trial: Trial) -> Swept:
    code = _first(problem.code for problem in trial.problems)
    return Swept(str(trial.table), code, trial.fault, trial.seconds, trial.megabytes)


def _first(codes: Iterable[str]) -> str:
    return next(iter(codes), "")
