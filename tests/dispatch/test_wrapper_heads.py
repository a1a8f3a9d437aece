"""What a wrapper's head has beside its type: attributes and macros for them, kept or left out."""

from pathlib import Path

import pytest

from dispatch_trees import SPEC, UNDER_OPTION, compile_all, dispatch_files, one_op, wrapper_of
from trees import small_tree, split, write
from vtsplit.codemods.dispatch.specifiers import keeps_nothing, return_type
from vtsplit.codemods.dispatch.wrapper import wrapper_head
from vtsplit.cst.heads.declarator import read_head

ATTRIBUTE = "__attribute__"
# A head with F for the name, what the wrapper has of it, its return type.
HEADS = {
    "static __attribute__((noreturn)) void F(int a)": ("void F(int a)", "void"),
    "__attribute__((noreturn)) static void F(int a)": ("void F(int a)", "void"),
    "static void __attribute__((__noreturn__, cold)) F(int a)": ("void F(int a)", "void"),
    "static _Noreturn void F(int a)": ("void F(int a)", "void"),
    "static noreturn void F(int a)": ("void F(int a)", "void"),
    "noreturn static void F(int a)": ("void F(int a)", "void"),
    "static void __noreturn F(int a)": ("void F(int a)", "void"),
    "[[noreturn]] static void F(int a)": ("void F(int a)", "void"),
    "[[nodiscard]] [[gnu::cold]] static int F(int a)": ("int F(int a)", "int"),
    "static char *__attribute__((noinline)) __attribute__((cold)) F(int a)": (
        "char *F(int a)", "char *"),
    "static __attribute__((returns_nonnull)) const char * const * F(int a)": (
        "const char *const *F(int a)", "const char * const *"),
    "static __must_check int __cold F(int a)": ("int F(int a)", "int"),
    "static __declspec(noinline) int F(int a)": ("int F(int a)", "int"),
    "static __extension__ long long F(int a)": ("long long F(int a)", "long long"),
    'static __attribute__ ((section (".text.a"), cold)) int F(int a)': (
        '__attribute__ ((section (".text.a"))) int F(int a)', "int"),
    "static __attribute__((regparm(2), __fastcall__)) int F(int a)": (
        "__attribute__((regparm(2), __fastcall__)) int F(int a)", "int"),
    "[[gnu::regparm(2)]] static int F(int a)": ("[[gnu::regparm(2)]] int F(int a)", "int"),
    "static int __init __attribute__((unused)) F(int a)": ("int __init F(int a)", "int"),
    "static FOO_API void F(int a)": ("FOO_API void F(int a)", "void"),
    "static asmlinkage void __user *F(int a)": ("asmlinkage void __user *F(int a)", "void *"),
    "static STACK_OF(int, 2) *F(int a)": ("STACK_OF(int, 2) *F(int a)", "STACK_OF(int, 2) *"),
    "static int F(int a __attribute__((unused)))": ("int F(int a __attribute__((unused)))", "int"),
    "volatile void F(int a)": ("volatile void F(int a)", "void"),
}  # fmt: skip


@pytest.mark.parametrize("text", HEADS)
def test_head(text: str) -> None:
    head = read_head(text)
    assert (wrapper_head(head, "F", ["a"]), return_type(head)) == HEADS[text]


@pytest.mark.parametrize(
    ("body", "nothing"),
    [
        ("__attribute__((noreturn))", True),
        ("_Noreturn __attribute__((cold)) [[gnu::pure]]", True),
        ("static inline", True),
        ('__attribute__((section(".a"), cold))', False),
        ("const", False),
        ("struct unit *", False),
        ("__init", False),
    ],
)
def test_what_a_macro_stands_for(body: str, nothing: bool) -> None:
    assert keeps_nothing(body) == nothing


TYPES = """\
#define HALTS __attribute__((noreturn))
#define ENDS HALTS
#define __use_it __attribute__((warn_unused_result))
#ifdef __clang__
#define PLACED
#else
#define PLACED __attribute__((section(".text.unit"), cold))
#endif

typedef void nothing_t;
"""
STOP = "\t(void)unit;\n\tfor (;;)\n\t\t;\n"


