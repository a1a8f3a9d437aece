"""Main includes what a header includes that it cannot have itself, if it needs no more of it."""

from pathlib import Path

import pytest

from compilations import compile_well
from trees import HEADER, SOURCE, small_tree, split, write

pytestmark = pytest.mark.slow

OPS = HEADER[HEADER.index("struct ops") : HEADER.index("int foo_init")]
TYPES = f"#ifndef TYPES_H\n#define TYPES_H\n\n{OPS}#endif\n"
NUMBERED = SOURCE.replace("foo_free_unit,\n", "foo_free_unit,\n\t.number = FOO_NUMBER,\n")


def header(planted: str, name: str = "FOO_H") -> str:
    """Return a header with something that a program can have once, behind `planted`."""
    return (
        f"#ifndef {name}\n#define {name}\n\n{planted}\n"
        f"int {name.lower()}_total = 1;\nint foo_init(void);\n\n#endif\n"
    )


def tree_with(root: Path, files: dict[str, str]) -> Path:
    return small_tree(
        root, {"drv/foo.h": header('#include "types.h"'), "drv/types.h": TYPES} | files
    )


def link_all(root: Path) -> None:
    command = ["gcc", "-std=gnu11", "-r", "-nostdlib", "-Wall", "-Werror", "-o", "all.o"]
    compile_well([*command, "drv/foo.c", "drv/main.c"], root)


def includes(root: Path) -> list[str]:
    lines = (root / "drv/main.c").read_text().splitlines()
    return [line.removeprefix("#include ") for line in lines if line.startswith("#include")]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, '"types.h"'),
        (
            {
                "drv/foo.h": header('#include "mid.h"'),
                "drv/mid.h": header('#include "types.h"', "MID_H"),
            },
            '"types.h"',
        ),
        (
            {
                "drv/foo.c": SOURCE.replace('"foo.h"', '"own/foo.h"'),
                "drv/own/foo.h": header('#include "types.h"'),
                "drv/own/types.h": TYPES,
            },
            '"own/types.h"',
        ),
        (
            {
                "drv/foo.h": header('#include "number.h"\n#include "types.h"'),
                "drv/number.h": "#define FOO_NUMBER 3\n",
                "drv/foo.c": NUMBERED,
            },
            '"number.h" "types.h"',
        ),
        # What stands in front decides nothing of what comes.
        ({"drv/foo.h": header('#define FOO_ON 1\n#include "types.h"')}, '"types.h"'),
    ],
    ids=["one", "one in another", "another folder", "two", "a macro in front"],
)
def test_main_includes_what_the_header_includes(
    files: dict[str, str], expected: str, tmp_path: Path
) -> None:
    root = tree_with(tmp_path, files)
    write(root)
    assert includes(root) == [*expected.split(), '"foo_ops.h"']
    link_all(root)
    assert "nothing to do" in split(root).stderr


SIZED = TYPES.replace(
    "int number;", "#ifdef FOO_WIDE\n\tlong number;\n#else\n\tint number;\n#endif"
)


@pytest.mark.parametrize(
    "files",
    [
        {"drv/foo.h": header(OPS)},
        {
            "drv/foo.h": header('#include "types.h"\n#define FOO_NUMBER 3'),
            "drv/foo.c": NUMBERED,
        },
        {"drv/foo.h": header('#define FOO_WIDE\n#include "types.h"'), "drv/types.h": SIZED},
        {"drv/foo.h": header('#pragma pack(1)\n#include "types.h"\n#pragma pack()')},
        {"drv/foo.h": header('#ifdef FOO_OPS\n#include "types.h"\n#endif')},
        {
            "drv/foo.h": header('typedef int unit_t;\n#include "types.h"'),
            "drv/types.h": TYPES.replace("(int unit)", "(unit_t unit)"),
        },
        {
            "drv/foo.h": header('#include "types.h"'),
            "drv/types.h": TYPES.replace("#endif", "int types_total = 1;\n#endif"),
        },
        {
            "drv/foo.h": header('#include "types.h"\n#define FOO_READY'),
            "drv/types.h": TYPES.replace(OPS, ""),
            "drv/ops.h": f"#ifndef FOO_READY\n#error too early\n#endif\n{OPS}",
            "drv/foo.c": SOURCE.replace('"foo.h"\n', '"foo.h"\n#include "ops.h"\n'),
        },
    ],
    ids=[
        "a type of its own",
        "a macro of its own",
        "a macro that decides on a type",
        "a pragma that decides on a type",
        "under a condition",
        "a type in front",
        "another of that kind",
        "an error without it",
    ],
)
def test_what_needs_the_header_itself_is_refused(files: dict[str, str], tmp_path: Path) -> None:
    result = split(tree_with(tmp_path, files), "--write")
    assert result.exit_code == 2
    assert result.stderr.count("error[") == result.stderr.count("error[VT049]") > 0
    assert not (tmp_path / "drv/main.c").exists()
