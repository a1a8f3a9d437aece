"""Small programs that could do something else after a split: they do the same, or it is refused."""

import shutil
from pathlib import Path

import pytest

from how_many import mostly_slow
from small_programs import COMMON, HEADER, PAIR, SETUP, TABLE, Case, check_case, check_split

pytestmark = pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")


def through(*macros: str) -> str:
    """Return a program whose table is made by macros, the last of them around the functions."""
    defined = "".join(f"#define {macro}\n" for macro in macros[:-1])
    return f"{defined}{PAIR}static const struct ops foo_ops = {macros[-1]};\n{SETUP}"


def sized(table: str, how: str = "ARRAY_SIZE(foo_tab)") -> Case:
    """Return a program that takes the length of a table."""
    return Case(f"{PAIR}{table}\nint setup(void) {{ return {how}; }}\n", table="foo_tab")


def measured(key: str, refused: str = "") -> Case:
    """Return a program whose table has the length of an object that it does not move."""
    return Case(
        f"struct drv {{ struct ops ops; unsigned long n; }};\n{key}\n{PAIR}"
        "static struct drv foo_ops = { { .open = foo_open }, sizeof(foo_key) };\n"
        "int setup(void) { enlist(&foo_ops.ops); return foo_ops.n; }\n",
        refused,
    )


