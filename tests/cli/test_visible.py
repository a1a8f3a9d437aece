"""Names and lines with characters that a terminal obeys are shown escaped, in every report."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from trees import small_tree
from vtsplit.change.diff import colored
from vtsplit.cli import main
from vtsplit.diagnostics import Problem, Site, render
from vtsplit.tree.source_tree import MISSING

NAMES = {
    "\x1b]0;PWN\x07z": "\\033]0;PWN\\az",
    "\u202ecod.exe": "\\342\\200\\256cod.exe",
    "two\nlines": "two\\nlines",
    "\x9b31m": "\\302\\23331m",
    "zero\u200bwidth": "zero\\342\\200\\213width",
}


def run(*words: str | Path) -> tuple[str, str]:
    """Run a command in this process; return all that it printed, and stdout alone."""
    result = CliRunner().invoke(main, list(map(str, words)))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.output, result.stdout


def has_hidden(text: str) -> bool:
    return any(not char.isprintable() and char not in "\n\t" for char in text)


@pytest.mark.parametrize("name", NAMES)
def test_name_of_a_file_that_is_in_the_way(tmp_path: Path, name: str) -> None:
    """It includes the source as text, which is refused; by the other commands it is listed."""
    root = small_tree(tmp_path / "tree")
    (root / f"drv/{name}.c").write_text('#include "foo.c"\n')
    said, _ = run("split", root)
    assert f"drv/{NAMES[name]}.c" in said
    assert not has_hidden(said)
    said, out = run("split", root, "--json")
    assert not has_hidden(said)
    sites = [one["path"] for one in json.loads(out)["problems"]]
    assert f"drv/{name}.c" in sites


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_name_of_a_file_that_has_tables(tmp_path: Path, name: str) -> None:
    root = small_tree(tmp_path / "tree")
    (root / "drv/foo.c").rename(root / f"drv/{name}.c")
    for options in ([], ["--plan"], ["--csv"], ["--json"]):
        said, _ = run("scan", root, "--least", "1", *options)
        if "--csv" not in options:  # data for programs, but on a terminal
            assert not has_hidden(said)
            assert options == ["--json"] or f"drv/{NAMES[name]}.c" in said
    after = small_tree(tmp_path / "after", {f"drv/{name}.c": "int f(void)\n{\n\treturn 1;\n}\n"})
    for options in ([], ["-v"], ["--json"]):
        assert not has_hidden(run("verify", root, after, *options)[0])


def test_line_of_a_file_is_shown_escaped(tmp_path: Path) -> None:
    root = small_tree(tmp_path / "tree")
    text = (root / "vtsplit.toml").read_text()
    (root / "vtsplit.toml").write_text(text.replace("[tables]", "odd = '\x7f\u202e' \n[tables]"))
    said, _ = run("split", root)
    assert "\\342\\200\\256" in said or "VT001" in said
    assert not has_hidden(said)


def test_marker_stands_below_what_it_marks() -> None:
    problem = Problem(MISSING, "a\x1bb", Site("x\r.c", 1, 4, 2), "c\nd")
    assert render(problem, lambda _: "\t\x1b\udce9ab").split("\n") == [
        "error[VT010]: a\\033b",
        "  --> x\\r.c:1:4",
        "    1 | \t\\033\\351ab",
        "      | \t        ^^ c\\nd",
    ]


def test_patch_on_a_terminal_obeys_nothing() -> None:
    shown = colored(b"@@ -1 +1 @@\n-a\n+b\x1b[2J\r\xe2\x80\xae\n")
    assert "\\033[2J\\r\\342\\200\\256" in shown


def test_proposed_spec_can_be_read_again(tmp_path: Path) -> None:
    root = small_tree(tmp_path / "tree")
    (root / "drv/\x1b\u202e.c").write_text('#include "foo.c"\n')
    said, out = run("init", root, "drv/foo.c:foo_ops")
    assert not has_hidden(said)
    (root / "again.toml").write_text(out)
    assert "VT001" not in run("split", root, "--spec", root / "again.toml")[0]


@pytest.mark.parametrize("words", [["split", "--table"], ["explain"], []])
@pytest.mark.parametrize("name", NAMES)
def test_what_is_wrong_with_an_argument(words: list[str], name: str) -> None:
    said, _ = run(*words, f"a{name}")
    assert not has_hidden(said)
    shown = NAMES[name] if name != "two\nlines" else name
    assert f"'a{shown}'" in said
