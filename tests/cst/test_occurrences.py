"""What a name means at each place: `op` is asked for, and `@` marks where it is meant.

The file-scope object is what `@op` means; every other `op` is something else.
"""

import pytest

from vtsplit.cst.directives import Macro, read_macro
from vtsplit.cst.meaning.occurrences import Meaning, find_occurrences
from vtsplit.cst.parser import parse_module

_DEFINES = [
    "#define PASTE(x) vmx_##x",
    "#define PASTE_AND_USE(x) g(x, h_##x)",
    "#define INDIRECT(x) PASTE(x)",
    "#define USE(x) g(x)",
    "#define MEMBER(p, m) ((p)->m)",
    "#define OFFSET(m) offsetof(struct s, m)",
    "#define FIELD(n, v) .n = v",
    "#define STRING(x) #x",
    "#define ITSELF(x) ITSELF(x)",
]
MACROS: dict[str, Macro] = {
    macro.name: macro for macro in map(read_macro, _DEFINES) if macro is not None
}


def meanings(text: str, name: str = "op") -> list[tuple[int, Meaning]]:
    found, start = [], 0
    for item in parse_module(text).items:
        for occurrence in find_occurrences(item, frozenset({name}), MACROS.get):
            assert item.code.startswith(name, occurrence.offset)
            found.append((start + occurrence.offset, occurrence.meaning))
        start += len(item.code)
    return found


def check(marked: str) -> None:
    pieces = marked.split("@")
    wanted = [sum(map(len, pieces[: at + 1])) for at in range(len(pieces) - 1)]
    found = [place for place, meaning in meanings("".join(pieces)) if meaning.refers]
    assert found == wanted


MEANT = [
    "int @op(void) { }",
    "static int @op(int a);",
    "extern int a, *@op;",
    "int (*@op)(void);",
    "struct o { int a; } @op;",
    "enum { @op, A };",
    "enum e { A = @op };",
    "module_init(@op);",
    "EXPORT_SYMBOL(@op);",
    "int f(void) { return @op(1); }",
    "int f(void) { (*@op)(1); a = (&@op)(1); return *@op; }",
    # initializers
    "struct o t = { @op, &@op, (void *)@op, x(@op) };",
    "struct o t = { .a = @op, .b = a ? @op : c };",
    "struct o t = { a: @op };",
    "struct o t = { [A] = @op, [@op] = B };",
    "struct o t = {\n#ifdef A\n\t.a = @op,\n#else\n\t.b = @op,\n#endif\n};",
    # colons that make no label, ampersands that take no label's address
    "int f(void) { return a ? @op : b; }",
    "int f(void) { return a ? b : @op; }",
    "int f(void) { return a ? b, @op : c; }",
    "int f(void) { return a ? b ? c : @op : d; }",
    "int f(void) { return @op ?: b; }",
    "int f(void) { g(a, b ? @op : d); }",
    "int f(void) { switch (a) { case @op: case A ... @op: case @op ... B: break; } }",
    "int f(void) { return a && @op && (b) &&@op; }",
    # no types, though a type could stand there
    "int f(void) { a = sizeof(@op) + sizeof @op; typeof(@op) *b; typeof(@op()) c; }",
    "int f(void) { a = (int)@op; b = (x_t)@op(); c = (x *)@op; }",
    "struct o { int a[@op]; int b:@op; typeof(@op) *c; };",
    # no declarations, though they look a little like one
    "int f(void) { a = b * @op; g(a * @op); return a * @op; }",
    "int f(void) { g((a) * @op, (x_t)a * @op, sizeof(a) * @op); }",
    "int f(void) { if (a * @op) b(); while (a * @op, c) b(); }",
    "int f(void) { int a = b() * @op; return @op; }",
    "int f(void) { g(a, @op); g(a, *@op); a = b, @op = 2; }",
    "int f(void) { foo(a, b), c, @op; a[1], @op; }",
    "int f(void) { *@op = 1; { } *@op = 1; l: *@op = 1; }",
    "int f(void) { if (a) @op(); else @op = 1; do @op(); while (@op); }",
    "int f(void) { list_for_each(a, b) @op = 1; }",
    "int f(void) { free(*@op); INIT_LIST_HEAD(@op); }",
    "int f(void) { extern int @op(void); int @op(void); @op(); }",
    "int f(void) { extern int @op; @op = 1; }",
    # arguments
    "int f(void) { USE(@op); MEMBER(@op, a); unknown(@op); ITSELF(@op); }",
    # A name made a string may be a text, or a symbol in asm that has to follow.
    'int f(void) { STRING(@op); asm("call " STRING(@op)); }',
    "int f(void) { container_of(@op, struct s, a); }",
    'int f(void) { asm("nop" : "=r" (@op) : [a] "r" (@op)); }',
    # directives: bodies are code
    "#define X @op",
    "#define X(a) @op(a) + #a + a @op",
    "#define X \\\n\tdo { @op(); } while (0)\n",
    "#pragma weak @op\n",
    "int f(void)\n{\n#ifdef A\n\treturn @op();\n#endif\n#define B @op\n}\n",
    # comments: calls
    "/* @op() calls op, not op1() */ int a; // see @op()",
    "int f(void) { /* @op() */ return 0; }",
]

