"""Trees under git: one commit of all files, without the history that an archive lacks."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from kernel.builds import FULL, Built, Variant, build, lend_built
from kernel.cache import UnavailableError, digest, fill_once, unpack
from kernel.layers import Tree, can_overlay, lend, mount_over
from postings.programs import ADDRESS, NAME, git

_SETTINGS = {
    "user.name": NAME,
    "user.email": ADDRESS,
    "gc.auto": "0",
    # A layer is mounted again and again: inodes and change times are others each time.
    "core.checkStat": "minimal",
    "core.trustctime": "false",
    "core.looseCompression": "1",
    "advice.detachedHead": "false",
}


def commit(root: Path, paths: Sequence[str] = (".",)) -> str:
    """Put files of a folder under git, ignored ones as well; return the commit."""
    git(root, "init", "--quiet", "--initial-branch=main")
    for key, value in _SETTINGS.items():
        git(root, "config", key, value)
    named = ("--pathspec-from-file=-", "--pathspec-file-nul")
    git(root, "add", "--force", *named, given="\0".join(paths))
    git(root, "commit", "--quiet", "--message", "tests: Start here")
    return git(root, "rev-parse", "HEAD")


def _repository(version: str) -> Path:
    """Return a layer over a pristine kernel that has its repository, made the first time."""
    if not can_overlay():
        raise UnavailableError("this user may not mount overlays")
    pristine = unpack(version)
    home = pristine.parent / f"repository-{digest(_SETTINGS)}"
    with fill_once(home) as part:
        if part is not None:
            with mount_over(Tree((pristine,)), part) as tree:
                if tree is None:
                    raise UnavailableError(f"cannot mount an overlay of {pristine}")
                commit(tree)
    return home / "upper"


@contextmanager
def built_kernel(version: str, variant: Variant = FULL) -> Iterator[Path]:
    """Lend a built kernel whose sources are one commit; what the build made is not tracked."""
    layer = _repository(version)
    built = build(version, variant)
    above, pristine = built.tree.layers[:-1], built.tree.layers[-1]
    stacked = Tree((*above, layer, pristine))
    with lend_built(Built(stacked, variant, built.place, built.stderr)) as tree:
        yield tree


@contextmanager
def pristine_kernel(version: str) -> Iterator[Path]:
    """Lend a kernel as it was unpacked, whose sources are one commit."""
    with lend(Tree((_repository(version), unpack(version)))) as tree:
        yield tree