WORD = "typedef unsigned long long word;"
WORD_HEADER = HEADER.replace(
    "#endif", f"#ifdef LONG\n{WORD.replace('long long', 'long')}\n#else\n{WORD}\n#endif\n#endif"
)
MACROS = {
    "variable list behind a comma": Case(
        through("ENT(n, args...) { .name = #n, ##args }", "ENT(a, .open = foo_open)")
    ),
    "__VA_ARGS__ behind a comma": Case(
        through(
            "ENT(n, ...) { .name = #n, ## __VA_ARGS__ }", "ENT(a, .open = foo_open, .close = NULL)"
        )
    ),
    "string in two steps": Case(
        through(
            "STR_1(x...) #x",
            "STR(x...) STR_1(x)",
            "ENT(n, o) { .name = STR(n), .open = o }",
            "ENT(a, foo_open)",
        )
    ),
    "pasted in two steps": Case(
        through("ENT_1(x, o) { .name = #x, .open = o }", "ENT(x) ENT_1(x, x##_open)", "ENT(foo)")
    ),
    "pasted with what a macro stands for": Case(
        through(
            "ME foo",
            "E_2(a, b) a##_##b",
            "E_1(a, b) E_2(a, b)",
            "E(b) .b = E_1(ME, b)",
            "{ E(open), E(close) }",
        )
    ),
    "member and value": Case(
        f"#define BOTH(p, m, d) (m(d) + (p)->m(d))\n{COMMON}"
        "static const struct ops foo_ops = { .open = open, .close = close };\n"
        "int setup(void) { enlist(&foo_ops); return BOTH(&foo_ops, close, 1); }\n",
        "VT033",
    ),
    "designator and value": Case(
        f"#define SAME(f) .f = f\n{COMMON}"
        f"static const struct ops foo_ops = {{ SAME(open), SAME(close) }};\n{SETUP}",
        "VT033",
    ),
    "designator, and value apart": Case(
        f"#define OP(f, v) .f = v\n{COMMON}"
        f"static const struct ops foo_ops = {{ OP(open, open), OP(close, close) }};\n{SETUP}"
    ),
    "passed on behind a comma": Case(
        f"int say(const char *format, ...);\nstatic int level = 4;\n{PAIR}"
        "static const struct ops foo_ops = { .open = foo_open, .level = &level };\n"
        'int setup(void) { enlist(&foo_ops); return pr_info("%d", level); }\n',
        files={
            "foo.h": HEADER.replace(
                "#define NULL",
                '#define pr_info(fmt, ...) say("I" fmt, ##__VA_ARGS__)\n#define NULL',
            ),
            "bar.c": "int level;\nint say(const char *format, ...) { return *format; }\n",
        },
    ),
}
OPS_1 = "static const struct ops foo_ops = { .open = open, .close = close };\n"
GIVEN = {
    "strings by a macro that is given": Case(
        f"{COMMON}#define OPS(X) X(open) X(close)\n#define STR(n) #n\n"
        f"static const struct ops foo_ops = {{ OPS(STR), open, close }};\n{SETUP}",
        "VT033",
    ),
    "designators by a macro that is given": Case(
        f"{COMMON}#define OPS(X) \\\n\tX(open) \\\n\tX(close)\n#define ENT(n) .n = n,\n"
        f"static const struct ops foo_ops = {{ OPS(ENT) }};\n{SETUP}",
        "VT033",
    ),
    "functions pasted by a macro that is given": Case(
        f"{PAIR}#define OPS(X) X(open) X(close)\n#define ENT(n) .n = foo_##n,\n"
        f"static const struct ops foo_ops = {{ OPS(ENT) }};\n{SETUP}",
    ),
    "used by a macro of a header": Case(
        f"{COMMON}{OPS_1}int setup(void) {{ enlist(&foo_ops); return again(3); }}\n",
        "VT033",
        files={"foo.h": HEADER.replace("#endif", "#define again(x) open(x)\n#endif")},
    ),
    "used by a macro that nobody uses": Case(
        f"{COMMON}{OPS_1}{SETUP}",
        files={"foo.h": HEADER.replace("#endif", "#define again(x) open(x)\n#endif")},
    ),
    "pasted of two arguments": Case(
        f"{COMMON}{OPS_1}#define CALL(n, ...) n##__VA_ARGS__\n"
        "int setup(void) { enlist(&foo_ops); return CALL(op, en)(3); }\n",
        "VT033",
    ),
    "attribute of the compiler": Case(
        "static __attribute__((noinline)) int foo_open(int unit) { return unit + 1; }\n"
        "static __attribute__((format(printf, 1, 2), cold)) int foo_say(const char *s, ...)\n"
        "{ return *s; }\n"
        "struct more { struct ops ops; int (*say)(const char *s, ...); };\n"
        "static const struct more foo_ops = { { .open = foo_open }, foo_say };\n"
        'int setup(void) { enlist(&foo_ops.ops); return foo_ops.say("a"); }\n'
    ),
    "enumerator behind a macro": Case(
        f"#define CMDS(X) X(1) X(2)\n#define ENUM(n) CMD_##n,\n#define FILL(n) [CMD_##n] = n,\n"
        f"enum cmd {{ CMDS(ENUM) CMD_MAX }};\n{PAIR}struct more {{ struct ops ops; int n[9]; }};\n"
        "static const struct more foo_ops = { { .open = foo_open }, { [CMD_MAX] = 3 } };\n"
        "int setup(void) { enlist(&foo_ops.ops); return foo_ops.n[CMD_MAX]; }\n"
    ),
}
SIZES = {
    "typedef of a structure": sized(
        'static const ent_t foo_tab[] = { "a", foo_open, "b", foo_close };'
    )._replace(
        files={
            "foo.h": HEADER.replace(
                "#endif", "typedef struct { const char *n; int (*f)(int); } ent_t;\n#endif"
            )
        },
    ),
    "pointers to functions": sized("static int (*const foo_tab[])(int) = { foo_open, foo_close };"),
    "typedef of a pointer": sized(
        "static const fn_t foo_tab[] = { foo_open, foo_close };"
    )._replace(files={"foo.h": HEADER.replace("#endif", "typedef int (*fn_t)(int unit);\n#endif")}),
    "type that a configuration decides on": sized(
        "static word foo_tab[] = { (word)foo_open, (word)foo_close };"
    )._replace(files={"foo.h": WORD_HEADER}),
    "structure in one configuration": sized(
        "static word foo_tab[] = { (word)foo_open, (word)foo_close };"
    )._replace(
        refused="VT028",
        files={"foo.h": WORD_HEADER.replace("unsigned long word", "struct { int a, b; } word")},
    ),
    "characters of a string": measured('static char foo_key[] = { "abcd" };'),
    "characters of a macro's string": measured(
        '#define KEY "abcd"\nstatic char foo_key[] = { KEY };'
    ),
    "pointer to a string": measured('static const char *foo_key[] = { "abcd" };'),
    "macro that stands for nothing": measured("#define END\nstatic int foo_key[] = { 1, 2, END };"),
    "designator without a sign": measured("static int foo_key[] = { [1] 5, 6 };"),
    "characters one by one": measured("static char foo_key[] = { 'a', 'b', '\"' };"),
    "rows without braces": sized(
        "static int (*foo_tab[][2])(int) = { foo_open, foo_close, foo_open, NULL };"
    )._replace(refused="VT028"),
    "attribute": sized(
        "static struct ops foo_tab[] __attribute__((aligned(64))) = { { .open = foo_open } };"
    ),
    "comment": sized("static struct ops foo_tab[] /* all */ = { { .open = foo_open }, { } };"),
    "size of an element": sized(
        "static struct ops foo_tab[] = { [1] = { .open = foo_open } };",
        "sizeof(foo_tab[0]) + sizeof(*foo_tab)",
    ),
    "by a macro of a macro": sized(
        "#define N(a) ARRAY_SIZE(a)\n#define TAKE(x, a) (x + N(a))\n"
        "static struct ops foo_tab[] = { { .open = foo_open }, { .close = foo_close } };",
        "TAKE(1, foo_tab)",
    ),
    "by a macro of the table": Case(
        "#define N_IDS ARRAY_SIZE(foo_ids)\nstatic int foo_ids[] = { 4, 5, 6 };\n"
        f"struct drv {{ struct ops ops; int n; int *ids; }};\n{PAIR}"
        "static struct drv foo_ops = { { .open = foo_open }, N_IDS, foo_ids };\n"
        "int setup(void) { enlist(&foo_ops.ops); return foo_ops.n; }\n"
    ),
}
WORD = "#ifdef WIDE\ntypedef long w_t;\n#else\ntypedef char w_t;\n#endif\n"
READ = {
    "address in parentheses": Case(
        f"static const int level = 4;\n{PAIR}"
        "static const struct ops foo_ops = { .open = foo_open, .level = &((level)) };\n"
        f"{SETUP}"
    ),
    "value in parentheses": Case(
        f"static const int level = 4;\n{PAIR}"
        "struct more { struct ops ops; int n; };\n"
        "static const struct more foo_ops = { { .open = foo_open }, ((level)) };\n"
        "int setup(void) { enlist(&foo_ops.ops); return foo_ops.n; }\n",
        "VT026",
    ),
    "header of an include folder that asks for a macro": Case(
        f"struct more {{ struct ops ops; int n; }};\n{PAIR}"
        "static const struct more foo_ops = { { .open = foo_open }, sizeof(w_t) };\n"
        "int setup(void) { enlist(&foo_ops.ops); return foo_ops.n; }\n",
        above='#define WIDE 1\n#include "include/w.h"\n',
        files={"include/w.h": WORD},
    ),
}
HDR = "struct hdr { u8 kind; int n; };\n"
HELD = "struct held { struct ops ops; struct hdr hdr; };\n"
HOLDING = (
    "static const struct held foo_ops = { { .open = foo_open }, { 1, 2 } };\n"
    "int setup(void) { enlist(&foo_ops.ops); return sizeof(struct hdr) + foo_ops.hdr.n; }\n"
)
WIDE = "struct wide {\n#ifdef FOO_BIG\n\tlong pad[8];\n#endif\n\tstruct ops ops;\n};\n"
WIDE_TABLE = (
    f"{PAIR}static const struct wide foo_ops = {{ .ops = {{ .open = foo_open }} }};\n"
    "int setup(void) { enlist(&foo_ops.ops); return sizeof(foo_ops); }\n"
)
SURROUNDINGS = {
    "packed by a pragma": Case(
        f"#pragma pack(1)\n{HDR}#pragma pack()\n{HELD}{PAIR}{HOLDING}", "VT045"
    ),
    "a pragma that is over": Case(
        f"#pragma pack(push, 1)\nstruct other {{ u8 a; int b; }};\n#pragma pack(pop)\n"
        f"{HDR}{HELD}{PAIR}{HOLDING}"
    ),
    "include under a pragma": Case(
        f'#pragma pack(1)\n#include "hdr.h"\n#pragma pack()\n{HELD}{PAIR}{HOLDING}',
        "VT044",
        files={"hdr.h": HDR},
    ),
    "macro for a type of a header": Case(
        f'#include "wide.h"\n{WIDE_TABLE}',
        files={"wide.h": WIDE},
        above="#define FOO_BIG\n",
    ),
    "macro for a type of a later header": Case(
        f'#define FOO_BIG\n#include "other.h"\n#include "wide.h"\n{WIDE_TABLE}',
        files={"wide.h": WIDE, "other.h": ""},
    ),
    "macro that no type asks for": Case(
        f'#define DEBUG\n#include "wide.h"\n{WIDE_TABLE}',
        files={"wide.h": f"{WIDE}#ifdef DEBUG\nvoid debug(void);\n#endif\n"},
    ),
    "undefined macro": Case(
        f"#undef DEBUG\n{PAIR}static const struct ops foo_ops = {{\n\t.open = foo_open,\n"
        f"#ifdef DEBUG\n\t.close = foo_close,\n#endif\n}};\n{SETUP}",
        "VT043",
        flags=("-DDEBUG",),
    ),
    "undefined macro of no concern": Case(
        f"#undef DEBUG\n{PAIR}{TABLE}{SETUP}", flags=("-DDEBUG",)
    ),
    "value of an object": Case(
        f"static const int foo_most = 8;\nstruct drv {{ struct ops ops; int most; }};\n{PAIR}"
        "static struct drv foo_ops = { { .open = foo_open }, foo_most };\n"
        "int setup(void) { enlist(&foo_ops.ops); return foo_ops.most; }\n",
        "VT026",
    ),
    "value of an object whose type a configuration decides on": Case(
        f"static const word foo_most = 8;\nstruct drv {{ struct ops ops; int most; }};\n{PAIR}"
        "static struct drv foo_ops = { { .open = foo_open }, foo_most };\n"
        "int setup(void) { enlist(&foo_ops.ops); return foo_ops.most; }\n",
        "VT026",
        files={"foo.h": WORD_HEADER},
    ),
    "address of an object": Case(
        f"static const int foo_most = 8;\n{PAIR}"
        "static struct ops foo_ops = { .open = foo_open, .level = &foo_most };\n" + SETUP
    ),
    "name in assembly": Case(
        f"{COMMON}static const struct ops foo_ops = {{ .open = open, .close = close }};\n"
        "int setup(void) { enlist(&foo_ops); return 0; }\n"
        'int again(int unit) __attribute__((alias("close")));\n',
        "VT033",
    ),
    "name in a string": Case(
        f'{COMMON}static const struct ops foo_ops = {{ "close", open, close }};\n{SETUP}'
    ),
    "inline by a macro": Case(
        "#define FOO_INLINE inline\nstatic FOO_INLINE int foo_open(int unit) { return unit + 1; }\n"
        f"static int foo_close(int unit) {{ return foo_open(unit); }}\n{TABLE}{SETUP}"
    ),
    "macro in the other branch of an include": Case(
        '#ifdef CONFIG_X\n#include "x.h"\n#else\n#define X_NAME "nox"\n#endif\n'
        f"{PAIR}static const struct ops foo_ops = {{ X_NAME, foo_open }};\n{SETUP}",
        files={"x.h": '#define X_NAME "x"\n'},
    ),
}
# Headers of the source's own that use what it defines above them, with one that does not.
RELYING = {
    "header that uses a structure above it": Case(
        '#include "mid.h"\n'
        f"{PAIR}static const struct drv foo_ops = {{ {{ .open = foo_open }}, MIDV }};\n"
        "int setup(void) { enlist(&foo_ops.ops); return mid(&foo_ops); }\n",
        "VT044",
        above='#include "foo.h"\nstruct drv { struct ops ops; int n; };\n',
        files={
            "mid.h": "#define MIDV 3\nstatic inline int mid(const struct drv *d) { return d->n; }\n"
        },
    ),
    "header that uses a typedef above it": Case(
        '#include "mid.h"\n'
        f"{PAIR}static const struct mid foo_ops = {{ {{ .open = foo_open }}, 3 }};\n"
        "int setup(void) { enlist(&foo_ops.ops); return foo_ops.v; }\n",
        "VT044",
        above='#include "foo.h"\ntypedef unsigned long long u64;\n',
        files={"mid.h": "struct mid { struct ops ops; u64 v; };\n"},
    ),
    "header that uses a typedef of another": Case(
        '#include "mid.h"\n'
        f"{PAIR}static const struct mid foo_ops = {{ {{ .open = foo_open }}, 3 }};\n"
        "int setup(void) { enlist(&foo_ops.ops); return foo_ops.v; }\n",
        above='#include "foo.h"\n#include "most.h"\ntypedef unsigned long long u64;\n',
        files={
            "most.h": "typedef unsigned short u16;\n",
            "mid.h": "struct mid { struct ops ops; u16 v; };\n",
        },
    ),
    "header that another configuration serves": Case(
        '#include "mid.h"\n'
        f"{PAIR}static const struct mid foo_ops = {{ {{ .open = foo_open }}, 3 }};\n"
        "int setup(void) { enlist(&foo_ops.ops); return foo_ops.v; }\n",
        above='#include "foo.h"\n#include "most.h"\n',
        files={
            "most.h": "#ifndef MOST_H\n#define MOST_H\ntypedef unsigned short u16;\n#endif\n",
            "wide.h": '#include "most.h"\n',
            "mid.h": '#ifdef CONFIG_WIDE\n#include "wide.h"\n#endif\n'
            "struct mid { struct ops ops; u16 v; };\n",
        },
    ),
}
CUT = {
    "name cut in two": Case(
        "static int foo_op\\\nen(int unit) { return unit + 1; }\n"
        "static int foo_close(int unit) { return unit + 2; }\n" + TABLE + SETUP,
        "VT016",
    ),
    "line cut between names": Case(
        "static int \\\nfoo_open(int unit) { return \\\nunit + 1; }\n"
        "static int foo_close(int unit) { return unit + 2; }\n" + TABLE + SETUP
    ),
}
# Functions that no text defines, with entries that only look so.
MADE = {
    "functions and entries by macros of a header": Case(
        f"GEN(foo)\n{PAIR.splitlines()[1]}\n"
        f"static const struct ops foo_ops = {{ OPENER(foo), .close = foo_close }};\n{SETUP}",
        "VT044",
        above='#include "gen.h"\n',
        files={
            "gen.h": "#define GEN_1(p) static int p##_do_open(int unit) { return unit + 5; }\n"
            "#define GEN(p) GEN_1(p)\n#define OPENER(p) .open = p##_do_open\n"
        },
    ),
    "question of an option, in the table and in another item": Case(
        f"LIST(items)\n{PAIR}"
        "static const struct ops foo_ops = { MAYBE(foo_open), .close = foo_close };\n" + SETUP,
        above='#include "gen.h"\n',
        files={
            "gen.h": "#define SECOND(a, b, ...) b\n#define IS(x) IS_1(x)\n"
            "#define IS_1(v) IS_2(JUNK_##v)\n#define JUNK_1 0,\n"
            "#define IS_2(j) SECOND(j 1, 0)\n"
            "#define LIST(n) int n = IS(OPTION);\n"
            "#define MAYBE(f) .open = IS(OPTION) ? NULL : (f)\n"
        },
    ),
    "functions by a macro of a header": Case(
        f"#include <stddef.h>\nGEN(foo)\n{PAIR.splitlines()[1]}\n"
        "static const struct ops foo_ops = { .open = foo_do_open, .close = foo_close };\n" + SETUP,
        "VT044",
        above='#include "gen.h"\n',
        files={
            "gen.h": "#define GEN(p) static int p##_do_open(int unit) { return unit + 5; }\n",
        },
    ),
    "functions by a macro of a header that speaks of them": Case(
        f"#include <stddef.h>\nGEN(foo)\n{PAIR.splitlines()[1]}\n"
        f"static const struct ops foo_ops = {{ OPENER, .close = foo_close }};\n{SETUP}",
        "VT044",
        above='#include "gen.h"\n',
        files={
            "gen.h": "/* GEN(foo) makes foo_do_open(), and foo_do_open_all() is another. */\n"
            "#define GEN(p) static int p##_do_open(int unit) { return unit + 5; }\n"
            "#define OPENER .open = foo_do_open\n"
        },
    ),
    "functions by a macro that an #if chooses": Case(
        "#include <stddef.h>\n#ifdef CONFIG_X\n#define GEN(p) static int p##_do_open(int u) "
        "{ return u; }\n#else\n#define GEN(p) static int p##_do_open(int u) { return 3; }\n"
        f"#endif\nGEN(foo)\n{PAIR.splitlines()[1]}\n"
        "static const struct ops foo_ops = { .open = foo_do_open, .close = foo_close };\n" + SETUP,
        "VT044",
    ),
    "name of a function by a macro of a header": Case(
        f"static int FN(open)(int unit) {{ return unit + 5; }}\n{PAIR.splitlines()[1]}\n"
        f"static const struct ops foo_ops = {{ .open = FN(open), .close = foo_close }};\n{SETUP}",
        "VT044",
        above='#include "gen.h"\n',
        files={"gen.h": "#define FN(name) foo_##name\n"},
    ),
    "head of a function by a macro of a header": Case(
        f"#include <stddef.h>\nstatic int FN(open, int unit) {{ return unit + 5; }}\n"
        f"{PAIR.splitlines()[1]}\n{TABLE}{SETUP}",
        "VT044",
        above='#include "gen.h"\n',
        files={"gen.h": "#define FN(name, args...) foo_##name(args)\n"},
    ),
    "entries by a macro of a header": Case(
        f"{PAIR}static const struct ops foo_ops = {{ OPENER(foo), .close = foo_close }};\n{SETUP}",
        above='#include "gen.h"\n',
        files={"gen.h": "#define OPENER(p) .open = p##_open\n"},
    ),
}
CASES = {**MACROS, **GIVEN, **SIZES, **READ, **SURROUNDINGS, **RELYING, **CUT, **MADE}


@pytest.mark.parametrize("case", mostly_slow(CASES.values(), 24), ids=CASES)
def test_it_is_split_or_refused(tmp_path: Path, case: Case) -> None:
    check_split(tmp_path, case)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_it_does_the_same_or_is_refused(tmp_path: Path, case: Case) -> None:
    check_case(tmp_path, case)
