"""Running commands in turns, and what their times come to."""

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass
class Times:
    """What the runs of one command took: seconds of wall time and of processor time, and MB."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The median wall time, in seconds."""
        return statistics.median(self.wall)

    def ratio(self, other: "Times") -> float:
        """Return the median of the ratios to another command's runs of the same rounds."""
        return statistics.median(a / b for a, b in zip(self.wall, other.wall, strict=True))


def run_in_turns(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, Times]:
    """Run each command once in each round, so that all meet the same minutes of the machine.

    The first round is not counted: it fills the page cache. Raises CalledProcessError for an exit
    code above 1, which is what commands have for "found something".
    """
    found = {name: Times() for name in commands}
    for turn in range(rounds + 1):
        for name, command in commands.items():
            measure(command, found[name] if turn else Times())
    return found


def measure(command: Sequence[str], times: Times) -> None:
    """Run a command, and add what it took."""
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said, env=_plain())
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in {0, 1}:
            said.seek(0)
            message = said.read().decode(errors="replace")
            raise subprocess.CalledProcessError(process.returncode, command, stderr=message)
    times.wall.append(wall)
    times.processor.append(used.ru_utime + used.ru_stime)
    times.memory.append(used.ru_maxrss / 1024)


def _plain() -> dict[str, str]:
    """Return the environment without what makes Python compile its modules in each run."""
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
