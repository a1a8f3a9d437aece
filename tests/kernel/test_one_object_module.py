"""A module of one object of Linux 6.1 becomes a composite: Kbuild makes the same module of it."""

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from .builds import FULL, Built, Variant, defined_symbols, make, must_make, undefined_symbols
from .conftest import Scratch
from .tool import must_run

pytestmark = pytest.mark.kernel

SPEC = ("--spec", str(Path(__file__).with_name("thermal.toml")))
FOLDER = "drivers/thermal/intel"
MODULE = f"{FOLDER}/x86_pkg_temp_thermal.o"
CORE, MAIN = f"{FOLDER}/x86_pkg_temp_thermal_core.o", f"{FOLDER}/x86_pkg_temp_main.o"


@dataclass(frozen=True)
class Module:
    """What the world sees of a linked module."""

    information: list[str]
    needed: set[str]
    entries: set[str]


def look_at(tree: Path) -> Module:
    """Read the information that modinfo shows (licence, parameters, aliases), and the symbols."""
    command = ["readelf", "-p", ".modinfo", str(tree / MODULE)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    information = re.findall(r"^ +\[ *[0-9a-f]+\] +(.*)$", shown, re.MULTILINE)
    entries = {name for name in defined_symbols(tree, MODULE) if not name.startswith("pkg_temp_")}
    return Module(sorted(information), undefined_symbols(tree, MODULE), entries)


def module_name(tree: Path, target: str) -> list[str]:
    """Return the macros by which Kbuild told an object the name of its module."""
    record = (tree / target).with_name(f".{Path(target).name}.cmd").read_text()
    return sorted({word for word in record.split() if "KBUILD_MODNAME=" in word})


def test_module_is_the_same(built: Callable[[Variant], Built], scratch: Scratch) -> None:
    tree = scratch(built(FULL))
    must_make(tree, FULL, MODULE)
    before, named = look_at(tree), module_name(tree, MODULE)
    assert any(line.startswith("parm=") for line in before.information)
    must_run(tree, *SPEC, "--write")
    result = make(tree, FULL, CORE, MAIN, MODULE)
    assert (result.returncode, result.stderr) == (0, "")
    assert look_at(tree) == before
    assert module_name(tree, CORE) == module_name(tree, MAIN) == named
    assert must_run(tree, *SPEC, "--check").out == b""
