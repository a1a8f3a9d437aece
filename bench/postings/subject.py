"""What a case is about: a tree under git, the spec of its split, and how its objects are built."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from postings.programs import FailedError, Ran, git, vtsplit

# Warnings of a build, by the setting under which it was made.
Build = Callable[[], Mapping[str, Counter[str]]]

_SAID = re.compile(r"^(\S+?):\d+(?::\d+)?: ((?:fatal )?(?:error|warning): .*)$", re.MULTILINE)
_QUOTED = re.compile(r"'[^']*'")


@dataclass(frozen=True)
class Subject:
    """A tree under git whose HEAD is `base`, clean and built.

    `spec` are the options that name the spec, `proof` what `verify` has to know. `record` is called
    when the last commit is built, before it is verified. `work` is a folder for what is made.
    """

    name: str
    tree: Path
    base: str
    work: Path
    spec: tuple[str, ...]
    build: Build
    proof: Callable[[], tuple[str, ...]] = tuple
    is_kernel: bool = False

    def series(self, *options: str | Path) -> Ran:
        """Run `vtsplit series` as the tree is. Raises FailedError."""
        return must(vtsplit("series", self.tree, *self.spec, *options), "series")

    def back(self) -> None:
        """Bring the tree back to its first commit; what a build has made stays."""
        git(self.tree, "checkout", "--quiet", "--force", "-B", "main", self.base)

    def folder(self, name: str) -> Path:
        """Return a folder for something that is made; it does not exist yet."""
        return self.work / name


@dataclass(frozen=True)
class Posting:
    """The files of a series, in order, and the tree that they have to come to."""

    cover: Path | None
    patches: tuple[Path, ...]
    end: str

    @property
    def files(self) -> tuple[Path, ...]:
        """All files that are sent."""
        return (self.cover, *self.patches) if self.cover else self.patches


def must(ran: Ran, what: str) -> Ran:
    """Return how a program ended. Raises FailedError unless it ended well."""
    if ran.code:
        raise FailedError(f"{what}: exit code {ran.code}: {ran.end}")
    return ran


def gists(said: str) -> Counter[str]:
    """Return what a compiler said, without lines and names: a split may change both."""
    return Counter(f"{path}: {_QUOTED.sub('', text)}" for path, text in _SAID.findall(said))


def tree_of(root: Path) -> str:
    """Return the id of the tree that HEAD has."""
    return git(root, "rev-parse", "HEAD^{tree}")


def is_clean(root: Path) -> bool:
    """Tell whether tracked files are as HEAD has them."""
    return not git(root, "status", "--porcelain", "--untracked-files=no")
