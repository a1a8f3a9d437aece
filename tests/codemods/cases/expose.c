//// case: plain | f
static int f(void)
{
	return 0;
}
//// after
int f(void)
{
	return 0;
}
//// case: static on a line of its own | f
/* about f */
static
int f(int a,
      int b)
{
}
//// after
/* about f */
int f(int a,
      int b)
{
}
//// case: static behind an annotation | f
__init static int f(void)
{
}
//// after
__init int f(void)
{
}
//// case: static between annotation and type, at the end of a line | f
__init static
int f(void)
{
}
//// after
__init
int f(void)
{
}
//// case: static inline becomes plain, aligned lines follow | f
static inline unsigned long f(struct kvm *kvm,
			      unsigned long b)
{
	return g(kvm,
		 b);
}
//// after
unsigned long f(struct kvm *kvm,
		unsigned long b)
{
	return g(kvm,
		 b);
}
//// case: always inline goes too | f
static __always_inline int f(void)
{
}
//// after
int f(void)
{
}
//// case: a comment behind static stays | f
static /* why */ int f(void)
{
}
//// after
/* why */ int f(void)
{
}
//// case: comments in the parameters stay, nested parentheses follow | f
static void f(int a, /* one */
	      void (*g)(int b,
			int c))	/* two */
{
}
//// after
void f(int a, /* one */
       void (*g)(int b,
		 int c))	/* two */
{
}
//// case: a line that was not aligned is, once the first line is touched | f
static int f(struct kvm *kvm,
		int b)
{
}
static int as_most(struct kvm *kvm,
		   int b)
{
}
//// after
int f(struct kvm *kvm,
      int b)
{
}
static int as_most(struct kvm *kvm,
		   int b)
{
}
//// case: a line that was not aligned stays where no head of the file is | f
static int f(struct kvm *kvm,
		int b)
{
}
//// after
int f(struct kvm *kvm,
		int b)
{
}
//// case: a line that would be too long aligned stays | a_function_with_a_name_that_reaches_far_to_the_right_of
static int a_function_with_a_name_that_reaches_far_to_the_right_of(int a,
	struct with_a_long_name_too *argument)
{
}
//// after
int a_function_with_a_name_that_reaches_far_to_the_right_of(int a,
	struct with_a_long_name_too *argument)
{
}
//// case: static locals and calls in the body stay | f
static int f(void)
{
	static int once;

	return once++;
}
//// after
int f(void)
{
	static int once;

	return once++;
}
//// case: objects | o
static const struct ops o __ro_after_init = {
	.f = f,
};
//// after
const struct ops o __ro_after_init = {
	.f = f,
};
//// case: the name begins a line | f
static const char *
f(int a,
  int b)
{
}
//// after
const char *
f(int a,
  int b)
{
}
//// case: no-op: another function | f
static int g(void)
{
	return f();
}
//// case: no-op: global already | f
int f(int a,
		int b)
{
}
//// case: no-op: a prototype is no definition | f
static int f(void);
//// case: no-op: the name in another declaration | f
static struct ops o = { .f = f };
