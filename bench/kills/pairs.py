"""Run pairs of writers at once on one tree, whose tables share a Makefile and a header."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_HEADER = """\
#ifndef PAIR_H
#define PAIR_H
struct ops {
	int (*open)(int unit);
};
#endif
"""
_SOURCE = """\
#include "pair.h"

static int {0}_open(int unit)
{{
	return unit;
}}

static const struct ops {0}_ops = {{
	.open = {0}_open,
}};

const struct ops *{0}_get(void)
{{
	return &{0}_ops;
}}
"""
_SPEC = """\
[split]
source = "{0}.c"
header = "shared.h"
main = "{0}_main.c"
[tables]
{0}_ops = "{0}_ops"
"""


def run_pairs(root: Path, times: int) -> Iterator[str]:
    """Run two writers at once, again and again; `BAD` if one loses what it said to have written."""
    for _ in range(times):
        _lay_out(root)
        both = [_start(root, name) for name in "ab"]
        codes = [one.wait() for one in both]
        listed = (root / "Makefile").read_text()
        header = root / "shared.h"
        declared = header.read_text() if header.exists() else ""
        yield _judge(codes, listed, declared, any(root.glob(".vtsplit*")))


def _judge(codes: list[int], listed: str, declared: str, left: bool) -> str:
    there = [f"{one}_main.o" in listed and f"{one}_open(" in declared for one in "ab"]
    if left:
        return "BAD: leftovers"
    if any(code == 0 and not one for code, one in zip(codes, there, strict=True)):
        return "BAD: a change is lost"
    if codes == [0, 0]:
        return "both written"
    return "one written, one refused" if sorted(codes) == [0, 2] else f"BAD: exits {codes}"


def _start(root: Path, name: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "vtsplit", "split", str(root), "--write", "-q"]
    return subprocess.Popen([*command, "--spec", f"{root}/{name}.toml"], stderr=subprocess.DEVNULL)


def _lay_out(root: Path) -> None:
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    (root / "pair.h").write_text(_HEADER)
    (root / "Makefile").write_text("obj-y += a.o b.o\n")
    for name in "ab":
        (root / f"{name}.c").write_text(_SOURCE.format(name))
        (root / f"{name}.toml").write_text(_SPEC.format(name))
