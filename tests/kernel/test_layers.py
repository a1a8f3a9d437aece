"""The scratch copies themselves: if these leak into what they copy, no other test means much."""

import fcntl
import os
from pathlib import Path

import pytest

from . import cache, layers
from .layers import Tree, lend

pytestmark = pytest.mark.kernel


@pytest.fixture(params=["overlay", "copy"])
def tree(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """A small tree; scratch copies of it are made in one way or the other."""
    if request.param == "copy":
        monkeypatch.setattr(layers, "can_overlay", lambda: False)
    elif not layers.can_overlay():
        pytest.skip("overlay mounts are not permitted here")
    (tmp_path / "pristine").mkdir()
    (tmp_path / "pristine/file").write_text("as it was\n")
    return Tree((tmp_path / "pristine",))


def test_writing_to_a_copy_leaves_the_tree_alone(tree: Tree) -> None:
    with lend(tree) as copy:
        (copy / "file").write_text("changed\n")
        (copy / "new").touch()
        assert (tree.pristine / "file").read_text() == "as it was\n"
    assert [path.name for path in tree.pristine.iterdir()] == ["file"]


def test_copy_is_gone_after_a_failure(tree: Tree) -> None:
    with pytest.raises(ZeroDivisionError), lend(tree) as copy:
        _ = 1 // 0
    assert not copy.parent.exists()
    assert str(copy) not in Path("/proc/self/mounts").read_text()


def test_copy_of_a_killed_owner_is_swept(tree: Tree) -> None:
    child = os.fork()
    if child == 0:
        # Leave as a killed process does: nothing is cleaned up, only locks are dropped.
        manager = lend(tree)
        manager.__enter__()
        os._exit(0)
    os.waitpid(child, 0)
    scratches = cache.find_cache() / "scratch"
    left = {home for home in scratches.iterdir() if not is_owned(home)}
    assert left
    with lend(tree):
        pass
    assert not any(home.exists() for home in left)


def is_owned(home: Path) -> bool:
    """Say whether some process holds a scratch copy."""
    with (home / "owner").open("w") as owner:
        try:
            fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_a_folder_that_could_not_be_filled_is_not_there(tmp_path: Path) -> None:
    target = tmp_path / "target"
    with pytest.raises(ZeroDivisionError), cache.fill_once(target):
        _ = 1 // 0
    assert not target.exists()
    with cache.fill_once(target) as part:
        assert part is not None
        (part / "file").touch()
    with cache.fill_once(target) as part:
        assert part is None
    assert [path.name for path in target.iterdir()] == ["file"]
