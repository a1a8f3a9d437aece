"""Heads of declarations: the declared name, its storage, whether a function, the first tag."""

import pytest

from vtsplit.cst.heads.declarator import Head, read_head

# (declaration, name)
OBJECTS = [
    ("int a;", "a"),
    ("int a", "a"),
    ("const char *const a;", "a"),
    ("unsigned long long a;", "a"),
    ("int /* b */ a /* c */;", "a"),
    ("int a[3][4];", "a"),
    ("int a[N] = { 1 };", "a"),
    ("int a = f(1, 2), b;", "a"),
    ("int (a)[3];", "a"),
    ("u64 a;", "a"),
    ("u8 A;", "A"),
    ("FOO a;", "a"),
    ("FOO *a;", "a"),
    ("int IRQ;", "IRQ"),
    ("foo_t __foo;", "__foo"),
    ("__foo_t a;", "a"),
    ("__be32 a;", "a"),
    ("__foo a;", "a"),
    ("bool a;", "a"),
    ("_Bool a;", "a"),
    ("struct x *a, *b;", "a"),
    ("struct x const *a;", "a"),
    ("struct x { int b; } a;", "a"),
    ("struct __packed x { int b; } a;", "a"),
    ("struct x { int b; } __packed a;", "a"),
    ("enum { A, B } c;", "c"),
    ("typeof(x) a;", "a"),
    ("typeof(int (*)(int)) *a;", "a"),
    ("int a:3;", "a"),
    # annotations in all positions
    ("__initdata int a;", "a"),
    ("int __initdata a;", "a"),
    ("int a __initdata;", "a"),
    ("u64 __read_mostly a;", "a"),
    ("u64 a __read_mostly = 1;", "a"),
    ("static u64 __read_mostly __maybe_unused a;", "a"),
    ("struct x __rcu *a;", "a"),
    ("u64 __percpu *a;", "a"),
    ("struct foo_ops foo_ops __initdata = { .a = b };", "foo_ops"),
    ("struct foo __initdata foo_ops = { .a = b };", "foo_ops"),
    ("struct cpumask __cpu_possible_mask __read_mostly;", "__cpu_possible_mask"),
    ("struct x a __aligned(L1_CACHE_BYTES) = { .a = 1 };", "a"),
    ("static __aligned(8) u8 a[3];", "a"),
    ('struct x a __attribute__((section("x"))) = { };', "a"),
    ('__attribute__((section("x"))) static int a;', "a"),
    ("_Alignas(8) int a;", "a"),
    ('register unsigned long a asm("rsp");', "a"),
    # macros among the specifiers
    ("SECTION(x) int a;", "a"),
    ("STACK_OF(x) *a;", "a"),
    # pointers to functions
    ("int (*a)(void);", "a"),
    ("int *(*a)(struct b *c, int d);", "a"),
    ("int (*a[4])(void);", "a"),
    ("int (*a)[3];", "a"),
    ("int (*const a)(void);", "a"),
    ("int (__user *a)(void);", "a"),
    ("typedef void *(__attribute__((alloc_size(1))) *a)(unsigned long);", "a"),
    ("int (__aligned(4) *a)(void);", "a"),
    ("int (*(*a)(void))(int);", "a"),
    ("int (*(*a[2])(void))(int);", "a"),
    ("typedef u64 gfn_t;", "gfn_t"),
    ("typedef int (*fn)(int);", "fn"),
]
# (declaration or head of a definition, name, its parameters)
FUNCTIONS = [
    ("int f(void);", "f", "void"),
    ("int f()", "f", ""),
    ("u64 f(u64);", "f", "u64"),
    ("__be32 f(__be32 a)", "f", "__be32 a"),
    ("foo_t *f(int a);", "f", "int a"),
    ("foo_t __foo(void)", "__foo", "void"),
    ("int __foo_exit(int a);", "__foo_exit", "int a"),
    ("struct x *f(struct x *a, int (*b)(int c))", "f", "struct x *a, int (*b)(int c)"),
    ("struct { int a; } *f(int b);", "f", "int b"),
    ("typeof(x) f(int a);", "f", "int a"),
    ("typedef int fn(int);", "fn", "int"),
    ("int (f)(int a);", "f", "int a"),
    # functions that return pointers to functions
    ("int (*f(int a))(void)", "f", "int a"),
    ("void (*f(int a, void (*b)(int)))(int);", "f", "int a, void (*b)(int)"),
    ("int (*(*f(int a))(void))(int);", "f", "int a"),
    # annotations in all positions
    ("static int __init f(int a)", "f", "int a"),
    ("static __init int f(int a)", "f", "int a"),
    ("__init static int f(int a)", "f", "int a"),
    ("static __le16 __init f(int a)", "f", "int a"),
    ("static __init __u8 f(int a)", "f", "int a"),
    ("int f(int a) __init;", "f", "int a"),
    ("void __iomem *f(void __iomem *a)", "f", "void __iomem *a"),
    ("static noinline_for_stack int f(int a)", "f", "int a"),
    ("noinstr void f(int a)", "f", "int a"),
    ("asmlinkage __visible void f(int a)", "f", "int a"),
    ("static inline __must_check struct page *f(int a)", "f", "int a"),
    # attributes with arguments
    ("int f(int a) __attribute__((x(1), y));", "f", "int a"),
    ("static __attribute__((unused)) int f(int a)", "f", "int a"),
    ("__printf(1, 2) int f(int a);", "f", "int a"),
    ("static int __printf(2, 3) f(int a)", "f", "int a"),
    ("int f(int a)\n\t__acquires(x)\n\t__releases(&y->z)", "f", "int a"),
    ('extern "C" int f(int a)', "f", "int a"),
    # macros among the specifiers, or that build the name
    ("EXPORT_API int f(int a)", "f", "int a"),
    ("INT_PTR WINAPI f(int a)", "f", "int a"),
    ("EXPORT(int) f(int a)", "f", "int a"),
    ("unsigned FOO(int a)", "FOO", "int a"),
    ("struct x *FOO(int a)", "FOO", "int a"),
    ("int FN(f)(int a)", "FN", "f"),
    # comments
    ("int /* g( */ f /* h */ (int a /* ) */)", "f", "int a /* ) */"),
]
NAMELESS = [
    "struct x;",
    "struct x { int y; };",
    "union u { int a; } __packed;",
    "enum { A, B };",
    ";",
    "",
]


