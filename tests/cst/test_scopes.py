"""Where a local declaration hides a file-scope name: `@op` is the file-scope one, `op` a local."""

import pytest

from vtsplit.cst.lexer import lex
from vtsplit.cst.meaning.occurrences import find_occurrences
from vtsplit.cst.meaning.statements import StatementTokens
from vtsplit.cst.parser import parse_module

HIDDEN = [
    # parameters
    "int f(int op) { return op; }",
    "int f(int a, const char *const op) { return op[0]; }",
    "int f(struct x *op, ...) { op->a = op; }",
    "int f(x_t op) { return op; }",
    "int f(x_t *op) { return op; }",
    "int f(int op[3]) { return op; }",
    "int f(int (*op)(int), int b) { return op(3); }",
    "int (*f(int op))(void) { return op; }",
    "int f(int op __maybe_unused) { return op; }",
    "int f(int __unused op, int a __attribute__((x(op)))) { return op; }",
    "int f(a, op) int a; char *op; { return op; }",
    "SYSCALL_DEFINE2(f, int, a, struct x __user *, op) { return op; }",
    "BPF_CALL_1(f, u64, op) { return op; }",
    # plain declarations
    "void f(void) { int op; op = 1; }",
    "void f(void) { int op = op; }",
    "void f(void) { unsigned long a, *b, op[3]; op[0] = 1; }",
    "void f(void) { struct x op = { .a = op }; op.a = 1; }",
    "void f(void) { const struct x *op = g(sizeof(*op)); }",
    "void f(void) { enum e op = 1; union u *a, op; }",
    "void f(void) { static const x_t op = 1, a = op; }",
    "void f(void) { x_t op; op = 1; }",
    "void f(void) { x_t *op = g(); op = 1; }",
    "void f(void) { x_t **a, * const op = g(); op = 1; }",
    "void f(void) { x * op; op = 1; }",
    "void f(void) { case 1: x_t *op; a: x_t *b, *op; }",
    "void f(void) { auto op = 1; __auto_type a = op; }",
    "void f(void) { typeof(x) op; op = 1; }",
    "void f(void) { const __typeof__(x) *op = 1; op = 1; }",
    "void f(void) { struct { int a; } *b, op; op.a = 1; }",
    "void f(void) { struct x { int a; } __packed op; op.a = 1; }",
    "void f(void) { enum { op, A } a = op; b = op; }",
    "int f(void) { int /* c */ op /* d */; return op; }",
    "int f(void) { int\nop\n= 1; return op; }",
    "int f(void) { int \\\nop; return op; }",
    # behind a value with commas and braces
    "void f(void) { int a = 1, op = 2; op = 1; }",
    "void f(void) { int a = g(1, 2), *op = 2; op = 1; }",
    "void f(void) { int a[2] = { 1, 3 }, op; op = 1; }",
    "int f(void) { struct x *y = &(struct x){ 1 }, *op = 0; return op; }",
    # annotated
    "void f(void) { x_t __maybe_unused op; op = 1; }",
    "void f(void) { int op __maybe_unused, a __aligned(8); op = 1; }",
    "void f(void) { int op __attribute__((x)) = 1; op = 1; }",
    "void f(void) { struct x __rcu *op = (void *)a; op = 1; }",
    'void f(void) { register int op asm("r10") = 1; op = 1; }',
    # pointers to functions and arrays
    "void f(void) { int (*op)(int) = g; op(1); }",
    "void f(void) { x_t (*op)(int a, int b); op(1); }",
    "void f(void) { struct x *(*op)(int a, int b); op(1); }",
    "void f(void) { int (*op[3])(int), (*a)[2]; op[0](1); }",
    "void f(void) { int (*op)[3]; op[0] = 1; }",
    # by macros
    "void f(void) { LIST_HEAD(op); g(&op); }",
    "void f(void) { static DEFINE_MUTEX(op); lock(&op); }",
    "void f(void) { DECLARE_BITMAP(op, 64); g(op); }",
    "void f(void) { DEFINE_FLEX(struct x, op, a, 3); g(op); }",
    "void f(void) { MACRO(a)\nint op; op = 1; }",
    "#define X do { int op = 1; g(op); } while (0)",
    "#define X ({ int op = 1; op; })",
]

