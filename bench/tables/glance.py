"""A quick look at many splits: what the compiler makes of their files, and no more.

Nothing is built or verified, so that it is no proof of anything; but of what is wrong with a split
most is seen here, in a sixth of the time.
"""

import re
import shlex
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import islice
from os import sched_getaffinity
from pathlib import Path

from kernel.builds import ALLMOD, make, plain_environment
from tables.draw import Table, draw
from tables.judge import disjoint, made_files
from tables.runs import Draw, tables_of
from tables.trial import Trial, try_tables
from tables.workshop import Said, Workshop, open_workshop, read_messages

_COMPILED = re.compile(r"(?:^|\s)(gcc .*? -c -o \S+\.o (\S+\.c))(?=\s|;|$)", re.MULTILINE)


class Seen(StrEnum):
    """What a glance shows of a table."""

    COMPILES = "compiles"
    REFUSED = "refused"
    WRONG = "wrong"
    UNKNOWN = "cannot be told"


@dataclass(frozen=True)
class Glance:
    """A table and what was seen, with the reasons."""

    table: Table
    seen: Seen
    details: tuple[str, ...] = ()


def glance(wanted: Draw) -> Iterator[Glance]:
    """Yield what is seen of the first tables of a draw that Kbuild would compile."""
    with open_workshop(wanted.version) as shop:
        drawn = draw(tables_of(wanted.version), wanted.seed)
        # Half of them are of other architectures, or cannot be configured.
        some = list(islice(drawn, 2 * wanted.count))
        asked = ("-n", "-k", "V=1", *sorted({table.object for table in some}))
        commands = read_commands(make(shop.before, ALLMOD, *asked).stdout)
        # In the order of paths, so that headers are read once for several tables.
        chosen = sorted([t for t in some if t.path in commands][: wanted.count], key=str)
        pending: list[Trial] = []
        for trial in try_tables(shop.pristine, chosen):
            if trial.fault:
                yield Glance(trial.table, Seen.WRONG, (trial.fault,))
            elif trial.problems:
                shown = tuple(f"{one.code} {one.site}: {one.message}" for one in trial.problems)
                yield Glance(trial.table, Seen.REFUSED, shown)
            else:
                pending.append(trial)
        with ThreadPoolExecutor(len(sched_getaffinity(0))) as pool:
            while pending:
                together, pending = disjoint(pending)
                with shop.written([trial.changes for trial in together]):
                    yield from pool.map(partial(_compare, shop, commands), together)


def read_commands(said: str) -> dict[str, list[str]]:
    """Return how each source would be compiled, as words, by what a `make -n V=1` says."""
    found = {}
    for command, source in _COMPILED.findall(said):
        try:
            found[source] = shlex.split(command)
        except ValueError:
            continue  # it goes on in another line
    return found


def _compare(shop: Workshop, commands: dict[str, list[str]], trial: Trial) -> Glance:
    command = commands[trial.table.path]
    said = [one for path in made_files(trial) for one in check(shop.after, command, path)[1]]
    if not said:
        return Glance(trial.table, Seen.COMPILES)
    compiled, shop.said[trial.table.path] = check(shop.before, command, trial.table.path)
    if not compiled:
        # It needs a header that a build would make.
        return Glance(trial.table, Seen.UNKNOWN)
    by_unit: dict[str, list[Said]] = {}
    for one in said:
        by_unit.setdefault(one.unit, []).append(one)
    new = shop.new_messages(trial.table.path, made_files(trial), by_unit)
    return Glance(trial.table, Seen.WRONG if new else Seen.COMPILES, tuple(new))


def check(tree: Path, command: list[str], source: str) -> tuple[bool, list[Said]]:
    """Have the compiler read a file as another is compiled: whether it can, what it says."""
    at = command.index("-o")
    words = [*command[:at], *command[at + 2 : -1]]
    kept = [word for word in words if word != "-c" and not word.startswith("-Wp,-MMD")]
    result = subprocess.run(
        [*kept, "-fsyntax-only", source],
        cwd=tree,
        env=plain_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    return not result.returncode, read_messages(result.stderr)
