/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LINUX_MODULE_H
#define LINUX_MODULE_H

#include <linux/export.h>

#define module_init(function)						\
	int start_module(void) { return function(); }			\
	EXPORT_SYMBOL(start_module)
#define MODULE_LICENSE(text) extern const char module_license[]

int start_module(void);

#endif
