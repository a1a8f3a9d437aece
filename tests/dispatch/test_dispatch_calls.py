"""What C converts by itself is passed and returned; what would lose a value, or is a guess, is not.

Arguments go by name. For a parameter of another name its place or its type must leave no doubt.
"""

from pathlib import Path
from typing import NamedTuple

import pytest

from dispatch_trees import (
    HEADER,
    QUX_HEADER,
    UNDER_OPTION,
    compile_all,
    dispatch_tree,
    function,
    main_of,
    one_op,
    wrapper_of,
)
from how_many import mostly_slow
from trees import refused, split, write

pytestmark = pytest.mark.slow

TYPES = """\
typedef unsigned char u8;
typedef signed int s32;
typedef unsigned long long u64;
typedef u64 addr_t;
typedef u64 frame_t;
#ifdef WIDE
typedef unsigned long __u64;
typedef unsigned long word_t;
#else
typedef unsigned long long __u64;
typedef unsigned int word_t;
#endif
typedef __u64 mark_t;
#include <stdint.h>
typedef int_fast16_t token_t;
#define __bitwise
typedef u32 __bitwise be32_t;
typedef u8 octet_t;
typedef int __attribute__((mode(DI))) di_t;
enum odd { ODD_A = -3, ODD_B = 1 << 4, ODD_C = ODD_B | 3, ODD_D };
enum flags { FLAG_A = 1, FLAG_B = 1u << 31 };
enum made { MADE_A = BIT_OF(3) };
typedef enum { PLAIN_A, PLAIN_B } plain_t;
struct pair { int a; };
union both { int a; };
"""

MORE = {
    "drv/foo.h": HEADER.replace("MEMBERS", "MEMBERS").replace(
        "struct unit {", f"#define BIT_OF(n) (1 << (n))\n{TYPES}\nstruct unit {{", 1
    )
}


def tree_of(root: Path, op: str, second: str, spec: str = "", first: str = "") -> Path:
    """Make a tree with one op whose second function is declared so."""
    pieces = one_op(op, first, second, spec)
    header = MORE["drv/foo.h"].replace("MEMBERS", pieces["members"])
    if second.startswith("void OP"):
        pieces["second"] = pieces["second"].replace("\treturn 0;\n", "")
    elif op.startswith("void OP"):
        pieces["second"] = pieces["second"].replace("{\n", "{\n\treturn 0;\n")
    return dispatch_tree(root, {"drv/foo.h": header}, **pieces)


class Passed(NamedTuple):
    """An op, its second function, the call of it."""

    name: str
    op: str
    second: str
    call: str


PASSED = [
    Passed("another name", "int OP(struct unit *unit, struct pair *info)",
           "int OP(struct unit *unit, struct pair *pair)", "qux_op(unit, info)"),
    Passed("all have other names", "int OP(struct unit *unit, int how, struct pair *info)",
           "int OP(struct unit *u, int mode, struct pair *pair)", "qux_op(unit, how, info)"),
    Passed("the type stands twice, one name agrees", "int OP(struct unit *unit, u32 at, u32 level)",
           "int OP(struct unit *unit, u32 at, u32 depth)", "qux_op(unit, at, level)"),
    Passed("const tells them apart", "int OP(struct unit *unit, void *to, const void *from)",
           "int OP(struct unit *unit, void *out, const void *in)", "qux_op(unit, to, from)"),
    Passed("a name gains const", "int OP(struct unit *unit, struct pair *info)",
           "int OP(struct unit *unit, const struct pair *pair)", "qux_op(unit, info)"),
    Passed("typedefs looked through", "int OP(struct unit *unit, addr_t addr)",
           "int OP(struct unit *unit, u64 where)", "qux_op(unit, addr)"),
    Passed("one typedef behind another", "int OP(struct unit *unit, mark_t mark)",
           "int OP(struct unit *unit, __u64 seal)", "qux_op(unit, mark)"),
    Passed("a type that no header tells", "int OP(struct unit *unit, token_t token)",
           "int OP(struct unit *unit, int_fast16_t other)", "qux_op(unit, token)"),
    Passed("a name converts, another differs", "int OP(struct unit *unit, int cpu, bool on)",
           "int OP(struct unit *unit, long cpu, bool force)", "qux_op(unit, cpu, on)"),
    Passed("fewer, one pointer", "int OP(struct unit *unit, int how)",
           "int OP(struct unit *u)", "qux_op(unit)"),
    Passed("fewer, pointer and name", "int OP(struct unit *unit, u32 at, union both *info)",
           "int OP(u32 at, const union both *value)", "qux_op(at, info)"),
    Passed("names in another order", "int OP(struct unit *unit, u32 at, u32 level)",
           "int OP(u32 level, u32 at, struct unit *unit)", "qux_op(level, at, unit)"),
    Passed("int to long", "int OP(struct unit *unit, int a)",
           "int OP(struct unit *unit, long a)", "qux_op(unit, a)"),
    Passed("bool to int", "int OP(struct unit *unit, bool a)",
           "int OP(struct unit *unit, int a)", "qux_op(unit, a)"),
    Passed("enum to int", "int OP(struct unit *unit, enum odd a)",
           "int OP(struct unit *unit, int a)", "qux_op(unit, a)"),
]  # fmt: skip


