"""Small programs of one table, to compile and run before and after a split."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from click.testing import CliRunner

from compilations import compile_well
from trees import split
from vtsplit.cli import main

HEADER = """\
#ifndef FOO_H
#define FOO_H
#define NULL ((void *)0)
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
typedef unsigned char u8;
struct ops {
	const char *name;
	int (*open)(int unit);
	int (*close)(int unit);
	const int *level;
};
void enlist(const struct ops *ops);
int setup(void);
#endif
"""
PROGRAM = """\
#include <stdio.h>
#include "foo.h"
void enlist(const struct ops *ops)
{
	printf("%s", ops->name ? ops->name : "-");
	printf(" %d", ops->open ? ops->open(1) : 0);
	printf(" %d", ops->close ? ops->close(1) : 0);
	printf(" %d\\n", ops->level ? *ops->level : 0);
}
int main(void)
{
	printf("%d\\n", setup());
	return 0;
}
"""
PAIR = """\
static int foo_open(int unit) { return unit + 1; }
static int foo_close(int unit) { return unit + 2; }
"""
COMMON = (
    "static int open(int unit) { return unit + 1; }\nstatic int close(int unit) { return 7; }\n"
)
TABLE = "static const struct ops foo_ops = { .open = foo_open, .close = foo_close };\n"
SETUP = "int setup(void) { enlist(&foo_ops); return 0; }\n"


class Case(NamedTuple):
    """A program's foo.c behind its `#include`, and the code of the refusal if one is due."""

    text: str
    refused: str = ""
    table: str = "foo_ops"
    files: Mapping[str, str] = {}
    above: str = ""
    flags: tuple[str, ...] = ()


def command_of(flags: tuple[str, ...]) -> list[str]:
    return ["gcc", "-std=gnu11", "-w", "-Werror=implicit", *flags]


def sources_of(root: Path) -> list[str]:
    return sorted(path.name for path in root.glob("*.c"))


def run(root: Path, flags: tuple[str, ...]) -> str:
    """Compile and run a tree's program."""
    sources = sources_of(root)
    for one in sources:  # each by itself: most programs have some in common
        compile_well([*command_of(flags), "-c", one], root)
    objects = [f"{one[:-2]}.o" for one in sources]
    compile_well(["gcc", "-fno-use-linker-plugin", *flags, *objects, "-o", "program"], root)
    return subprocess.run([root / "program"], capture_output=True, text=True, check=True).stdout


def lay(root: Path, case: Case) -> Path:
    """Write a case's tree, with a spec as `init` proposes it."""
    files = {
        "foo.h": HEADER,
        "program.c": PROGRAM,
        "foo.c": f'{case.above}#include "foo.h"\n{case.text}',
        **case.files,
    }
    objects = " ".join(f"{path[:-2]}.o" for path in files if path.endswith(".c"))
    for path, text in {**files, "Makefile": f"obj-y += {objects}\n"}.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text)
    arguments = ["init", str(root), f"foo.c:{case.table}", "-o", str(root / "foo.toml")]
    CliRunner().invoke(main, arguments, catch_exceptions=False)
    return root


def check_split(tmp_path: Path, case: Case) -> None:
    """Assert that a program is split, with nothing left to do, or refused where that is due."""
    _check_split(lay(tmp_path, case), case)


def _check_split(root: Path, case: Case) -> None:
    spec = str(root / "foo.toml")
    result = split(root, "--spec", spec, "--write")
    if case.refused:
        assert result.exit_code == 2
        assert f"error[{case.refused}]" in result.stderr
        return
    assert result.exit_code == 0, result.stderr
    assert split(root, "--spec", spec, "--check").exit_code == 0


def check_case(tmp_path: Path, case: Case) -> None:
    """Assert that a program is what `check_split` asks for, and does the same after its split."""
    root = lay(tmp_path, case)
    if case.refused:  # it is C all the same
        compile_well([*command_of(case.flags), "-fsyntax-only", *sources_of(root)], root)
        _check_split(root, case)
        return
    before = run(root, case.flags)
    _check_split(root, case)
    assert run(root, case.flags) == before
