// SPDX-License-Identifier: GPL-2.0
/*
 * The generic side of mini-kvm. It knows no vendor: all it does to a vm or a
 * vcpu goes through kvm_x86_ops, which kvm_x86_vendor_init() fills in.
 */

#include <linux/init.h>
#include <linux/kvm_host.h>
#include <linux/module.h>

#include <asm/msr.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "x86.h"
#include "x86_trace.h"

struct kvm_x86_ops kvm_x86_ops;

const char *trace_prefix = "";

static unsigned int nr_user_msrs;

/*
 * The generic hardware_setup(): a namesake of the one that a vendor has, and
 * no relation of it.
 */
static int __init hardware_setup(void)
{
	host_write_msr(MSR_EFER, X86_EFER_SCE);
	trace("x86: host efer %#" PRIx64, host_read_msr(MSR_EFER));
	return 0;
}

int __init kvm_x86_vendor_init(struct kvm_x86_init_ops *ops)
{
	int r;

	if (!ops->cpu_has_kvm_support() || ops->disabled_by_bios())
		return -1;

	r = hardware_setup();
	if (r)
		return r;

	r = ops->hardware_setup();
	if (r)
		return r;

	r = ops->check_processor();
	if (r)
		return r;

	kvm_x86_ops = *ops->runtime_ops;
	nr_user_msrs = ops->nr_user_msrs;

	trace("x86: vendor %s, vm of %s size, %u user msrs, inhibits %#lx",
	      kvm_x86_ops.name,
	      kvm_x86_ops.vm_size > sizeof(struct kvm) ? "its own" : "plain",
	      nr_user_msrs, kvm_x86_ops.required_inhibits);
	trace("x86: dirty log of %u, %d nested levels, posted interrupts %s",
	      kvm_x86_ops.dirty_log_size, kvm_x86_ops.nested_caps->max_depth,
	      kvm_x86_ops.sync_pir_to_irr ? "on" : "off");

	return kvm_x86_ops.hardware_enable();
}

void kvm_x86_vendor_exit(void)
{
	kvm_x86_ops.hardware_disable();
	kvm_x86_ops.hardware_unsetup();
}

/* For WARN_ON_ONCE() and KVM_BUG_ON(). */
void mini_warn(const char *what)
{
	trace("x86: warning: %s", what);
}

/* Mark what is traced from here on as a protected vm's, or not. */
static void trace_for(enum kvm_vm_type type)
{
	trace_prefix = type == KVM_VM_PROTECTED ? "td| " : "";
}

static bool vm_type_supported(enum kvm_vm_type type)
{
	return type == KVM_VM_PLAIN ||
	       (kvm_x86_ops.is_vm_type_supported &&
		kvm_x86_ops.is_vm_type_supported(type));
}

static struct kvm *kvm_create_vm(enum kvm_vm_type type, int nr_vcpus)
{
	struct kvm *kvm;
	int i;

	trace_for(type);
	if (!vm_type_supported(type)) {
		trace("x86: protected vms are not supported");
		return NULL;
	}

	kvm = calloc(1, kvm_x86_ops.vm_size);
	if (!kvm)
		abort();
	kvm->type = type;
	if (kvm_x86_ops.vm_init(kvm))
		abort();
	trace("x86: room for %d vcpus", kvm_x86_ops.max_vcpus(kvm));
	if (nr_vcpus > kvm_x86_ops.max_vcpus(kvm))
		nr_vcpus = kvm_x86_ops.max_vcpus(kvm);

	for (i = 0; i < nr_vcpus; i++) {
		struct kvm_vcpu *vcpu = &kvm->vcpus[i];

		vcpu->kvm = kvm;
		vcpu->id = i;
		vcpu->cpu = -1;
		vcpu->apic.vcpu = vcpu;
		if (kvm_x86_ops.vcpu_precreate &&
		    kvm_x86_ops.vcpu_precreate(kvm))
			break;
		if (kvm_x86_ops.vcpu_create(vcpu)) {
			trace("x86: no room for vcpu %d", i);
			break;
		}
		kvm_x86_ops.vcpu_reset(vcpu, false);
		kvm->nr_vcpus++;
	}
	return kvm;
}

