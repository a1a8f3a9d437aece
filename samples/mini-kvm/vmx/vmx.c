// SPDX-License-Identifier: GPL-2.0
/*
 * The VMX side of mini-kvm: nearly all that the two tables at the end name.
 *
 * A vcpu lives from vmx_create_vcpu() to vmx_free_vcpu(). In between,
 * vmx_reset_vcpu() may take it back to its first state at any time.
 */

#include <linux/init.h>
#include <linux/kvm_host.h>
#include <linux/module.h>
#include <linux/mutex.h>

#include <asm/msr.h>

#include <inttypes.h>
#include <stdlib.h>

#include "capabilities.h"
#include "hyperv.h"
#include "nested.h"
#include "vmx.h"
#include "x86.h"
#include "x86_trace.h"

MODULE_LICENSE("GPL");

#define NR_VPIDS		2
#define VMX_TIMER_VECTOR	0xec

/* Both the vpids and the counts below are the whole module's. */
static DEFINE_MUTEX(vmx_lock);

static bool vpid_taken[NR_VPIDS + 1];

/* How often each was called; the members are named for the functions. */
struct vmx_stats {
	unsigned int vmx_create_vcpu;
	unsigned int vmx_free_vcpu;
};

static struct vmx_stats vmx_stats;

/* Registers of which each vcpu has a copy of its own. */
static const u32 vmx_user_msrs[] = {
	MSR_TSC,
	MSR_EFER,
};

/* The ops table takes the address of this. */
static struct kvm_nested_caps vmx_nested_caps = {
	.events = true,
};

/* What a guest does, one step a run. */
static const u32 vmx_script[] = {
	KVM_EXIT_CPUID,
	KVM_EXIT_TIMER,
	KVM_EXIT_SHUTDOWN,
	KVM_EXIT_HLT,
};

static void vmx_free_vcpu(struct kvm_vcpu *vcpu);
static void vmx_reset_vcpu(struct kvm_vcpu *vcpu,
			   bool init_event);

#define restart_vcpu(vcpu, why)						\
	do {								\
		trace("    vmx: restart %d: %s", (vcpu)->id, why);	\
		vmx_reset_vcpu(vcpu, true);				\
	} while (0)

/* Vpid 0 is the host's, so it says that there is none. */
static int take_vpid(void)
{
	int vpid;

	mutex_lock(&vmx_lock);
	for (vpid = NR_VPIDS; vpid; vpid--) {
		if (!vpid_taken[vpid])
			break;
	}
	vpid_taken[vpid] = true;
	mutex_unlock(&vmx_lock);
	return vpid;
}

static int vmx_hardware_enable(void)
{
	trace("vmx: enable");
	return 0;
}

static void vmx_hardware_disable(void)
{
	trace("vmx: disable");
}

static void hardware_unsetup(void)
{
	trace("vmx: unsetup");
}

static bool
vmx_has_emulated_msr(struct kvm *kvm, u32 index)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vmx_user_msrs); i++) {
		if (vmx_user_msrs[i] == index)
			return true;
	}
	return false;
}

static int vmx_vm_init(struct kvm *kvm)
{
	to_kvm_vmx(kvm)->identity_map = 0xfffbc000;
	trace("vmx: vm init, identity map at %#" PRIx64,
	      to_kvm_vmx(kvm)->identity_map);
	return 0;
}

static int vmx_max_vcpus(struct kvm *kvm)
{
	return KVM_MAX_VCPUS;
}

static void vmx_vm_destroy(struct kvm *kvm)
{
	trace("vmx: vm destroy after %u resets", to_kvm_vmx(kvm)->nr_resets);
}

/*
 * Only some callers of vmx_create_vcpu() look at the result, so a failure has
 * to leave nothing behind.
 */
