"""A change by design in code that the build leaves out is said by a note."""

import json
from pathlib import Path

import click.testing
import pytest

from vtsplit.cli import main

BEFORE = """\
static int one(int x) { return x + 1; }
int f(int x) { return one(x); }
#ifdef MORE
static int two(int x) { return x + 2; }
int g(int x) { return two(x); }
#endif
"""


@pytest.mark.slow
@pytest.mark.parametrize(("options", "is_said"), [([], True), (["-DMORE"], False)])
def test_a_function_that_the_build_leaves_out(
    tmp_path: Path, options: list[str], is_said: bool
) -> None:
    for side, text in (("a", BEFORE), ("b", BEFORE.replace("static ", ""))):
        (tmp_path / side).mkdir()
        (tmp_path / side / "a.c").write_text(text)
    before = tmp_path / "a"
    record = {"directory": str(before), "file": "a.c", "arguments": ["gcc", *options, "-c", "a.c"]}
    database = tmp_path / "compile_commands.json"
    database.write_text(json.dumps([record]))
    command = ["verify", f"--compile-commands={database}", str(before), str(tmp_path / "b")]
    result = click.testing.CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output
    note = (
        "note: 1 name that changes stands in code that the build leaves out (two): compared as "
        "text only, and not counted as by design\n"
    )
    assert (note in result.output) is is_said
