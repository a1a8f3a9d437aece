/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_INIT_H
#define _LINUX_INIT_H

/* Real sections, so that a lost or misplaced annotation shows in the object. */
#define __init		__attribute__((__section__(".mini.init.text")))
#define __initdata	__attribute__((__section__(".mini.init.data")))
#define noinstr		__attribute__((__noinline__, \
				       __section__(".mini.noinstr.text")))

#endif /* _LINUX_INIT_H */
