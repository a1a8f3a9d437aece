"""Which files differ between two trees. Equal size and time count as equal."""

import filecmp
import os
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vtsplit.survey.build.build_files import is_build_file
from vtsplit.verify.inputs.made_files import GENERATED, is_made, is_of_template
from vtsplit.workers import threads

# What the compiler reads, and what says how it is built. Anything else is no part of the program.
SOURCES = (
    *(".c", ".h", ".S", ".inc", ".lds", ".dts", ".dtsi", ".asm", ".s", ".rs"),
    *(".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx", ".y", ".l", ".def", ".tbl"),
)
_C_FILES = (".c", ".h", ".inc")
_SKIPPED = frozenset({".git"})


@dataclass(frozen=True)
class Differing:
    """Paths by what became of them.

    `renamed` are those, by old path, that were removed and added under another one.
    """

    changed: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = field(default_factory=dict)

    @property
    def paths(self) -> frozenset[str]:
        """All of them."""
        return self.changed | self.added | self.removed

    def __bool__(self) -> bool:
        return bool(self.paths)


def is_source(name: str) -> bool:
    """Tell whether a file of this name is part of the program or of its build."""
    return name.endswith(SOURCES) or name.startswith("Kconfig") or is_build_file(name)


def is_c(path: str) -> bool:
    """Tell what is compared as C; `Makefile.inc` is a Makefile."""
    return path.endswith(_C_FILES) and not is_build_file(path)


def find_differing(before: Path, after: Path) -> Differing:
    """Compare two trees. A file of the same size and time counts as equal, as in rsync and make.

    What a build made (Kbuild's generated headers, `.mod.c`, what bison writes) is not compared
    where one tree alone has it, nor is a Makefile that configure made.
    """
    with threads(2) as pool:
        ours, theirs = pool.map(_survey, (str(before), str(after)))
    doubtful = [path for path in ours.keys() & theirs.keys() if ours[path] != theirs[path]]
    with threads() as pool:
        unequal = pool.map(lambda path: not _is_equal(before / path, after / path), doubtful)
        unlike = [path for path, flag in zip(doubtful, unequal, strict=True) if flag]
    changed = frozenset(path for path in unlike if not _is_configured(before, path))
    added = frozenset(p for p in theirs.keys() - ours.keys() if not is_made(after, p))
    removed = frozenset(p for p in ours.keys() - theirs.keys() if not is_made(before, p))
    renamed = dict(_find_renamed(before, after, removed, added))
    return Differing(changed, added, removed, renamed)


def _find_renamed(
    before: Path, after: Path, removed: Collection[str], added: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Yield each removed C file with the one added in its folder that has most of its lines."""
    for old in sorted(removed):
        folder = old.rpartition("/")[0]
        beside = [p for p in sorted(added) if p.rpartition("/")[0] == folder and p.endswith(".c")]
        if not old.endswith(".c") or not beside:
            continue
        lines = Counter((before / old).read_bytes().split(b"\n"))
        texts = {path: Counter((after / path).read_bytes().split(b"\n")) for path in beside}
        shared = {path: (lines & text).total() for path, text in texts.items()}
        nearest = max(beside, key=lambda path: shared[path])
        # As git has it: half of the file at least.
        if shared[nearest] * 2 >= lines.total():
            yield old, nearest


def _survey(root: str) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    pending = [""]
    while pending:
        folder = pending.pop()
        with os.scandir(os.path.join(root, folder)) as entries:  # noqa: PTH118 - 5,000 folders
            for entry in entries:
                path = f"{folder}/{entry.name}" if folder else entry.name
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in _SKIPPED and entry.name != GENERATED:
                        pending.append(path)
                elif is_source(entry.name) and entry.is_file():
                    stat = entry.stat()
                    found[path] = (stat.st_size, stat.st_mtime_ns)
    return found


def _is_configured(tree: Path, path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return is_build_file(name) and is_of_template(tree / folder, name)


def _is_equal(one: Path, other: Path) -> bool:
    return filecmp.cmp(one, other, shallow=False)
