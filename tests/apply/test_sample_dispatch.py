"""samples/mini-kvm split and dispatched as its vtsplit.toml says: two vendors in one program."""

import difflib
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import click.testing
import pytest

from trees import SAMPLE, copy_sample, files, make_run, split, write
from vtsplit.cli import main

pytestmark = pytest.mark.slow

needs_compiler = pytest.mark.skipif(
    not shutil.which("make") or not shutil.which("gcc"), reason="needs make, gcc"
)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample split once; tests only read it."""
    return write(copy_sample(tmp_path_factory.mktemp("dispatch") / "tree", dispatch=True))


@pytest.fixture(scope="module")
def built(done: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program of it, with every switch on."""
    root = shutil.copytree(done, tmp_path_factory.mktemp("built") / "tree")
    make_run(root)
    return root


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the program prints before the split, with the other switches on."""
    return make_run(copy_sample(tmp_path_factory.mktemp("before") / "tree"), *switches("y"))


def switches(value: str, tdx: str = "y") -> list[str]:
    return [f"CONFIG_X86_64={value}", f"CONFIG_HYPERV={value}", f"CONFIG_INTEL_TDX={tdx}"]


def run(built: Path, *settings: str, status: int = 0) -> str:
    """Run a built program with module parameters set."""
    result = subprocess.run(
        ["./mini-kvm", *settings], cwd=built, capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (status, "")
    return result.stdout


def first_vendor(trace: str) -> list[str]:
    return [line for line in trace.splitlines() if not line.startswith("td")]


def with_spec(root: Path, *replaced: tuple[str, str], more: str = "") -> Path:
    """Copy the sample there, with pieces of its spec replaced and `more` behind it."""
    copy_sample(root, dispatch=True)
    text = (root / "vtsplit.toml").read_text()
    for old, new in replaced:
        assert text.count(old) == 1
        text = text.replace(old, new)
    (root / "vtsplit.toml").write_text(text + more)
    return root


# The program, before and after.


@needs_compiler
@pytest.mark.parametrize("value", ["y", pytest.param("n", marks=pytest.mark.slow)])
def test_the_first_vendor_prints_the_same(
    done: Path, built: Path, trace: str, tmp_path: Path, value: str
) -> None:
    before = trace
    if value == "n":
        before = make_run(copy_sample(tmp_path / "before"), *switches(value))
    assert "td| x86: protected vms are not supported\n" in before
    if value == "y":
        after = run(built)
    else:
        after = make_run(shutil.copytree(done, tmp_path / "tree"), *switches(value))
    assert first_vendor(after) == first_vendor(before)
    assert "td| x86: protected vms are not supported\n" not in after
    assert "td| tdx: vm init\n" in after


@needs_compiler
def test_without_the_config_all_is_as_before(done: Path, trace: str, tmp_path: Path) -> None:
    root = shutil.copytree(done, tmp_path / "tree")
    assert make_run(root, *switches("y", tdx="n")) == trace
    assert not (root / "vmx/tdx.o").exists()


@needs_compiler
def test_without_the_flag_all_is_as_before(built: Path, trace: str) -> None:
    assert run(built, "tdx=0") == trace


@needs_compiler
def test_both_run_side_by_side(built: Path) -> None:
    order = [
        line
        for line in run(built).splitlines()
        if re.search(r"(vmx|tdx): load vcpu|vmx: vm init|vm init|vm destroy", line)
    ]
    assert order == [
        "vmx: vm init, identity map at 0xfffbc000",
        "td| tdx: vm init",
        "  vmx: load vcpu 0 on cpu 2",
        "td|   tdx: load vcpu 0 on cpu 2",
        "  vmx: load vcpu 1 on cpu 3",
        "td|   tdx: load vcpu 1 on cpu 3",
        "td| tdx: vm destroy, 2 vcpus were prepared",
        "vmx: vm destroy after 4 resets",
    ]


# Lines that are printed once, by the op of the second vendor that they are from.
PRINTS = {
    "hardware_enable": "tdx: enable with 0 guests",
    "hardware_enable, undone": "td| vmx: enable\ntd| tdx: enable with 1 guests\ntd| vmx: disable\n"
    "td| x86: a late processor: -16",
    "hardware_disable, second first": "tdx: disable\nvmx: disable",
    "hardware_unsetup, second first": "tdx: unsetup\nvmx: unsetup",
    "hardware_setup, first first": "vmx: hardware_setup\ntdx: hardware_setup",
    "check_processor": "tdx: check processor",
    "has_timer, by the flag": "tdx: asked for a timer\nx86: timer: 0, expired",
    "has_emulated_msr of no vm": "td| x86: some vm may emulate efer",
    "has_emulated_msr, fewer arguments": "td|     tdx: msr 0x1234\n"
    "td| x86: msr 0x1234 is not emulated",
    "is_vm_type_supported": "td|     tdx: vm type 1\ntd| tdx: vm init",
    "vm_init": "td| tdx: vm init",
    "max_vcpus, a body": "td| x86: room for 2 vcpus",
    "vm_pre_destroy": "td| tdx: vm pre destroy, 2 vcpus left\ntd| tdx: free vcpu 1",
    "has_private_mem": "td| x86: private memory",
    "vm_destroy": "td| tdx: vm destroy, 2 vcpus were prepared",
    "vcpu_precreate, create, reset": "td| tdx: prepare vcpu 1\ntd| tdx: create vcpu 1\n"
    "td|     tdx: reset vcpu 1",
    "vcpu_free": "td| tdx: free vcpu 1\ntd| tdx: free vcpu 0",
    "vcpu_load": "td|   tdx: load vcpu 0 on cpu 2",
    "vcpu_run, exit_name, handle_exit": "td| x86: vcpu 0 exits: cpuid\n"
    "td|     tdx: vcpu 0: tdcall on the fast path\ntd| x86: vcpu 0 exits: hlt",
    "vcpu_put": "td|   tdx: put vcpu 0, was on cpu 2",
    "get_exit_info, cleared": "td| x86: exit info 0, vector 0",
    "set_msr": "td|     tdx: set msr 0xc0000080\ntd| x86: set efer: 1",
    "get_msr": "td|     tdx: get msr 0x10\ntd| x86: get tsc: 7000",
    "for_each_msr": "td| x86: vcpu 0 msr 0x10 = 0x1b58",
    "get_rflags unwrapped, get_cpl": "td| x86: rflags 0x200, cpl -1",
    "get_cs_bits, cleared": "td| x86: cs db 0, l 0",
    "get_cpuid": "td| x86: cpuid 8 9 10 11",
    "interrupt_allowed, inject_irq": "td|     tdx: irq 0x31 for vcpu 0",
    "inject_irq, before": "td| x86: warning: vector < 32\n"
    "td|     tdx: irq 0x1f for vcpu 0, again\ntd|     tdx: irq 0x1e for vcpu 0, again",
    "deliver_interrupt, by the apic": "td|     tdx: 0x32 after 0x31",
    "sync_pir_to_irr": "td| x86: warning: is_td_vcpu(vcpu)\ntd| x86: synced 0xffffffff",
    "init_signal_blocked": "td| x86: warning: is_td_vcpu(vcpu)\ntd| x86: smi again: 0, init taken",
    "init_signal_blocked, a bug": "td| x86: the vm met a bug",
    "smi_allowed, leave_smm": "td| x86: smi again: 0, init taken\n"
    "td|     tdx: vcpu 0 was never in smm",
    "enter_smm, cleared": "td| x86: enter smm: -95, efer 0, rflags 0",
    "mem_enc_ioctl of the first": "x86: encryption ioctl: -25, key 0",
    "mem_enc_ioctl": "td|     tdx: ioctl\ntd| x86: encryption ioctl: 0, key 0x5ec2e7",
    "set_timer, cleared": "td| x86: timer: -95, ticking",
    "cancel_timer": "td|     tdx: no timer to cancel",
    "flush_tlb_root": "td|     tdx: flush all of vcpu 0",
    "enable_l2_flush": "td| x86: l2 flush: -95",
    "check_nested_events": "td|   tdx: load vcpu 1 on cpu 3\ntd| x86: vcpu 1 exits: cpuid",
    "init": "vmx: enable\ntdx: enable with 0 guests\ntdx: init",
    "exit": "tdx: exit\ntdx: disable",
}


@needs_compiler
@pytest.mark.parametrize("text", PRINTS.values(), ids=PRINTS)
def test_an_op_of_the_second_vendor(built: Path, text: str) -> None:
    assert f"\n{run(built)}".count(f"\n{text}\n") == 1


@needs_compiler
def test_an_op_of_the_first_alone_is_not_called(built: Path) -> None:
    """set_cr0 and its like: nothing of vmx.c runs for a protected vm, but for a late processor."""
    ran = [line for line in run(built).splitlines() if re.match(r"td\|.*(vmx|nested|hyperv)", line)]
    assert ran == ["td| vmx: enable", "td| vmx: disable"]


# The last lines of the trace when a step of the second vendor's fails, by its number in tdx.c.
FAILS = {
    "check, not undone": (
        1,
        "vmx: hardware_setup\ntdx: hardware_setup\ntdx: check processor\nvmx: no vendor: -19\n",
    ),
    "setup": (2, "tdx: hardware_setup\nvmx: unsetup\nvmx: no vendor: -5\n"),
    "enable": (3, "vmx: enable\ntdx: enable with 0 guests\nvmx: disable\nvmx: no vendor: -5\n"),
    "init": (
        4,
        "tdx: enable with 0 guests\ntdx: init\ntdx: disable\nvmx: disable\ntdx: unsetup\n"
        "vmx: unsetup\nvmx: 0 vcpus made, 0 freed\n",
    ),
}


@needs_compiler
@pytest.mark.parametrize(("step", "text"), FAILS.values(), ids=FAILS)
def test_a_failure_of_the_second_undoes_the_first(built: Path, step: int, text: str) -> None:
    assert run(built, f"tdx_fail={step}", status=1).endswith(text)


@needs_compiler
@pytest.mark.parametrize("tdx", ["y", pytest.param("n", marks=pytest.mark.slow)])
def test_stubs(built: Path, trace: str, tmp_path: Path, tdx: str) -> None:
    stubs = [('"macros"\n', '"stubs"\n'), ("# skeleton", "skeleton")]
    root = write(with_spec(tmp_path / "tree", *stubs))
    assert make_run(root, *switches("y", tdx)) == (run(built) if tdx == "y" else trace)
    main = (root / "vmx/main.c").read_text()
    assert "\t.vcpu_create = vt_vcpu_create,\n" in main
    assert "vt_op" not in main


@needs_compiler
def test_a_backend_that_is_always_there(built: Path, tmp_path: Path) -> None:
    """Without `config` there is no #ifdef; only the sample's own tdx.h still has one."""
    root = write(
        with_spec(tmp_path / "tree", ('config = "CONFIG_INTEL_TDX"\n', ""), ('style  = "mac', "#"))
    )
    assert make_run(root) == run(built)
    assert "\t.vcpu_create = vt_vcpu_create,\n" in (root / "vmx/main.c").read_text()
    for path in ("vmx/main.c", "vmx/x86_ops.h"):
        assert "CONFIG_INTEL_TDX" not in (root / path).read_text()
    assert "mini-kvm-$(CONFIG_INTEL_TDX)" not in (root / "Makefile").read_text()


