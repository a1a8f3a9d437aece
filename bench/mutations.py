"""How many single changes `vtsplit verify` finds: `python bench/mutations.py BEFORE AFTER`.

BEFORE is built, AFTER is it after a split. Each mutant of AFTER's changed files is verified as a
tree of its own; nothing is written to either. What need not be done again for each is kept.
"""

import argparse
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from mutants import Mutant, make_mutants
from vtsplit.change.changes import ChangeSet, FileChange
from vtsplit.verify import verify as room
from vtsplit.verify.inputs import preprocess
from vtsplit.verify.inputs.differing import Differing, find_differing
from vtsplit.verify.inputs.flags import Recipe, Records, read_build, read_database
from vtsplit.verify.inputs.preprocess import Config, Preprocessed
from vtsplit.verify.inputs.scratch import lay_out
from vtsplit.verify.inputs.sides import Side
from vtsplit.verify.objects import compare_objects, objects
from vtsplit.verify.tokens import program
from vtsplit.verify.verdict import Answer, Verdict

NOTHING = "nothing found"


class Kept:
    """Preprocessed files, units and objects that a mutant does not touch."""

    def __init__(self, after: Path, folder: Path) -> None:
        self.after = Side("after", str(after))
        self.path = ""
        self.made: dict[tuple[str, str], Preprocessed] = {}
        self.compiled: dict[tuple[str, str], tuple[Path, str]] = {}
        self.folder = folder
        self.preprocess, self.compile = preprocess.preprocess, objects.compile_object

    def touches(self, recipe: Recipe, side: Side) -> bool:
        """Tell whether the mutant is a file that the recipe reads."""
        known = self.made.get(("after", recipe.source))
        return side.name == "after" and (known is None or self.path in known.read_paths)

    def preprocess_once(self, recipe: Recipe, side: Side, config: Config) -> Preprocessed:
        """Stand in for `preprocess`."""
        key = side.name, recipe.source
        if key not in self.made:
            clean = self.after if side.name == "after" else side
            self.made[key] = self.preprocess(recipe, clean, config)
        if self.touches(recipe, side):
            return self.preprocess(recipe, side, config)
        return self.made[key]

    def compile_once(self, recipe: Recipe, side: Side, folder: Path) -> tuple[Path, str]:
        """Stand in for `compile_object`."""
        if self.touches(recipe, side):
            return self.compile(recipe, side, folder)
        key = side.name, recipe.source
        if key not in self.compiled:
            self.compiled[key] = self.compile(recipe, side, self.folder)
        return self.compiled[key]

    def compiles_the_same(self, tree: Path) -> bool:
        """Tell whether all objects are what they are without the mutant, byte for byte."""
        for (name, _), made in list(self.made.items()):
            if name == "after" and self.path in made.read_paths:
                made_of: list[bytes] = []
                for root in (str(tree), self.after.root):
                    side = Side("after", root)
                    # The one thing that is to differ between the two is in no message then.
                    flags = (*made.recipe.flags, f"-fmacro-prefix-map={root}/=")
                    recipe = replace(made.recipe, flags=flags)
                    path, _ = self.compile(recipe, side, self.folder / "same")
                    made_of.append(path.read_bytes())
                if made_of[0] != made_of[1]:
                    return False
        return True


@dataclass(frozen=True)
class Trees:
    """What is mutated: two trees, how they differ, and how their files are compiled."""

    before: Path
    after: Path
    base: Differing
    records: Records | None


@contextmanager
def kept_between(after: Path) -> Iterator[Kept]:
    """Let `verify` keep between mutants what they do not touch."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        kept = Kept(after, Path(folder))
        patch.setattr(room, "preprocess", kept.preprocess_once)
        patch.setattr(compare_objects, "compile_object", kept.compile_once)
        patch.setattr(room, "unit_of", cache(program.unit_of))
        yield kept


def check(mutant: Mutant, trees: Trees, kept: Kept, compiles: bool) -> tuple[Verdict, str]:
    """Verify one mutant: tokens first, objects where tokens are the same; say what found it."""
    kept.path = mutant.path
    old = (trees.after / mutant.path).read_bytes()
    new = mutant.text.encode("utf-8", "surrogateescape")
    base = trees.base
    differing = Differing(base.changed | {mutant.path} - base.added, base.added, base.removed)
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder).resolve()
        lay_out(trees.after, ChangeSet([FileChange(mutant.path, old, new)]), tree)
        for objects in (False, True) if compiles else (False,):
            request = room.Request(trees.before, tree, differing, trees.records, objects=objects)
            verdict = room.verify(request)
            if verdict.outcome is not Answer.PROVED:
                how = "by objects" if objects else "by tokens"
                return verdict, how if verdict.outcome is Answer.DIFFERS else "as unbuildable"
        if compiles and not mutant.harmless and kept.compiles_the_same(tree):
            return verdict, "equivalent: the objects are the same, byte for byte"
    return verdict, NOTHING


def run(
    trees: Trees, mutants: list[Mutant], harmless_compiled: int = 10
) -> dict[str, Counter[str]]:
    """Verify mutants; return how often each kind was found and by what. Prints what is wrong.

    Ctrl-C, or a polite kill, ends it with what is known by then.
    """
    counts: dict[str, Counter[str]] = {}
    left = harmless_compiled  # their tokens are the same, so that few are worth compiling
    with kept_between(trees.after) as kept, suppress(KeyboardInterrupt):
        for mutant in mutants:
            compiles = trees.records is not None and (not mutant.harmless or left > 0)
            left -= mutant.harmless
            verdict, how = check(mutant, trees, kept, compiles)
            wrong = (how == NOTHING) is not mutant.harmless and not how.startswith("equivalent")
            if wrong:
                how = f"WRONG: {how}"
                print(f"{how}, {mutant.kind} at {mutant.path}:{mutant.line}", flush=True)
                for one in [*verdict.differences[:2], *verdict.problems[:2]]:
                    print(f"    {one}", flush=True)
            counts.setdefault(mutant.kind, Counter())[how] += 1
    return counts


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
    options = parser.parse_args()
    before, after = options.before.resolve(), options.after.resolve()
    records = None
    if options.compile_commands:
        records = read_database(options.compile_commands, (before, after))
    elif not options.textual:
        records = read_build(before)
    trees = Trees(before, after, find_differing(before, after), records)
    mutants = make_mutants(texts_of(trees), options.altering, options.harmless, options.seed)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    start = time.monotonic()
    for kind, counter in run(trees, mutants).items():
        shown = ", ".join(f"{count} {how}" for how, count in sorted(counter.items()))
        print(f"{kind:<28} {sum(counter.values()):4}  {shown}")
    print(f"up to {len(mutants)} mutants in {time.monotonic() - start:.0f} s", file=sys.stderr)


def texts_of(trees: Trees) -> dict[str, str]:
    """Return the texts of the files that the after side changed or added."""
    paths = sorted(p for p in trees.base.changed | trees.base.added if p.endswith((".c", ".h")))
    return {p: (trees.after / p).read_bytes().decode("utf-8", "surrogateescape") for p in paths}


if __name__ == "__main__":
    main()
