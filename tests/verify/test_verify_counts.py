"""A split and its proof count in the same way."""

from pathlib import Path

import click.testing

from trees import small_tree, split, write
from vtsplit.cli import main
from vtsplit.cli.output.counts import of_proof
from vtsplit.verify.verdict import IntendedChange

ONE_OBJECT = {
    "drv/Makefile": "obj-$(CONFIG_FOO) += foo.o\n",
    "drv/Kconfig": "config FOO\n\ttristate 'Foo'\n",
}


def counts_of(line: str) -> set[str]:
    return set(line.partition(": ")[2].split(", "))


def test_a_source_with_another_name_has_moved_nothing(tmp_path: Path) -> None:
    before = small_tree(tmp_path / "before", ONE_OBJECT)
    after = write(small_tree(tmp_path / "after", ONE_OBJECT))
    assert (after / "drv/foo_core.c").exists()
    said = split(before).stderr.splitlines()
    result = click.testing.CliRunner().invoke(main, ["verify", str(before), str(after)])
    assert result.exit_code == 0, result.output
    proved = next(line for line in result.output.splitlines() if "by design: " in line)
    of_split = counts_of(next(line for line in said if "made global" in line))
    assert counts_of(proved) == of_split - {"2 uses renamed"}
    assert {"1 moved", "1 file renamed"} <= of_split
    # The source, main and the header: a file that has another name is one file.
    assert "3 files)" in result.output


def test_includes_are_counted_only_if_nothing_else_is_there() -> None:
    included = IntendedChange("included", '#include "a.h"')
    assert of_proof([included]) == "an include added"
    assert of_proof([included, IntendedChange("declared", "f")]) == "1 declared"


def test_an_include_of_a_header_that_is_nowhere_is_told(tmp_path: Path) -> None:
    before = small_tree(tmp_path / "before", {"drv/more.h": "int more;\n"})
    for name, told in (("rows.h", True), ("more.h", False)):
        after = small_tree(tmp_path / name, {"drv/more.h": "int more;\n"})
        path = after / "drv/foo.c"
        path.write_text(path.read_text().replace("#include", f'#include "{name}"\n#include', 1))
        run = click.testing.CliRunner().invoke(main, ["verify", str(before), str(after)])
        assert run.exit_code == 0, run.output
        note = f'note: drv/foo.c includes "{name}" now, which is not found in the tree'
        assert (note in run.output) is told