def test_an_exit_function_that_a_failing_start_would_call(tmp_path: Path) -> None:
    """Its line is told as it is on disk, where the table above it still stands."""
    root = copy_sample(tmp_path / "tree", dispatch=True)
    source = root / "vmx/vmx.c"
    source.write_text(
        source.read_text().replace("static void vmx_exit(", "static void __exit vmx_exit(")
    )
    line = source.read_text().split("\n").index("static void __exit vmx_exit(void)") + 1
    result = split(root)
    assert result.exit_code == 2
    assert "error[VT082]: 'vmx_exit' is __exit" in result.stderr
    assert f"--> vmx/vmx.c:{line}:1\n" in result.stderr


# The spec.


def test_the_sample_has_every_key() -> None:
    spec = tomllib.loads((SAMPLE / "vtsplit.toml").read_text())
    keys = {key for op in spec["op"].values() for key in op}
    assert keys == set(
        "when second first only otherwise zero zero-first before and both unwind comment heading"
        " body wrap optional".split()
    )


def changed_lines(before: Path, after: Path) -> dict[str, list[str]]:
    """Return the lines that two trees differ by, with + or -, by file, in no order."""
    old, new = files(before), files(after)
    assert old.keys() == new.keys()
    found = {}
    for path in (path for path in old if old[path] != new[path] and path != "vtsplit.toml"):
        lines = difflib.ndiff(
            old[path][1].decode().splitlines(), new[path][1].decode().splitlines()
        )
        found[path] = sorted(line for line in lines if line[0] in "+-")
    return found


