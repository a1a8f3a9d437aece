"""What each branch of an `#if` defines in its own way: functions of other types, objects."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from compilations import compile_well
from how_many import mostly_slow
from trees import HEADER, MAKEFILE, SOURCE, small_tree, split, write
from vtsplit.cli import main

OPEN = SOURCE[SOURCE.index("static int foo_open") : SOURCE.index("static int foo_free_unit")]
LONG = OPEN.replace("(int unit)", "(long unit)")
WIDE = OPEN.replace("int foo_open(int unit)", "long foo_open(int unit, char *name)")
TAKES = "\tint (*open)(int unit);\n"
CALLS = "return foo_open(unit);"
RUNS = "return foo_ops.open(1);"


def member(branches: str) -> str:
    return HEADER.replace(TAKES, branches)


def two(first: str, second: str, condition: str = "#ifdef A") -> str:
    return f"{condition}\n{first}#else\n{second}#endif\n"


CASES = {
    "else": (
        two(LONG, OPEN),
        member(two("\tint (*open)(long);\n", TAKES)),
        "#ifdef A\nint foo_open(long unit);\n#else\nint foo_open(int unit);\n#endif\n",
    ),
    "two blocks": (
        f"#if LEVEL > 2\n{LONG}#endif\n#if LEVEL <= 2\n{OPEN}#endif\n",
        member(two("\tint (*open)(long);\n", TAKES, "#if LEVEL > 2")),
        "#if LEVEL > 2\nint foo_open(long unit);\n#endif\n#if LEVEL <= 2\nint foo_open(int",
    ),
    "three branches": (
        f"#ifdef A\n{LONG}#elif defined(B)\n{LONG.replace('long', 'short')}#else\n{OPEN}#endif\n",
        member(
            "#ifdef A\n\tint (*open)(long);\n#elif defined(B)\n\tint (*open)(short);\n"
            f"#else\n{TAKES}#endif\n"
        ),
        "#elif defined(B)\nint foo_open(short unit);\n#else\n",
    ),
    "forward": (
        two("static int foo_open(long unit);\n", "static int foo_open(int unit);\n")
        + two(LONG, OPEN),
        member(two("\tint (*open)(long);\n", TAKES)),
        "#ifdef A\nint foo_open(long unit);\n#else\nint foo_open(int unit);\n#endif\n",
    ),
}


def tree(root: Path, opened: str, header: str) -> Path:
    source = SOURCE.replace(OPEN, opened)
    return small_tree(root, {"drv/foo.c": source, "drv/foo.h": header})


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_each_branch_has_a_declaration(case: str, tmp_path: Path) -> None:
    opened, header, declared = CASES[case]
    before = tree(tmp_path / "before", opened, header)
    after = write(tree(tmp_path / "after", opened, header))
    text = (after / "drv/foo_ops.h").read_text()
    assert declared in text
    for options in ("-DA", "-DB", "-DLEVEL=3", "-DLEVEL=1"):
        for root, files in ((before, ["drv/foo.c"]), (after, ["drv/foo.c", "drv/main.c"])):
            command = ["gcc", "-Wall", "-Werror", "-fsyntax-only", options, *files]
            compile_well(command, root)
    proof = CliRunner().invoke(main, ["verify", str(before), str(after), "--textual"])
    assert proof.output.startswith("proved"), proof.output
    assert "nothing to do" in split(after).stderr
    lint = CliRunner().invoke(main, ["lint", str(after)])
    assert lint.exit_code == 0, lint.output


@pytest.mark.parametrize(
    ("was", "now"), [("(long unit)", "(short unit)"), ("#ifdef A", "#ifndef A")]
)
def test_a_declaration_of_another_branch_differs(tmp_path: Path, was: str, now: str) -> None:
    opened, header, _ = CASES["else"]
    before = tree(tmp_path / "before", opened, header)
    after = write(tree(tmp_path / "after", opened, header))
    text = (after / "drv/foo_ops.h").read_text()
    assert was in text
    (after / "drv/foo_ops.h").write_text(text.replace(was, now))
    proof = CliRunner().invoke(main, ["verify", str(before), str(after), "--textual"])
    assert "does not fit its definition" in proof.output


def test_a_header_that_is_there_gains_both(tmp_path: Path) -> None:
    """They go between what stands there, in the order of the table."""
    opened, header, declared = CASES["else"]
    root = tree(tmp_path, opened, header)
    (root / "drv/foo_ops.h").write_text(
        "#ifndef FOO_OPS_H\n#define FOO_OPS_H\n\nint foo_free_unit(int unit);\n\n#endif\n"
    )
    text = (write(root) / "drv/foo_ops.h").read_text()
    assert f"{declared}int foo_free_unit(int unit);" in text


WRAPPED = """\
[dispatch]
prefix = "vt_"
[dispatch.backend]
prefix = "far_"
source = "drv/far.c"
header = "drv/far.h"
flag = "enable_far"
[op.open]
"""


def test_a_wrapper_has_one_type(tmp_path: Path) -> None:
    """Its head is the function's, so it would not fit in the other branch."""
    opened, header, _ = CASES["else"]
    files = {
        "drv/foo.c": SOURCE.replace(OPEN, opened),
        "drv/foo.h": header,
        "drv/far.c": '#include "far.h"\n\nint far_open(int unit)\n{\n\treturn unit;\n}\n',
        "drv/far.h": "#pragma once\nextern int enable_far;\nint far_open(int unit);\n",
        "drv/Makefile": MAKEFILE,
    }
    root = small_tree(tmp_path, files)
    spec = root / "vtsplit.toml"
    spec.write_text(spec.read_text() + WRAPPED)
    result = split(root)
    assert result.exit_code == 2
    assert "'foo_open' has another type under other #if conditions" in result.stderr


OBJECT = "static int foo_level = 1;\n"
ZERO = "static int foo_level;\n"


@pytest.mark.parametrize(
    ("objects", "left"),
    mostly_slow(
        [
            # The tentative definition is the only one in its branch (C11 6.9.2p2).
            (two(OBJECT, ZERO), two("int foo_level = 1;\n", "int foo_level;\n")),
            (two(ZERO, OBJECT), two("int foo_level;\n", "int foo_level = 1;\n")),
            (two(ZERO, ZERO), two("int foo_level;\n", "int foo_level;\n")),
            (two(ZERO + OBJECT, ZERO), two("int foo_level = 1;\n", "int foo_level;\n")),
            (ZERO + two(OBJECT, OBJECT), two("int foo_level = 1;\n", "int foo_level = 1;\n")),
        ],
        1,
    ),
)
def test_an_object_is_defined_in_each_branch(tmp_path: Path, objects: str, left: str) -> None:
    source = SOURCE.replace("static struct", f"{objects}\nstatic struct")
    source = source.replace("\t.free =", "\t.data = &foo_level,\n\t.free =")
    root = write(small_tree(tmp_path, {"drv/foo.c": source}))
    assert left in (root / "drv/foo.c").read_text()
    for option in ("-DA", "-UA"):
        objects_of = ["drv/foo.c", "drv/main.c"]
        command = ["gcc", option, "-Wall", "-Werror", "-shared", "-fPIC", "-Wl,-z,defs"]
        compile_well([*command, "-o", "foo.so", *objects_of], root)
