/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __MINI_KVM_X86_TRACE_H
#define __MINI_KVM_X86_TRACE_H

#include <stdio.h>

/* Stands before each line that is about a protected vm, else empty. */
extern const char *trace_prefix;

/* Without __func__ or __LINE__: a function that moves leaves no trace here. */
#define trace(fmt, ...)	printf("%s" fmt "\n", trace_prefix, ##__VA_ARGS__)

#endif /* __MINI_KVM_X86_TRACE_H */