def added(text: str) -> list[str]:
    return [f"+ {line}" for line in text.splitlines()]


def test_one_more_op_of_the_first(done: Path, tmp_path: Path) -> None:
    more = '\n[op.get_rflags]\notherwise = "return 0"\n'
    wrapper = """\
static unsigned long vt_get_rflags(struct kvm_vcpu *vcpu)
{
	if (is_td_vcpu(vcpu))
		return 0;

	return vmx_get_rflags(vcpu);
}

	.get_rflags = vt_op(get_rflags),
"""
    assert changed_lines(done, write(with_spec(tmp_path / "tree", more=more))) == {
        "vmx/main.c": sorted(["- \t.get_rflags = vmx_get_rflags,", *added(wrapper)])
    }


def test_one_more_op_of_the_second(done: Path, tmp_path: Path) -> None:
    root = with_spec(tmp_path / "tree")
    section = re.compile(r"\[op\.vm_pre_destroy\].*\nonly = .*\n\n")
    spec, count = section.subn("", (root / "vtsplit.toml").read_text())
    assert count == 1
    (root / "vtsplit.toml").write_text(spec)
    wrapper = """\
static void vt_vm_pre_destroy(struct kvm *kvm)
{
	if (is_td(kvm))
		tdx_vm_pre_destroy(kvm);
}

	.vm_pre_destroy = vt_op_tdx_only(vm_pre_destroy),
"""
    assert changed_lines(write(root), done) == {
        "vmx/main.c": sorted(added(wrapper)),
        "vmx/x86_ops.h": ["+ void tdx_vm_pre_destroy(struct kvm *kvm);"],
    }


def test_lint_finds_nothing(done: Path) -> None:
    result = click.testing.CliRunner().invoke(main, ["lint", str(done)])
    assert (result.exit_code, result.stdout) == (0, "")