static int vmx_create_vcpu(struct kvm_vcpu *vcpu)
{
	struct vcpu_vmx *vmx = calloc(1, sizeof(*vmx));

	trace("vmx_create_vcpu: vcpu %d", vcpu->id);
	if (!vmx)
		return -1;

	vmx_stats.vmx_create_vcpu++;
	vcpu->vendor = vmx;
	vmx->vpid = take_vpid();
	if (!vmx->vpid)
		goto vmx_free_vcpu;

	return 0;

vmx_free_vcpu:
	vmx_free_vcpu(vcpu);
	return -1;
}

static void vmx_free_vcpu(struct kvm_vcpu *vcpu)
{
	struct vmx_stats *stats = &vmx_stats;

	trace("vmx_free_vcpu: vcpu %d", vcpu->id);
	mutex_lock(&vmx_lock);
	vpid_taken[to_vmx(vcpu)->vpid] = false;
	stats->vmx_free_vcpu++;
	mutex_unlock(&vmx_lock);

	free(vcpu->vendor);
	vcpu->vendor = NULL;
}

static void vmx_reset_vcpu(struct kvm_vcpu *vcpu,
			   bool init_event) /* INIT, and not power-on */
{
	struct vcpu_vmx *vmx = to_vmx(vcpu);

	trace("    vmx: %s vcpu %d", init_event ? "init" : "reset", vcpu->id);
	to_kvm_vmx(vcpu->kvm)->nr_resets++;
	vcpu->rflags = X86_RFLAGS_FIXED;
	vcpu->guest_mode = false;
	vmx->posted_irq = 0;
	if (!init_event)
		vmx->tsc = host_read_msr(MSR_TSC);
	vmx_set_cr0(vcpu, 0);
}

#if 0
/* Both in one, until vmx_free_vcpu() needed the lock. */
static void vmx_recreate_vcpu(struct kvm_vcpu *vcpu)
{
	vmx_free_vcpu(vcpu);
	if (!vmx_create_vcpu(vcpu))
		vmx_reset_vcpu(vcpu, false);
}
#endif

static /* cannot fail */ void vmx_vcpu_load(struct kvm_vcpu *vcpu, int cpu)
{
	vcpu->cpu = cpu;
	trace("  vmx: load vcpu %d on cpu %d", vcpu->id, cpu);
}

static
void vmx_vcpu_put(struct kvm_vcpu *vcpu)
{
	trace("  vmx: put vcpu %d, was on cpu %d", vcpu->id, vcpu->cpu);
	vcpu->cpu = -1;
}

/* Nothing may be traced in here: the host's state is not the host's. */
static noinstr fastpath_t vmx_vcpu_run(struct kvm_vcpu *vcpu)
{
	struct vcpu_vmx *vmx = to_vmx(vcpu);

	vcpu->exit_reason = vmx_script[vmx->step];
	vmx->step = (vmx->step + 1) % ARRAY_SIZE(vmx_script);
	vmx->tsc += 100;

	return vcpu->exit_reason == KVM_EXIT_TIMER ? FASTPATH_REENTER :
						     FASTPATH_NONE;
}

static const char *vmx_exit_name(u32 reason)
{
	static const char *const names[] = {
		[KVM_EXIT_CPUID] = "cpuid",
		[KVM_EXIT_TIMER] = "timer",
		[KVM_EXIT_HLT] = "hlt",
		[KVM_EXIT_SHUTDOWN] = "shutdown",
	};

	return reason < ARRAY_SIZE(names) ? names[reason] : "unknown";
}

/* Sets the vector only after an exit that has one. */
static void vmx_get_exit_info(struct kvm_vcpu *vcpu, u64 *info, u32 *vector)
{
	*info = to_vmx(vcpu)->tsc;
	if (vcpu->exit_reason == KVM_EXIT_TIMER)
		*vector = VMX_TIMER_VECTOR;
}

/* With posted interrupts a vector waits here until somebody syncs it. */
static void inject_irq(struct kvm_vcpu *vcpu, u32 vector,
		       bool again)	/* after an exit that lost it */
{
	trace("    vmx: irq %#x for vcpu %d%s", vector, vcpu->id,
	      again ? ", again" : "");
	to_vmx(vcpu)->posted_irq = vector;
}