@pytest.mark.parametrize("case", mostly_slow(PASSED, 5), ids=lambda case: case.name)
def test_passed(case: Passed, tmp_path: Path) -> None:
    root = write(tree_of(tmp_path, case.op, case.second))
    assert f"\t\treturn {case.call};\n" in wrapper_of(root, "bar_op")
    compile_all(root)
    declared = case.second.replace("OP", "qux_op")
    assert f"\n{declared};\n" in (root / "drv/foo_ops.h").read_text()
    assert split(root, "--check").exit_code == 0


class Doubt(NamedTuple):
    """An op, its second function, what is said."""

    name: str
    op: str
    second: str
    says: str


DOUBTS = [
    Doubt("the type stands twice", "int OP(struct unit *unit, u32 at, u32 level)",
          "int OP(struct unit *unit, u32 level2, u32 at2)",
          "the op has no parameter 'level2' (it has unit, at, level), and 'at' and 'level' are "
          "both of its type"),
    Doubt("behind typedefs", "int OP(struct unit *unit, addr_t addr, frame_t frame)",
          "int OP(struct unit *unit, addr_t a, frame_t f)", "are both of its type"),
    Doubt("in some configuration", "int OP(struct unit *unit, word_t size, u32 at)",
          "int OP(struct unit *unit, word_t s, u32 a)", "are both of its type"),
    Doubt("const on both", "int OP(struct unit *unit, void *to, const void *from)",
          "int OP(struct unit *unit, const void *a, const void *b)", "are both of its type"),
    Doubt("name against place", "int OP(struct unit *unit, u32 at, u32 level)",
          "int OP(struct unit *unit, u32 level, u32 depth)",
          "the op has no parameter 'depth' (it has unit, at, level)"),
    Doubt("another order", "int OP(struct unit *unit, u32 at, struct pair *info)",
          "int OP(struct unit *unit, struct pair *pair, u32 at)", "no parameter 'pair'"),
    Doubt("fewer in another order", "int OP(struct unit *unit, u32 at, struct pair *info)",
          "int OP(struct pair *pair, u32 at)", "come in another order"),
    Doubt("another type and name", "int OP(struct unit *unit, int err)",
          "int OP(struct unit *unit, long code)", "no parameter 'code'"),
    Doubt("fewer, a number", "int OP(struct unit *unit, u32 at)",
          "int OP(u32 slot)", "no parameter 'slot'"),
    Doubt("fewer, two pointers", "int OP(struct unit *unit, struct pair *a, struct pair *b)",
          "int OP(struct pair *pair)", "no parameter 'pair'"),
    Doubt("fewer, taken already", "int OP(struct unit *unit, struct pair *info, int a)",
          "int OP(struct pair *info, struct pair *other)", "no parameter 'other'"),
    Doubt("fewer, two that take it", "int OP(struct unit *unit, u32 at, struct pair *info)",
          "int OP(struct unit *one, struct unit *other)", "no parameter 'one'"),
    Doubt("more", "int OP(struct unit *unit)", "int OP(struct unit *unit, int how)",
          "no parameter 'how'"),
    Doubt("long to int", "int OP(struct unit *unit, long a)", "int OP(struct unit *unit, int a)",
          "parameter 'a' is of another type, which may not hold every value of 'a'"),
    Doubt("unsigned to int", "int OP(struct unit *unit, u32 a)", "int OP(struct unit *unit, int a)",
          "may not hold every value"),
    Doubt("int to bool", "int OP(struct unit *unit, int a)", "int OP(struct unit *unit, bool a)",
          "may not hold every value"),
    Doubt("int to enum", "int OP(struct unit *unit, int a)",
          "int OP(struct unit *unit, enum odd a)", "'a' is of another type"),
    Doubt("void pointer", "int OP(struct unit *unit, void *a)",
          "int OP(struct unit *unit, struct pair *a)", "'a' is of another type"),
    Doubt("behind a pointer", "int OP(struct unit *unit, int *a)",
          "int OP(struct unit *unit, long *a)", "'a' is of another type"),
]  # fmt: skip


