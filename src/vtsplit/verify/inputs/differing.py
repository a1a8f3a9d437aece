"""Which files differ between two trees. Equal size and time count as equal."""

import filecmp
import os
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from posixpath import basename

from vtsplit.survey.build.build_files import is_build_file, is_kconfig, is_unread_build_file
from vtsplit.survey.search.listing import C_SUFFIXES, FileListing
from vtsplit.survey.search.words import find_words
from vtsplit.verify.inputs.made_files import (
    GENERATED,
    is_build_output,
    is_made,
    is_of_template,
    makes_source,
)
from vtsplit.workers import threads

# What the compiler reads, and what says how it is built. Anything else is no part of the program,
# unless a file of C takes it in.
SOURCES = (
    *(".c", ".h", ".S", ".inc", ".lds", ".dts", ".dtsi", ".asm", ".s", ".rs"),
    *(".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx", ".y", ".l", ".def", ".tbl"),
)
_C_FILES = (".c", ".h", ".inc")
_TAKEN_IN = (".def", ".tbl")
# What configure reads, or makes a header or source of.
_TEMPLATES = (".h.in", ".c.in", ".ac")
# Kbuild writes there.
_KBUILDS = f"include/{GENERATED}"
_SKIPPED = frozenset({".git"})
# No file of C takes in what a build makes, or what is written for people.
_APART = (
    *(".o", ".a", ".ko", ".so", ".lo", ".la", ".d", ".cmd", ".mod", ".order", ".symvers", ".gcno"),
    *(".md", ".rst", ".toml", ".yaml", ".yml", ".patch", ".log"),
)
_SCRIPTS = (".py", ".sh", ".pl", ".awk", ".sed")
_FOR_PEOPLE = ("MAINTAINERS", "CREDITS", "COPYING", "README", "LICENSE", "CHANGES", "NEWS", ".")
_INCLUDES = re.compile(
    r"(?:\#[ \t]*(?:include|include_next|embed)[ \t]*[\"<]|(?P<binary>\.incbin[ \t]*\\?\"))"
    r"(?:[^\"<>\n]*/)?(?P<name>[^/\"<>\n\\]+)\\?[\">]"
)


@dataclass(frozen=True)
class Differing:
    """Paths by what became of them.

    `renamed` are those, by old path, that were removed and added under another one. `included` are
    those that a file of C includes, whatever they are called. `unread` are build files that changed
    and are of languages that vtsplit does not read.
    """

    changed: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = field(default_factory=dict)
    included: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()

    def is_c(self, path: str) -> bool:
        """Tell what is compared as C."""
        return is_c(path) or path in self.included

    @property
    def paths(self) -> frozenset[str]:
        """All of them."""
        return self.changed | self.added | self.removed

    def __bool__(self) -> bool:
        return bool(self.paths)


def is_source(name: str) -> bool:
    """Tell whether a file of this name is part of the program or of its build."""
    return name.endswith(SOURCES) or is_kconfig(name) or is_build_file(name)


def is_c(path: str) -> bool:
    """Tell what is compared as C; `Makefile.inc` is a Makefile."""
    return path.endswith(_C_FILES) and not is_build_file(path)


def find_differing(before: Path, after: Path) -> Differing:
    """Compare two trees. A file of the same size and time counts as equal, as in rsync and make.

    What a build made (Kbuild's generated headers, `.mod.c`, what bison writes) is not compared
    where one tree alone has it. Nor is a Makefile that configure made, nor what CMake or Meson
    wrote in the folder that they build in.
    """
    with threads(2) as pool:
        ours, theirs = pool.map(_survey, (str(before), str(after)))
    doubtful = [path for path in ours.keys() & theirs.keys() if ours[path] != theirs[path]]
    with threads() as pool:
        unequal = pool.map(lambda path: not _is_equal(before / path, after / path), doubtful)
        unlike = [path for path, flag in zip(doubtful, unequal, strict=True) if flag]
    unlike = [p for p in unlike if not all(is_build_output(root, p) for root in (before, after))]
    changed = frozenset(p for p in unlike if _is_part(p) and not _is_configured(before, p))
    one_side = ours.keys() ^ theirs.keys()
    others = {p for p in (*unlike, *one_side) if not _is_part(p)}
    added = frozenset(p for p in theirs.keys() - ours.keys() - others if not is_made(after, p))
    removed = frozenset(p for p in ours.keys() - theirs.keys() - others if not is_made(before, p))
    renamed = dict(_find_renamed(before, after, removed, added))
    found = Differing(changed, added, removed, renamed)
    return with_others(found, (before, after), others - one_side)


