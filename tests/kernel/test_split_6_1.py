"""The preset on Linux 6.1, before upstream's own split."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from . import checks, patches
from .builds import FULL, I386, OFF, Built, Variant, make
from .conftest import Scratch
from .judges import judge_warnings
from .layers import Tree
from .splits import JUDGES, Split
from .tool import MAIN, must_run, run_tool, take_snapshot

pytestmark = pytest.mark.kernel

DRY_RUNS = [[], ["--check"], ["--stat"], ["--json"], ["--explain"], ["--preset", "kvm-vt"]]


@pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: judge.__name__)
def test_split_is_accepted(vmx: Split, judge: Callable[[Split], list[str]]) -> None:
    assert judge(vmx) == []


def test_dry_runs_leave_tree_alone(pristine: Callable[[str], Tree], scratch: Scratch) -> None:
    tree = scratch(pristine("6.1"))
    before = take_snapshot(tree)
    for arguments in DRY_RUNS:
        expected = 1 if "--check" in arguments else 0
        ran = run_tool(tree, *arguments)
        assert ran.code == expected, f"{arguments}: exit {ran.code}\n{ran.err}"
        assert take_snapshot(tree) == before, arguments


def test_named_preset_is_the_one_found_by_itself(
    vmx: Split, pristine: Callable[[str], Tree], scratch: Scratch
) -> None:
    assert must_run(scratch(pristine("6.1")), "--preset", "kvm-vt").out == vmx.patch


@pytest.mark.parametrize("command", [["git", "apply"], ["patch", "-p1"]], ids=" ".join)
def test_patch_gives_what_write_gives(vmx: Split, tmp_path: Path, command: list[str]) -> None:
    for path in vmx.touched:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        if (vmx.before / path).exists():
            shutil.copy2(vmx.before / path, tmp_path / path)
    said = patches.apply(command, vmx.patch, tmp_path)
    assert "fuzz" not in said
    assert "offset" not in said
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {str(path.relative_to(tmp_path)) for path in files} == vmx.touched
    for path in vmx.touched:
        ours, theirs = vmx.after / path, tmp_path / path
        assert theirs.read_bytes() == ours.read_bytes(), path
        assert theirs.stat().st_mode == ours.stat().st_mode, path


@pytest.mark.parametrize("variant", [FULL, OFF], ids=lambda variant: variant.name)
def test_module_builds(
    vmx: Split, built: Callable[[Variant], Built], scratch: Scratch, variant: Variant
) -> None:
    tree = scratch(built(variant))
    checks.check_build(tree, built(variant), vmx)
    if variant is FULL:
        checks.check_symbols(tree, vmx)


def test_files_compile_for_i386(
    vmx: Split, built: Callable[[Variant], Built], scratch: Scratch
) -> None:
    tree = scratch(built(I386))
    must_run(tree, "--write")
    objects = [vmx.job.path(name).removesuffix(".c") + ".o" for name in (vmx.job.source, MAIN)]
    result = make(tree, I386, *objects)
    assert result.returncode == 0, result.stderr
    assert judge_warnings(built(I386).stderr, result.stderr, vmx.renames()) == []
    assert [name for name in objects if not (tree / name).is_file()] == []


@pytest.mark.parametrize("variant", [FULL, OFF], ids=lambda variant: variant.name)
def test_compiler_asked_for_more_warns_of_nothing_new(
    vmx: Split, built: Callable[[Variant], Built], scratch: Scratch, variant: Variant
) -> None:
    checks.check_compiler(scratch(built(variant)), vmx)


def test_checkpatch_accepts_patch(vmx: Split, tmp_path: Path) -> None:
    checks.check_style(vmx, tmp_path, {})
