"""The files of samples/mini-kvm split and dispatched: wrappers, entries, declarations."""

import re
from pathlib import Path

import pytest

from trees import SAMPLE, copy_sample, snapshot, split, write

pytestmark = pytest.mark.slow

TOUCHED = ["Makefile", "vmx/main.c", "vmx/nested.c", "vmx/vmx.c", "vmx/vmx.h", "vmx/x86_ops.h"]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample split once; tests only read it."""
    return write(copy_sample(tmp_path_factory.mktemp("wrappers") / "tree", dispatch=True))


def test_only_these_files_change(done: Path, tmp_path: Path) -> None:
    before = snapshot(copy_sample(tmp_path / "before", dispatch=True))
    after = snapshot(done)
    assert [path for path in sorted(after) if after[path] != before.get(path)] == TOUCHED


def test_a_second_run_changes_nothing(done: Path) -> None:
    before = snapshot(done)
    for option in ("--check", "--write", "--stat"):
        result = split(done, option)
        assert (result.exit_code, result.stdout) == (0, "")
        assert result.stderr == "vtsplit: nothing to do\n"
    assert snapshot(done) == before


def test_makefile(done: Path) -> None:
    before = (SAMPLE / "Makefile").read_text()
    line = "mini-kvm-y += vmx/vmx.o vmx/nested.o"
    last = "mini-kvm-$(CONFIG_HYPERV) += vmx/hyperv.o"
    more = "mini-kvm-$(CONFIG_INTEL_TDX) += vmx/tdx.o"
    after = before.replace(line, f"{line} vmx/main.o").replace(last, f"{last}\n{more}")
    assert (done / "Makefile").read_text() == after


def entries(done: Path) -> list[str]:
    """Return the lines of both tables."""
    main = (done / "vmx/main.c").read_text()
    found = re.findall(
        r"^struct kvm_x86_(?:init_)?ops \w+ __initdata = \{\n(.*?)^\};", main, re.S | re.M
    )
    assert len(found) == 2
    return "".join(found).splitlines()


ENTRIES = {
    "plain": "\t.vcpu_create = vt_op(vcpu_create),",
    "renamed": "\t.inject_irq = vt_op(inject_irq),",
    "initialization": "\t.hardware_setup = vt_op(hardware_setup),",
    "unwrapped": "\t.exit_name = vmx_exit_name,",
    "no second": "\t.get_rflags = vmx_get_rflags,",
    "no second, initialization": "\t.disabled_by_bios = vmx_disabled_by_bios,",
    "another prefix": "\t.check_nested_events = vt_check_nested_events,",
    "another prefix and name": "\t.has_timer = vt_has_timer,",
    "comment before": "\t.for_each_msr = /* with print_msr(), as things are */ "
    "vt_op(for_each_msr),",
    "comment behind NULL": "\t.vcpu_precreate = vt_op_tdx_only(vcpu_precreate),\t\t"
    "/* all is done in vmx_vcpu_create() */",
    "macro of several": "\tKVM_SMM_OPS(vt_op(smi_allowed), vt_op(enter_smm), vt_op(leave_smm)),",
    "macro round it": "\t.enable_l2_flush = hyperv_op(vt_op(enable_l2_flush)),",
    "no op": "\t.vm_size = sizeof(struct kvm_vmx),",
}


@pytest.mark.parametrize("line", ENTRIES.values(), ids=ENTRIES)
def test_entry(done: Path, line: str) -> None:
    assert entries(done).count(line) == 1


@pytest.mark.parametrize(
    ("op", "behind"),
    [
        ("is_vm_type_supported", ".has_emulated_msr = vt_op(has_emulated_msr),"),
        ("vm_pre_destroy", ".max_vcpus = vt_op(max_vcpus),"),
        ("has_private_mem", ".vm_pre_destroy = vt_op_tdx_only(vm_pre_destroy),"),
        ("mem_enc_ioctl", "KVM_SMM_OPS(vt_op(smi_allowed), vt_op(enter_smm), vt_op(leave_smm)),"),
    ],
)
def test_a_new_entry_is_where_the_structure_has_it(done: Path, op: str, behind: str) -> None:
    lines = entries(done)
    at = lines.index(f"\t.{op} = vt_op_tdx_only({op}),")
    assert lines[at - 1] == f"\t{behind}"


# Wrappers whose every line is decided by the spec.
WRAPPERS = {
    "plain": """\
static int vt_vcpu_create(struct kvm_vcpu *vcpu)
{
	if (is_td_vcpu(vcpu))
		return tdx_vcpu_create(vcpu);

	return vmx_vcpu_create(vcpu);
}
""",
    "void": """\
