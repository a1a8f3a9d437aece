"""Every ops table of a kernel in a dry run: what becomes of them, in what time and memory."""

import resource
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tables.draw import find_tables
from tables.trial import Trial, try_tables


@dataclass
class Sweep:
    """Counts of a sweep; `seconds` from start to end, `megabytes` the most that a process had.

    `processor` are seconds too, of all processors: what else runs on the machine counts less there.
    """

    version: str
    tables: int = 0
    split: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0
    processor: float = 0.0
    megabytes: float = 0.0

    def count(self, trial: Trial) -> None:
        """Count one table."""
        self.tables += 1
        self.megabytes = max(self.megabytes, trial.megabytes)
        if trial.fault:
            self.faults.append(f"{trial.table}: {trial.fault}")
        elif trial.problems:
            self.refused[trial.problems[0].code] += 1
        else:
            self.split += 1


def sweep(version: str, root: Path, tell: Callable[[Trial, int, int], None]) -> Sweep:
    """Split all ops tables of a tree in memory; `tell` is called for each one."""
    found = Sweep(version)
    start, begun = time.perf_counter(), _processor_time()
    tables = find_tables(root)
    for trial in try_tables(root, tables):
        found.count(trial)
        tell(trial, found.tables, len(tables))
    found.seconds = time.perf_counter() - start
    found.processor = _processor_time() - begun
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found.megabytes = max(found.megabytes, own)
    return found


def _processor_time() -> float:
    """Return the seconds of processor time of this process and of those that it has waited for."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
