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

/* What `./mini-kvm name=value` sets; main() finds all that there are. */
struct mini_param {
	const char *name;
	const char *type;
	void *value;
};

#define module_param_named(name, variable, type, mode)		\
	static const struct mini_param mini_param_##name	\
		__attribute__((__used__, __section__("mini_params"), \
			       __aligned__(sizeof(void *)))) =	\
			{ #name, #type, &(variable) }

#define MODULE_PARM_DESC(name, text)				\
	static const char mini_param_desc_##name[]		\
		__attribute__((__used__)) = #name "=" text

#endif /* _LINUX_MODULE_H */
