/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __MINI_KVM_VMX_VMX_H
#define __MINI_KVM_VMX_VMX_H

#include <linux/kvm_host.h>

#include "capabilities.h"

/* Pages that the processor logs before it exits. */
#define VMX_DIRTY_LOG_SIZE	512

struct kvm_vmx {
	struct kvm kvm;		/* first: the generic side sees only this */
	gpa_t identity_map;
	unsigned int nr_resets;
};

/* One of these per vcpu, made by vmx_create_vcpu(). */
struct vcpu_vmx {
	int vpid;
	unsigned int step;
	u64 tsc;
	u64 efer;
	u64 deadline;
	u32 posted_irq;
	unsigned long outer_cr0;
};

static inline struct kvm_vmx *to_kvm_vmx(struct kvm *kvm)
{
	return (struct kvm_vmx *)kvm;
}

static inline struct vcpu_vmx *to_vmx(struct kvm_vcpu *vcpu)
{
	return vcpu->vendor;
}

void vmx_set_cr0(struct kvm_vcpu *vcpu, unsigned long cr0);
unsigned long vmx_get_rflags(struct kvm_vcpu *vcpu);
int vmx_cpl_of(unsigned long cr0);

/* An op that lives in a header, and takes no part in a split. */
static inline bool vmx_init_signal_blocked(struct kvm_vcpu *vcpu)
{
	return vcpu->guest_mode || vcpu->in_smm;
}

#endif /* __MINI_KVM_VMX_VMX_H */
