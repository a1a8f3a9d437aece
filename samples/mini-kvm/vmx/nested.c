// SPDX-License-Identifier: GPL-2.0
/*
 * A guest of a guest. What it needs of the outer guest's state was made by
 * vmx_create_vcpu(), and is gone after vmx_free_vcpu().
 */

#include "nested.h"
#include "vmx.h"
#include "x86.h"
#include "x86_trace.h"

/* An op: the table takes it from here. */
int nested_vmx_check_events(struct kvm_vcpu *vcpu)
{
	if (!vcpu->guest_mode)
		return 0;

	if (!(vmx_get_rflags(vcpu) & X86_RFLAGS_IF)) {
		trace("    nested: vcpu %d holds its events back", vcpu->id);
		return -1;
	}

	trace("    nested: vcpu %d may take events", vcpu->id);
	return 0;
}

/* Does the outer guest, and not the host, handle this exit? */
bool nested_vmx_reflects(struct kvm_vcpu *vcpu, u32 reason)
{
	return vcpu->guest_mode && reason == KVM_EXIT_CPUID;
}

void nested_vmx_leave(struct kvm_vcpu *vcpu)
{
	trace("    nested: vcpu %d back to the outer guest", vcpu->id);
	vcpu->guest_mode = false;
	vmx_set_cr0(vcpu, to_vmx(vcpu)->outer_cr0);
}
