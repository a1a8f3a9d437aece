/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __MINI_KVM_VMX_CAPABILITIES_H
#define __MINI_KVM_VMX_CAPABILITIES_H

#include <linux/types.h>

#include <asm/msr.h>

#define VMX_CAP_TIMER		BIT(0)
#define VMX_CAP_POSTED_INTR	BIT(1)

static inline bool cpu_has_vmx_timer(void)
{
	return host_read_msr(MSR_VMX_CAPS) & VMX_CAP_TIMER;
}

static inline bool cpu_has_posted_intr(void)
{
	return host_read_msr(MSR_VMX_CAPS) & VMX_CAP_POSTED_INTR;
}

#endif /* __MINI_KVM_VMX_CAPABILITIES_H */
