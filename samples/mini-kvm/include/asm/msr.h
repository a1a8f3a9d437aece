/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_MSR_H
#define _ASM_MSR_H

#include <linux/types.h>

#define MSR_TSC			0x00000010
#define MSR_FEATURE_CONTROL	0x0000003a
#define MSR_VMX_CAPS		0x00000480
#define MSR_EFER		0xc0000080

#define FEATURE_CONTROL_LOCKED	BIT(0)
#define FEATURE_CONTROL_VMX	BIT(2)

/* The machine's own registers, which msr.c keeps in an array. */
u64 host_read_msr(u32 index);
void host_write_msr(u32 index, u64 data);

#endif /* _ASM_MSR_H */
