/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __MINI_KVM_X86_H
#define __MINI_KVM_X86_H

#include <linux/kvm_host.h>

#define X86_CR0_PE		BIT(0)
#define X86_RFLAGS_FIXED	BIT(1)
#define X86_RFLAGS_IF		BIT(9)
#define X86_EFER_SCE		BIT(0)

/* A copy of the vendor's table: the vendor's own is for initialization only. */
extern struct kvm_x86_ops kvm_x86_ops;

int kvm_x86_vendor_init(struct kvm_x86_init_ops *ops);
void kvm_x86_vendor_exit(void);

#endif /* __MINI_KVM_X86_H */
