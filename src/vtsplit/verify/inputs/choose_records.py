"""Which records of a build are used, and which of the programs that they name may be run.

Nothing is run, and no file is preprocessed, without a record that the user named, or that a build
has left in one of the trees.
"""

import os
import posixpath
import re
import shutil
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from vtsplit.tree.repository import is_tracked
from vtsplit.verify.inputs.flags import (
    DATABASE,
    Recipe,
    Records,
    has_records,
    read_build,
    read_database,
)

# `x86_64-linux-gnu-gcc-12`, `clang-15`, `cc`, `c99`.
_COMPILER = re.compile(
    r"(?:[\w.+]+-)*(?:gcc|cc|c[89]9|c1[17]|clang|tcc|icc|icx|armcc)(?:-?[\d.]+)?"
)
_LAUNCHERS = frozenset({"ccache", "sccache", "distcc", "icecc"})
_ELSEWHERE = ("/proc/", "/dev/", "/sys/")  # what a path means there depends on who asks


@dataclass(frozen=True)
class NamedRecords:
    """What the user named: Kbuild's output folder, a compilation database, the compiler."""

    build: Path | None = None
    database: Path | None = None
    compiler: tuple[str, ...] = ()


def choose_records(before: Path, after: Path, named: NamedRecords) -> Records | None:
    """Return how files are compiled: as named, else as a build in one of the trees left it.

    None where there is no such record. Raises RefusedError (VT301, VT303).
    """
    records = _read_chosen(before, after, named)
    if records is None:
        return None
    if named.compiler:
        words = _run_from_here(named.compiler)
        recipes = {p: replace(one, compiler=words) for p, one in records.recipes.items()}
        return replace(records, recipes=recipes)
    trees = frozenset(os.path.realpath(path) for path in (before, after, records.build))

    @cache
    def judged(words: tuple[str, ...], srctree: str) -> tuple[tuple[str, ...], str]:
        return judge_compiler(words, trees | {srctree})

    def told(recipe: Recipe) -> Recipe:
        words, distrust = judged(recipe.compiler, recipe.srctree)
        return replace(recipe, compiler=words, distrust=distrust)

    new = {} if named.build or named.database else _of_new_files(after, records)
    return replace(
        records,
        recipes={p: told(one) for p, one in records.recipes.items()},
        new={p: told(one) for p, one in new.items()},
    )


def _of_new_files(after: Path, records: Records) -> dict[str, Recipe]:
    """Return how the later tree's own database compiles what the records used do not know."""
    found = _left_database(after, (after,))
    recipes = found.recipes if found else {}
    return {path: one for path, one in recipes.items() if path not in records.recipes}


def _left_database(tree: Path, trees: Collection[Path]) -> Records | None:
    """Return the database of a tree, if a build of the user's has made one of its objects."""
    if not (tree / DATABASE).is_file() or _came_along(tree, DATABASE):
        return None
    records = read_database(tree / DATABASE, trees, may_be_empty=len(trees) == 1)
    made = (Path(records.build, one.object) for one in records.recipes.values())
    return records if any(map(Path.is_file, made)) else None


def _read_chosen(before: Path, after: Path, named: NamedRecords) -> Records | None:
    if named.build:
        return read_build(named.build)
    if named.database:
        return read_database(named.database, (before, after))
    for tree in (before, after):
        if has_records(tree) and not _came_along(tree, "include/config/auto.conf"):
            return read_build(tree)
    for tree in (before, after):
        if records := _left_database(tree, (before, after)):
            return records
    return None


def _came_along(tree: Path, path: str) -> bool:
    """Tell whether git tracks a file, or may do so: no build of the user's has made it."""
    return is_tracked(tree, path) is not False


def _run_from_here(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return a command with the program's path as it is here: the compiler runs elsewhere."""
    first = words[0]
    program = os.path.abspath(first) if "/" in first else shutil.which(first) or first  # noqa: PTH100
    return (program, *words[1:])


def judge_compiler(words: tuple[str, ...], trees: Collection[str]) -> tuple[tuple[str, ...], str]:
    """Return the words of a recorded compiler with their paths, and why it is not run, or "".

    >>> judge_compiler(("ccache", "no-such-gcc"), ["/tree"])[1]
    ''
    >>> judge_compiler(("./gcc",), ["/tree"])[1], judge_compiler(("/tree/gcc",), ["/tree"])[1]
    ("'./gcc' is a relative path", "'/tree/gcc' is part of the tree '/tree'")
    >>> judge_compiler(("env", "gcc"), ["/tree"])[1]
    "'env' does not have the name of a C compiler"
    """
    found: list[str] = []
    for at, word in enumerate(words):
        name = posixpath.basename(word)
        is_last = at == len(words) - 1
        if not _COMPILER.fullmatch(name) and (is_last or name not in _LAUNCHERS):
            return words, f"'{word}' does not have the name of a C compiler"
        if "/" in word and not word.startswith("/"):
            return words, f"'{word}' is a relative path"
        path = word if "/" in word else shutil.which(word) or ""
        if path and not posixpath.isabs(path):
            return words, f"'{word}' is found in a relative folder of the search path"
        for one in (posixpath.normpath(path), os.path.realpath(path)) if path else ():
            if one.startswith(_ELSEWHERE):
                return words, f"'{word}' is no fixed path"
            for tree in trees:
                if one.startswith(f"{tree.rstrip('/')}/"):
                    return words, f"'{word}' is part of the tree '{tree}'"
        found.append(path or word)
    return tuple(found), ""