static void vt_vcpu_load(struct kvm_vcpu *vcpu, int cpu)
{
	if (is_td_vcpu(vcpu)) {
		tdx_vcpu_load(vcpu, cpu);
		return;
	}

	vmx_vcpu_load(vcpu, cpu);
}
""",
    "function pointer": "static void vt_for_each_msr(struct kvm_vcpu *vcpu,\n"
    "\t\t\t    void (*visit)(struct kvm_vcpu *vcpu, u32 index,\n\t\t\t\t\t  u64 data))\n"
    "{\n\tif (is_td_vcpu(vcpu)) {\n\t\ttdx_for_each_msr(vcpu, visit);\n\t\treturn;\n\t}\n\n"
    "\tvmx_for_each_msr(vcpu, visit);\n}\n",
    "array": """\
	if (is_td_vcpu(vcpu)) {
		tdx_get_cpuid(vcpu, leaf, regs);
		return;
	}

	vmx_get_cpuid(vcpu, leaf, regs);
}
""",
    "another parameter's member": """\
static void vt_deliver_interrupt(struct kvm_lapic *apic, u32 vector)
{
	if (is_td_vcpu(apic->vcpu)) {
		tdx_deliver_interrupt(apic, vector);
		return;
	}

	vmx_deliver_interrupt(apic, vector);
}
""",
    "flag": """\
static bool vt_has_timer(void)
{
	if (enable_tdx)
		return tdx_has_timer();

	return cpu_has_vmx_timer();
}
""",
    "condition, arguments, heading": """\
/* Any vm's, or one's. */
static bool vt_has_emulated_msr(struct kvm *kvm, u32 index)
{
	if (kvm && is_td(kvm))
		return tdx_has_emulated_msr(index);

	return vmx_has_emulated_msr(kvm, index);
}
""",
    "condition round the default": "\tif (unlikely(is_td_vcpu(vcpu)))\n"
    "\t\treturn tdx_vcpu_run(vcpu);\n\n\treturn vmx_vcpu_run(vcpu);\n",
    "a call of the first": """\
static int vt_get_cpl(struct kvm_vcpu *vcpu)
{
	if (is_td_vcpu(vcpu))
		return -1;

	return vmx_cpl_of(vcpu->cr0);
}
""",
    "void, nothing to do": """\
static void vt_set_cr0(struct kvm_vcpu *vcpu, unsigned long cr0)
{
	if (is_td_vcpu(vcpu))
		return;

	vmx_set_cr0(vcpu, cr0);
}
""",
    "constant, comment": """\
static bool vt_interrupt_allowed(struct kvm_vcpu *vcpu)
{
	/* A protected guest keeps its rflags to itself. */
	if (is_td_vcpu(vcpu))
		return true;

	return vmx_interrupt_allowed(vcpu);
}
""",
    "another prefix": """\
static int vt_check_nested_events(struct kvm_vcpu *vcpu)
{
	if (is_td_vcpu(vcpu))
		return 0;

	return nested_vmx_check_events(vcpu);
}
""",
    "complaint": "\tif (KVM_BUG_ON(is_td_vcpu(vcpu), vcpu->kvm))\n\t\treturn false;\n\n"
    "\treturn vmx_init_signal_blocked(vcpu);\n",
    "structure cleared": """\
static int vt_enter_smm(struct kvm_vcpu *vcpu, struct kvm_smram *smram)
{
	if (is_td_vcpu(vcpu)) {
		memset(smram, 0, sizeof(*smram));
		return -EOPNOTSUPP;
	}

	return vmx_enter_smm(vcpu, smram);
}
""",
    "statements": """\
	if (is_td_vcpu(vcpu)) {
		trace("    tdx: vcpu %d was never in smm", vcpu->id);
		return 0;
	}

	return vmx_leave_smm(vcpu, smram);
}
""",
    "numbers cleared": """\
static void vt_get_cs_bits(struct kvm_vcpu *vcpu, int *db, int *l)
{
	if (is_td_vcpu(vcpu)) {
		*db = 0;
		*l = 0;
		return;
	}

	vmx_get_cs_bits(vcpu, db, l);
}
""",
    "second alone, flag": """\
static bool vt_is_vm_type_supported(enum kvm_vm_type type)
{
	return enable_tdx && tdx_is_vm_type_supported(type);
}
""",
    "second alone, and": "{\n\treturn is_td(kvm) && tdx_has_private_mem(kvm);\n}\n",
    "second alone, void": """\
static void vt_vm_pre_destroy(struct kvm *kvm)
{
	if (is_td(kvm))
		tdx_vm_pre_destroy(kvm);
}
""",
    "second alone": """\
static int vt_mem_enc_ioctl(struct kvm *kvm, void __user *argp)
{
	if (!is_td(kvm))
		return -ENOTTY;

	return tdx_vm_ioctl(kvm, argp);
}
""",
    "both": """\
