"""The patch that moves the tables: git follows their lines to the commits before."""

import re
from pathlib import Path

import pytest

from repositories import committed, git, series
from trees import copy_sample

# Entries with the same text in both files: those that name an object name a table's new name.
SAME = re.compile(r"\t\.\w+ = (?!&)")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make the series of the sample, and tag the patch that moves its tables."""
    root = committed(copy_sample(tmp_path / "tree", dispatch=True), "vmx: Begin")
    git(root, "tag", "base")
    assert series(root, "--commit").exit_code == 0
    log = git(root, "log", "--format=%H %s", "base..").split("\n")
    git(root, "tag", "move", next(one for one in log if "Move vmx_x86_ops" in one).split()[0])
    return root


def blamed(root: Path, commit: str, option: str = "-C") -> dict[str, str]:
    """Return for each line of main which commit `git blame -C` finds, as its subject."""
    text = git(root, "blame", option, "--line-porcelain", commit, "--", "vmx/main.c")
    lines = re.findall(r"^summary (.*)\n(?:[a-z].*\n)*\t(.*)$", text, re.MULTILINE)
    return {line: subject for subject, line in lines}


@pytest.mark.slow
def test_blame_follows_lines_that_move(root: Path) -> None:
    moved = {line: by for line, by in blamed(root, "move").items() if SAME.match(line)}
    assert len(moved) > 40
    assert {by for by in moved.values() if by.startswith("vmx: Move")} == set()
    assert sum(by == "vmx: Begin" for by in moved.values()) > 0.8 * len(moved)


@pytest.mark.slow
def test_blame_follows_them_through_the_whole_series(root: Path) -> None:
    """An entry that names a wrapper now has its patch, and all others what was before the move.

    Entries that stand alone between others are short: git is to look for as few as ten letters.
    """
    found = {line: by for line, by in blamed(root, "HEAD", "-C10").items() if SAME.match(line)}
    plain = {line: by for line, by in found.items() if "vt_" not in line}
    assert plain
    assert {by for by in plain.values() if by.startswith("vmx: Move")} == set()
    wrapped = {by for line, by in found.items() if "vt_" in line}
    assert len(wrapped) == 5
    assert not [by for by in wrapped if by.startswith(("vmx: Move", "vmx: Begin"))]


@pytest.mark.slow
def test_diff_shows_them_as_moved(root: Path) -> None:
    settings = ["-c", "color.diff.oldMoved=magenta", "-c", "color.diff.newMoved=cyan"]
    options = ["--color=always", "--color-moved=plain", "--ws-error-highlight=none"]
    text = git(root, *settings, "diff", *options, "move~..move", "--", "vmx")
    found = re.findall(r"^\x1b\[(\d+)m[+-](?:\x1b\[m\x1b\[\d+m)?(.*?)\x1b", text, re.MULTILINE)
    colors: dict[str, set[str]] = {}
    for color, line in found:
        if SAME.match(line):
            colors.setdefault(line, set()).add(color)
    assert len(colors) > 40
    assert {frozenset(one) for one in colors.values()} == {frozenset({"35", "36"})}