static void kvm_destroy_vm(struct kvm *kvm)
{
	trace_for(kvm->type);
	if (kvm->bugged)
		trace("x86: the vm met a bug");
	if (kvm_x86_ops.vm_pre_destroy)
		kvm_x86_ops.vm_pre_destroy(kvm);
	while (kvm->nr_vcpus)
		kvm_x86_ops.vcpu_free(&kvm->vcpus[--kvm->nr_vcpus]);
	kvm_x86_ops.vm_destroy(kvm);
	free(kvm);
}

static void print_msr(struct kvm_vcpu *vcpu, u32 index, u64 data)
{
	trace("x86: vcpu %d msr %#x = %#" PRIx64, vcpu->id, index, data);
}

static void exercise_msrs(struct kvm_vcpu *vcpu)
{
	struct msr_data msr = { .index = MSR_EFER, .data = X86_EFER_SCE };
	struct msr_data odd = { .index = 0x1234 };

	if (kvm_x86_ops.has_emulated_msr(NULL, MSR_EFER))
		trace("x86: some vm may emulate efer");
	if (!kvm_x86_ops.has_emulated_msr(vcpu->kvm, odd.index))
		trace("x86: msr %#x is not emulated", odd.index);
	trace("x86: set efer: %d", kvm_x86_ops.set_msr(vcpu, &msr, false));
	trace("x86: set %#x: %d", odd.index,
	      kvm_x86_ops.set_msr(vcpu, &odd, false));
	msr.index = MSR_TSC;
	if (!kvm_x86_ops.get_msr(vcpu, &msr))
		trace("x86: get tsc: %" PRIu64, msr.data);
	kvm_x86_ops.for_each_msr(vcpu, print_msr);
}

static void exercise_timer(struct kvm_vcpu *vcpu)
{
	bool expired = true;
	int r;

	if (!kvm_x86_ops.has_timer() || !kvm_x86_ops.set_timer) {
		trace("x86: no timer");
		return;
	}
	r = kvm_x86_ops.set_timer(vcpu, 500, &expired);
	trace("x86: timer: %d, %s", r, expired ? "expired" : "ticking");
	kvm_x86_ops.cancel_timer(vcpu);
}

static void exercise_smm(struct kvm_vcpu *vcpu)
{
	struct kvm_smram smram = { 0 };

	if (kvm_x86_ops.smi_allowed(vcpu) > 0)
		kvm_x86_ops.enter_smm(vcpu, &smram);
	trace("x86: smi again: %d, init %s", kvm_x86_ops.smi_allowed(vcpu),
	      kvm_x86_ops.init_signal_blocked(vcpu) ? "blocked" : "taken");
	kvm_x86_ops.leave_smm(vcpu, &smram);
}

static void exercise_irqs(struct kvm_vcpu *vcpu)
{
	if (!kvm_x86_ops.interrupt_allowed(vcpu))
		trace("x86: vcpu %d has interrupts off", vcpu->id);

	vcpu->rflags |= X86_RFLAGS_IF;
	if (kvm_x86_ops.interrupt_allowed(vcpu))
		kvm_x86_ops.inject_irq(vcpu, 0x31, false);
	kvm_x86_ops.deliver_interrupt(&vcpu->apic, 0x32);
	if (kvm_x86_ops.sync_pir_to_irr)
		trace("x86: synced %#x", kvm_x86_ops.sync_pir_to_irr(vcpu));
	trace("x86: rflags %#lx, cpl %d", kvm_x86_ops.get_rflags(vcpu),
	      kvm_x86_ops.get_cpl(vcpu));
}

static void exercise_mmu(struct kvm_vcpu *vcpu)
{
	kvm_x86_ops.flush_tlb_root(vcpu, 0x7000);
	if (kvm_x86_ops.enable_l2_flush)
		trace("x86: l2 flush: %d", kvm_x86_ops.enable_l2_flush(vcpu));
	else
		trace("x86: no l2 flush");
}

static void exercise_state(struct kvm_vcpu *vcpu)
{
	u32 regs[KVM_CPUID_REGS];
	u32 vector = 0xff;
	u64 info = 0xff;
	int db = -1, l = -1;

	kvm_x86_ops.get_cs_bits(vcpu, &db, &l);
	trace("x86: cs db %d, l %d", db, l);
	kvm_x86_ops.get_cpuid(vcpu, 4, regs);
	trace("x86: cpuid %u %u %u %u", regs[0], regs[1], regs[2], regs[3]);
	vcpu->exit_reason = KVM_EXIT_TIMER;
	kvm_x86_ops.get_exit_info(vcpu, &info, &vector);
	trace("x86: exit info %" PRIu64 ", vector %#x", info, vector);
}