def parameters(head: Head) -> str:
    return "".join(token.text for token in head.tokens[head.open_paren + 1 : head.close_paren])


@pytest.mark.parametrize(("text", "name"), OBJECTS)
def test_objects(text: str, name: str) -> None:
    head = read_head(text)
    assert head.name == name
    assert not head.is_function


@pytest.mark.parametrize(("text", "name", "inside"), FUNCTIONS)
def test_functions(text: str, name: str, inside: str) -> None:
    head = read_head(text)
    assert head.name == name
    assert head.is_function
    assert parameters(head) == inside
    assert not head.is_old_style


@pytest.mark.parametrize("text", NAMELESS)
def test_nameless(text: str) -> None:
    head = read_head(text)
    assert head.name == ""
    assert not head.is_function


@pytest.mark.parametrize(
    ("text", "storage"),
    [
        ("int a;", ""),
        ("static int a;", "static"),
        ("int static a;", "static"),
        ("extern int a;", "extern"),
        ("typedef int a;", "typedef"),
        ("static inline int f(void)", "inline static"),
        ("static __always_inline int f(void)", "inline static"),
        ("int static __init\ninline f(void)", "inline static"),
        ("int f(static int a)", ""),
        ("int a = sizeof(static);", ""),
        ("struct x { static int b; } a;", ""),
    ],
)
def test_storage(text: str, storage: str) -> None:
    head = read_head(text)
    assert sorted(head.storage) == storage.split()
    assert head.is_static == ("static" in storage)


@pytest.mark.parametrize(
    ("text", "tag", "defines"),
    [
        ("struct x a;", "struct x", False),
        ("const struct x *a(struct y *b);", "struct x", False),
        ("enum e;", "enum e", False),
        ("struct x { int b; } a;", "struct x", True),
        ("struct __packed x { int b; };", "struct x", True),
        ("struct { int b; } a;", "", True),
        ("int a(struct x *b);", "", False),
        ("u64 a;", "", False),
        ("struct CARD { int a; };", "struct CARD", True),
        ("struct CARD *a;", "struct CARD", False),
        ("struct LOCKABLE x { int a; };", "struct x", True),
        ("struct __attribute__((packed)) x { int a; };", "struct x", True),
        ("struct x __packed { int a; };", "struct x", True),
    ],
)
def test_tags(text: str, tag: str, defines: bool) -> None:
    head = read_head(text)
    assert (head.tag, head.defines_tag) == (tag, defines)


@pytest.mark.parametrize(
    ("text", "initializer", "more"),
    [
        ("int a;", None, False),
        ("int a, b;", None, True),
        ("int a = 1;", " 1;", False),
        ("int a = 1, b;", " 1, b;", True),
        ("int a = f(1, 2);", " f(1, 2);", False),
        ("int a[] = { 1, 2 };", " { 1, 2 };", False),
        ("int a[] = { 1, 2 }, b = 3;", " { 1, 2 }, b = 3;", True),
        ("int f(int a, int b);", None, False),
        ("int f(int a), g(int b);", None, True),
        ("int (*a)(int b, int c);", None, False),
    ],
)
def test_initializers_and_further_declarators(
    text: str, initializer: str | None, more: bool
) -> None:
    head = read_head(text)
    assert (None if head.initializer is None else text[head.initializer :]) == initializer
    assert head.more == more


@pytest.mark.parametrize(
    "text", ["int f(a) int a;", "int f(a, b) struct x *a; char b;", "int f(a)\n\tx_t *a;\n"]
)
def test_old_style(text: str) -> None:
    assert read_head(text).name == "f"
    assert read_head(text).is_old_style


def test_directives_inside_are_seen() -> None:
    assert read_head("int f(int a,\n#ifdef A\n int b\n#endif\n)").has_directive
    assert not read_head("int f(int a)").has_directive