static void vmx_deliver_interrupt(struct kvm_lapic *apic, u32 vector)
{
	inject_irq(apic->vcpu, vector, false);
}

static int vmx_sync_pir_to_irr(struct kvm_vcpu *vcpu)
{
	u32 vector = to_vmx(vcpu)->posted_irq;

	to_vmx(vcpu)->posted_irq = 0;
	return vector;
}

static bool vmx_interrupt_allowed(struct kvm_vcpu *vcpu)
{
	return !vcpu->in_smm && (vmx_get_rflags(vcpu) & X86_RFLAGS_IF);
}

static int handle_cpuid(struct kvm_vcpu *vcpu)
{
	trace("    vmx: cpuid for vcpu %d", vcpu->id);
	return 1;
}

static int handle_timer(struct kvm_vcpu *vcpu)
{
	if (vmx_interrupt_allowed(vcpu))
		inject_irq(vcpu, VMX_TIMER_VECTOR,
			   to_vmx(vcpu)->posted_irq == VMX_TIMER_VECTOR);
	return 1;
}

static int handle_hlt(struct kvm_vcpu *vcpu)
{
	return 0;
}

static int handle_shutdown(struct kvm_vcpu *vcpu)
{
#ifdef CONFIG_NEVER
	/* A fresh one, where vmx_reset_vcpu() will not do. */
	vmx_free_vcpu(vcpu);
	if (vmx_create_vcpu(vcpu))
		return -1;
	vmx_reset_vcpu(vcpu, false);
#else
	restart_vcpu(vcpu, "it shut down");
#endif
	return 1;
}

static int (*const exit_handlers[])(struct kvm_vcpu *vcpu) = {
	[KVM_EXIT_CPUID] = handle_cpuid,
	[KVM_EXIT_TIMER] = handle_timer,
	[KVM_EXIT_HLT] = handle_hlt,
	[KVM_EXIT_SHUTDOWN] = handle_shutdown,
};

static int vmx_handle_exit(struct kvm_vcpu *vcpu,
			   fastpath_t fastpath /* as vmx_vcpu_run() said */)
{
	if (fastpath == FASTPATH_REENTER)
		trace("    vmx: vcpu %d on the fast path", vcpu->id);

	if (nested_vmx_reflects(vcpu, vcpu->exit_reason)) {
		nested_vmx_leave(vcpu);
		return 1;
	}
	return exit_handlers[vcpu->exit_reason](vcpu);
}

static int vmx_get_msr(struct kvm_vcpu *vcpu, struct msr_data *msr)
{
	switch (msr->index) {
	case MSR_TSC:
		msr->data = to_vmx(vcpu)->tsc;
		return 0;
	case MSR_EFER:
		msr->data = to_vmx(vcpu)->efer;
		return 0;
	default:
		return 1;
	}
}

static int vmx_set_msr(struct kvm_vcpu *vcpu, struct msr_data *msr,
		       bool from_host)
{
#ifdef CONFIG_X86_64
	if (msr->index == MSR_EFER) {
#else
	if (msr->index == MSR_EFER && from_host) {
#endif
		to_vmx(vcpu)->efer = msr->data;
		return 0;
	}
	if (msr->index != MSR_TSC)
		return 1;

	to_vmx(vcpu)->tsc = msr->data;
	return 0;
}

static void vmx_for_each_msr(struct kvm_vcpu *vcpu,
			     void (*visit)(struct kvm_vcpu *vcpu, u32 index,
					   u64 data))
{
	struct msr_data msr;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vmx_user_msrs); i++) {
		msr.index = vmx_user_msrs[i];
		if (!vmx_get_msr(vcpu, &msr))
			visit(vcpu, msr.index, msr.data);
	}
}

