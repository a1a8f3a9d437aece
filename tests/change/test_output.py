"""The file that `-o FILE` names: what is refused, in the same words by all commands."""

import os
from pathlib import Path

import click.testing
import pytest

from vtsplit.change.output import OwnKind, refuse_output, write_output
from vtsplit.cli import main
from vtsplit.diagnostics import RefusedError


def refusal_of(path: Path, own: OwnKind | None = None) -> str:
    """Return what is said when a file is refused before the work, "" if it is not."""
    try:
        refuse_output(path, own)
    except RefusedError as error:
        (problem,) = error.problems
        return problem.message.replace(str(path.parent), "DIR")
    return ""


def test_what_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine\n")
    (tmp_path / "empty").touch()
    (tmp_path / "loop").symlink_to("loop")
    assert refusal_of(tmp_path / "new") == ""
    assert refusal_of(tmp_path / "empty") == ""
    assert refusal_of(Path("-")) == ""
    assert refusal_of(Path(os.devnull)) == ""
    assert refusal_of(tmp_path / "mine") == "'DIR/mine' exists already"
    assert refusal_of(tmp_path / ".").endswith("it is a folder")
    assert refusal_of(tmp_path / "no/file").endswith("its folder does not exist")
    assert refusal_of(tmp_path / "mine/file").endswith("its folder is a file")
    assert refusal_of(tmp_path / ("x" * 300)).endswith("file name too long")
    assert refusal_of(tmp_path / "loop").endswith("too many levels of symbolic links")


def test_what_an_earlier_run_has_written_is_replaced(tmp_path: Path) -> None:
    page = tmp_path / "page"
    page.write_text("made\n")
    made = OwnKind("a page", lambda path: path.read_text() == "made\n")
    assert refusal_of(page, made) == ""
    write_output(page, b"again\n")
    assert refusal_of(page, made) == "'DIR/page' exists already, and is not a page"


def test_permissions_are_asked_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").touch()
    denied = [tmp_path]
    monkeypatch.setattr(os, "access", lambda path, mode: path not in denied)
    assert refusal_of(tmp_path / "new").endswith("you may not write to its folder")
    denied[:] = [tmp_path / "empty"]
    assert refusal_of(tmp_path / "empty").endswith("you may not write to it")


def test_a_link_stays_one_and_a_circle_of_links_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("target")
    (tmp_path / "loop").symlink_to("loop")
    write_output(tmp_path / "link", b"text\n")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == b"text\n"
    with pytest.raises(RefusedError):
        write_output(tmp_path / "loop", b"text\n")


@pytest.mark.parametrize("command", ["init", "report", "series"])
@pytest.mark.parametrize(
    ("output", "says"),
    [("no/out", "its folder does not exist"), ("file/out", "its folder is a file")],
)
def test_each_command_says_the_same_before_it_reads_the_tree(
    command: str, output: str, says: str, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    table = ["a.c:b"] if command == "init" else []
    arguments = [command, tmp_path / "no-tree", *table, "-o", tmp_path / output]
    result = click.testing.CliRunner().invoke(main, list(map(str, arguments)))
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr
    assert "no-tree" not in result.stderr
