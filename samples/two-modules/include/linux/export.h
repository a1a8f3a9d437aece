/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LINUX_EXPORT_H
#define LINUX_EXPORT_H

/* A module is a shared object here: only what is exported can be linked to or found. */
#define __EXPORT_SYMBOL(sym) extern __typeof__(sym) sym __attribute__((visibility("default")))
#define EXPORT_SYMBOL(sym) __EXPORT_SYMBOL(sym)
#define EXPORT_SYMBOL_GPL(sym) __EXPORT_SYMBOL(sym)

#endif
