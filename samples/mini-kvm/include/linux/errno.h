/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_ERRNO_H
#define _LINUX_ERRNO_H

#define EIO		5
#define ENOMEM		12
#define EBUSY		16
#define ENODEV		19
#define ENOTTY		25
#define EOPNOTSUPP	95

#endif /* _LINUX_ERRNO_H */
