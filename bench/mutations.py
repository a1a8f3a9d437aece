"""How many single changes `vtsplit verify` finds: `python bench/mutations.py BEFORE AFTER`.

BEFORE is built, AFTER is it after a split. Each mutant of AFTER's changed files is verified as a
tree of its own; nothing is written to either. What need not be done again for each is kept.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from functools import cache
from pathlib import Path

from mutants import Mutant, make_mutants
from vtsplit.changes import ChangeSet, FileChange
from vtsplit.verify import objects, preprocess, program
from vtsplit.verify import verify as room
from vtsplit.verify.differing import Differing, find_differing
from vtsplit.verify.flags import Recipe, Records, read_build, read_database
from vtsplit.verify.preprocess import Config, Preprocessed
from vtsplit.verify.scratch import lay_out
from vtsplit.verify.sides import Side
from vtsplit.verify.verdict import Outcome, Verdict


class Kept:
    """Preprocessed files, units and objects that a mutant does not touch."""

    def __init__(self, after: Path) -> None:
        self.after = Side("after", str(after))
        self.path = ""
        self.made: dict[tuple[str, str], Preprocessed] = {}
        self.compiled: dict[tuple[str, str], tuple[Path, str]] = {}
        self.folder = Path(tempfile.mkdtemp(prefix="vtsplit-bench-"))
        self.preprocess, self.compile = preprocess.preprocess, objects.compile_object

    def touches(self, recipe: Recipe, side: Side) -> bool:
        """Tell whether the mutant is a file that the recipe reads."""
        known = self.made.get(("after", recipe.source))
        return side.name == "after" and (known is None or self.path in known.read_paths)

    def preprocess_once(
        self, recipe: Recipe, side: Side, compiler: tuple[str, ...], config: Config
    ) -> Preprocessed:
        """Stand in for `preprocess`."""
        key = side.name, recipe.source
        if key not in self.made:
            clean = self.after if side.name == "after" else side
            self.made[key] = self.preprocess(recipe, clean, compiler, config)
        if self.touches(recipe, side):
            return self.preprocess(recipe, side, compiler, config)
        return self.made[key]

    def compile_once(
        self, recipe: Recipe, side: Side, folder: Path, compiler: tuple[str, ...]
    ) -> tuple[Path, str]:
        """Stand in for `compile_object`."""
        if self.touches(recipe, side):
            return self.compile(recipe, side, folder, compiler)
        key = side.name, recipe.source
        if key not in self.compiled:
            self.compiled[key] = self.compile(recipe, side, self.folder, compiler)
        return self.compiled[key]


def check(
    mutant: Mutant,
    before: Path,
    after: Path,
    base: Differing,
    records: Records | None,
    stages: tuple[bool, ...],
) -> tuple[Verdict, str]:
    """Verify one mutant: tokens first, objects where tokens are the same; say what found it."""
    old = (after / mutant.path).read_bytes()
    new = mutant.text.encode("utf-8", "surrogateescape")
    differing = Differing(base.changed | {mutant.path} - base.added, base.added, base.removed)
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder).resolve()
        lay_out(after, ChangeSet([FileChange(mutant.path, old, new)]), tree)
        for compiled in stages:
            request = room.Request(before, tree, differing, records, objects=compiled)
            verdict = room.verify(request)
            if verdict.outcome is not Outcome.PROVED:
                break
    stage = "by objects" if compiled else "by tokens"
    return verdict, "as unbuildable" if verdict.outcome is Outcome.UNKNOWN else stage


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--compile-commands", type=Path)
    parser.add_argument("--textual", action="store_true")
    parser.add_argument("--altering", type=int, default=240)
    parser.add_argument("--harmless", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", type=int, nargs=2, default=(0, 1), metavar=("I", "OF"))
    options = parser.parse_args()
    before, after = options.before.resolve(), options.after.resolve()
    base = find_differing(before, after)
    records = read_build(before) if not options.textual else None
    if options.compile_commands:
        records = read_database(options.compile_commands, (before, after))
    kept = Kept(after)
    setattr(room, "preprocess", kept.preprocess_once)  # noqa: B010 - not to be done elsewhere
    setattr(room, "compile_object", kept.compile_once)  # noqa: B010
    setattr(room, "unit_of", cache(program.unit_of))  # noqa: B010
    paths = [p for p in sorted(base.changed | base.added) if p.endswith((".c", ".h"))]
    texts = {p: (after / p).read_bytes().decode("utf-8", "surrogateescape") for p in paths}
    mutants = make_mutants(texts, options.altering, options.harmless, options.seed)
    mutants = mutants[options.part[0] :: options.part[1]]
    left = 10  # harmless mutants whose objects are compared: their tokens are the same
    counts: dict[str, Counter[str]] = {}
    start = time.monotonic()
    for mutant in mutants:
        kept.path = mutant.path
        compiles = records is not None and (not mutant.harmless or left > 0)
        left -= mutant.harmless
        stages = (False, True) if compiles else (False,)
        verdict, stage = check(mutant, before, after, base, records, stages)
        found = verdict.outcome is not Outcome.PROVED
        counts.setdefault(mutant.kind, Counter())[stage if found else "nothing found"] += 1
        if found is mutant.harmless:
            what = "FALSE ALARM" if found else "ESCAPED"
            print(f"{what}: {mutant.kind} at {mutant.path}:{mutant.line}", flush=True)
            for one in [*verdict.differences[:2], *verdict.problems[:2]]:
                print(f"    {one}")
    for kind, counter in counts.items():
        shown = ", ".join(f"{count} {stage}" for stage, count in sorted(counter.items()))
        print(f"{kind:<28} {sum(counter.values()):4}  {shown}")
    print(f"{len(mutants)} mutants in {time.monotonic() - start:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
