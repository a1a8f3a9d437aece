"""A function that becomes global under a name which another file has from elsewhere."""

import json
from pathlib import Path

import click.testing
import pytest

from compilations import compile_well
from vtsplit.cli import main

RUN = "static int run(int unit)\n{\n\treturn unit + 7;\n}\n\n"
USER = "int first(int unit)\n{\n\treturn run(unit);\n}\n"
# What another file has under the new name, before and after.
OTHERS = {
    "of the C library": "int toupper(int unit);\nint second(int unit) { return toupper(unit); }\n",
    "undefined and weak": "extern int toupper(int unit) __attribute__((weak));\n"
    "int second(int unit) { return toupper ? toupper(unit) : 0; }\n",
    "defined and weak": "__attribute__((weak)) int toupper(int unit) { return unit; }\n"
    "int second(int unit) { return toupper(unit); }\n",
}


def verify(tmp_path: Path, other: str) -> click.testing.Result:
    sides = {"before": RUN + USER, "after": (RUN + USER).replace("run(", "toupper(")}
    sides["after"] = sides["after"].replace("static int", "int toupper(int unit);\n\nint")
    database = []
    for name, text in sides.items():
        (tmp_path / name).mkdir()
        for path, content in {"a.c": text, "b.c": other}.items():
            (tmp_path / name / path).write_text(content)
            command = ["gcc", "-fno-builtin", "-w", "-c", path, "-o", f"{path[0]}.o"]
            compile_well(command, tmp_path / name)
            entry = {"directory": str(tmp_path / name), "file": path, "arguments": command}
            database.append(entry)
    (tmp_path / "all.json").write_text(json.dumps(database))
    words = [tmp_path / "before", tmp_path / "after", "--compile-commands", tmp_path / "all.json"]
    return click.testing.CliRunner().invoke(main, ["verify", *map(str, words)])


@pytest.mark.slow
@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_what_the_name_meant_elsewhere(other: str, tmp_path: Path) -> None:
    result = verify(tmp_path, other)
    assert result.exit_code == 1, result.output
    assert "b.o now means by that name; it meant another one" in result.output


def test_a_name_that_nobody_had(tmp_path: Path) -> None:
    result = verify(tmp_path, "int second(int unit) { return unit; }\n")
    assert result.exit_code == 0, result.output
