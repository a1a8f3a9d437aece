"""The command line of `bench/fuzz`."""

import random
import sys
import time
from collections import Counter
from hashlib import blake2b
from itertools import islice
from pathlib import Path

import click

from fuzz.damage import damaged
from fuzz.trying import try_file, try_spec
from kernel.cache import unpack
from tables.draw import draw
from tables.runs import tables_of
from vtsplit.tree.source_tree import SourceTree

_EACH = 40  # damaged texts of one file, while what is known of its headers is at hand
_SAMPLE = Path(__file__).resolve().parents[2] / "samples/mini-kvm"


@click.command()
@click.argument("version")
@click.argument("minutes", type=float)
@click.option("--seed", default=1, show_default=True, help="What is damaged, and how.")
@click.option(
    "--finds",
    type=click.Path(path_type=Path, file_okay=False),
    default="fuzz-finds",
    show_default=True,
    help="Where texts go that break something.",
)
def main(version: str, minutes: float, seed: int, finds: Path) -> None:
    """Damage files of a kernel VERSION that have ops tables, for so many MINUTES.

    Each text is parsed, and has to come back; then its table is split in memory by the spec that
    `init` would propose. Every tenth text is a spec of samples/mini-kvm. Whatever is neither split
    nor refused within ten seconds of processor time is a fault: exit 1, with the texts in a folder.
    """
    dice, counts = random.Random(seed), Counter[str]()
    end = time.monotonic() + 60 * minutes
    sample = SourceTree(_SAMPLE)
    tables = draw(tables_of(version), seed)
    root = unpack(version)
    while time.monotonic() < end:
        tree = SourceTree(root)
        table = next(islice(tables, 1))
        text = tree.read(table.path)
        for number in range(_EACH):
            if number % 10:
                changed = damaged(text, dice)
                said = try_file(tree, table, changed)
            else:
                changed = damaged(sample.read("vtsplit.toml"), dice)
                said = try_spec(sample, changed)
            counts[said.split("\n")[0] if said[0] != "!" else "FAULT"] += 1
            if said[0] == "!":
                _keep(finds, f"{table}\n{said}", changed)
        click.echo(f"{sum(counts.values())} texts, {counts['FAULT']} faults: {table}", err=True)
    for said, count in counts.most_common():
        click.echo(f"{count:6d} {said}")
    sys.exit(1 if counts["FAULT"] else 0)


def _keep(finds: Path, said: str, text: str) -> None:
    finds.mkdir(parents=True, exist_ok=True)
    data = text.encode("utf-8", "surrogateescape")
    name = blake2b(data, digest_size=6).hexdigest()
    (finds / f"{name}.txt").write_bytes(data)
    (finds / f"{name}.said").write_text(said)
    click.echo(f"FAULT {name}: {said.splitlines()[-1][:160]}", err=True)
