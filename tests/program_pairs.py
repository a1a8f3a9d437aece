"""Two programs that a change may have made of one: each is built and run, and then verified."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from built import verify
from compilations import compile_once, compile_well

MAIN = """\
#include <stdio.h>
int shown(void);
int main(void) { printf("%d\\n", shown()); return 0; }
"""
TOKENS = ("--no-objects",)
TEXTS = ("--textual",)
OBJECTS = ()
EVERY = (OBJECTS, TOKENS, TEXTS)


class ProgramPair(NamedTuple):
    """The files of a program before and after, beside a `main` that prints what `shown` returns.

    `unlisted` are files of the program that no record of a compilation names.
    """

    before: Mapping[str, str]
    after: Mapping[str, str]
    flags: tuple[str, ...] = ("-O2",)
    unlisted: tuple[str, ...] = ()


def output(root: Path) -> str | None:
    """Return what the program of a tree's objects prints, None if it cannot be linked."""
    objects = sorted(path.name for path in root.glob("*.o"))
    command = ["gcc", "-no-pie", "-fno-use-linker-plugin", *objects, "-o", "program"]
    if compile_once(command, root).returncode:
        return None
    made = root / "program"
    said = subprocess.run([made], capture_output=True, text=True, check=True).stdout
    made.unlink()
    return said


def lay(top: Path, pair: ProgramPair) -> tuple[str | None, str | None]:
    """Write and compile both trees, with `all.json` above them; return what each program prints."""
    database = []
    said = []
    for name, files in (("before", pair.before), ("after", pair.after)):
        root = top / name
        root.mkdir()
        texts = {"main.c": MAIN, **files}
        objects = " ".join(f"{path[:-2]}.o" for path in texts if path[-2:] != ".h")
        for path, text in {**texts, "Makefile": f"obj-y += {objects}\n"}.items():
            (root / path).write_text(text)
        for path in texts:
            if path.endswith(".h"):
                continue
            command = ["gcc", "-w", *pair.flags, "-c", path, "-o", f"{path[:-2]}.o"]
            compile_well(command, root)
            if path not in pair.unlisted:
                database.append({"directory": str(root), "file": path, "arguments": command})
        said.append(output(root))
    (top / "all.json").write_text(json.dumps(database))
    return said[0], said[1]


def check_other(top: Path, pair: ProgramPair, ways: Sequence[tuple[str, ...]] = EVERY) -> str:
    """Assert that two programs do not do the same, and that no way of `verify` says that they do.

    Returns what was said.
    """
    before, after = lay(top, pair)
    assert before is not None
    assert before != after
    return "".join(_verify(top, way, 1) for way in ways)


def check_same(top: Path, pair: ProgramPair, ways: Sequence[tuple[str, ...]] = EVERY) -> None:
    """Assert that two programs do the same, and that `verify` says so."""
    before, after = lay(top, pair)
    assert before is not None
    assert before == after
    for way in ways:
        _verify(top, way, 0)


def _verify(top: Path, way: tuple[str, ...], code: int) -> str:
    records = () if way == TEXTS else ("--compile-commands", str(top / "all.json"))
    result = verify(top / "before", top / "after", *way, *records)
    assert result.exit_code == code, (way, result.output)
    return result.output
