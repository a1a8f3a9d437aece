"""Writable copies of big trees: overlay mounts where the system permits them, else real copies.

A `Tree` is a stack of read-only layers, the topmost first. With overlays, a built tree is just
what the build added, on top of the pristine sources. Without them, each tree is one full copy.
"""

import contextlib
import fcntl
import functools
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .cache import find_cache, lock
from .mounts import TREE, discard, unmount


@dataclass(frozen=True)
class Tree:
    """Layers to make scratch copies of, the topmost first."""

    layers: tuple[Path, ...]

    @property
    def pristine(self) -> Path:
        """The lowest layer: the sources as they were unpacked. To read only."""
        return self.layers[-1]


def mount_overlay(tree: Tree, upper: Path, work: Path, target: Path) -> bool:
    """Mount `tree` at `target` with all changes going to `upper`; False where not permitted."""
    lower = ":".join(str(layer) for layer in tree.layers)
    # Without these an upper layer may hold references instead of whole files, and could not
    # serve as the lower layer of another mount.
    whole = "index=off,metacopy=off,redirect_dir=off"
    options = f"lowerdir={lower},upperdir={upper},workdir={work},{whole}"
    command = ["mount", "-t", "overlay", "overlay", "-o", options, str(target)]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@contextlib.contextmanager
def mount_over(tree: Tree, home: Path) -> Iterator[Path | None]:
    """Mount `tree` with `home/upper` to take the changes; gives None where not permitted."""
    upper, work, target = home / "upper", home / "work", home / TREE
    for folder in (upper, work, target):
        folder.mkdir()
    mounted = False
    try:
        mounted = mount_overlay(tree, upper, work, target)
        yield target if mounted else None
    finally:
        if mounted:
            unmount(target)
        shutil.rmtree(work)
        target.rmdir()


@functools.cache
def can_overlay() -> bool:
    """Try whether this user may mount overlays with upper layers in the cache folder."""
    with tempfile.TemporaryDirectory(prefix="probe-", dir=find_cache()) as probe:
        lower = Path(probe, "lower")
        lower.mkdir()
        home = Path(probe, "home")
        home.mkdir()
        with mount_over(Tree((lower,)), home) as target:
            return target is not None


def copy_tree(tree: Tree, target: Path) -> None:
    """Copy a tree of one layer to `target`, sharing blocks where the file system can."""
    (only,) = tree.layers
    subprocess.run(["cp", "-a", "--reflink=auto", only, target], check=True)


@contextlib.contextmanager
def lend(tree: Tree) -> Iterator[Path]:
    """Give a writable copy of `tree`, which is gone, mount and all, when the block ends."""
    scratches = find_cache() / "scratch"
    scratches.mkdir(exist_ok=True)
    with contextlib.ExitStack() as stack:
        with lock(find_cache() / "scratch.lock"):
            sweep(scratches)
            home = Path(tempfile.mkdtemp(dir=scratches))
            # The lock on this file says that the owner lives; see sweep().
            owner = stack.enter_context((home / "owner").open("w"))
            fcntl.flock(owner, fcntl.LOCK_EX)
        stack.callback(shutil.rmtree, home)
        if can_overlay():
            target = stack.enter_context(mount_over(tree, home))
            if target is None:
                raise OSError(f"cannot mount an overlay of {tree.layers}")
        else:
            target = home / TREE
            copy_tree(tree, target)
        yield target


def sweep(scratches: Path) -> None:
    """Unmount and delete scratch copies whose owner was killed before it could."""
    for home in scratches.iterdir():
        with (home / "owner").open("w") as owner:
            try:
                fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            discard(home)
