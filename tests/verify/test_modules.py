"""What modules need of each other, where an object is part of two of them."""

import json
from pathlib import Path

import click
import pytest

from compilations import compile_well
from trees import write
from vtsplit.cli import main

FILES = {
    "Makefile": "both := all.o\nobj-m += one.o two.o\none-y := first.o $(both)\n"
    "two-y := second.o $(both)\n",
    "all.h": "struct ops { int (*get)(int at); int (*set)(int at); };\nint shared(int at);\n",
    "all.c": '#include "all.h"\nint shared(int at)\n{\n\treturn at;\n}\n',
    "first.c": '#include "all.h"\nstatic int first_get(int at)\n{\n\treturn shared(at);\n}\n\n'
    "static const struct ops ops = {\n\t.get = first_get,\n\t.set = shared,\n};\n\n"
    "int first_start(void)\n{\n\treturn ops.get(1);\n}\n",
    "second.c": '#include "all.h"\nint second_start(void)\n{\n\treturn shared(2);\n}\n',
    "vtsplit.toml": '[split]\nsource = "first.c"\nheader = "first_ops.h"\nmain = "main.c"\n\n'
    '[tables]\nops = "first_ops"\n',
}
MODULES = {"all.c": "one:two", "first.c": "one", "second.c": "two"}


@pytest.fixture
def roots(tmp_path: Path) -> tuple[Path, Path]:
    """Return the tree as Kbuild has built it, and the split one."""
    before, after = tmp_path / "before", tmp_path / "after"
    for root in (before, after):
        root.mkdir()
        for path, text in FILES.items():
            (root / path).write_text(text)
    database = []
    for path, module in MODULES.items():
        names = [f'-DKBUILD_MODNAME="{module}"', f'-DKBUILD_MODFILE="{module}"']
        command = ["gcc", "-O1", "-DMODULE", *names, "-c", "-o", f"{path[:-2]}.o", path]
        compile_well(command, before)
        database.append({"directory": str(before), "file": path, "arguments": command})
    (before / "compile_commands.json").write_text(json.dumps(database))
    return before, write(after)


def verify(roots: tuple[Path, Path]) -> click.testing.Result:
    return click.testing.CliRunner().invoke(main, ["verify", *map(str, roots)])


@pytest.mark.slow
def test_main_is_part_of_the_source_s_module_alone(roots: tuple[Path, Path]) -> None:
    result = verify(roots)
    assert result.exit_code == 0, result.output


@pytest.mark.slow
def test_a_module_that_lacks_a_function_is_found(roots: tuple[Path, Path]) -> None:
    second = roots[1] / "second.c"
    second.write_text(second.read_text().replace("return shared(2)", "return first_get(2)"))
    result = verify(roots)
    assert result.exit_code == 1
    assert "symbol 'first_get' is not exported to two, which names it" in result.output
