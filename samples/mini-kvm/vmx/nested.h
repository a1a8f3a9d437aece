/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __MINI_KVM_VMX_NESTED_H
#define __MINI_KVM_VMX_NESTED_H

#include <linux/kvm_host.h>

int nested_vmx_check_events(struct kvm_vcpu *vcpu);
bool nested_vmx_reflects(struct kvm_vcpu *vcpu, u32 reason);
void nested_vmx_leave(struct kvm_vcpu *vcpu);

#endif /* __MINI_KVM_VMX_NESTED_H */
