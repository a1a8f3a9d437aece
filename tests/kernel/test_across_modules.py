"""Tables of Linux 6.1 move from the core of a driver to its bus part, a module of its own."""

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from .builds import ALLMOD, Built, Variant, must_make, read_symbol_table
from .conftest import Scratch
from .layers import Tree
from .tool import must_run, run_tool

pytestmark = pytest.mark.kernel


@dataclass(frozen=True)
class Case:
    """A table, the files of the two parts, their modules, and what is to be exported."""

    table: str
    folder: str
    source: str
    main: str
    header: str
    modules: tuple[str, str]
    exported: frozenset[str]
    keys: str = ""

    def spec(self) -> str:
        """Return the spec of the split."""
        paths = {"source": self.source, "main": self.main, "header": self.header}
        lines = [f'{key} = "{self.folder}/{name}"' for key, name in paths.items()]
        head = "\n".join(["[split]", 'export = "gpl"', self.keys, *lines])
        return f'{head}\n[tables]\n{self.table} = "{self.table}"\n'


CASES = [
    Case(
        "lan9303_indirect_phy_ops",
        "drivers/net/dsa",
        "lan9303-core.c",
        "lan9303_i2c.c",
        "lan9303.h",
        ("lan9303-core", "lan9303_i2c"),
        frozenset({"lan9303_indirect_phy_read", "lan9303_indirect_phy_write"}),
    ),
    Case(
        "bmc150_magn_pm_ops",
        "drivers/iio/magnetometer",
        "bmc150_magn.c",
        "bmc150_magn_i2c.c",
        "bmc150_magn.h",
        ("bmc150_magn", "bmc150_magn_i2c"),
        frozenset(
            f"bmc150_magn_{what}"
            for what in ("suspend", "resume", "runtime_suspend", "runtime_resume")
        ),
        'namespace = "IIO_BMC150_MAGN"',
    ),
    Case(
        "cs42xx8_pm",
        "sound/soc/codecs",
        "cs42xx8.c",
        "cs42xx8-i2c.c",
        "cs42xx8.h",
        ("snd-soc-cs42xx8", "snd-soc-cs42xx8-i2c"),
        frozenset({"cs42xx8_runtime_suspend", "cs42xx8_runtime_resume"}),
    ),
]


MODULES = [f"{case.folder}/{name}" for case in CASES for name in case.modules]


def build_modules(tree: Path) -> None:
    must_make(tree, ALLMOD, *(f"{module}.{end}" for module in MODULES for end in ("o", "mod")))


def foreign(tree: Path) -> set[str]:
    """Return what the modules need of the kernel: names that none of them defines."""
    needed, defined = (
        {line.split()[-1] for m in MODULES for line in read_symbol_table(tree, f"{m}.o", option)}
        for option in ("--undefined-only", "--defined-only")
    )
    return needed - defined


def modpost(tree: Path, kernel: set[str]) -> str:
    """Run modpost on all modules, with a kernel that exports these names and no others.

    Returns what it warns of: a name that is not exported is an error.
    """
    exports = "".join(f"0x00000000\t{name}\tvmlinux\tEXPORT_SYMBOL\t\n" for name in sorted(kernel))
    (tree / "kernel.symvers").write_text(exports)
    result = subprocess.run(
        ["scripts/mod/modpost", "-o", "out.symvers", "-i", "kernel.symvers", "-T", "-"],
        cwd=tree,
        input="".join(f"{module}.o\n" for module in MODULES),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stderr


def test_modules_build_and_see_what_they_need(
    built: Callable[[Variant], Built],
    pristine: Callable[[str], Tree],
    scratch: Scratch,
    tmp_path: Path,
) -> None:
    tree = scratch(built(ALLMOD))
    build_modules(tree)
    kernel = foreign(tree)
    before = modpost(tree, kernel)
    specs = []
    for case in CASES:
        spec = tmp_path / f"{case.table}.toml"
        spec.write_text(case.spec())
        specs.append(("--spec", str(spec)))
        must_run(tree, *specs[-1], "--write")
    build_modules(tree)
    after = modpost(tree, kernel)
    assert sorted(after.splitlines()) == sorted(before.splitlines())
    exports = set(re.findall(r"^\w+\t(\w+)\t", (tree / "out.symvers").read_text(), re.MULTILINE))
    wanted = frozenset[str]().union(*(case.exported for case in CASES))
    assert wanted <= exports
    for words in specs:
        assert must_run(tree, *words, "--check").out == b""
    shown = run_tool(pristine("6.1").pristine, str(tree), command="verify")
    assert shown.code == 0, shown.out.decode()
    assert f"{len(wanted)} exported" in shown.out.decode()
