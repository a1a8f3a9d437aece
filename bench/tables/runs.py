"""Draws that are carried out, kept in a file as they go, so that a run can be taken up again."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

import msgspec

from kernel.cache import find_cache, unpack
from tables.draw import Table, draw, find_tables
from tables.judge import Judgement, judge
from tables.workshop import Workshop, open_workshop

_BATCH = 150  # tables that are searched for together, and compiled by one call of make


@dataclass(frozen=True)
class Draw:
    """So many tables of a kernel version, by a seed."""

    version: str
    count: int
    seed: int

    @classmethod
    def parse(cls, text: str) -> "Draw":
        """Read `6.1:300:7`. Raises ValueError.

        >>> Draw.parse("6.1:300:7")
        Draw(version='6.1', count=300, seed=7)
        """
        version, count, seed = text.split(":")
        return cls(version, int(count), int(seed))

    def __str__(self) -> str:
        """Format it as `parse` reads it."""
        return f"{self.version}:{self.count}:{self.seed}"


@cache
def digest_of_tool() -> str:
    """Return what changes when a file of the tool does: results of another one are not its own."""
    found = hashlib.sha256()
    for path in sorted((Path(__file__).parents[2] / "src").rglob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()[:10]


def kept_folder() -> Path:
    """Return the folder for what the tool as it is now comes to."""
    folder = find_cache() / "tables" / digest_of_tool()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _kept(draw: Draw, kind: str) -> Path:
    return kept_folder() / f"{draw}.{kind}"


def read_results(draw: Draw) -> list[Judgement]:
    """Return the results that there are of a draw."""
    path = _kept(draw, "jsonl")
    lines = path.read_bytes().splitlines() if path.is_file() else []
    return [msgspec.json.decode(line, type=Judgement) for line in lines]


def tables_of(version: str) -> list[Table]:
    """Return a kernel's ops tables; to find them takes a minute, so that they are kept."""
    path = kept_folder() / f"{version}.json"
    if not path.is_file():
        path.write_bytes(msgspec.json.encode(find_tables(unpack(version))))
    return msgspec.json.decode(path.read_bytes(), type=list[Table])


def carry_out(wanted: Draw, tell: Callable[[Judgement, int], None]) -> list[Judgement]:
    """Judge the tables of a draw; `tell` is called for each new one."""
    done = read_results(wanted)
    if len(done) >= wanted.count:
        return done
    with open_workshop(wanted.version) as shop, _kept(wanted, "jsonl").open("ab") as kept:
        known = {(one.path, one.line) for one in done}
        pending = iter([t for t in _choose(wanted, shop) if (t.path, t.line) not in known])
        while batch := list(islice(pending, _BATCH)):
            for one in judge(batch, shop):
                done.append(one)
                kept.write(msgspec.json.encode(one) + b"\n")
                kept.flush()
                tell(one, len(done))
    return done


def _choose(wanted: Draw, shop: Workshop) -> list[Table]:
    """Return the first tables of a draw whose files compile as they are, as many as it wants."""
    path = _kept(wanted, "drawn.json")
    if not path.is_file():
        chosen: list[Table] = []
        every = draw(tables_of(wanted.version), wanted.seed)
        while len(chosen) < wanted.count and (batch := list(islice(every, _BATCH))):
            built = shop.build_before(table.object for table in batch)
            chosen += [table for table in batch if table.object in built]
        path.write_bytes(msgspec.json.encode(chosen[: wanted.count]))
    return msgspec.json.decode(path.read_bytes(), type=list[Table])