static void vt_hardware_disable(void)
{
	if (enable_tdx)
		tdx_hardware_disable();
	vmx_hardware_disable();
}
""",
    "before": """\
	WARN_ON_ONCE(vector < 32);

	if (is_td_vcpu(vcpu)) {
		tdx_inject_irq(vcpu, vector, again);
		return;
	}
""",
    "cleared for both": """\
	*info = 0;
	*vector = 0;

	if (is_td_vcpu(vcpu))
		return;

	vmx_get_exit_info(vcpu, info, vector);
}
""",
    "body": """\
static int vt_max_vcpus(struct kvm *kvm)
{
	int max = vmx_max_vcpus(kvm);

	if (is_td(kvm) && max > tdx_max_vcpus())
		max = tdx_max_vcpus();

	return max;
}
""",
}


@pytest.mark.parametrize("text", WRAPPERS.values(), ids=WRAPPERS)
def test_wrapper(done: Path, text: str) -> None:
    assert (done / "vmx/main.c").read_text().count(text) == 1


def test_initialization_annotations_are_kept(done: Path) -> None:
    main = (done / "vmx/main.c").read_text()
    for name in ("vt_check_processor", "vt_hardware_setup", "vt_init"):
        assert re.search(rf"^static (__init int|int __init) {name}\(void\)$", main, re.M)


def test_guards_are_kept(done: Path) -> None:
    main = (done / "vmx/main.c").read_text()
    first, last = main.index(" vt_set_timer("), main.index(" vt_cancel_timer(")
    assert main.rindex("#ifdef", 0, first) == main.rindex("#ifdef CONFIG_X86_64\n", 0, first)
    # One shared guard for neighbours.
    assert "#" not in main[first:last]
    assert main[last:].index("#endif") < main[last:].index("#ifdef")
    header = (done / "vmx/x86_ops.h").read_text()
    assert "#ifdef CONFIG_X86_64\nvoid tdx_cancel_timer(struct kvm_vcpu *vcpu);\n#endif\n" in header


def test_wrappers_stand_in_the_order_of_the_table(done: Path) -> None:
    main = (done / "vmx/main.c").read_text()
    wrappers = re.findall(r"^static .*\bvt_(\w+)\(", main, re.M)
    used = re.findall(r"\bvt_(?:op(?:_tdx_only)?\()?(\w+)\)?", "\n".join(entries(done)))
    assert wrappers == [name for name in used if name != "x86_ops"] + ["exit", "init"]


def test_every_op_of_the_second_vendor_is_declared_once(done: Path) -> None:
    header = (done / "vmx/x86_ops.h").read_text()
    source = (done / "vmx/tdx.c").read_text()
    declared = re.findall(r"\b(tdx_\w+)\(", header)
    assert len(declared) == len(set(declared))
    # tdx.h has that one.
    assert set(declared) == set(re.findall(r"^[a-z].*\b(tdx_\w+)\(", source, re.M)) - {
        "tdx_exit_name"
    }
    guarded = header[header.index("#ifdef CONFIG_INTEL_TDX\n") : header.rindex("#endif\n")]
    assert all(f"{name}(" in guarded for name in declared)


def test_main_includes_what_wrappers_use(done: Path) -> None:
    main = (done / "vmx/main.c").read_text()
    assert re.findall(r"#include (.*)", main) == [
        "<linux/init.h>",
        "<linux/kvm_host.h>",
        "<linux/module.h>",
        '"capabilities.h"',
        '"nested.h"',
        '"tdx.h"',
        '"vmx.h"',
        '"x86_ops.h"',
        '"x86_trace.h"',
    ]


def test_the_module_starts_in_main(done: Path) -> None:
    main, source = (done / "vmx/main.c").read_text(), (done / "vmx/vmx.c").read_text()
    assert not re.search(r"^module_(init|exit)\(", source, re.M)
    assert main.count("\n}\nmodule_init(vt_init);\n") == 1
    assert main.count("\n}\nmodule_exit(vt_exit);\n") == 1
    assert "\nint __init vmx_init(void)\n{\n" in source
    assert "\nvoid vmx_exit(void)\n{\n" in source
    assert 'module_param_named(tdx, enable_tdx, bool, 0444);\nMODULE_PARM_DESC(tdx, "run' in main
    header = (done / "vmx/x86_ops.h").read_text()
    for line in ("int __init vmx_init(void);", "void vmx_exit(void);"):
        assert header.count(f"\n{line}\n") == 1


def test_without_init_the_module_starts_where_it_did(tmp_path: Path) -> None:
    root = copy_sample(tmp_path / "tree", dispatch=True)
    spec, _, _ = (root / "vtsplit.toml").read_text().partition("[init]")
    (root / "vtsplit.toml").write_text(spec)
    write(root)
    assert "module_init" not in (root / "vmx/main.c").read_text()
    assert (root / "vmx/vmx.c").read_text().endswith("}\nmodule_init(vmx_init);\n")
