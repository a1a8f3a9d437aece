"""Types of heads: skeletons keep every offset, keys compare types, tags are sorted by need."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from how_many import examples
from vtsplit.cst.heads.declarator import read_head
from vtsplit.cst.heads.skeleton import skeleton
from vtsplit.cst.heads.typed import Signature, TypeReadError, read_signature


def signature(text: str) -> Signature:
    return read_signature(read_head(text))


# (head, skeleton; runs of blanks are one here)
SKELETONS = [
    ("static int f(int a)", " int f(int a)"),
    ("static __init noinline int f(int a)", " int f(int a)"),
    ("int __attribute__((a(b), c)) f(int a) __cold;", "int f(int a) "),
    ("__printf(1, 2) int f(const char *a, ...);", " int f(const char *a, ...) "),
    ("int f(int /* b */ a) // c", "int f(int a) "),
    ("int f(struct x __user *a __maybe_unused)", "int f(struct x *a )"),
    ("int f(int a,\n#ifdef A\n\tint b\n#endif\n)", "int f(int a, int b )"),
    ("__be32 f(__be32 a)", "__be32 f(__be32 a)"),
    ("int __foo_exit(void)", "int __foo_exit(void)"),
    ("FOO f(void)", "FOO f(void)"),
    ("EXPORT_API int f(void)", " int f(void)"),
    ("EXPORT_API foo_t f(void)", " foo_t f(void)"),
    ("struct x a __initdata = { .b = c };", "struct x a "),
    ("int a[3] = { 1 }, b;", "int a[3] "),
    ("int (*f(int a))(void) __cold;", "int (*f(int a))(void) "),
    ("int f(int a FOO_UNUSED, u64 FOO)", "int f(int a , u64 FOO)"),
    ("int f(struct x foo_unused *a, int foo_unused b)", "int f(struct x *a, int b)"),
    ("int f(void *a FOO((unused)), u64 b BAR)", "int f(void *a , u64 b )"),
    ("int f(int (*a)(int) FOO, foo_t b[BAR] FOO)", "int f(int (*a)(int) , foo_t b[BAR] )"),
    ("int f(FOO *a, const char *const b)", "int f(FOO *a, const char *const b)"),
    ("static FOO FOOAPI f(void)", " FOO f(void)"),
    ("EXPORT_API FOO f(void)", " FOO f(void)"),
    ("const FOO f;", "const FOO f "),
    ("[[nodiscard]] int f [[cold]] (int a [[unused]]) [[gnu::pure]];", " int f (int a ) "),
    ("FOO (FOOAPI *f)(int (FOOAPI *a)(FOO));", "FOO ( *f)(int ( *a)(FOO)) "),
    ("int f(ATTRIBUTE(x) int a)", "int f( int a)"),
    ("int f P((int a));", "int f (int a) "),
    ("int f(IN FOO a, OUT FOO *b OPTIONAL)", "int f( FOO a, FOO *b )"),
    ("int f(_In_reads_(n) const char *a, _In_ FOO b)", "int f( const char *a, FOO b)"),
    ("int f(foo_t (*a)(int), GIVEN(x) *b)", "int f(foo_t (*a)(int), GIVEN_x_ *b)"),
    ("int a P((unused));", "int a "),
    ("struct x (*a)(int b, int c) = d;", "struct x (*a)(int b, int c) "),
]


@pytest.mark.parametrize(("text", "shape"), SKELETONS)
def test_skeletons(text: str, shape: str) -> None:
    assert re.sub(r"\s+", " ", skeleton(read_head(text))) == shape


WORDS = st.sampled_from(
    "int struct x * ( ) [ ] { } , ; = f a_t __init static inline FOO __attribute__((x)) typeof(y) "
    "__be32 const unsigned ... 3 enum /*c*/".split()
) | st.sampled_from(
    [" ", "\n", "\r\n", "\\\n", "\n#if A\n", "\n#endif\n", "// d\n", "\t", '"s\\\n"']
)


@given(st.lists(WORDS, max_size=25).map(" ".join))
@settings(max_examples=examples(150), deadline=None)
def test_skeletons_have_the_length_and_the_lines_of_the_text(text: str) -> None:
    masked = skeleton(read_head(text))
    assert len(masked) == len(text)
    kept = [(a, b) for a, b in zip(text, masked, strict=True) if a != b]
    assert all(b == " " and a != "\n" for a, b in kept)


@given(st.lists(WORDS, max_size=12).map(" ".join))
@settings(max_examples=examples(100), deadline=None)
def test_any_head_is_read_or_refused(text: str) -> None:
    try:
        found = signature(text)
    except TypeReadError:
        return
    assert not found.complete & found.incomplete


# Pairs of one type each: what is written differently without being different.
SAME = [
    ("int f(int a);", "static __init int f(int b)"),
    ("int f(int a);", "int f(int);"),
    ("int f(void);", "int\nf(void)"),
    ("struct x *f(struct y *a);", "struct x *f(struct y *b) __cold;"),
    ("unsigned f(void);", "unsigned int f(void);"),
    ("long a;", "long int a;"),
    ("unsigned long a;", "int long unsigned a;"),
    ("signed a;", "int a;"),
    ("short a;", "signed short int a;"),
    ("bool a;", "_Bool a;"),
    ("const char *a;", "char const *a;"),
    ("const volatile int a;", "volatile const int a;"),
    # parameters as a function has them (C11 6.7.6.3)
    ("int f(int a[3]);", "int f(int *a);"),
    ("int f(int a[]);", "int f(int *a);"),
    ("int f(int a(void));", "int f(int (*a)(void));"),
    ("int f(const int a);", "int f(int a);"),
    ("int f(int *const a);", "int f(int *a);"),
    ("struct x __rcu *a;", "struct x *a;"),
    ("int (f)(int a);", "int f(int a);"),
]
DIFFERENT = [
    ("int f(int a);", "long f(int a);"),
    ("int f(int a);", "int f(long a);"),
    ("int f(int a);", "int f(int a, int b);"),
    ("int f(int a);", "int f(int a, ...);"),
    ("int f(int a);", "int f(int *a);"),
    ("int f(int a);", "int *f(int a);"),
    ("int f(int a);", "int (*f)(int a);"),
    ("int (*f(int a))(void);", "int (*f(int a))(int);"),
    ("int (*f(int a))(void);", "int f(int a);"),
    ("char *f(void);", "const char *f(void);"),
    ("int f(char *a);", "int f(const char *a);"),
    ("char *const a;", "const char *a;"),
    ("struct x a;", "struct y a;"),
    ("struct x a;", "union x a;"),
    ("u32 a;", "u64 a;"),
    ("unsigned a;", "int a;"),
    ("long a;", "long long a;"),
    ("char a;", "signed char a;"),
    ("int a[3];", "int a[4];"),
    ("int a[N];", "int a[M];"),
    ("int a[3];", "int *a;"),
    ("int f(int a[2][3]);", "int f(int a[2][4]);"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_same_types(one: str, other: str) -> None:
    assert signature(one).key == signature(other).key


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_types(one: str, other: str) -> None:
    assert signature(one).key != signature(other).key


# (declaration, names of parameters)
PARAMETERS = [
    ("int f(void);", []),
    ("int f();", []),
    ("int f(int a, char *b);", ["a", "b"]),
    ("int f(int, char *b);", ["", "b"]),
    ("int f(struct x *x, int (*cb)(int a), int c[N], foo_t d);", ["x", "cb", "c", "d"]),
    ("int f(struct x *x __maybe_unused, int a __attribute__((unused)));", ["x", "a"]),
    ("int f(int a, ...);", ["a", ""]),
    ("int (*f(int a))(int b);", ["a"]),
    ("int (*a)(int b);", []),
    ("u64 f(u64);", [""]),
]


@pytest.mark.parametrize(("text", "names"), PARAMETERS)
def test_parameters(text: str, names: list[str]) -> None:
    found = signature(text)
    assert list(found.parameters) == names
    assert found.variadic == ("..." in text)


# (declaration, what must be defined, what may be declared forward, names in array bounds)
NEEDS = [
    ("int f(unsigned long a, bool b);", "", "", ""),
    ("u64 f(gpa_t a, foo_t *b);", "u64 gpa_t foo_t", "", ""),
    ("__be32 f(void);", "__be32", "", ""),
    ("FOO f(void);", "FOO", "", ""),
    ("struct x *f(struct y *a, union z **b);", "", "struct x|struct y|union z", ""),
    # a prototype may return and take incomplete types (C11 6.7.6.3p12)
    ("struct x f(struct y a);", "", "struct x|struct y", ""),
    ("enum e f(enum g *a);", "enum e|enum g", "", ""),
    ("struct x a;", "struct x", "", ""),
    ("struct x *a;", "", "struct x", ""),
    ("struct x a[N][M + 1];", "struct x", "", "N M"),
    ("struct x *a[N];", "", "struct x", "N"),
    ("int f(struct x a[N]);", "struct x", "", "N"),
    ("struct x *f(struct x a[3]);", "struct x", "", ""),
    ("struct x (*a)(struct y *b, u8 c);", "u8", "struct x|struct y", ""),
    ("int (*f(struct x *a))(struct y *b);", "", "struct x|struct y", ""),
]


@pytest.mark.parametrize(("text", "complete", "incomplete", "constants"), NEEDS)
def test_needs(text: str, complete: str, incomplete: str, constants: str) -> None:
    found = signature(text)
    separator = "|" if "|" in complete or complete.startswith(("struct", "enum")) else " "
    assert found.complete == set(filter(None, complete.split(separator)))
    assert found.incomplete == set(filter(None, incomplete.split("|")))
    assert found.constants == set(constants.split())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("typeof(x) a;", "typeof"),
        ("int f(typeof(x) a);", "typeof"),
        ("struct x { int b; } a;", "same declaration"),
        ("int f(a) int a;", "old style"),
        ("static f(void)", "cannot be read"),
        ("static DEFINE_MUTEX(x);", "cannot be read"),
        ("int f(int a", "cannot be read"),
        ("", "cannot be read"),
    ],
)
def test_refused(text: str, why: str) -> None:
    with pytest.raises(TypeReadError, match=why):
        signature(text)


def test_macros_beside_the_type_are_told() -> None:
    found = signature("static __init int f(struct x *a FOO_UNUSED, int b[BAR], u64 c)")
    assert found.annotations == {"__init", "FOO_UNUSED"}
    assert found.constants == {"BAR"}


def test_a_head_that_is_refused_is_refused_again() -> None:
    head = read_head("static __typeof__(other) f")
    for _ in range(2):
        with pytest.raises(TypeReadError, match="typeof"):
            read_signature(head)


def test_macros_that_make_types_are_types_of_their_own() -> None:
    one = signature("LIST(foo) *f(GIVEN(int, a), const VEC(bar, heap) *b)")
    other = signature("LIST(foo)  *f(GIVEN(int,a), const VEC(bar, heap) *c)")
    assert one.key == other.key
    assert one.parameters == ("", "b")
    assert one.annotations == {"LIST", "GIVEN", "VEC"}
    assert one.complete == frozenset()
    assert {"foo", "bar", "heap", "a"} == one.likely
    assert one.key != signature("LIST(bar) *f(GIVEN(int, a), const VEC(bar, heap) *b)").key


def test_letters_beyond_ascii() -> None:
    found = signature("größe_t *maß(größe_t länge, struct straße *é)")
    assert found.parameters == ("länge", "é")
    assert found.complete == {"größe_t"}
    assert found.incomplete == {"struct straße"}