NOT_MEANT = [
    (Meaning.MEMBER, "int f(void) { x.op = 1; y->op(2); x . op; y -> /* c */ op; }"),
    (Meaning.MEMBER, "struct o t = { .op = 1, .a.op = 1, .b = { .op = 2 } };"),
    (Meaning.MEMBER, "struct o t = { op: 1, .a = 2 };"),
    (Meaning.MEMBER, "struct o t = { a: 1, op: 2, b: c ? d : e };"),
    (Meaning.MEMBER, "int f(void) { struct o a = { op: 1 }; g((struct o){ op: 2 }); }"),
    (Meaning.MEMBER, "struct o { int op; };"),
    (Meaning.MEMBER, "struct o { int a, *op[3]; };"),
    (Meaning.MEMBER, "struct o { int op:3; unsigned a : 3, op : 2; };"),
    (Meaning.MEMBER, "struct o { int (*op)(int a); };"),
    (Meaning.MEMBER, "struct o { struct { x_t *op; } a; union { int op; }; };"),
    (Meaning.MEMBER, "struct __packed o { int op; };"),
    (Meaning.MEMBER, "struct __aligned(8) { int op; } a;"),
    (Meaning.MEMBER, "int f(void) { struct x { int a; int op; } b; }"),
    (Meaning.MEMBER, "int f(void) { MEMBER(p, op); OFFSET(op); offsetof(struct s, op); }"),
    (Meaning.MEMBER, "int f(void) { offsetof(struct s, op.a); OFFSET(op[1]); }"),
    (Meaning.MEMBER, "int f(void) { container_of(a, struct s, op); sizeof_field(struct s, op); }"),
    (Meaning.MEMBER, "struct o t = { FIELD(op, 1) };"),
    (Meaning.MEMBER, "#define X(a) .op = a->op"),
    (Meaning.MEMBER, "/* sets ->op, x.op and o::op */ int a;"),
    (Meaning.LABEL, "int f(void) { op: return 0; }"),
    (Meaning.LABEL, "int f(void) { if (a) { } op: a(); goto op; }"),
    (Meaning.LABEL, "int f(void) { x: op: case 1: op: default: op: return 0; }"),
    (Meaning.LABEL, "int f(void) { a = &&op; void *t[] = { &&a, &&op }; goto *&&op; }"),
    (Meaning.LABEL, 'int f(void) { asm goto("" : : : : op); asm_volatile_goto("" :::: a, op); }'),
    (Meaning.LABEL, 'int f(void) { asm("%[op]" : : [op] "r" (a)); }'),
    (Meaning.LABEL, "#define X goto op"),
    (Meaning.TAG, "struct op; struct op *f(struct op *p);"),
    (Meaning.TAG, "int f(void) { union op a; return sizeof(struct op); }"),
    (Meaning.TAG, "enum op { A };"),
    (Meaning.TAG, "#define X struct op"),
    (Meaning.TAG, "/* a struct op is */ int a;"),
    (Meaning.MACRO, "#ifdef op\n#endif\n#ifndef op\n#elif op\n#endif\n"),
    (Meaning.MACRO, "#if defined(op) && op(1)\n#endif\n"),
    (Meaning.MACRO, "#define op 1"),
    (Meaning.MACRO, "#define op(a) a\n#undef op\n"),
    (Meaning.MACRO, "#error op\n"),
    (Meaning.PARAMETER, "#define X(op) op(1)"),
    (Meaning.PARAMETER, "#define X(a, op) a##op + #op"),
    (Meaning.PASTED, "#define X(a) op##a + a##op"),
    (Meaning.PASTED, "int f(void) { PASTE(op); PASTE_AND_USE(op); INDIRECT(op); }"),
    (Meaning.SHADOWED, "int f(int op) { return op; }"),
    (Meaning.SHADOWED, "static int g(int op);"),
    (Meaning.SHADOWED, "/* an op of the plain kind */ int a;"),
]
# Not even found: other words, strings, names of headers.
NOT_FOUND = [
    "int op1, op_, _op, $op, op$, Op;",
    "char *a = \"op op()\"; int b = 'op';",
    'int f(void) { puts("op()"); }',
    '#include "op"\n#include <op.h>\n#define X "op"\n',
    "/* op_a() op1 */ int a;",
]


@pytest.mark.parametrize("marked", MEANT)
def test_meant(marked: str) -> None:
    check(marked)


@pytest.mark.parametrize(("meaning", "text"), NOT_MEANT)
def test_not_meant(meaning: Meaning, text: str) -> None:
    found = meanings(text)
    assert found
    assert {kind for _, kind in found} == {meaning}
    assert not meaning.refers


@pytest.mark.parametrize("text", NOT_FOUND)
def test_not_found(text: str) -> None:
    assert meanings(text) == []


@pytest.mark.parametrize(
    ("comment", "meant"),
    [
        ("vmx_setup is", True),
        ("vmx_setup() is", True),
        ("so. vmx_setup", True),
        ("in ..vmx_setup", True),
        ("x->vmx_setup", False),
        ("struct vmx_setup", False),
    ],
)
def test_a_name_no_english_has_is_meant_without_a_call(comment: str, meant: bool) -> None:
    found = meanings(f"/* {comment} */ int a;", "vmx_setup")
    assert [meaning is Meaning.COMMENT for _, meaning in found] == [meant]


@pytest.mark.parametrize("parameters", ["void", "int *", "ctx_t *, int"])
def test_a_pointer_may_have_a_reserved_name(parameters: str) -> None:
    """Two underscores alone make no annotation of it."""
    found = meanings(f"struct o {{ int (*__op)({parameters}); }};", "__op")
    assert [meaning for _, meaning in found] == [Meaning.MEMBER]


def test_names_that_begin_alike_are_told_apart() -> None:
    item = parse_module("int f(void) { a(ab, a_b); }").items[0]
    found = find_occurrences(item, frozenset({"a", "ab", "a_b"}))
    assert [occurrence.name for occurrence in found] == ["a", "ab", "a_b"]


def test_an_item_cut_by_an_if_has_scopes_too() -> None:
    check(
        "#ifdef A\nint f(int op)\n#else\nint f(long op)\n#endif\n{\n\treturn op;\n}\nint b = @op;\n"
    )
