"""Checks that compile and link a split, or ask the kernel's own scripts about it."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from . import judges
from .builds import Built, ask_compiler, defined_symbols, make, undefined_symbols
from .splits import Split
from .tool import KVM, MAIN, must_run

# What the default build does not ask: is each global function declared before its definition, is
# none declared twice, and has each macro stayed or moved with its uses?
MORE_WARNINGS = ["-Wmissing-prototypes", "-Wredundant-decls", "-Wunused-macros"]


def check_build(tree: Path, built: Built, split: Split) -> None:
    """Split a built tree and build again: it links, needs nothing new, and warns of nothing new."""
    job = split.job
    needed = undefined_symbols(tree, job.module)
    must_run(tree, *job.arguments, "--write")
    result = make(tree, built.variant, *built.variant.targets)
    assert result.returncode == 0, result.stderr
    assert judges.judge_warnings(built.stderr, result.stderr, split.renames()) == []
    # The module is linked with --relocatable, where a name that nobody defines is no error.
    assert sorted(undefined_symbols(tree, job.module) - needed) == []
    assert (tree / job.path(MAIN)).with_suffix(".o").is_file()


def check_symbols(tree: Path, split: Split) -> None:
    """Every exposed function is a global symbol of the linked module."""
    assert sorted(split.exposed() - defined_symbols(tree, split.job.module)) == []


def check_compiler(tree: Path, split: Split) -> None:
    """Both files compile without a warning, even of kinds that are off by default, that is new."""
    job = split.job
    source, main = job.path(job.source), job.path(MAIN)
    like = f"{source.removesuffix('.c')}.o"
    before = ask_compiler(tree, like, source, MORE_WARNINGS)
    must_run(tree, *job.arguments, "--write")
    for name in (source, main):
        after = ask_compiler(tree, like, name, MORE_WARNINGS)
        new = judges.judge_warnings(before, after, split.renames())
        # The kernel's own headers warn of much, and as often as macros of theirs are used.
        assert [line for line in new if line.startswith(KVM)] == []


def check_style(
    split: Split,
    folder: Path,
    renames: Mapping[str, str],
    permitted: frozenset[str] = frozenset(),
) -> None:
    """checkpatch.pl --strict has nothing to say about the patch, but for lines that just moved.

    `renames` says which names may have changed on such lines, `permitted` what else it may say.
    """
    patch = folder / "split.patch"
    patch.write_bytes(split.patch)
    script = split.before / "scripts/checkpatch.pl"
    options = ["--strict", "--no-tree", "--terse", "--show-types", "--color=never"]
    result = subprocess.run(
        ["perl", str(script), *options, str(patch)],
        capture_output=True,
        text=True,
        errors="surrogateescape",
        check=False,
    )
    assert "lines checked" in result.stdout, result.stderr
    # New files are what this patch is for; whether MAINTAINERS covers them is not its business.
    allowed = {"FILE_PATH_CHANGES", *permitted}
    assert judges.judge_style(result.stdout, split.hunks(), allowed, renames) == []
