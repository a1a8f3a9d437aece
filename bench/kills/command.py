"""Kill, fail and fill the write path: `python bench/kills TREE [PART...]`.

TREE is planned once, with its own spec or a preset. What the change needs of it is copied, and
then it is written again and again:

    calls   killed at each system call of the write path that changes something
    random  killed at random moments, 1,000 times
    fail    each system call fails once
    failing each system call fails, and with it all later ones of its name
    fill    on a disk of which so many pages are free, from none to enough (needs root)
    pairs   two writers at once, 200 times

Every tree that a kill has left is judged: it is as before or as after, or the next command refuses
it and `vtsplit recover` brings it to both ends, with nothing left over. Prints how often each
outcome was seen, and exits with 1 if a line begins with BAD. It needs strace.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from kills.calls import fail_at_each, kill_at_each
from kills.change import Change, write_once
from kills.moments import fill_each, kill_at_random
from kills.pairs import run_pairs
from vtsplit.cli.refused import refusals_shown

PARTS = ("calls", "random", "fail", "failing", "fill", "pairs")
_RANDOM, _PAIRS = 1000, 200


def main() -> None:
    """Run the parts that are asked for; `--once` is what they start themselves."""
    if sys.argv[1:2] == ["--once"]:
        with refusals_shown():
            write_once(Path(sys.argv[2]), Path(sys.argv[3]))
        return
    parser = argparse.ArgumentParser()
    parser.add_argument("tree", type=Path)
    parser.add_argument("--preset", default="")
    parser.add_argument("parts", nargs="*", default=PARTS, metavar="PART")
    asked = parser.parse_intermixed_args()
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        with refusals_shown():
            change = Change(asked.tree, asked.preset, Path(folder).resolve())
        for part in asked.parts:
            counts = Counter(_outcomes(part, change, change.folder / "tree"))
            print(f"{part}: {counts.total()}")
            for outcome, count in counts.most_common():
                print(f"  {count:5}  {outcome}", flush=True)
                bad += outcome.startswith("BAD")
    sys.exit(bool(bad))


def _outcomes(part: str, change: Change, root: Path) -> Iterator[str]:
    match part:
        case "calls":
            return kill_at_each(change, root)
        case "random":
            return kill_at_random(change, root, _RANDOM)
        case "fail":
            return fail_at_each(change, root, "EIO", "")
        case "failing":
            return fail_at_each(change, root, "EIO", "+")
        case "fill":
            return fill_each(change, root)
        case "pairs":
            return run_pairs(root, _PAIRS)
    sys.exit(f"there is no part '{part}': {' '.join(PARTS)}")
