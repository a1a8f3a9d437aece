//// case: code and comments | hardware_setup=vmx_hardware_setup
/* hardware_setup() comes first */
static int hardware_setup(void)
{
	return 0;
}

static int init(void)
{
	return hardware_setup();	/* see hardware_setup */
}
//// after
/* vmx_hardware_setup() comes first */
static int vmx_hardware_setup(void)
{
	return 0;
}

static int init(void)
{
	return vmx_hardware_setup();	/* see vmx_hardware_setup */
}
//// case: designators, members and strings stay | setup=vmx_setup
static struct ops o = {
	.setup = setup,
	.name = "setup",
};

static int f(struct ops *ops)
{
	return ops->setup() + o.setup();
}
//// after
static struct ops o = {
	.setup = vmx_setup,
	.name = "setup",
};

static int f(struct ops *ops)
{
	return ops->setup() + o.setup();
}
//// case: locals and parameters that hide it stay, up to the end of their block | free_it=put_it
static int f(int free_it)
{
	return free_it;
}

static int g(void)
{
	{
		int free_it = 1;

		use(free_it);
	}
	return free_it();
}
//// after
static int f(int free_it)
{
	return free_it;
}

static int g(void)
{
	{
		int free_it = 1;

		use(free_it);
	}
	return put_it();
}
//// case: labels stay | free_it=put_it
static int f(void)
{
	goto free_it;
free_it:
	free_it();
	return 0;
}
//// after
static int f(void)
{
	goto free_it;
free_it:
	put_it();
	return 0;
}
//// case: tags stay | free_it=put_it
struct free_it;
static void f(struct free_it *a)
{
	free_it(a);
}
//// after
struct free_it;
static void f(struct free_it *a)
{
	put_it(a);
}
//// case: macro bodies follow, their backslashes keep their column | reset_it=it_reset_all
#define restart(a)		\
	do {			\
		reset_it(a);	\
		go(a);		\
	} while (0)
//// after
#define restart(a)		\
	do {			\
		it_reset_all(a);	\
		go(a);		\
	} while (0)
//// case: a macro's parameter hides it | reset_it=it_reset
#define call(reset_it) reset_it()
#define other() reset_it()
//// after
#define call(reset_it) reset_it()
#define other() it_reset()
//// case: inactive branches follow | reset_it=it_reset
static void f(void)
{
#if 0
	reset_it();
#elif defined(CONFIG_NEVER)
	other(reset_it);
#endif
}
//// after
static void f(void)
{
#if 0
	it_reset();
#elif defined(CONFIG_NEVER)
	other(it_reset);
#endif
}
//// case: lines aligned to a call's parenthesis follow it | inject=vmx_inject
static void f(void)
{
	if (a)
		inject(vcpu,
		       b(c,
			 d));
	g(a,
		inject);
}
//// after
static void f(void)
{
	if (a)
		vmx_inject(vcpu,
			   b(c,
			     d));
	g(a,
		vmx_inject);
}
//// case: two at a time, none renamed twice | a_b=b_a,b_a=c_a
int x = a_b(b_a);
//// after
int x = b_a(c_a);
//// case: no-op: part of a longer name | setup=vmx_setup
int setup_all(void);
int my_setup(void);
//// case: no-op: an English word in a comment | probe=foo_probe
/* We probe the device. Then probe it again. */
int a;
//// case: no-op: a member in a comment | set_up=foo_set_up
/* see ops->set_up and struct set_up */
int a;
//// case: no-op: include | foo=bar
#include <linux/foo.h>
#include "foo.h"
