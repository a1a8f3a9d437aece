"""The spec describes the end state: from wherever a tree stands, a run leads there and stays."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Scratch
from .ctext import functions, read, rename_words
from .judges import strip_lines
from .layers import Tree
from .patches import diff_lines
from .splits import Split
from .tool import HEADER, MAKEFILE, must_run, run_tool, take_snapshot

pytestmark = pytest.mark.kernel


def write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8", "surrogateescape"))


def restore(split: Split, tree: Path, path: str) -> None:
    """Put a file back as it was before the split, or away if it was not there."""
    if (split.before / path).exists():
        shutil.copy2(split.before / path, tree / path)
    else:
        (tree / path).unlink()


def undo_makefile(split: Split, tree: Path) -> None:
    restore(split, tree, MAKEFILE)


def undo_all_but_makefile(split: Split, tree: Path) -> None:
    for path in split.touched - {MAKEFILE}:
        restore(split, tree, path)


def undo_all_but_header(split: Split, tree: Path) -> None:
    for path in split.touched - {split.job.path(HEADER)}:
        restore(split, tree, path)


def undo_one_prototype(split: Split, tree: Path) -> None:
    path = tree / split.job.path(HEADER)
    prototypes = [found.head for found in functions(read(path)) if not found.defined]
    gone = prototypes[len(prototypes) // 2]
    assert read(path).count(f"{gone};\n") == 1
    write(path, read(path).replace(f"{gone};\n", ""))


def undo_one_exposure(split: Split, tree: Path) -> None:
    # A head of one line: nothing was re-aligned, so putting `static` back undoes all.
    path = tree / split.job.path(split.job.source)
    exposed = split.exposed()
    heads = [
        found.head
        for found in functions(split.old())
        if found.name in exposed and found.defined and "\n" not in found.head
        if found.head.startswith("static ")
    ]
    gone = heads[len(heads) // 2]
    assert read(path).count(f"\n{gone.removeprefix('static ')}\n") == 1
    write(path, read(path).replace(f"\n{gone.removeprefix('static ')}\n", f"\n{gone}\n"))


def undo_include(split: Split, tree: Path) -> None:
    path = tree / split.job.path(split.job.source)
    text, count = re.subn(rf'^#include "{HEADER}"\n', "", read(path), flags=re.MULTILINE)
    assert count == 1
    write(path, text)


def do_only_table_names(split: Split, tree: Path) -> None:
    path = start_again(split, tree)
    write(path, rename_words(read(path), split.job.tables))


def do_only_function_names(split: Split, tree: Path) -> None:
    path = start_again(split, tree)
    names = {was: now for was, now in split.renames().items() if was not in split.job.tables}
    assert names
    write(path, rename_words(read(path), names))


def do_every_other_exposure(split: Split, tree: Path) -> None:
    source = start_again(split, tree)
    lines = read(source).split("\n")
    hunks = diff_lines(source, split.after / split.job.path(split.job.source))
    exposures = [
        hunk
        for hunk in hunks
        if hunk.marked("-") and hunk.marked("+")
        if strip_lines("\n".join(hunk.marked("-"))) == strip_lines("\n".join(hunk.marked("+")))
    ]
    # From the end, so that the places of those before stay right.
    for hunk in reversed(exposures[::2]):
        start = hunk.span.old_start - 1
        lines[start : start + hunk.span.old_lines] = hunk.marked("+")
    write(source, "\n".join(lines))


def start_again(split: Split, tree: Path) -> Path:
    """Undo the whole split; returns the path of the source file."""
    for path in split.touched:
        restore(split, tree, path)
    return tree / split.job.path(split.job.source)


UNDOINGS = [
    undo_makefile,
    undo_all_but_makefile,
    undo_all_but_header,
    undo_one_prototype,
    undo_one_exposure,
    undo_include,
    do_only_table_names,
    do_only_function_names,
    do_every_other_exposure,
]


@pytest.mark.parametrize("undo", UNDOINGS, ids=lambda undo: undo.__name__)
def test_partial_state_leads_to_same_end(
    vmx: Split,
    pristine: Callable[[str], Tree],
    scratch: Scratch,
    undo: Callable[[Split, Path], None],
) -> None:
    tree = scratch(pristine("6.1"))
    for path in vmx.touched:
        shutil.copy2(vmx.after / path, tree / path)
    undo(vmx, tree)
    assert differing(vmx, tree), "nothing was undone"
    assert run_tool(tree, "--check").code == 1
    must_run(tree, "--write")
    assert differing(vmx, tree) == {}
    must_run(tree, "--check")


def differing(split: Split, tree: Path) -> dict[str, str]:
    """Return the touched files that are not as after the split, with their texts to look at."""
    return {
        path: read(tree / path) if (tree / path).exists() else "missing"
        for path in sorted(split.touched)
        if not (tree / path).exists() or read(tree / path) != read(split.after / path)
    }


def test_second_run_changes_nothing(vmx: Split) -> None:
    before = take_snapshot(vmx.after)
    for arguments in ([], ["--check"], ["--write"]):
        ran = must_run(vmx.after, *arguments)
        assert ran.out == b"", arguments
        assert take_snapshot(vmx.after) == before, arguments
