"""What is said where no build tells how files are compiled: what would tell it in this tree."""

import re
from collections.abc import Iterable
from pathlib import Path
from posixpath import dirname, join

from vtsplit.survey.make.kbuild import MAKEFILES
from vtsplit.tree.folders import folders_up
from vtsplit.tree.repository import is_tracked
from vtsplit.verify.inputs.flags import DATABASE

_KBUILD = "scripts/Makefile.build"
_LIST = re.compile(rb"^[ \t]*(?:obj|lib)-(?:[ym]\b|\$)", re.MULTILINE)
WEAKER = (
    "the weaker proof: without a build, macros were not expanded, headers were not followed and "
    "nothing was compiled"
)


def weaker_proof(trees: Iterable[Path], paths: Iterable[str]) -> str:
    """Return what makes a comparison of these files by their texts weaker, and what would mend it.

    `trees` are those that the user knows.
    """
    trees = tuple(trees)
    told = f"{WEAKER}; {_options(trees, paths)} gives the full proof"
    if any(is_tracked(tree, DATABASE) for tree in trees):
        told += f"; git tracks the {DATABASE} that is there, so it is only used if you name it"
    return told


def no_build(trees: Iterable[Path], paths: Iterable[str]) -> str:
    """Return why nothing was compiled, and what would mend it."""
    return f"no build says how files are compiled; {_options(trees, paths)}"


def _options(trees: Iterable[Path], paths: Iterable[str]) -> str:
    folders = {folder for path in paths for folder in folders_up(dirname(path))}
    by_kbuild = any(_has_kbuild(tree, folders) for tree in trees)
    return f"{'--build DIR or ' if by_kbuild else ''}--compile-commands FILE"


def _has_kbuild(tree: Path, folders: Iterable[str]) -> bool:
    """Tell whether a tree is built by Kbuild: the kernel, or a module outside of it."""
    names = (join(folder, name) for folder in folders for name in MAKEFILES)
    return (tree / _KBUILD).is_file() or any(_lists_objects(tree / name) for name in names)


def _lists_objects(makefile: Path) -> bool:
    try:
        return makefile.is_file() and _LIST.search(makefile.read_bytes()) is not None
    except OSError:
        return False