@pytest.mark.parametrize("case", DOUBTS, ids=lambda case: case.name)
def test_doubt(case: Doubt, tmp_path: Path) -> None:
    said = refused(tree_of(tmp_path, case.op, case.second))
    assert said.startswith("error[VT054]: op 'op' cannot be wrapped: "), said
    assert case.says in said
    for shown in (f"op: {case.op}", f"second: {case.second}"):
        assert shown.replace("OP", "foo_op" if shown.startswith("op: ") else "qux_op") in said


NO_NAMES = [
    ("long and int", "int OP(struct unit *unit, int a)", "(struct unit *, long)", "another type"),
    ("fewer", "int OP(struct unit *unit, bool on, u32 at)", "(struct unit *, u32)", "another type"),
    ("taken", "int OP(struct unit *unit, u32 a, u32 b)", "(struct unit *, u32 b, u32 c)", "'c'"),
    ("twice", "int OP(u32 a, struct unit *unit)", "(u32, struct unit *, u32 a)", "parameter 1"),
]


@pytest.mark.parametrize(
    ("op", "taken", "says"), [case[1:] for case in NO_NAMES], ids=[case[0] for case in NO_NAMES]
)
def test_no_names(op: str, taken: str, says: str, tmp_path: Path) -> None:
    """Without a name there is its place alone, so that nothing converts."""
    tree = tree_of(tmp_path, op, op)
    (tree / "drv/qux.c").write_text(f'#include "qux.h"\nextern int qux_op{taken};\n')
    said = refused(tree)
    assert says in said.split("op:")[0], said


RETURNED = [
    ("bool", "int", True), ("bool", "u8", True), ("bool", "u64", True), ("bool", "char", True),
    ("u8", "int", True), ("u8", "u32", True), ("signed char", "short", True),
    ("char", "int", True), ("u32", "u64", True), ("u32", "long long", True),
    ("int", "long", True), ("unsigned", "unsigned long", True), ("long", "long long", True),
    ("const int", "int", True), ("int", "const int", True), ("octet_t", "short", True),
    ("unsigned long", "__u64", True), ("unsigned long long", "__u64", True),
    ("u32", "word_t", True), ("word_t", "unsigned long", True), ("word_t", "u64", True),
    ("enum odd", "int", True), ("enum odd", "long", True), ("enum mode", "s32", True),
    ("plain_t", "int", True), ("char *", "const char *", True),
    ("int", "bool", False), ("int", "unsigned", False), ("unsigned", "int", False),
    ("u32", "long", False), ("long", "int", False), ("long", "unsigned long", False),
    ("s32", "u64", False), ("u8", "char", False), ("char", "u8", False),
    ("char", "signed char", False), ("unsigned long", "word_t", False), ("word_t", "u32", False),
    ("u64", "unsigned long", False), ("di_t", "int", False), ("int", "di_t", False),
    ("be32_t", "u64", False), ("u8", "be32_t", False), ("float", "double", False),
    ("int", "double", False), ("enum odd", "unsigned", False), ("enum odd", "short", False),
    ("int", "enum odd", False), ("bool", "enum odd", False), ("enum odd", "enum mode", False),
    ("enum flags", "int", False), ("enum made", "int", False), ("enum gone", "int", False),
    ("enum mode", "enum odd", False),
    ("const char *", "char *", False), ("void *", "char *", False), ("int *", "int", False),
    ("int", "int *", False), ("unknown_t", "long", False), ("void", "int", False),
]  # fmt: skip


