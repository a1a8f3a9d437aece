"""`vtsplit series` on Linux: each patch builds, with no new warning, and pleases checkpatch."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .builds import FULL, OFF, Built, Variant, make
from .conftest import Scratch
from .tool import KVM, SVM, VMX, WRAPPED, Job, must_run, run_tool

pytestmark = pytest.mark.kernel

THERMAL = Job(
    "thermal",
    ("--spec", str(Path(__file__).with_name("thermal.toml"))),
    "drivers/thermal/intel",
    "x86_pkg_temp_thermal.c",
    "drivers/thermal/intel/x86_pkg_temp_thermal.o",
    {},
)
# What the split's own patch may have, and what a new file without an entry in MAINTAINERS has.
PERMITTED = {"FILE_PATH_CHANGES", "PREFER_KERNEL_TYPES", "MACRO_ARG_UNUSED"}


def git(tree: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=A Tester", "-c", "user.email=t@example.org", *arguments]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def as_repository(tree: Path, folder: str) -> None:
    """Put what a split touches under git: all of Linux would take a minute."""
    git(tree, "init", "--quiet")
    git(tree, "config", "user.name", "A Tester")
    git(tree, "config", "user.email", "t@example.org")
    paths = [folder, "MAINTAINERS", "Documentation"]
    git(tree, "add", "--force", "--", *paths)
    git(tree, "commit", "--quiet", "--message", "tests: Start here")


def patches_of(tree: Path, job: Job, folder: Path) -> list[Path]:
    ran = run_tool(tree, "-o", str(folder), *job.arguments, command="series")
    assert (ran.code, ran.out) == (0, b""), ran.err
    return [path for path in sorted(folder.iterdir()) if not path.name.startswith("0000")]


def applied(tree: Path, patches: list[Path]) -> Iterator[str]:
    """Apply patch by patch; yield each one's name."""
    for patch in patches:
        git(tree, "am", "--quiet", str(patch))
        yield patch.name


def warnings(said: str) -> list[str]:
    return re.findall(r"^.*(?:warning|error):.*$", said, re.MULTILINE)


@pytest.mark.parametrize(
    ("job", "variant", "folder"),
    [
        (WRAPPED, FULL, KVM),
        (VMX, OFF, KVM),
        (SVM, FULL, KVM),
        (THERMAL, FULL, "drivers/thermal"),
    ],
    ids=["wrapped", "vmx", "svm", "thermal"],
)
def test_each_patch_builds(
    built: Callable[[Variant], Built],
    scratch: Scratch,
    tmp_path: Path,
    job: Job,
    variant: Variant,
    folder: str,
) -> None:
    tree = scratch(built(variant))
    as_repository(tree, folder)
    target = job.module if job is not THERMAL else f"{job.folder}/"
    assert warnings(make(tree, variant, target).stderr) == []
    for name in applied(tree, patches_of(tree, job, tmp_path / "patches")):
        result = make(tree, variant, target)
        assert (result.returncode, warnings(result.stderr)) == (0, []), name
        if job is WRAPPED and "CONFIG_KVM_INTEL_TDX" in Path(tree / KVM / "Makefile").read_text():
            subprocess.run(["scripts/config", "-e", "KVM_INTEL_TDX"], cwd=tree, check=True)
            result = make(tree, variant, "olddefconfig", target)
            assert (result.returncode, warnings(result.stderr)) == (0, []), f"{name}, option on"
            subprocess.run(["scripts/config", "-d", "KVM_INTEL_TDX"], cwd=tree, check=True)
            assert make(tree, variant, "olddefconfig").returncode == 0
    assert must_run(tree, *job.arguments, "--check").out == b""


def test_each_patch_is_proved_by_the_build(
    built: Callable[[Variant], Built], scratch: Scratch, tmp_path: Path
) -> None:
    tree = scratch(built(FULL))
    as_repository(tree, KVM)
    ran = run_tool(tree, "-o", str(tmp_path / "patches"), "--verify", command="series")
    assert ran.code == 0, ran.err
    texts = [path.read_text() for path in sorted((tmp_path / "patches").iterdir())]
    assert "has proved for all 3 patches" in texts[0].replace("\n", " ")
    for text in texts[1:]:
        assert re.search(r"the same program \(preprocessed, \d files?; \d+\sobject\sfiles?\)", text)


@pytest.mark.parametrize("job", [WRAPPED, THERMAL], ids=["wrapped", "thermal"])
def test_checkpatch_accepts_each_patch(
    pristine: Callable[[str], object], scratch: Scratch, tmp_path: Path, job: Job
) -> None:
    tree = scratch(pristine("6.1"))  # type: ignore[arg-type]
    as_repository(tree, KVM if job is WRAPPED else "drivers/thermal")
    for patch in patches_of(tree, job, tmp_path / "patches"):
        command = ["perl", "scripts/checkpatch.pl", "--strict", "--show-types", "--terse"]
        done = subprocess.run(
            [*command, "--no-signoff", str(patch)], cwd=tree, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        found = set(re.findall(r"(?:ERROR|WARNING|CHECK):([A-Z_]+):", done.stdout))
        assert found <= PERMITTED, f"{patch.name}\n{done.stdout}"
