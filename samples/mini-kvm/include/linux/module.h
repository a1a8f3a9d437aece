/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_MODULE_H
#define _LINUX_MODULE_H

/* The two entry points of the one module there is; main() calls them. */
int mini_init_module(void);
void mini_exit_module(void);

/* Each ends in a declaration, which takes the semicolon of the caller. */
#define module_init(fn)			\
	int mini_init_module(void)	\
	{				\
		return fn();		\
	}				\
	int mini_init_module(void)

#define module_exit(fn)			\
	void mini_exit_module(void)	\
	{				\
		fn();			\
	}				\
	void mini_exit_module(void)

#define MODULE_LICENSE(text)					\
	static const char mini_module_license[]			\
		__attribute__((__used__)) = "license=" text

#endif /* _LINUX_MODULE_H */
