"""Tables of Linux 6.1 move from the core of a driver to its bus part, a module of its own."""

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from .builds import ALLMOD, Built, Variant, must_make, read_symbol_table, undefined_symbols
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


def modpost(tree: Path, case: Case, kernel: set[str]) -> subprocess.CompletedProcess[str]:
    """Run modpost on both modules, with a kernel that exports these names and no others."""
    exports = "".join(f"0x00000000\t{name}\tvmlinux\tEXPORT_SYMBOL\t\n" for name in sorted(kernel))
    (tree / "kernel.symvers").write_text(exports)
    objects = "".join(f"{case.folder}/{name}.o\n" for name in case.modules)
    return subprocess.run(
        ["scripts/mod/modpost", "-o", "out.symvers", "-i", "kernel.symvers", "-T", "-"],
        cwd=tree,
        input=objects,
        capture_output=True,
        text=True,
        check=False,
    )


def build_modules(tree: Path, case: Case) -> None:
    for end in ("o", "mod"):
        must_make(tree, ALLMOD, *(f"{case.folder}/{name}.{end}" for name in case.modules))


def foreign(tree: Path, case: Case) -> set[str]:
    """Return what the modules need of the kernel: names that neither of them defines."""
    paths = [f"{case.folder}/{name}.o" for name in case.modules]
    needed = set[str]().union(*(undefined_symbols(tree, path) for path in paths))
    table = [line for path in paths for line in read_symbol_table(tree, path, "--undefined-only")]
    needed |= {line.split()[-1] for line in table}
    defined = [line for path in paths for line in read_symbol_table(tree, path, "--defined-only")]
    return needed - {line.split()[-1] for line in defined}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.table)
def test_both_modules_build_and_see_each_other(
    case: Case,
    built: Callable[[Variant], Built],
    pristine: Callable[[str], Tree],
    scratch: Scratch,
    tmp_path: Path,
) -> None:
    tree = scratch(built(ALLMOD))
    build_modules(tree, case)
    kernel = foreign(tree, case)
    before = modpost(tree, case, kernel)
    assert before.returncode == 0, before.stderr
    spec = tmp_path / "spec.toml"
    spec.write_text(case.spec())
    must_run(tree, "--spec", str(spec), "--write")
    build_modules(tree, case)
    after = modpost(tree, case, kernel)
    assert after.returncode == 0, after.stderr
    assert sorted(after.stderr.splitlines()) == sorted(before.stderr.splitlines())
    exports = (tree / "out.symvers").read_text()
    assert case.exported <= set(re.findall(r"^\w+\t(\w+)\t", exports, re.MULTILINE))
    assert must_run(tree, "--spec", str(spec), "--check").out == b""
    shown = run_tool(pristine("6.1").pristine, str(tree), command="verify")
    assert shown.code == 0, shown.out.decode()
    assert f"{len(case.exported)} exported" in shown.out.decode()
