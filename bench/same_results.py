"""Two versions of vtsplit on the same trees: the same patches and refusals, and in what time.

    python bench/same_results.py BEFORE [--kernel 6.1 --kernel 6.12] [--draw 6.1:300:7]

BEFORE is a checkout of the other version; this one is compared with it. The samples, the presets
and the specs of the kernel tests are carried out by the command line. Drawn tables are split by the
specs that `init` would propose. Patches are compared byte by byte, refusals by code and place.
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import click

HERE = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(HERE / "bench"), str(HERE / "tests")]

from kernel.cache import unpack  # noqa: E402
from tables.draw import Table, draw  # noqa: E402
from tables.runs import Draw, tables_of  # noqa: E402

SPECS = {
    "kvm-vt": ("--preset", "kvm-vt"),
    "kvm-tdx": ("--preset", "kvm-tdx"),
    "svm": ("--spec", str(HERE / "tests/kernel/svm.toml")),
    "dispatch": ("--spec", str(HERE / "tests/kernel/tdx.toml")),
}
# It is run in the other checkout as well, so that it names only what both have.
WORKER = """\
import hashlib, json, sys
from pathlib import Path
from tables.draw import Table
from tables.trial import try_tables
job = json.load(sys.stdin)
tables = [Table(path, line, name, frozenset(names)) for path, line, name, names in job["tables"]]
for trial in try_tables(Path(job["root"]), tables):
    texts = {change.path: change.after for change in trial.changes}
    digest = hashlib.sha256(repr(sorted(texts.items())).encode()).hexdigest()
    refused = [f"{one.code} {one.site}" for one in trial.problems]
    print(json.dumps([digest if texts else "", refused, trial.fault, trial.seconds]))
"""


@dataclass(frozen=True)
class Came:
    """What something came to: a patch or its sum, refusals by code and place, processor time."""

    patch: bytes | str
    refused: tuple[str, ...]
    seconds: float

    def differs(self, other: "Came") -> str:
        """Return in what two results are unlike; nothing where they are alike."""
        if self.patch != other.patch:
            return "another patch"
        if self.refused != other.refused:
            return f"refused: {', '.join(other.refused) or 'no'}; before: {self.refused or 'no'}"
        return ""


def environment(checkout: Path) -> dict[str, str]:
    """Return an environment in which Python takes this checkout's program and its bench."""
    folders = [str(checkout / one) for one in ("src", "bench", "tests")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(folders), "NO_COLOR": "1"}


def run_split(checkout: Path, tree: Path, options: tuple[str, ...]) -> Came:
    """Run the command line of a checkout."""
    command = [sys.executable, "-m", "vtsplit", "split", str(tree), *options]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, env=environment(checkout), capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = done.stderr.decode().splitlines()
    # Of a refusal its code and its places; not its words, which may become better.
    told = [line.split(":")[0] for line in said if line.startswith("error[")]
    told += [line.strip() for line in said if line.startswith("  --> ")]
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Came(done.stdout, tuple(told), spent)


def split_tables(checkout: Path, root: Path, tables: list[Table]) -> list[Came]:
    """Split tables in memory by the program of a checkout."""
    told = [(table.path, table.line, table.name, sorted(table.names)) for table in tables]
    done = subprocess.run(
        [sys.executable, "-c", WORKER],
        env=environment(checkout),
        input=json.dumps({"root": str(root), "tables": told}),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = map(json.loads, done.stdout.splitlines())
    return [
        Came(digest, (*refused, *([fault] if fault else [])), seconds)
        for digest, refused, fault, seconds in lines
    ]


def command_lines(versions: tuple[str, ...]) -> Iterator[tuple[str, Path, tuple[str, ...]]]:
    """Yield what the command line is run for: a title, a tree and options."""
    for sample in sorted((HERE / "samples").iterdir()):
        yield sample.name, sample, ()
    for version in versions:
        for name, options in SPECS.items():
            yield f"{name} {version}", unpack(version), options


@click.command()
@click.argument("before", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--kernel", "versions", multiple=True, metavar="VERSION")
@click.option("--draw", "draws", multiple=True, metavar="VERSION:COUNT:SEED")
@click.option("--repeat", default=1, show_default=True, help="Runs of each command line.")
def main(before: Path, versions: tuple[str, ...], draws: tuple[str, ...], repeat: int) -> None:
    """Compare this version with the one in BEFORE; exit 1 if any result is another one."""
    unlike = 0
    before = before.resolve()
    for title, tree, options in command_lines(versions):
        pairs = [
            tuple(run_split(checkout, tree, options) for checkout in (before, HERE))
            for _ in range(repeat)
        ]
        ratios = sorted(now.seconds / was.seconds for was, now in pairs)
        why = pairs[0][0].differs(pairs[0][1])
        unlike += bool(why)
        ratio = ratios[len(ratios) // 2]
        click.echo(f"{why or 'same'}, {ratio:.2f} of the time: {title}")
    for wanted in map(Draw.parse, draws):
        tables = list(islice(draw(tables_of(wanted.version), wanted.seed), wanted.count))
        root = unpack(wanted.version)
        was, now = (split_tables(checkout, root, tables) for checkout in (before, HERE))
        for table, one, other in zip(tables, was, now, strict=True):
            if why := one.differs(other):
                unlike += 1
                click.echo(f"{table}: {why}")
        share = sum(one.seconds for one in now) / sum(one.seconds for one in was)
        split = sum(not one.refused for one in now)
        click.echo(f"{wanted}: {split} of {len(tables)} split, {share:.2f} of the time")
    sys.exit(bool(unlike))


if __name__ == "__main__":
    main()
