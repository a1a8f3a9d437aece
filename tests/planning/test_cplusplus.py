"""A branch for C++ in a C file: what it defines is another program's, and stays as it is."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from compilations import compile_well
from trees import SOURCE, small_tree, split, write
from vtsplit.cli import main

pytestmark = pytest.mark.skipif(not shutil.which("g++"), reason="needs g++")

# Of another type, with a table that is filled by code.
BRANCH = """\
typedef int unit_type;
extern "C" {
static unit_type foo_open(unit_type unit)
{
	return unit + 1;
}

static struct ops foo_ops;
}

int foo_init(void)
{
	foo_ops.open = foo_open;
	return foo_ops.open(1);
}
"""
INCLUDE, _, REST = SOURCE.partition('#include "foo.h"\n')


def source_with(opener: str) -> str:
    if opener.startswith("#ifdef"):
        return f'{INCLUDE}#include "foo.h"\n{opener}\n{BRANCH}#else\n{REST}#endif\n'
    return f'{INCLUDE}#include "foo.h"\n{opener}\n{REST}#else\n{BRANCH}#endif\n'


def compile_both(root: Path) -> None:
    """Compile the sources as C, and the first one as C++."""
    sources = [name for name in ("drv/foo.c", "drv/main.c") if (root / name).exists()]
    compile_well(["gcc", "-fsyntax-only", "-Wall", "-Werror", *sources], root)
    compile_well(["g++", "-x", "c++", "-fsyntax-only", "-Wall", "-Werror", "drv/foo.c"], root)


@pytest.mark.slow
@pytest.mark.parametrize(
    "opener",
    [
        "#ifndef __cplusplus",
        "#if !defined(__cplusplus)",
        "#if !(defined __cplusplus)",
        "#ifdef __cplusplus",
    ],
)
def test_a_branch_for_cplusplus_stays(opener: str, tmp_path: Path) -> None:
    before = small_tree(tmp_path / "before", {"drv/foo.c": source_with(opener)})
    compile_both(before)
    after = small_tree(tmp_path / "after", {"drv/foo.c": source_with(opener)})
    result = split(after, "--write")
    assert result.exit_code == 0, result.stderr
    text = (after / "drv/foo.c").read_text()
    assert BRANCH.replace("foo_ops", "bar_ops") in text
    assert "\nint foo_open(int unit)\n" in text
    compile_both(after)
    proof = CliRunner().invoke(main, ["verify", str(before), str(after), "--textual"])
    assert proof.output.startswith("proved"), proof.output
    assert "nothing to do" in split(after).stderr


def test_a_branch_for_another_compiler_of_c_counts(tmp_path: Path) -> None:
    """It has functions of another type, and a table of its own, with zeros."""
    source = source_with("#ifndef OTHER_CC")
    source = source.replace('extern "C" {\n', "").replace("foo_ops;\n}\n", "foo_ops;\n")
    root = write(small_tree(tmp_path, {"drv/foo.c": source}))
    for option in ("-DOTHER_CC", "-UOTHER_CC"):
        sources = ["drv/foo.c", "drv/main.c"]
        compile_well(["gcc", option, "-fsyntax-only", "-Wall", "-Werror", *sources], root)
    assert "#ifdef OTHER_CC\nstruct ops bar_ops;\n#endif" in (root / "drv/main.c").read_text()