@pytest.mark.parametrize(("given", "wanted", "fits"), mostly_slow(RETURNED, 20))
def test_result(given: str, wanted: str, fits: bool, tmp_path: Path) -> None:
    arguments = "(struct unit *unit)"
    tree = tree_of(
        tmp_path, *(f"{one} OP{arguments}".replace("* ", "*") for one in (wanted, given))
    )
    if not fits:
        said = refused(tree)
        assert f"it returns {given}, but the op returns {wanted}" in said
        assert f"second: {given} qux_op".replace("* ", "*") in said
        return
    write(tree)
    wrapper = wrapper_of(tree, "bar_op")
    assert wrapper.startswith(f"static {wanted} bar_op".replace("* ", "*"))
    assert "\t\treturn qux_op(unit);\n" in wrapper
    shown = f"\n{given} qux_op(struct unit *unit);\n".replace("* ", "*")
    assert shown in (tree / "drv/foo_ops.h").read_text()


def test_a_bool_of_another_kind(tmp_path: Path) -> None:
    """Programs older than C99 have one that holds more than 0 and 1."""
    tree = tree_of(tmp_path, "u8 OP(struct unit *unit)", "bool OP(struct unit *unit)")
    header = tree / "drv/foo.h"
    own = header.read_text().replace("#include <stdbool.h>", "typedef int bool;")
    header.write_text(own)
    assert "it returns bool, but the op returns u8" in refused(tree)


VOID = "void OP(struct unit *unit, int how)"


def test_result_dropped(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, VOID, VOID.replace("void", "int"))
    said = split(tree, "--explain").stdout
    assert "'qux_op' returns int, but the op is void: its wrapper drops the result" in said
    root = write(tree)
    assert "\t\tqux_op(unit, how);\n\t\treturn;\n\t}\n" in wrapper_of(root, "bar_op")
    compile_all(root)


CHECKED = {
    "its own": ("int __must_check OP(struct unit *unit, int how)", ""),
    "attribute": ("int OP(struct unit *unit, int how)",
                  "int qux_op(struct unit *unit, int how) "
                  "__attribute__((__warn_unused_result__));\n"),
    "declared so": ("int OP(struct unit *unit, int how)",
                    "int __must_check qux_op(struct unit *unit, int how);\n"),
    "macro": ("int OP(struct unit *unit, int how)",
              "#define USE_IT __attribute__((warn_unused_result))\n"
              "int qux_op(struct unit *unit, int how) USE_IT;\n"),
}  # fmt: skip


@pytest.mark.parametrize(("second", "declared"), CHECKED.values(), ids=CHECKED)
def test_result_to_be_used(second: str, declared: str, tmp_path: Path) -> None:
    tree = tree_of(tmp_path, VOID, second)
    header = tree / "drv/qux.h"
    header.write_text(QUX_HEADER.replace("#endif /*", f"{declared}#endif /*"))
    assert "its result has to be used: it is __must_check" in refused(tree)


NO_CODES = [("bool", "int"), ("u8", "int"), ("enum odd", "int"), ("u8", "long")]


@pytest.mark.parametrize(("given", "wanted"), NO_CODES)
def test_no_error_code(given: str, wanted: str, tmp_path: Path) -> None:
    """A `true` that says that all is well would read as a failure."""
    arguments = "(struct unit *unit)"
    spec = '[op.op]\nboth = "first"\n'
    tree = tree_of(tmp_path, f"{wanted} OP{arguments}", f"{given} OP{arguments}", spec)
    assert (
        f"it returns {given}, but the op returns {wanted}, and its result is not an error code"
        in refused(tree)
    )


def test_error_code_of_a_narrower_type(tmp_path: Path) -> None:
    spec = '[op.op]\nboth = "first"\n'
    op = "long OP(struct unit *unit)"
    root = write(tree_of(tmp_path, op, op.replace("long", "int"), spec))
    assert "\treturn is_qux(unit) ? qux_op(unit) : 0;\n" in wrapper_of(root, "bar_op")
    compile_all(root)


