/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_COMPILER_H
#define _LINUX_COMPILER_H

#define unlikely(x)	__builtin_expect(!!(x), 0)

/* What points into the user's memory; a checker's concern, not a compiler's. */
#define __user

#endif /* _LINUX_COMPILER_H */
