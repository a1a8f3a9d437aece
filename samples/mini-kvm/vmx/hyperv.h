/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __MINI_KVM_VMX_HYPERV_H
#define __MINI_KVM_VMX_HYPERV_H

#include <linux/types.h>

#ifdef CONFIG_HYPERV
void hv_flush_root(int vcpu_id, gpa_t root);
#endif

#endif /* __MINI_KVM_VMX_HYPERV_H */