/* Global already, for nested.c, and declared in vmx.h; so are the next two. */
void vmx_set_cr0(struct kvm_vcpu *vcpu, unsigned long cr0)
{
	struct vcpu_vmx *vmx = to_vmx(vcpu);

	trace("    vmx: vcpu %d cr0 %#lx", vcpu->id, cr0);
	if (!vcpu->guest_mode)
		vmx->outer_cr0 = cr0;
	vcpu->cr0 = cr0;
}

unsigned long vmx_get_rflags(struct kvm_vcpu *vcpu)
{
	return vcpu->rflags;
}

int vmx_cpl_of(unsigned long cr0)
{
	return cr0 & X86_CR0_PE ? 3 : 0;
}

static inline int vmx_get_cpl(struct kvm_vcpu *vcpu)
{
	return vmx_cpl_of(vcpu->cr0);
}

static void vmx_get_cs_bits(struct kvm_vcpu *vcpu, int *db, int *l)
{
	*db = !!(vcpu->cr0 & X86_CR0_PE);
	*l = !*db;
}

static void vmx_get_cpuid(struct kvm_vcpu *vcpu, u32 leaf,
			  u32 regs[KVM_CPUID_REGS])
{
	u32 i;

	for (i = 0; i < KVM_CPUID_REGS; i++)
		regs[i] = leaf + i;
}

static int vmx_smi_allowed(struct kvm_vcpu *vcpu)
{
	return !vcpu->in_smm;
}

static int vmx_enter_smm(struct kvm_vcpu *vcpu, struct kvm_smram *smram)
{
	trace("    vmx: vcpu %d enters smm", vcpu->id);
	smram->efer = to_vmx(vcpu)->efer;
	smram->rflags = vcpu->rflags;
	vcpu->in_smm = true;
	return 0;
}

static int vmx_leave_smm(struct kvm_vcpu *vcpu,
			 const struct kvm_smram *smram)
{
	trace("    vmx: vcpu %d leaves smm", vcpu->id);
	to_vmx(vcpu)->efer = smram->efer;
	vcpu->rflags = smram->rflags;
	vcpu->in_smm = false;
	return 0;
}

#ifdef CONFIG_X86_64
static int vmx_set_timer(struct kvm_vcpu *vcpu, u64 deadline,
			 bool *expired)
{
	struct vcpu_vmx *vmx = to_vmx(vcpu);

	vmx->deadline = deadline;
	*expired = deadline <= vmx->tsc;
	return 0;
}

static void vmx_cancel_timer(struct kvm_vcpu *vcpu)
{
	trace("    vmx: timer at %" PRIu64 " off", to_vmx(vcpu)->deadline);
	to_vmx(vcpu)->deadline = 0;
}
#endif

#if defined(CONFIG_HYPERV)
static void vmx_flush_tlb_root(struct kvm_vcpu *vcpu, gpa_t root)
{
	hv_flush_root(vcpu->id, root);
}
#else
static void vmx_flush_tlb_root(struct kvm_vcpu *vcpu, gpa_t root)
{
	trace("    vmx: flush all of vcpu %d", vcpu->id);
}
#endif /* CONFIG_HYPERV */

static int vmx_enable_l2_flush(struct kvm_vcpu *vcpu)
{
	return vcpu->guest_mode ? 0 : 1;
}

static __init int cpu_has_kvm_support(void)
{
	return host_read_msr(MSR_VMX_CAPS) != 0;
}

__init static int vmx_disabled_by_bios(void)
{
	u64 control = host_read_msr(MSR_FEATURE_CONTROL);

	return (control & FEATURE_CONTROL_LOCKED) &&
	       !(control & FEATURE_CONTROL_VMX);
}

static int __init vmx_check_processor(void)
{
	return cpu_has_vmx_timer() ? 0 : -1;
}

/* Only the table below has a use for this. */
#define VMX_REQUIRED_INHIBITS			\
	(BIT(APICV_INHIBIT_DISABLE) |		\
	 BIT(APICV_INHIBIT_IRQWIN) |		\
	 BIT(APICV_INHIBIT_BLOCKIRQ))

