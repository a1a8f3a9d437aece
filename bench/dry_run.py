"""How long the dry run on a tree takes, and its parts: `python bench/dry_run.py TREE [RUNS]`.

Prints medians in seconds. The first, uncounted run fills the page cache.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from vtsplit.cst.parser import parse_anew
from vtsplit.spec.presets import preset_for
from vtsplit.survey.search.listing import list_sources
from vtsplit.survey.search.words import find_words
from vtsplit.tree.source_tree import SourceTree


def median(action: Callable[[], object], runs: int) -> float:
    """Return the median time of an action, in seconds."""
    action()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    """Measure and print."""
    root, runs = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5
    tree = SourceTree(root)
    spec = preset_for(tree.exists)
    if spec is None:
        sys.exit("no preset fits this tree")
    source = tree.read(spec.source)
    command = [sys.executable, "-m", "vtsplit", "split", str(root), "-q"]
    names = [*spec.tables, *spec.tables.values()]
    rows = {
        "whole dry run": lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True),
        "find two tables' names in the whole tree": lambda: find_words(root, names),
        "list the tree's files": lambda: list_sources(root),
        # Itself, not what is kept of an earlier call.
        f"parse the source file, {source.count(chr(10))} lines": lambda: parse_anew(source),
    }
    for name, action in rows.items():
        print(f"{median(action, runs):8.3f} s  {name}")


if __name__ == "__main__":
    main()