static void exercise_vm(struct kvm *kvm)
{
	struct kvm_vcpu *vcpu = &kvm->vcpus[0];
	u64 key = 0;
	int r = -ENOTTY;

	trace_for(kvm->type);
	kvm_x86_ops.set_cr0(vcpu, X86_CR0_PE);
	exercise_msrs(vcpu);
	exercise_timer(vcpu);
	exercise_smm(vcpu);
	exercise_irqs(vcpu);
	exercise_state(vcpu);
	exercise_mmu(vcpu);

	if (kvm_x86_ops.mem_enc_ioctl)
		r = kvm_x86_ops.mem_enc_ioctl(kvm, &key);
	trace("x86: encryption ioctl: %d, key %#" PRIx64, r, key);
	trace("x86: %s memory",
	      kvm_x86_ops.has_private_mem && kvm_x86_ops.has_private_mem(kvm) ?
	      "private" : "shared");
}

/* What the generic side does not do, and a vendor has an answer to. */
static void exercise_protected(struct kvm *kvm)
{
	struct kvm_smram smram = { .efer = 1, .rflags = 2 };
	struct kvm_vcpu *vcpu = &kvm->vcpus[0];
	int r;

	trace_for(kvm->type);
	r = kvm_x86_ops.enter_smm(vcpu, &smram);
	trace("x86: enter smm: %d, efer %#" PRIx64 ", rflags %#lx", r,
	      smram.efer, smram.rflags);
	kvm_x86_ops.inject_irq(vcpu, 0x1f, true);
	kvm_x86_ops.inject_irq(vcpu, 0x1e, true);
	kvm_x86_ops.vcpu_reset(vcpu, true);
	r = kvm_x86_ops.hardware_enable();
	trace("x86: a late processor: %d", r);
}

static void run_vcpu(struct kvm_vcpu *vcpu)
{
	fastpath_t fastpath;
	int r;

	trace_for(vcpu->kvm->type);
	kvm_x86_ops.vcpu_load(vcpu, vcpu->id + 2);
	do {
		if (kvm_x86_ops.check_nested_events(vcpu))
			trace("x86: events wait");
		fastpath = kvm_x86_ops.vcpu_run(vcpu);
		trace("x86: vcpu %d exits: %s", vcpu->id,
		      kvm_x86_ops.exit_name(vcpu->exit_reason));
		r = kvm_x86_ops.handle_exit(vcpu, fastpath);
	} while (r > 0);
	kvm_x86_ops.vcpu_put(vcpu);
}

/* Both ends of the section that module_param_named() puts its structs in. */
extern const struct mini_param __start_mini_params[] __attribute__((__weak__));
extern const struct mini_param __stop_mini_params[] __attribute__((__weak__));

static bool set_param(const char *setting)
{
	const struct mini_param *param;

	for (param = __start_mini_params; param < __stop_mini_params; param++) {
		size_t length = strlen(param->name);
		unsigned long value;

		if (strncmp(setting, param->name, length) ||
		    setting[length] != '=')
			continue;
		value = strtoul(setting + length + 1, NULL, 0);
		if (!strcmp(param->type, "bool"))
			*(bool *)param->value = value;
		else
			*(unsigned int *)param->value = value;
		return true;
	}
	fprintf(stderr, "no such parameter: %s\n", setting);
	return false;
}

int main(int argc, char **argv)
{
	struct kvm *kvm, *td;
	int i;

	for (i = 1; i < argc; i++) {
		if (!set_param(argv[i]))
			return 2;
	}
	if (mini_init_module())
		return 1;

	kvm = kvm_create_vm(KVM_VM_PLAIN, 3);
	td = kvm_create_vm(KVM_VM_PROTECTED, 3);
	kvm->vcpus[1].guest_mode = true;

	exercise_vm(kvm);
	if (td) {
		exercise_vm(td);
		exercise_protected(td);
	}
	/* Side by side: a step of the one, a step of the other. */
	for (i = 0; i < KVM_MAX_VCPUS; i++) {
		if (i < kvm->nr_vcpus)
			run_vcpu(&kvm->vcpus[i]);
		if (td && i < td->nr_vcpus)
			run_vcpu(&td->vcpus[i]);
	}

	if (td)
		kvm_destroy_vm(td);
	kvm_destroy_vm(kvm);
	mini_exit_module();
	return 0;
}
