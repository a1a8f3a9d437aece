"""The preset kvm-tdx: wrappers from the box, on Linux before and after upstream's own split."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from vtsplit.spec.presets import load_preset

from . import checks, dispatches, patches
from .builds import FULL, I386, INTEL, OFF, Built, Variant
from .conftest import Scratch
from .ctext import read
from .layers import Tree
from .splits import Split, judge_accounts, judge_guards, judge_header, judge_prototypes
from .tool import HEADER, MAIN, MAKEFILE, WRAPPED, must_run, run_tool

pytestmark = pytest.mark.kernel

PRESET = load_preset("kvm-tdx")
JUDGES = [judge_guards, judge_header, judge_prototypes]
KCONFIG = "arch/x86/kvm/Kconfig"
# Ops of the preset that no table of a version has: later or earlier names of others.
ABSENT = {
    "6.1": """
        prepare_guest_switch run deliver_posted_interrupt set_nmi tlb_flush_all tlb_flush_current
        disable_virtualization_cpu vm_pre_destroy mem_enc_op vcpu_mem_enc_ioctl
        vcpu_mem_enc_unlocked_ioctl vcpu_needs_initialization gmem_max_mapping_level
        private_max_mapping_level check_emulate_instruction unhandleable_emulation_required
        get_cpl_no_cache tdp_has_smep write_l1_tsc_offset get_entry_info pre_enter_smm
        pre_leave_smm recalc_intercepts tlb_flush_gva tlb_flush_guest set_irq queue_exception
        """,
    "6.12": """
        prepare_guest_switch run deliver_posted_interrupt set_nmi tlb_flush_all tlb_flush_current
        hardware_disable vm_pre_destroy mem_enc_op vcpu_mem_enc_ioctl vcpu_mem_enc_unlocked_ioctl
        vcpu_needs_initialization gmem_max_mapping_level can_emulate_instruction
        unhandleable_emulation_required get_cpl_no_cache tdp_has_smep write_l1_tsc_offset
        get_entry_info pre_enter_smm pre_leave_smm recalc_intercepts sched_in tlb_flush_gva
        tlb_flush_guest set_irq queue_exception
        """,
}


@pytest.fixture(params=["6.1", "6.12"])
def made(request: pytest.FixtureRequest) -> Split:
    """Each version in turn."""
    name = {"6.1": "wrapped", "6.12": "wrapped_6_12"}[request.param]
    split: Split = request.getfixturevalue(name)
    return split


@pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: judge.__name__)
def test_result_is_accepted(wrapped: Split, judge: Callable[[Split], list[str]]) -> None:
    assert judge(wrapped) == []


def test_every_hunk_is_accounted_for(made: Split) -> None:
    assert judge_accounts(made) == []


@pytest.mark.parametrize("version", ["6.1", "6.12"])
def test_every_op_that_the_tree_has_is_served(version: str, request: pytest.FixtureRequest) -> None:
    split = request.getfixturevalue({"6.1": "wrapped", "6.12": "wrapped_6_12"}[version])
    stated = {*PRESET.ops, *(PRESET.dispatch.ops if PRESET.dispatch else ())}
    found = dispatches.wrappers(split.new(MAIN)).keys() - {"init", "exit"}
    assert found == stated - set(ABSENT[version].split())


def test_files_are_those_of_the_split_and_the_second_backend(made: Split) -> None:
    names = (MAIN, HEADER, WRAPPED.source, dispatches.BACKEND, "tdx.h")
    assert made.touched == {MAKEFILE, KCONFIG, *map(WRAPPED.path, names)}


@pytest.mark.parametrize("command", [["git", "apply"], ["patch", "-p1"]], ids=" ".join)
def test_patch_gives_what_write_gives(made: Split, tmp_path: Path, command: list[str]) -> None:
    for path in made.touched:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        if (made.before / path).exists():
            shutil.copy2(made.before / path, tmp_path / path)
    patches.apply(command, made.patch, tmp_path)
    for path in made.touched:
        assert (tmp_path / path).read_bytes() == (made.after / path).read_bytes(), path


def test_second_run_changes_nothing(made: Split) -> None:
    for arguments in ((), ("--check",), ("--force", "--check")):
        assert must_run(made.after, *WRAPPED.arguments, *arguments).out == b""


def test_checkpatch_accepts_patch(made: Split, tmp_path: Path) -> None:
    # A parameter is declared as the op's own function declares it. Without the option an entry of
    # the second backend alone is NULL, whatever its name: Linux 7.3 has the same macro.
    permitted = frozenset({"PREFER_KERNEL_TYPES", "MACRO_ARG_UNUSED"})
    checks.check_style(made, tmp_path, {}, permitted)


@pytest.mark.parametrize("variant", [FULL, OFF], ids=lambda variant: variant.name)
def test_module_builds(
    built: Callable[[Variant], Built], scratch: Scratch, variant: Variant
) -> None:
    dispatches.check_builds(scratch(built(variant)), built(variant), *WRAPPED.arguments)


def test_module_of_6_12_builds(built_6_12: Callable[[Variant], Built], scratch: Scratch) -> None:
    dispatches.check_builds(scratch(built_6_12(INTEL)), built_6_12(INTEL), *WRAPPED.arguments)


@pytest.mark.parametrize("variant", [FULL, OFF, I386], ids=lambda variant: variant.name)
def test_compiler_asked_for_more_has_nothing_to_say(
    built: Callable[[Variant], Built], scratch: Scratch, variant: Variant
) -> None:
    tree = scratch(built(variant))
    must_run(tree, *WRAPPED.arguments, "--write")
    like = f"{WRAPPED.path(WRAPPED.source).removesuffix('.c')}.o"
    assert dispatches.more_warnings(tree, like) == []


# How people write the same: each has to be found in some wrapper of the result.
BY_HAND = [
    ("another name of the result", r"\bint r;(.*?)\breturn r\b", None),
    ("return of nothing", r"\{\n\t\t(tdx_\w+\(.*?\));\n\t\treturn;\n\t\}", r"\n\t\treturn \1;"),
    ("a comment", r"(\n\tif \(is_td_vcpu)", r"\n\t/* Why it is so. */\1"),
    (
        "the other way round",
        r"\tif \(!(is_td\(kvm\))\)\n\t\treturn (\S+);\n\n\treturn (tdx_\w+\(.*?\));",
        r"\tif (\1)\n\t\treturn \3;\n\n\treturn \2;",
    ),
]


def as_by_hand(main: str) -> str:
    """Rewrite wrappers as people write them."""
    for what, pattern, replacement in BY_HAND:
        if replacement is None:
            now = re.sub(r"\br\b(?= =|;|\))", "ret", main)
        else:
            now = re.sub(pattern, replacement, main)
        assert now != main, what
        main = now
    return main


def test_wrappers_written_by_hand_are_done(
    made: Split, pristine: Callable[[str], Tree], scratch: Scratch
) -> None:
    version = "6.12" if "gmem_private" in made.new(MAIN) else "6.1"
    tree = scratch(pristine(version))
    for path in made.touched:
        shutil.copy2(made.after / path, tree / path)
    main = tree / WRAPPED.path(MAIN)
    main.write_text(as_by_hand(read(main).replace("/* Wrappers made by vtsplit", "/* Wrappers")))
    ran = run_tool(tree, *WRAPPED.arguments, "--check")
    assert (ran.code, ran.out) == (0, b""), ran.err
    assert "warning" not in ran.err


@pytest.mark.parametrize("version", ["6.1", "6.12"])
@pytest.mark.parametrize("blocks", [1, 2], ids=["the split", "and dispatch"])
def test_specs_of_the_readme_run_as_they_stand(
    pristine: Callable[[str], Tree], tmp_path: Path, version: str, blocks: int
) -> None:
    readme = read(Path(__file__).parent.parent.parent / "README.md")
    found = re.findall(r"^```toml\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    assert len(found) == 2
    spec = tmp_path / "spec.toml"
    spec.write_text("\n".join(found[:blocks]))
    ran = must_run(pristine(version).pristine, "--spec", str(spec))
    assert (b"+static int vt_get_cpl(" in ran.out) == (blocks == 2)
