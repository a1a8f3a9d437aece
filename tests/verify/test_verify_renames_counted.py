"""Each name that a change gives to something is counted as by design."""

from pathlib import Path

import click.testing

from vtsplit.cli import main

BEFORE = """\
static int one(int x) { return x + 1; }
static int two(int x) { return one(x) * 2; }
int f(int x) { return two(x); }
"""


def verify(root: Path, after: str) -> str:
    for side, text in (("a", BEFORE), ("b", after)):
        (root / side).mkdir()
        (root / side / "a.c").write_text(text)
    result = click.testing.CliRunner().invoke(main, ["verify", str(root / "a"), str(root / "b")])
    assert result.exit_code == 0, result.output
    return result.output


def test_functions_that_only_get_other_names(tmp_path: Path) -> None:
    after = BEFORE.replace("one", "a_one").replace("two", "a_two")
    assert "by design: 2 renamed\n" in verify(tmp_path, after)


def test_one_of_them_becomes_global(tmp_path: Path) -> None:
    after = BEFORE.replace("one", "a_one").replace("static int two", "int two")
    after = after.replace("two", "a_two")
    assert "by design: 1 made global, 2 renamed\n" in verify(tmp_path, after)