def test_named_in_the_spec(tmp_path: Path) -> None:
    """Both functions that the spec names may be of other types than the op."""
    op = "int OP(struct unit *unit, u32 at)"
    tree = tree_of(tmp_path, op, op, '[op.op]\nfirst = "foo_any"\nsecond = "qux_any"\n')
    for path, static in (("foo", "static "), ("qux", "")):
        source = tree / f"drv/{path}.c"
        more = function(f"bool {path}_any(struct unit *u, u32 slot)")
        own = f"{static}int {path}_op"
        source.write_text(source.read_text().replace(own, f"{more}\n{own}", 1))
    root = write(tree)
    assert wrapper_of(root, "bar_any") == (
        "static int bar_any(struct unit *unit, u32 at)\n{\n\tif (is_qux(unit))\n"
        "\t\treturn qux_any(unit, at);\n\n\treturn foo_any(unit, at);\n}\n"
    )
    assert ".op = bar_any," in main_of(root)


def test_first_of_a_type_that_loses(tmp_path: Path) -> None:
    op = "int OP(struct unit *unit)"
    tree = tree_of(tmp_path, op, op, '[op.op]\nfirst = "foo_any"\n')
    source = tree / "drv/foo.c"
    more = function("long foo_any(struct unit *unit)")
    source.write_text(source.read_text().replace("static int", f"{more}\nstatic int", 1))
    said = refused(tree)
    assert "it returns long, but the op returns int" in said
    assert "first: long foo_any(struct unit *unit)" in said


def test_stub_is_of_its_own_type(tmp_path: Path) -> None:
    op = "int OP(struct unit *unit, struct pair *info)"
    tree = tree_of(tmp_path, op, "bool OP(struct unit *unit, struct pair *pair)")
    spec = UNDER_OPTION.replace('prefix = "bar_"', 'prefix = "bar_"\nstyle = "stubs"')
    (tree / "vtsplit.toml").write_text(
        spec.replace('"CONFIG_QUX"', '"CONFIG_QUX"\nskeleton = "-1"')
    )
    root = write(tree)
    header = (root / "drv/foo_ops.h").read_text()
    head = "bool qux_op(struct unit *unit, struct pair *pair)"
    assert f"\n{head};\n" in header
    assert f"\nstatic inline {head}" in header
    assert "return false;" in header
    compile_all(root)


STARTS = {
    "bool": "and its result is not an error code",
    "long": "which may not hold every value of it",
}


@pytest.mark.parametrize(("returns", "says"), STARTS.items(), ids=STARTS)
def test_start_of_another_type(returns: str, says: str, tmp_path: Path) -> None:
    tree = start_tree(tmp_path, f"{returns} qux_init(void)")
    said = refused(tree)
    assert said.startswith("error[VT081]: 'bar_init' cannot be written: 'qux_init' does not fit ")
    assert says in said
    assert "correct 'qux_init'" in said


def test_stop_drops_its_result(tmp_path: Path) -> None:
    root = write(start_tree(tmp_path, "int qux_init(void)", "int qux_exit(void)"))
    assert "\tif (qux_on)\n\t\tqux_exit();\n" in main_of(root)


def start_tree(root: Path, *second: str) -> Path:
    """Make a tree whose module is started, and a second backend with such functions."""
    pieces = one_op("int OP(struct unit *unit)", spec="[init]\n")
    pieces["second"] += "".join(f"\n{function(one)}" for one in second)
    tree = dispatch_tree(root, **pieces)
    source = tree / "drv/foo.c"
    start = function("static int __init foo_init(void)") + "module_init(foo_init);\n"
    stop = function("static void foo_exit(void)", "") + "module_exit(foo_exit);\n"
    source.write_text(f"{source.read_text()}\n{start}\n{stop}")
    header = tree / "drv/foo.h"
    macros = "#define module_init(f)\n#define module_exit(f)\n#define __init\n"
    header.write_text(header.read_text().replace("#define __init\n", macros))
    return tree