def tree(root: Path, first: str, plain: str, base: str = SPEC) -> Path:
    """Make a tree whose op both backends declare with attributes, and the structure without."""
    pieces = one_op(plain, first, first)
    if "void OP" in plain:
        pieces = {key: text.replace("\treturn 0;\n", STOP) for key, text in pieces.items()}
        for key in ("functions", "second"):
            pieces[key] = pieces[key].replace("{\n}", f"{{\n{STOP}}}")
    files = dispatch_files(**pieces, base=base)
    types = f"#include <stdnoreturn.h>\n\n{TYPES}" if first.startswith("noreturn") else TYPES
    files["drv/foo.h"] = files["drv/foo.h"].replace("struct unit {", f"{types}\nstruct unit {{")
    return small_tree(root, files)


VOID, INT = "void OP(struct unit *unit)", "int OP(struct unit *unit)"
WRAPPED = {
    "an attribute": (f"{ATTRIBUTE}((noreturn)) {VOID}", VOID, "void"),
    "of C11": (f"_Noreturn {VOID}", VOID, "void"),
    "of its header": (f"noreturn {VOID}", VOID, "void"),
    "a macro": (f"HALTS {VOID}", VOID, "void"),
    "a macro of a macro": (f"ENDS {VOID}", VOID, "void"),
    "a typedef of void": ("nothing_t OP(struct unit *unit)", VOID, "nothing_t"),
    "a result to be used": (f"__use_it {INT}", INT, "int"),
    "a section": (f'{ATTRIBUTE}((section(".text.unit"), cold)) {INT}', INT,
                  f'{ATTRIBUTE}((section(".text.unit"))) int'),
    "a macro of a section": (f"PLACED {INT}", INT, "PLACED int"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("case", WRAPPED)
def test_a_wrapper_with_attributes(case: str, tmp_path: Path) -> None:
    first, plain, lead = WRAPPED[case]
    root = write(tree(tmp_path, first, plain))
    second = "\treturn foo_op(unit);\n}\n"
    if plain == VOID:
        second = (
            "\tif (is_qux(unit)) {\n\t\tqux_op(unit);\n\t\treturn;\n\t}\n\n\tfoo_op(unit);\n}\n"
        )
    wrapper = wrapper_of(root, "bar_op")
    assert wrapper.startswith(f"static {lead} bar_op(struct unit *unit)\n")
    assert wrapper.endswith(second)
    compile_all(root)
    assert split(root, "--check").exit_code == 0


STUBS = UNDER_OPTION.replace('flag = "qux_on"', 'flag = "qux_on"\nskeleton = "-1"').replace(
    'prefix = "bar_"', 'prefix = "bar_"\nstyle = "stubs"'
)


@pytest.mark.slow
@pytest.mark.parametrize("options", [[], ["-DCONFIG_QUX"]], ids=["off", "on"])
def test_a_stub_promises_nothing(options: list[str], tmp_path: Path) -> None:
    root = tree(tmp_path, f"{ATTRIBUTE}((noreturn)) {VOID}", VOID, STUBS)
    write(root)
    header = (root / "drv/foo_ops.h").read_text()
    assert "static inline void qux_op(struct unit *unit) { }\n" in header
    compile_all(root, *options)


@pytest.mark.slow
def test_a_skeleton_promises_nothing(tmp_path: Path) -> None:
    spec = SPEC.replace('flag = "qux_on"', 'flag = "qux_on"\nskeleton = "-1"')
    spec = spec.replace('prefix = "bar_"', 'prefix = "bar_"\nops = ["op"]')
    root = tree(tmp_path, f"HALTS {VOID}", VOID, spec)
    (root / "drv/qux.c").unlink()
    write(root)
    assert "\nvoid qux_op(struct unit *unit)\n{\n}\n" in (root / "drv/qux.c").read_text()
    compile_all(root)
