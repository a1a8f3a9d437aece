// SPDX-License-Identifier: GPL-2.0
#include <linux/types.h>

#include <asm/msr.h>

#include "vmx/capabilities.h"

#ifdef CONFIG_X86_64
#define HOST_CAPS	(VMX_CAP_TIMER | VMX_CAP_POSTED_INTR)
#else
#define HOST_CAPS	VMX_CAP_TIMER
#endif

static struct {
	u32 index;
	u64 data;
} host_msrs[] = {
	{ MSR_TSC, 1000 },
	{ MSR_FEATURE_CONTROL, FEATURE_CONTROL_LOCKED | FEATURE_CONTROL_VMX },
	{ MSR_VMX_CAPS, HOST_CAPS },
	{ MSR_EFER, 0 },
};

u64 host_read_msr(u32 index)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(host_msrs); i++) {
		if (host_msrs[i].index == index)
			return host_msrs[i].data;
	}
	return 0;
}

void host_write_msr(u32 index, u64 data)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(host_msrs); i++) {
		if (host_msrs[i].index == index)
			host_msrs[i].data = data;
	}
}
