/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_BUG_H
#define _LINUX_BUG_H

#include <linux/compiler.h>
#include <linux/types.h>

void mini_warn(const char *what);

/* Both are conditions: true where something is wrong. */
#define WARN_ON_ONCE(condition)				\
({							\
	static bool warned;				\
	bool wrong = (condition);			\
							\
	if (unlikely(wrong) && !warned) {		\
		warned = true;				\
		mini_warn(#condition);			\
	}						\
	wrong;						\
})

#define KVM_BUG_ON(condition, vm)			\
({							\
	bool wrong = (condition);			\
							\
	if (unlikely(wrong)) {				\
		(vm)->bugged = true;			\
		mini_warn(#condition);			\
	}						\
	wrong;						\
})

#endif /* _LINUX_BUG_H */
