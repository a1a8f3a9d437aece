/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_KVM_HOST_H
#define _LINUX_KVM_HOST_H

#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/types.h>

#define KVM_MAX_VCPUS	4

/* The registers that one cpuid leaf fills. */
#define KVM_CPUID_REGS	4

/* Every vendor has plain vms; protected ones hide their state from the host. */
enum kvm_vm_type {
	KVM_VM_PLAIN,
	KVM_VM_PROTECTED,
};

enum kvm_exit_reason {
	KVM_EXIT_CPUID,
	KVM_EXIT_TIMER,
	KVM_EXIT_HLT,
	KVM_EXIT_SHUTDOWN,
};

enum kvm_apicv_inhibit {
	APICV_INHIBIT_DISABLE,
	APICV_INHIBIT_NESTED,
	APICV_INHIBIT_IRQWIN,
	APICV_INHIBIT_BLOCKIRQ,
};

typedef enum {
	FASTPATH_NONE,
	FASTPATH_REENTER,
} fastpath_t;

struct kvm;
struct kvm_vcpu;

struct kvm_lapic {
	struct kvm_vcpu *vcpu;
};

struct kvm_vcpu {
	struct kvm *kvm;
	int id;
	int cpu;		/* -1 when it is not loaded */
	bool guest_mode;	/* runs a guest of its own */
	bool in_smm;
	u32 exit_reason;
	unsigned long cr0;
	unsigned long rflags;
	struct kvm_lapic apic;
	void *vendor;
};

struct kvm {
	enum kvm_vm_type type;
	bool bugged;		/* by a KVM_BUG_ON() */
	int nr_vcpus;
	struct kvm_vcpu vcpus[KVM_MAX_VCPUS];
};

struct msr_data {
	u32 index;
	u64 data;
};

struct kvm_smram {
	u64 efer;
	unsigned long rflags;
};

struct kvm_nested_caps {
	int max_depth;
	bool events;
};

struct kvm_x86_ops {
	const char *name;

	int (*hardware_enable)(void);
	void (*hardware_disable)(void);
	void (*hardware_unsetup)(void);
	bool (*has_timer)(void);
	bool (*has_emulated_msr)(struct kvm *kvm, u32 index);
	bool (*is_vm_type_supported)(enum kvm_vm_type type);

	size_t vm_size;
	int (*vm_init)(struct kvm *kvm);
	int (*max_vcpus)(struct kvm *kvm);
	void (*vm_pre_destroy)(struct kvm *kvm);
	bool (*has_private_mem)(struct kvm *kvm);
	void (*vm_destroy)(struct kvm *kvm);

	int (*vcpu_precreate)(struct kvm *kvm);
	int (*vcpu_create)(struct kvm_vcpu *vcpu);
	void (*vcpu_free)(struct kvm_vcpu *vcpu);
	void (*vcpu_reset)(struct kvm_vcpu *vcpu, bool init_event);
	void (*vcpu_load)(struct kvm_vcpu *vcpu, int cpu);
	void (*vcpu_put)(struct kvm_vcpu *vcpu);
	fastpath_t (*vcpu_run)(struct kvm_vcpu *vcpu);
	int (*handle_exit)(struct kvm_vcpu *vcpu, fastpath_t fastpath);
	const char *(*exit_name)(u32 reason);
	void (*get_exit_info)(struct kvm_vcpu *vcpu, u64 *info, u32 *vector);

	int (*get_msr)(struct kvm_vcpu *vcpu, struct msr_data *msr);
	int (*set_msr)(struct kvm_vcpu *vcpu, struct msr_data *msr,
		       bool from_host);
	void (*for_each_msr)(struct kvm_vcpu *vcpu,
			     void (*visit)(struct kvm_vcpu *vcpu, u32 index,
					   u64 data));

	void (*set_cr0)(struct kvm_vcpu *vcpu, unsigned long cr0);
	unsigned long (*get_rflags)(struct kvm_vcpu *vcpu);
	int (*get_cpl)(struct kvm_vcpu *vcpu);
	void (*get_cs_bits)(struct kvm_vcpu *vcpu, int *db, int *l);
	void (*get_cpuid)(struct kvm_vcpu *vcpu, u32 leaf,
			  u32 regs[KVM_CPUID_REGS]);

	bool (*interrupt_allowed)(struct kvm_vcpu *vcpu);
	void (*inject_irq)(struct kvm_vcpu *vcpu, u32 vector, bool again);
	void (*deliver_interrupt)(struct kvm_lapic *apic, u32 vector);
	int (*sync_pir_to_irr)(struct kvm_vcpu *vcpu);
	bool (*init_signal_blocked)(struct kvm_vcpu *vcpu);
	unsigned long required_inhibits;

	int (*smi_allowed)(struct kvm_vcpu *vcpu);
	int (*enter_smm)(struct kvm_vcpu *vcpu, struct kvm_smram *smram);
	int (*leave_smm)(struct kvm_vcpu *vcpu, const struct kvm_smram *smram);
	int (*mem_enc_ioctl)(struct kvm *kvm, void __user *argp);

	int (*set_timer)(struct kvm_vcpu *vcpu, u64 deadline, bool *expired);
	void (*cancel_timer)(struct kvm_vcpu *vcpu);

	void (*flush_tlb_root)(struct kvm_vcpu *vcpu, gpa_t root);
	int (*enable_l2_flush)(struct kvm_vcpu *vcpu);

	unsigned int dirty_log_size;
	const struct kvm_nested_caps *nested_caps;
	int (*check_nested_events)(struct kvm_vcpu *vcpu);
};

struct kvm_x86_init_ops {
	int (*cpu_has_kvm_support)(void);
	int (*disabled_by_bios)(void);
	int (*check_processor)(void);
	int (*hardware_setup)(void);
	unsigned int nr_user_msrs;	/* known after hardware_setup */
	struct kvm_x86_ops *runtime_ops;
};

/* The three entries of a vendor that has SMM. */
#define KVM_SMM_OPS(allowed, enter, leave)	\
	.smi_allowed = (allowed),		\
	.enter_smm = (enter),			\
	.leave_smm = (leave)

/* An entry that is NULL, but still compiled, without CONFIG_HYPERV. */
#ifdef CONFIG_HYPERV
#define hyperv_op(fn)	(fn)
#else
#define hyperv_op(fn)	(0 ? (fn) : NULL)
#endif

#endif /* _LINUX_KVM_HOST_H */
