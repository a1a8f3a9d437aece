"""A second backend beside VMX in Linux 6.1, by tdx.toml: wrappers, their entries, and its files."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from . import checks, dispatches
from .builds import FULL, I386, OFF, Built, Variant
from .conftest import Scratch
from .ctext import read
from .dispatches import SPEC
from .layers import Tree
from .splits import Split, judge_accounts, judge_files, judge_guards, judge_header, judge_prototypes
from .tool import HEADER, MAIN, MAKEFILE, TDX, must_run, run_tool

pytestmark = pytest.mark.kernel

KEYS = (
    "when second only otherwise zero zero-first before and both unwind comment heading body wrap"
    " optional"
)
JUDGES = [judge_accounts, judge_files, judge_guards, judge_header, judge_prototypes]


@pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: judge.__name__)
def test_split_is_accepted(tdx: Split, judge: Callable[[Split], list[str]]) -> None:
    assert judge(tdx) == []


def test_spec_is_one_worth_trying(tdx: Split) -> None:
    assert dispatches.stated_keys() == set(KEYS.split())
    assert len(dispatches.wrappers(tdx.new(MAIN))) >= 90


def test_with_the_option_off_it_is_the_split_alone(tdx: Split, vmx: Split) -> None:
    plain, ours = vmx.new(MAIN), tdx.new(MAIN)
    # From the first table to what follows the last.
    start, end = "struct kvm_x86_ops vt_x86_ops", "static void vt_exit(void)\n"
    left = dispatches.with_option_off(ours[: ours.index(end)])
    assert left[left.index(start) :].rstrip() + "\n" == plain[plain.index(start) :]
    source = tdx.job.path(tdx.job.source)
    changed = {"static void vmx_exit(void)", "static int __init vmx_init(void)"}
    changed |= {"module_exit(vmx_exit);", "module_init(vmx_init);"}
    was, now = read(vmx.after / source).splitlines(), read(tdx.after / source).splitlines()
    assert [line for line in was if line not in changed] == [
        line for line in now if line not in {"void vmx_exit(void)", "int __init vmx_init(void)"}
    ]
    for path in (tdx.job.path(HEADER), MAKEFILE):
        was, now = read(vmx.after / path).splitlines(), read(tdx.after / path).splitlines()
        kept = iter(now)
        assert [line for line in was if line not in kept] == [], path


def test_lines_are_no_longer_than_they_have_to_be(tdx: Split) -> None:
    for name in (MAIN, HEADER, dispatches.BACKEND, "tdx.h"):
        lines = tdx.new(name).expandtabs(8).splitlines()
        assert [line for line in lines if len(line) > 80 and '"' not in line] == []


@pytest.mark.parametrize("variant", [FULL, OFF], ids=lambda variant: variant.name)
def test_module_builds(
    built: Callable[[Variant], Built], scratch: Scratch, variant: Variant
) -> None:
    dispatches.check_builds(scratch(built(variant)), built(variant), *TDX.arguments)


def test_module_builds_with_stubs(
    built: Callable[[Variant], Built], scratch: Scratch, tmp_path: Path
) -> None:
    spec = tmp_path / "stubs.toml"
    spec.write_text(SPEC.read_text().replace('"macros"\n', '"stubs"\n'))
    tree = scratch(built(OFF))
    dispatches.check_builds(tree, built(OFF), "--spec", str(spec))
    assert "vt_op" not in read(tree / TDX.path(MAIN))
    must_run(tree, "--spec", str(spec), "--check")


@pytest.mark.parametrize("variant", [FULL, OFF, I386], ids=lambda variant: variant.name)
def test_compiler_asked_for_more_has_nothing_to_say(
    built: Callable[[Variant], Built], scratch: Scratch, variant: Variant
) -> None:
    tree = scratch(built(variant))
    must_run(tree, *TDX.arguments, "--write")
    like = f"{TDX.path(TDX.source).removesuffix('.c')}.o"
    assert dispatches.more_warnings(tree, like) == []


def test_checkpatch_accepts_patch(tdx: Split, tmp_path: Path) -> None:
    # A parameter is declared as the op's own function declares it.
    own_types = frozenset({"PREFER_KERNEL_TYPES"})
    checks.check_style(tdx, tmp_path, {}, own_types)


def test_second_run_changes_nothing(tdx: Split) -> None:
    for arguments in ((), ("--check",), ("--force", "--check")):
        assert must_run(tdx.after, *TDX.arguments, *arguments).out == b""


ONE_MORE = '\n[op.msr_filter_changed]\nonly = "first"\n'
WRAPPER = """\
static void vt_msr_filter_changed(struct kvm_vcpu *vcpu)
{
	if (is_td_vcpu(vcpu))
		return;

	vmx_msr_filter_changed(vcpu);
}

