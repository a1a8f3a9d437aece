"""The command line of `bench/fuzz`."""

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from itertools import islice
from pathlib import Path

import click

from fuzz.damage import damaged
from fuzz.trying import try_file, try_sample
from kernel.cache import unpack
from tables.draw import Table, draw
from tables.runs import tables_of
from vtsplit.tree.source_tree import SourceTree

_QUICK = 400
_FILES = (
    "vmx/vmx.c",
    "vmx/vmx.h",
    "vmx/tdx.c",
    "vmx/nested.c",
    "x86.h",
    "Makefile",
    "vtsplit.toml",
)
_EACH = 20  # damaged texts of one file, while what is known of its headers is at hand
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
    `init` would propose. In between, files of samples/mini-kvm are damaged, the spec as well.
    Whatever is neither split nor refused within ten seconds of processor time is a fault: exit 1,
    with the texts in a folder.
    """
    dice, counts = random.Random(seed), Counter[str]()
    end = time.monotonic() + 60 * minutes
    tables = draw(tables_of(version), seed)
    root = unpack(version)
    while time.monotonic() < end:
        table = next(islice(tables, 1))
        for what, said, text in (*_of_sample(dice), *_of_kernel(dice, root, table)):
            counts[said.split("\n")[0] if said[0] != "!" else "FAULT"] += 1
            if said[0] == "!":
                _keep(finds, f"{what}\n{said}", text)
        click.echo(f"{counts.total()} texts, {counts['FAULT']} faults: {table}", err=True)
    for said, count in counts.most_common():
        click.echo(f"{count:6d} {said}")
    sys.exit(1 if counts["FAULT"] else 0)


Tried = tuple[str, str, str]  # what was damaged, what came of it, the text


def _of_kernel(dice: random.Random, root: Path, table: Table) -> Iterator[Tried]:
    tree = SourceTree(root)
    text = tree.read(table.path)
    for _ in range(_EACH):
        changed = damaged(text, dice)
        yield str(table), try_file(tree, table, changed), changed


def _of_sample(dice: random.Random) -> Iterator[Tried]:
    tree = SourceTree(_SAMPLE)
    for _ in range(_QUICK):
        path = dice.choice(_FILES)
        changed = damaged(tree.read(path), dice)
        yield path, try_sample(tree, path, changed), changed


def _keep(finds: Path, said: str, text: str) -> None:
    finds.mkdir(parents=True, exist_ok=True)
    data = text.encode("utf-8", "surrogateescape")
    name = blake2b(data, digest_size=6).hexdigest()
    (finds / f"{name}.txt").write_bytes(data)
    (finds / f"{name}.said").write_text(said)
    click.echo(f"FAULT {name}: {said.splitlines()[-1][:160]}", err=True)
