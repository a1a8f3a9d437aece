"""A run may die or fail at any call: its tree is whole, or `recover` brings it to either end."""

import errno
import os
import shutil
from bisect import bisect_left
from collections.abc import Sequence
from itertools import count
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from how_many import mostly_slow
from vtsplit.change.recovery import CHANGED_SINCE, LOST_CONTENT, End, recoverable, recovering
from vtsplit.change.write import write
from vtsplit.cli import main
from vtsplit.cli.machine.recover import RecoverReport
from vtsplit.diagnostics import HalfWrittenError, RefusedError
from vtsplit.tree.journal import TORN, has_journal
from vtsplit.tree.source_tree import SourceTree
from writings import AFTER, BEFORE, CALLS, at_call, changes, contents, folders, killed, lay_out, own

pytestmark = pytest.mark.slow

LOOKS = ("stat", "lstat")  # calls that only look at a file
ENDS = {End.UNDO: BEFORE, End.FINISH: AFTER}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return lay_out(tmp_path / "tree")


def recover(root: Path, end: End) -> None:
    for home in recoverable(root):
        with recovering(home, lambda line: None) as found:
            if found is not None:
                found.bring(end)


def check_ends(root: Path) -> None:
    """Bring a copy of a tree to the one end, and the tree to the other one."""
    copy = root.with_name("copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(root, copy)
    for place, end in ((copy, End.UNDO), (root, End.FINISH)):
        recover(place, end)
        assert contents(place) == ENDS[end]
    assert folders(copy) == {"sub"}
    assert folders(root) == {"sub", "new", "deep"}


def die(root: Path, number: int) -> bool:
    """Let a run die at its call of that number; tell whether the tree has changed by then."""
    shutil.rmtree(root, ignore_errors=True)
    lay_out(root)
    killed(lambda: write(changes(), root), number)
    return own(root) != BEFORE


_first: dict[str, int] = {}  # the first call at which a run dies too late, once it is found


def half_written(root: Path, calls: int = 0) -> Path:
    """Make a tree on which a run has died after some of its files were replaced."""
    if not _first:
        _first["call"] = bisect_left(range(200), True, key=lambda number: die(root, number))
    assert die(root, _first["call"] + calls)
    assert own(root) != AFTER
    return root


@pytest.mark.slow
def test_killed_at_any_call(root: Path) -> None:
    ways = set()
    for number in count(1):
        shutil.rmtree(root)
        lay_out(root)
        dies = killed(lambda: write(changes(), root), number)
        now = own(root)
        if has_journal(root):
            ways.add("half written")
            with pytest.raises(RefusedError) as refused:
                SourceTree(root)
            assert [problem.rule for problem in refused.value.problems] == [TORN]
            check_ends(root)
        else:
            assert now in (BEFORE, AFTER)
            ways.add("before" if now == BEFORE else "after")
            recover(root, End.UNDO)
            assert contents(root) == now
            assert folders(root) - {"new", "deep"} == {"sub"}
        if not dies:
            break
    assert number > 50
    assert ways == {"before", "after", "half written"}


@pytest.mark.slow
def test_leftovers_go_with_the_next_run(root: Path) -> None:
    for number in count(1):
        shutil.rmtree(root)
        lay_out(root)
        killed(lambda: write(changes(), root), number)
        if has_journal(root):
            break
        write(changes(), root)
        assert contents(root) == AFTER


@pytest.mark.slow
@pytest.mark.parametrize("first", End)
@pytest.mark.parametrize("second", End)
def test_recover_may_be_killed_at_any_call(root: Path, first: End, second: End) -> None:
    half_written(root, 2)
    torn = root.with_name("torn")
    root.rename(torn)
    for number in count(1):
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(torn, root)
        dies = killed(lambda: recover(root, first), number)
        if has_journal(root):
            recover(root, second)
            assert contents(root) == ENDS[second]
        else:
            recover(root, second)
            assert contents(root) == ENDS[first]
        if not dies:
            break
    assert number > 5


@pytest.mark.parametrize("links", [True, pytest.param(False, marks=pytest.mark.slow)])
@pytest.mark.parametrize("later", mostly_slow([False, True], 1))
@pytest.mark.parametrize("calls", [(*CALLS, *LOOKS), LOOKS], ids=["all", "looks"])
def test_any_call_fails(
    root: Path, calls: Sequence[str], later: bool, links: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, or with all calls after it; then what was said of the tree is true."""
    if not links:
        monkeypatch.setattr(os, "link", cannot_link)
    said = set()
    failed = False

    def fail(behind: int) -> None:
        nonlocal failed
        failed = True
        if later or not behind:
            raise OSError(errno.EIO, "Input/output error")

    for number in count(1):
        shutil.rmtree(root)
        lay_out(root)
        failed = False
        try:
            with at_call(number, fail, calls):
                write(changes(), root)
        except HalfWrittenError:
            said.add("half written")
            assert has_journal(root)
            if links:
                check_ends(root)
            recover(root, End.UNDO)
            assert contents(root) == (AFTER if links else BEFORE)
        except RefusedError as refused:
            said.add("refused")
            assert own(root) == BEFORE
            told = any("run: " in problem.help for problem in refused.problems)
            assert told or contents(root) == BEFORE
        else:
            assert own(root) == AFTER
            if not failed:
                break
            said.add("written")
        recover(root, End.UNDO)
    assert number > 50
    expected = {"refused", "written"} | ({"half written"} if later else set())
    assert said == expected


@pytest.mark.parametrize(("number", "known"), [(errno.EIO, True), (errno.EACCES, False)])
def test_a_journal_that_cannot_be_seen(
    root: Path, number: int, known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fails is asked again, by the one who reads the journal."""

    def fail(path: str) -> None:
        raise OSError(number, os.strerror(number))

    half_written(root)
    monkeypatch.setattr(os, "lstat", fail)
    assert has_journal(root) is known


def cannot_link(*_: object, **__: object) -> None:
    raise PermissionError(1, "Operation not permitted")


def test_a_file_that_somebody_has_changed_is_not_lost(root: Path) -> None:
    half_written(root, 1)
    written = next(path for path in AFTER if own(root).get(path) == AFTER[path])
    (root / written).write_bytes(b"precious\n")
    for end in End:
        before = contents(root)
        with pytest.raises(RefusedError) as refused:
            recover(root, end)
        (problem,) = refused.value.problems
        assert problem.rule == CHANGED_SINCE
        assert f"'{written}' has been changed by somebody else" in problem.message
        assert contents(root) == before
    (root / written).rename(root.with_name("mine"))
    recover(root, End.UNDO)
    assert contents(root) == BEFORE


def test_a_file_that_the_run_had_not_come_to_stays_as_somebody_has_changed_it(root: Path) -> None:
    half_written(root)
    (root / "sub/b.c").write_bytes(b"precious\n")
    with pytest.raises(RefusedError):
        recover(root, End.FINISH)
    recover(root, End.UNDO)
    assert contents(root) == {**BEFORE, "sub/b.c": b"precious\n"}


def test_lost_content(root: Path) -> None:
    half_written(root)
    for path in root.rglob(".vtsplit-*.new"):
        path.unlink()
    with pytest.raises(RefusedError) as refused:
        recover(root, End.FINISH)
    assert {problem.rule for problem in refused.value.problems} == {LOST_CONTENT}
    recover(root, End.UNDO)
    assert contents(root) == BEFORE


def test_every_command_refuses_a_half_written_tree(root: Path) -> None:
    half_written(root)
    (root / "sub/deep").mkdir()
    before = contents(root)
    spec = root.with_name("a.toml")
    spec.write_text('[split]\nsource = "a.c"\nheader = "a.h"\nmain = "m.c"\n[tables]\na = "b"\n')
    for folder in (root, root / "sub", root / "sub/deep/.."):
        for command in (
            ["split", folder, "--spec", spec],
            ["split", folder, "--spec", spec, "--write"],
            ["lint", folder, "--spec", spec],
            ["init", folder, "a.c:a"],
            ["scan", folder],
            ["verify", folder, folder],
        ):
            ran = CliRunner().invoke(main, [str(word) for word in command])
            assert ran.exit_code == 2, ran.output
            assert "error[VT075]" in ran.stderr
            assert f"vtsplit recover {root}" in ran.stderr
    assert contents(root) == before


def test_a_folder_that_is_half_written_refuses_the_tree_above(root: Path) -> None:
    half_written(root)
    above = SourceTree(root.parent)
    above.find("tree/a.c")
    with pytest.raises(RefusedError) as refused:
        above.refuse_changed()
    assert [problem.rule for problem in refused.value.problems] == [TORN]
    assert recoverable(root.parent) == [root]


def test_a_journal_above_of_other_files_is_no_reason(root: Path) -> None:
    half_written(root)
    (root / "other").mkdir()
    assert SourceTree(root / "other").listdir() == []


@pytest.mark.parametrize("path", ["../outside.c", "/etc/passwd", ".git/hooks/x", "a/../../b"])
def test_a_journal_leads_nowhere_else(root: Path, path: str) -> None:
    half_written(root)
    journal = root / ".vtsplit/journal"
    journal.write_text(journal.read_text().replace('"a.c"', f'"{path}"'))
    ran = CliRunner().invoke(main, ["recover", str(root), "--finish"])
    assert ran.exit_code == 2
    assert "VT075/damaged-journal" in ran.stderr


def test_a_link_in_the_path_leads_nowhere_else(root: Path, tmp_path: Path) -> None:
    half_written(root)
    (root / "sub").rename(tmp_path / "elsewhere")
    (root / "sub").symlink_to(tmp_path / "elsewhere")
    before = contents(tmp_path)
    ran = CliRunner().invoke(main, ["recover", str(root), "--finish"])
    assert ran.exit_code == 2
    assert contents(tmp_path) == before


def test_what_recover_says(root: Path) -> None:
    def say(*options: str) -> tuple[int, str]:
        ran = CliRunner().invoke(main, ["recover", str(root), *options])
        return ran.exit_code, ran.stdout

    assert say() == (0, f"'{root}': nothing to recover\n")
    half_written(root)
    code, said = say()
    assert code == 1
    assert "  written        a.c\n  not written    new.c\n" in said
    assert f"vtsplit recover {root} --undo    restores 1 file\n" in said
    assert f"vtsplit recover {root} --finish  writes the other 4 files\n" in said
    assert say("--undo", "--finish")[0] == 2
    assert say("--finish") == (0, f"'{root}': 5 files are as after the run\n")
    assert say("--undo") == (0, f"'{root}': nothing to recover\n")
    assert contents(root) == AFTER


def test_recover_says_the_same_to_programs(root: Path) -> None:
    half_written(root)
    for options, verdict, code in (
        ([], "half-written", 1),
        (["--undo"], "recovered", 0),
        ([], "nothing-to-do", 0),
    ):
        ran = CliRunner().invoke(main, ["recover", str(root), "--json", *options])
        told = msgspec.json.decode(ran.stdout, type=RecoverReport)
        assert (told.verdict, ran.exit_code, ran.stderr) == (verdict, code, "")
        assert [one.path for one in told.folders] == [str(root)] * (verdict != "nothing-to-do")
        for folder in told.folders:
            assert {one.path for one in folder.files} == {*BEFORE, *AFTER}
            assert {"before", "after"} <= {one.state for one in folder.files}
    assert contents(root) == BEFORE


def test_recover_says_less_or_more(root: Path) -> None:
    half_written(root)
    quiet = CliRunner().invoke(main, ["recover", str(root), "-q"])
    assert (quiet.exit_code, quiet.output) == (1, "")
    verbose = CliRunner().invoke(main, ["recover", str(root), "--finish", "-v"])
    assert verbose.exit_code == 0
    assert {line[2:] for line in verbose.stdout.splitlines()[:-1]} >= {*AFTER}