def with_others(found: Differing, trees: Collection[Path], others: Collection[str]) -> Differing:
    """Add what else differs, if the program is made of it.

    C may include it or take it in by `.incbin`, a rule or configure may make C of it. `others` are
    in both trees.
    """
    asked = {p for p in others if not p.endswith(_SCRIPTS)}
    asked |= {p for p in found.paths if p.endswith(_TAKEN_IN)}
    included, binary = _find_included(trees, {p for p in asked if may_count(basename(p))})
    told = {p for p in others if _is_told(trees, p) or makes_source(trees, p)}
    changed = found.changed | ((included | binary) & {*others}) | told
    unread = frozenset(p for p in others if is_unread_build_file(p)) - changed
    return replace(found, changed=changed, included=included, unread=unread)


def _find_included(
    trees: Collection[Path], paths: Collection[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return which of these files of C include, and which they take in by `.incbin`."""
    by_name: dict[str, set[str]] = {}
    for path in paths:
        by_name.setdefault(basename(path), set()).add(path)
    found: tuple[set[str], set[str]] = set(), set()
    for tree in trees if by_name else ():
        words = find_words(tree, by_name, FileListing(tree, C_SUFFIXES).files)
        for user in {user for name in by_name for user in words.of(name)}:
            text = (tree / user).read_text("utf-8", "surrogateescape")
            for match in _INCLUDES.finditer(text):
                found[bool(match["binary"])].update(by_name.get(match["name"], ()))
    return frozenset(found[0]), frozenset(found[1] - found[0])


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


def _survey(root: str) -> dict[str, tuple[int, int] | str]:
    """Return each file's size and time; of a link to a folder, where it leads."""
    found: dict[str, tuple[int, int] | str] = {}
    pending = [""]
    while pending:
        folder = pending.pop()
        with os.scandir(os.path.join(root, folder)) as entries:  # noqa: PTH118 - 5,000 folders
            for entry in entries:
                path = f"{folder}/{entry.name}" if folder else entry.name
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in _SKIPPED and not path.endswith(_KBUILDS):
                        pending.append(path)
                elif entry.is_symlink() and entry.is_dir():
                    target = os.readlink(entry.path)  # noqa: PTH115 - as the rest
                    found[path] = target.removeprefix(f"{root}/")
                elif may_count(entry.name) and entry.is_file():
                    stat = entry.stat()
                    found[path] = (stat.st_size, stat.st_mtime_ns)
    return found


def _is_told(trees: Iterable[Path], path: str) -> bool:
    """Tell a link to a folder, which is not entered, and a file of which configure makes one."""
    return path.endswith(_TEMPLATES) or any((tree / path).is_dir() for tree in trees)


def may_count(name: str) -> bool:
    """Tell whether a program may be made of a file of this name: C may include any file."""
    return is_source(name) or (not name.endswith(_APART) and not name.startswith(_FOR_PEOPLE))


def _is_part(path: str) -> bool:
    return is_source(basename(path))


def _is_configured(tree: Path, path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return is_build_file(name) and is_of_template(tree / folder, name)


def _is_equal(one: Path, other: Path) -> bool:
    if one.is_dir() or other.is_dir():
        return False  # links that lead to two places
    return filecmp.cmp(one, other, shallow=False)