ENDS = [
    # a list of another function's parameters
    "int f(void (*a)(int op), int b) { return @op(3); }",
    "int (*f(int a))(int op) { return @op; }",
    "int f(void) { int (*a)(int op) = @op; int g(x_t *op, int b); @op(); }",
    "struct o { int (*a)(int op); } b = { @op };",
    "int g(struct x *op), @op;",
    # blocks
    "void f(void) { @op(); { int op = 1; op++; } @op(); }",
    "void f(void) { { int op; { op++; } op++; } @op(); { x_t op; } @op(); }",
    "void f(void) { for_each(a) { int op; op = 1; } @op(); }",
    "int f(void) { if (({ int op = 1; op; })) return @op; }",
    "int f(void) { int a = ({ int op = 1; op; }), b = @op; return @op; }",
    "int f(void) { struct x { int op; } a = { @op }; return @op; }",
    "void f(void) { @op(); { enum { op }; op; } @op(); }",
    # before the declaration
    "void f(void) { @op(); int op; op = 1; }",
    "void f(void) { int a = @op, op = 2; op = 1; }",
    "void f(void) { int a = f(@op), op = 2; op = 1; }",
    "void f(void) { int a[2] = { @op, 3 }, *op = 2; op = 1; }",
    "void f(void) { int a = b ? c : @op, d; @op = 1; }",
    "void f(void) { typeof(@op) op; op = 1; }",
    # for: its statement, whatever that is
    "void f(void) { for (int op = 0; op < 3; op++) { g(op); } @op(); }",
    "void f(void) { for (int a = 0, op = 1; op < 3; op++) g(op); @op(); }",
    "void f(void) { for (struct x *op = a; op; op = op->b) g(op); @op(); }",
    "void f(void) { for (int op = 0; op; op++) if (op) { g(op); } else { op(); } @op(); }",
    "void f(void) { for (int op = 0; op; op++) if (op) g(op); else h(op); @op(); }",
    "void f(void) { for (int op = 0; op; op++) for (;;) while (a) g(op); @op(); }",
    "void f(void) { for (int op = 0; op; op++) do { g(op); } while (op); @op(); }",
    "void f(void) { for (int op = 0; op; op++) for_each(a) { g(op); } @op(); }",
    "void f(void) { for (int op = 0; op; op++) { if (op) { } g(op); } @op(); }",
    "void f(void) { for (int op = ({ 1; }); op < ({ 3; }); op++) g(op); @op(); }",
    "void f(void) { for (a = 0, @op = 1; @op < 3; @op++) g(@op); @op(); }",
    "void f(void) { for (int i = 0; i < @op; i++) @op(); }",
    # the next item
    "int f(int op) { return op; }\nint g(void) { return @op; }",
    "int f(void) { int op; }\nint a = @op;",
]

BRACES_IN_BRANCHES = """\
int f(void)
{
	if (a) {
#ifdef B
		if (b) {
#else
		if (c) {
#endif
			int op = 1;
			g(op);
		}
		@op();
	}
	{
		int op;
#ifdef B
		if (op) {
#else
		if (op || c) {
#endif
			g(op);
		}
	}
	return @op;
}
"""


def check(marked: str) -> None:
    pieces = marked.split("@")
    wanted = [sum(map(len, pieces[: at + 1])) for at in range(len(pieces) - 1)]
    found, start = [], 0
    for item in parse_module("".join(pieces)).items:
        for occurrence in find_occurrences(item, frozenset({"op"})):
            if occurrence.meaning.refers:
                found.append(start + occurrence.offset)
        start += len(item.code)
    assert found == wanted


@pytest.mark.parametrize("text", HIDDEN)
def test_hidden(text: str) -> None:
    assert "@" not in text
    check(text)


@pytest.mark.parametrize("marked", ENDS)
def test_where_it_ends(marked: str) -> None:
    assert "@op" in marked
    check(marked)


def test_a_brace_in_each_branch_opens_one_block() -> None:
    check(BRACES_IN_BRANCHES)


# (a statement, the names that it declares)
DECLARED = [
    ("int a;", "a"),
    ("int a, *b, c[2], (*d)(int x), e(int y);", "a b c d"),
    ("struct x a = { b, c }, d;", "a d"),
    ("x_t a;", "a"),
    ("x_t *a, b;", "a b"),
    ("x_t (*a)(int);", "a"),
    ("unsigned a:3, b:2;", "a b"),
    ("enum { A, B = f(1, 2) } c;", "A B c"),
    ("extern int a;", ""),
    ("int f(void);", ""),
    ("struct x;", ""),
    ("f(*a);", ""),
    ("f(a);", ""),
    ("a * b + c;", ""),
    ("a = b, c;", ""),
    ("a, b;", ""),
    ("return a;", ""),
    ("goto a;", ""),
    ("else a;", ""),
    ("sizeof a;", ""),
    ("", ""),
    ("int", ""),
    ("int (", ""),
    ("int a", ""),
]


@pytest.mark.parametrize(("statement", "names"), DECLARED)
def test_declared_names(statement: str, names: str) -> None:
    code = StatementTokens(lex(statement))
    assert [code.text(place) for place in code.declared(0)] == names.split()


# (code, the last token of its first statement, counted from its end)
STATEMENTS = [
    ("a;", 0),
    ("a; b;", 2),
    ("{ a; } b;", 2),
    ("if (a) b; c;", 2),
    ("if (a) b; else c; d;", 2),
    ("if (a) if (b) c; else d; else e; g;", 2),
    ("for (;;) a; b;", 2),
    ("while (a) { b; } c;", 2),
    ("do a; while (b); c;", 2),
    ("do { } while (b); c;", 2),
    ("for_each(a, b) { c; } d;", 2),
    ("for_each(a, b) c; d;", 2),
    ("a(b); c;", 2),
    ("x: case 1: a; b;", 2),
    ("switch (a) { case 1: b; } c;", 2),
    ("a = ({ b; c; }); d;", 2),
    ("a }", 1),
    ("a", 0),
]


@pytest.mark.parametrize(("text", "behind"), STATEMENTS)
def test_ends_of_statements(text: str, behind: int) -> None:
    code = StatementTokens(lex(text))
    assert code.statement_end(0) == len(code.texts) - 1 - behind