"""
FUNCTION = "\nbool tdx_has_emulated_msr(u32 index)\n{\n\treturn !index;\n}\n"
FEWER = """\
static bool vt_has_emulated_msr(struct kvm *kvm, u32 index)
{
	if (is_td(kvm))
		return tdx_has_emulated_msr(index);

	return vmx_has_emulated_msr(kvm, index);
}

"""


def test_ops_come_and_go(
    tdx: Split, pristine: Callable[[str], Tree], scratch: Scratch, tmp_path: Path
) -> None:
    tree = scratch(pristine("6.1"))
    for path in tdx.touched:
        shutil.copy2(tdx.after / path, tree / path)
    main, backend = tree / TDX.path(MAIN), tree / TDX.path(dispatches.BACKEND)
    before = {path: read(tree / path) for path in tdx.touched}
    spec = tmp_path / "spec.toml"

    def run(text: str, *arguments: str) -> dict[str, str]:
        """Write with a spec; returns the files that are not as at first."""
        spec.write_text(text)
        must_run(tree, "--spec", str(spec), "--write", *arguments)
        now = {path: read(tree / path) for path in tdx.touched}
        return {path: text for path, text in now.items() if text != before[path]}

    # One more op in the spec: its wrapper, in the table's order, and its entry.
    text = SPEC.read_text()
    assert run(text + ONE_MORE) == {
        TDX.path(MAIN): before[TDX.path(MAIN)]
        .replace("static int vt_complete_emulated", f"{WRAPPER}static int vt_complete_emulated")
        .replace("= vmx_msr_filter_changed,", "= vt_op(msr_filter_changed),")
    }
    assert run(text) == {}

    # One more function of the second backend, which takes fewer parameters.
    backend.write_text(read(backend) + FUNCTION)
    assert run(text) == {
        TDX.path(dispatches.BACKEND): read(backend),
        TDX.path(MAIN): before[TDX.path(MAIN)]
        .replace("static int vt_vm_init", f"{FEWER}static int vt_vm_init")
        .replace("= vmx_has_emulated_msr,", "= vt_op(has_emulated_msr),"),
        TDX.path(HEADER): before[TDX.path(HEADER)].replace(
            "int tdx_vm_init(", "bool tdx_has_emulated_msr(u32 index);\nint tdx_vm_init("
        ),
    }
    header = tree / TDX.path(HEADER)
    header.write_text(before[TDX.path(HEADER)])
    backend.write_text(before[TDX.path(dispatches.BACKEND)])
    assert run(text) == {}

    # Sections that go, with wrappers that no function of the second backend asks for.
    few = re.sub(r"(?m)^\[op\.get_(?!exit_info)\w+\]\n(?:.+\n)+", "", text)
    gone = (
        dispatches.wrappers(before[TDX.path(MAIN)]).keys()
        - dispatches.wrappers(run(few)[TDX.path(MAIN)]).keys()
    )
    assert len(gone) >= 8
    assert run(text) == {}

    # What a person has written is kept, and said so.
    edited = read(main).replace("return vmx_get_cpl(vcpu);", "return vmx_get_cpl(vcpu) & 3;")
    main.write_text(edited)
    ran = run_tool(tree, "--spec", str(spec), "--explain")
    assert "vt_get_cpl differs" in ran.out.decode() + ran.err
    assert run_tool(tree, "--spec", str(spec), "--check").code == 1
    assert run(text) == {TDX.path(MAIN): edited}
    assert run(text, "--force") == {}
