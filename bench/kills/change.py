"""The change that is written again and again: planned once, kept in a file."""

import pickle
import shutil
from contextlib import suppress
from pathlib import Path

from vtsplit.apply.transform import transform
from vtsplit.change.changes import ChangeSet, changes_to
from vtsplit.change.write import write
from vtsplit.spec.document import load
from vtsplit.spec.presets import load_preset
from vtsplit.tree.source_tree import SourceTree

Snapshot = dict[str, tuple[int, bytes] | None]


class Change:
    """A change with the part of the tree that it needs, and how that looks before and after."""

    def __init__(self, tree: Path, preset: str, folder: Path) -> None:
        self.folder = folder
        self.source = folder / "before"
        self.pickled = folder / "changes"
        source = SourceTree(tree)
        text = "" if preset else (tree / "vtsplit.toml").read_text()
        spec = load_preset(preset) if preset else load(text, "vtsplit.toml")
        result = transform(spec, source)
        self.changes = changes_to(source, result.texts, result.moved)
        self.pickled.write_bytes(pickle.dumps(self.changes))
        for change in self.changes:
            place = self.source / change.path
            place.parent.mkdir(parents=True, exist_ok=True)
            if change.before is not None:
                shutil.copy2(tree / change.path, place)
        root = self.fresh(folder / "whole")
        write(self.changes, root)
        self.before, self.after = snapshot(self.source), snapshot(root)

    def fresh(self, root: Path) -> Path:
        """Make a tree as it is before the change."""
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.source, root)
        return root


def write_once(root: Path, pickled: Path) -> None:
    """Write a change that is kept in a file."""
    changes = pickle.loads(pickled.read_bytes())
    assert isinstance(changes, ChangeSet)
    write(changes, root)


def snapshot(root: Path) -> Snapshot:
    """Return mode and bytes of each file, None for a folder; what vtsplit lays there left out."""
    found: Snapshot = {}
    for path in root.rglob("*"):
        name = path.relative_to(root).as_posix()
        if ".vtsplit" in name:
            continue
        with suppress(FileNotFoundError):
            found[name] = None if path.is_dir() else (path.stat().st_mode, path.read_bytes())
    return found


def leftovers(root: Path) -> list[Path]:
    """Return what vtsplit has laid there."""
    return [path for path in root.rglob("*") if path.name.startswith(".vtsplit")]
