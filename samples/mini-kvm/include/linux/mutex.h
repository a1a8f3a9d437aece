/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_MUTEX_H
#define _LINUX_MUTEX_H

#include <assert.h>

/* One thread only: all it can do is find a lock that is taken twice. */
struct mutex {
	int held;
};

#define DEFINE_MUTEX(name)	struct mutex name = { .held = 0 }

static inline void mutex_lock(struct mutex *lock)
{
	assert(!lock->held);
	lock->held = 1;
}

static inline void mutex_unlock(struct mutex *lock)
{
	assert(lock->held);
	lock->held = 0;
}

#endif /* _LINUX_MUTEX_H */
