// SPDX-License-Identifier: GPL-2.0
/*
 * The TDX side of mini-kvm: protected vms. It is no part of the program before
 * the split, which makes the two things that it lacks: x86_ops.h, and somebody
 * who calls it.
 */

#include <linux/init.h>
#include <linux/kvm_host.h>
#include <linux/module.h>

#include <asm/msr.h>

#include <stdlib.h>

#include "tdx.h"
#include "x86.h"
#include "x86_ops.h"
#include "x86_trace.h"

#define TDX_MAX_VCPUS	2

enum tdx_fail {
	TDX_FAIL_CHECK = 1,
	TDX_FAIL_SETUP,
	TDX_FAIL_ENABLE,
	TDX_FAIL_INIT,
};

/* For trying what the other side then undoes. */
static unsigned int tdx_fail;
module_param_named(tdx_fail, tdx_fail, uint, 0444);
MODULE_PARM_DESC(tdx_fail, "the step of initialization that is to fail");

struct kvm_tdx {
	struct kvm kvm;		/* first: the generic side sees only this */
	u64 keys[16];		/* more than a struct kvm_vmx has */
	int nr_prepared;
};

struct vcpu_tdx {
	unsigned int step;
	u32 pending;
	u64 tsc;
};

/* What a protected guest does, one step a run. */
static const u32 tdx_script[] = {
	KVM_EXIT_CPUID,
	KVM_EXIT_HLT,
};

static int nr_tds;

static struct kvm_tdx *to_kvm_tdx(struct kvm *kvm)
{
	return (struct kvm_tdx *)kvm;
}

static struct vcpu_tdx *to_tdx(struct kvm_vcpu *vcpu)
{
	return vcpu->vendor;
}

int __init tdx_check_processor(void)
{
	trace("tdx: check processor");
	return tdx_fail == TDX_FAIL_CHECK ? -ENODEV : 0;
}

int __init tdx_hardware_setup(void)
{
	trace("tdx: hardware_setup");
	if (tdx_fail == TDX_FAIL_SETUP)
		return -EIO;

	if (vt_x86_ops.vm_size < sizeof(struct kvm_tdx))
		vt_x86_ops.vm_size = sizeof(struct kvm_tdx);
	return 0;
}

void tdx_hardware_unsetup(void)
{
	trace("tdx: unsetup");
}

/* A processor that comes late finds the memory encrypted already. */
int tdx_hardware_enable(void)
{
	trace("tdx: enable with %d guests", nr_tds);
	if (tdx_fail == TDX_FAIL_ENABLE)
		return -EIO;
	return nr_tds ? -EBUSY : 0;
}

void tdx_hardware_disable(void)
{
	trace("tdx: disable");
}

bool tdx_has_timer(void)
{
	trace("tdx: asked for a timer");
	return true;
}

/* The same for each protected vm, so none is asked for. */
bool tdx_has_emulated_msr(u32 index)
{
	trace("    tdx: msr %#x", index);
	return index == MSR_TSC;
}

bool tdx_is_vm_type_supported(enum kvm_vm_type type)
{
	trace("    tdx: vm type %d", type);
	return type == KVM_VM_PROTECTED;
}

int tdx_vm_init(struct kvm *kvm)
{
	trace("tdx: vm init");
	to_kvm_tdx(kvm)->keys[15] = 0x5ec2e7;
	nr_tds++;
	return 0;
}

int tdx_max_vcpus(void)
{
	return TDX_MAX_VCPUS;
}

void tdx_vm_pre_destroy(struct kvm *kvm)
{
	trace("tdx: vm pre destroy, %d vcpus left", kvm->nr_vcpus);
}

bool tdx_has_private_mem(struct kvm *kvm)
{
	return to_kvm_tdx(kvm)->keys[15] != 0;
}

void tdx_vm_destroy(struct kvm *kvm)
{
	trace("tdx: vm destroy, %d vcpus were prepared",
	      to_kvm_tdx(kvm)->nr_prepared);
	nr_tds--;
}

/* Serves an op of another name. */
int tdx_vm_ioctl(struct kvm *kvm, void __user *argp)
{
	u64 *key = argp;

	trace("    tdx: ioctl");
	*key = to_kvm_tdx(kvm)->keys[15];
	return 0;
}

int tdx_vcpu_precreate(struct kvm *kvm)
{
	trace("tdx: prepare vcpu %d", kvm->nr_vcpus);
	to_kvm_tdx(kvm)->nr_prepared++;
	return 0;
}