static struct kvm_x86_ops vmx_x86_ops __initdata = {
	.name = "mini_vmx",

	.hardware_enable = vmx_hardware_enable,
	.hardware_disable = vmx_hardware_disable,
	.hardware_unsetup = hardware_unsetup,
	.has_timer = cpu_has_vmx_timer,
	.has_emulated_msr = vmx_has_emulated_msr,

	.vm_size = sizeof(struct kvm_vmx),
	.vm_init = vmx_vm_init,
	.max_vcpus = vmx_max_vcpus,
	.vm_destroy = vmx_vm_destroy,

	/* From here on each takes a vcpu. */
	.vcpu_precreate = NULL,		/* all is done in vmx_create_vcpu() */
	.vcpu_create = vmx_create_vcpu,
	.vcpu_free = vmx_free_vcpu,
	.vcpu_reset = vmx_reset_vcpu,
	.vcpu_load = vmx_vcpu_load,
	.vcpu_put = vmx_vcpu_put,
	.vcpu_run = vmx_vcpu_run,
	.handle_exit = vmx_handle_exit,
	.exit_name = vmx_exit_name,
	.get_exit_info = vmx_get_exit_info,

	.get_msr = vmx_get_msr,
	.set_msr = vmx_set_msr,
	.for_each_msr = /* with print_msr(), as things are */ vmx_for_each_msr,

	.set_cr0 = vmx_set_cr0,
	.get_rflags = vmx_get_rflags,
	.get_cpl = vmx_get_cpl,
	.get_cs_bits = vmx_get_cs_bits,
	.get_cpuid = vmx_get_cpuid,

	.interrupt_allowed = vmx_interrupt_allowed,
	.inject_irq = inject_irq,
	.deliver_interrupt = vmx_deliver_interrupt,
	.sync_pir_to_irr = vmx_sync_pir_to_irr,
	.init_signal_blocked = vmx_init_signal_blocked,
	.required_inhibits =
		VMX_REQUIRED_INHIBITS,

	KVM_SMM_OPS(vmx_smi_allowed, vmx_enter_smm, vmx_leave_smm),

#ifdef CONFIG_X86_64
	.set_timer = vmx_set_timer,
	.cancel_timer = vmx_cancel_timer,
#endif

	.flush_tlb_root = vmx_flush_tlb_root,
	.enable_l2_flush = hyperv_op(vmx_enable_l2_flush),

	.dirty_log_size = VMX_DIRTY_LOG_SIZE,
	.nested_caps = &vmx_nested_caps,
	.check_nested_events = nested_vmx_check_events,
};

static struct kvm_x86_init_ops vmx_init_ops __initdata;

/* The generic namesake, in x86.c, has run before this one. */
static __init int hardware_setup(void)
{
	trace("vmx: hardware_setup");
	if (!cpu_has_posted_intr())
		vmx_x86_ops.sync_pir_to_irr = NULL;

	vmx_nested_caps.max_depth = 1;
	vmx_init_ops.nr_user_msrs = ARRAY_SIZE(vmx_user_msrs);
	return 0;
}

static struct kvm_x86_init_ops vmx_init_ops __initdata = {
	.cpu_has_kvm_support = cpu_has_kvm_support,
	.disabled_by_bios = vmx_disabled_by_bios,
	.check_processor = vmx_check_processor,
	.hardware_setup = hardware_setup,

	.runtime_ops = &vmx_x86_ops
};

static void vmx_exit(void)
{
	kvm_x86_vendor_exit();
	trace("vmx: %u vcpus made, %u freed", vmx_stats.vmx_create_vcpu,
	      vmx_stats.vmx_free_vcpu);
}
module_exit(vmx_exit);

static int __init vmx_init(void)
{
	int hardware_setup;	/* a result; hides the function of the name */

	hardware_setup = kvm_x86_vendor_init(&vmx_init_ops);
	if (hardware_setup)
		trace("vmx: no vendor: %d", hardware_setup);
	return hardware_setup;
}
module_init(vmx_init);
