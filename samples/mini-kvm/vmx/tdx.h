/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __MINI_KVM_VMX_TDX_H
#define __MINI_KVM_VMX_TDX_H

#include <linux/kvm_host.h>

/*
 * How to tell which side a vm or a vcpu is on, and whether there are two. With
 * the config off these are constants, so that callers need no #ifdef.
 */
#ifdef CONFIG_INTEL_TDX
extern bool enable_tdx;

static inline bool is_td(struct kvm *kvm)
{
	return kvm->type == KVM_VM_PROTECTED;
}

static inline bool is_td_vcpu(struct kvm_vcpu *vcpu)
{
	return is_td(vcpu->kvm);
}

const char *tdx_exit_name(u32 reason);
#else
#define enable_tdx	false

static inline bool is_td(struct kvm *kvm)
{
	return false;
}

static inline bool is_td_vcpu(struct kvm_vcpu *vcpu)
{
	return false;
}
#endif

#endif /* __MINI_KVM_VMX_TDX_H */