int tdx_vcpu_create(struct kvm_vcpu *vcpu)
{
	trace("tdx: create vcpu %d", vcpu->id);
	vcpu->vendor = calloc(1, sizeof(struct vcpu_tdx));
	return vcpu->vendor ? 0 : -ENOMEM;
}

void tdx_vcpu_free(struct kvm_vcpu *vcpu)
{
	trace("tdx: free vcpu %d", vcpu->id);
	free(vcpu->vendor);
	vcpu->vendor = NULL;
}

void tdx_vcpu_reset(struct kvm_vcpu *vcpu, bool init_event)
{
	trace("    tdx: %s vcpu %d", init_event ? "init" : "reset", vcpu->id);
	to_tdx(vcpu)->tsc = 7000;
}

void tdx_vcpu_load(struct kvm_vcpu *vcpu, int cpu)
{
	vcpu->cpu = cpu;
	trace("  tdx: load vcpu %d on cpu %d", vcpu->id, cpu);
}

void tdx_vcpu_put(struct kvm_vcpu *vcpu)
{
	trace("  tdx: put vcpu %d, was on cpu %d", vcpu->id, vcpu->cpu);
	vcpu->cpu = -1;
}

/* Nothing may be traced in here: the host's state is not the host's. */
noinstr fastpath_t tdx_vcpu_run(struct kvm_vcpu *vcpu)
{
	struct vcpu_tdx *tdx = to_tdx(vcpu);

	vcpu->exit_reason = tdx_script[tdx->step];
	tdx->step = (tdx->step + 1) % ARRAY_SIZE(tdx_script);
	tdx->tsc += 10;

	return vcpu->exit_reason == KVM_EXIT_CPUID ? FASTPATH_REENTER :
						     FASTPATH_NONE;
}

/* Of the name of an op, but for traces from here: it gets no wrapper. */
const char *tdx_exit_name(u32 reason)
{
	return reason == KVM_EXIT_CPUID ? "tdcall" : "other";
}

int tdx_handle_exit(struct kvm_vcpu *vcpu, fastpath_t fastpath)
{
	trace("    tdx: vcpu %d: %s%s", vcpu->id,
	      tdx_exit_name(vcpu->exit_reason),
	      fastpath == FASTPATH_REENTER ? " on the fast path" : "");
	return vcpu->exit_reason == KVM_EXIT_CPUID;
}

int tdx_get_msr(struct kvm_vcpu *vcpu, struct msr_data *msr)
{
	trace("    tdx: get msr %#x", msr->index);
	msr->data = to_tdx(vcpu)->tsc;
	return msr->index != MSR_TSC;
}

int tdx_set_msr(struct kvm_vcpu *vcpu, struct msr_data *msr, bool from_host)
{
	trace("    tdx: set msr %#x", msr->index);
	return 1;
}

void tdx_for_each_msr(struct kvm_vcpu *vcpu,
		      void (*visit)(struct kvm_vcpu *vcpu, u32 index,
				    u64 data))
{
	visit(vcpu, MSR_TSC, to_tdx(vcpu)->tsc);
}

void tdx_get_cpuid(struct kvm_vcpu *vcpu, u32 leaf, u32 regs[KVM_CPUID_REGS])
{
	u32 i;

	for (i = 0; i < KVM_CPUID_REGS; i++)
		regs[i] = leaf * 2 + i;
}

void tdx_inject_irq(struct kvm_vcpu *vcpu, u32 vector, bool again)
{
	trace("    tdx: irq %#x for vcpu %d%s", vector, vcpu->id,
	      again ? ", again" : "");
	to_tdx(vcpu)->pending = vector;
}

void tdx_deliver_interrupt(struct kvm_lapic *apic, u32 vector)
{
	trace("    tdx: %#x after %#x", vector, to_tdx(apic->vcpu)->pending);
	to_tdx(apic->vcpu)->pending = vector;
}

#ifdef CONFIG_X86_64
void tdx_cancel_timer(struct kvm_vcpu *vcpu)
{
	trace("    tdx: no timer to cancel");
}
#endif

void tdx_flush_tlb_root(struct kvm_vcpu *vcpu, gpa_t root)
{
	trace("    tdx: flush all of vcpu %d", vcpu->id);
}

int __init tdx_init(void)
{
	if (!enable_tdx)
		return 0;
	trace("tdx: init");
	return tdx_fail == TDX_FAIL_INIT ? -EIO : 0;
}

void tdx_exit(void)
{
	if (enable_tdx)
		trace("tdx: exit");
}
