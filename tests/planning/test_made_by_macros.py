"""Functions and objects that only a macro's call defines, and a table that names them."""

import shutil
from pathlib import Path

import pytest

from small_programs import PAIR, SETUP, Case, check_case, check_split
from trees import SOURCE, small_tree, split, write

needs_gcc = pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")

ARGUMENTS = "#define ARGUMENTS int unit\n"
METHOD = (
    f"{ARGUMENTS}#define METHOD(n) int foo_m_##n(ARGUMENTS)\n#define ENTRY(n) .n = foo_m_##n,\n"
)
METHODS = "METHOD(open);\nMETHOD(open)\n{\n\treturn unit + 3;\n}\nMETHOD(close) { return unit; }\n"
ENTRIES = "static const struct ops foo_ops = { ENTRY(open) ENTRY(close) };\n"
LEVELS = (
    "#define LEVELS(n) static const int n[] = {\n#define LEVEL(x) (x),\n#define LEVELS_END() };\n"
)
MADE = "LEVELS(foo_levels)\n\tLEVEL(4)\n\tLEVEL(5)\nLEVELS_END()\n\n"
LEVELLED = "static const struct ops foo_ops = { .open = foo_open, .level = foo_levels };\n"

FAST = (
    f"{PAIR}#define SAME(type, n) static type same_##n(type a) {{ return a; }}\n"
    "struct drv {\n\tstruct ops ops;\n\tint_fast64_t value;\n};\nSAME(int_fast64_t, 64)\n"
    "static struct drv foo_ops = { { .open = foo_open, .close = foo_close }, 3 };\n"
    "int setup(void) { enlist(&foo_ops.ops); return (int)same_64(foo_ops.value); }\n"
)

CASES = {
    "a type that is given to a macro": Case(FAST, above="#include <stdint.h>\n"),
    "global functions": Case(f"{METHOD}{METHODS}{ENTRIES}{SETUP}"),
    "macros of a header": Case(
        f"{METHODS}{ENTRIES}{SETUP}", files={"m.h": METHOD}, above='#include "m.h"\n'
    ),
    "static by the macro": Case(
        f"{METHOD.replace('int foo_m', 'static int foo_m')}{METHODS}{ENTRIES}{SETUP}", "VT044"
    ),
    "static in a branch": Case(
        f"#ifdef A\n{METHOD.replace('int foo_m', 'static int foo_m')}#else\n{METHOD}#endif\n"
        f"{METHODS}{ENTRIES}{SETUP}",
        "VT044",
    ),
    "forward declarations of one letter": Case(
        "#define DECL(n) static int n(int)\nDECL(f);\nDECL(g);\n"
        "static const struct ops foo_ops = { .open = f, .close = g };\n"
        "static int f(int unit) { return unit; }\nstatic int g(int unit) { return unit + 1; }\n"
        f"{SETUP}"
    ),
    "object of several calls": Case(
        f"{PAIR}{MADE}{LEVELLED}{SETUP}", files={"m.h": LEVELS}, above='#include "m.h"\n'
    ),
    "object used elsewhere": Case(
        f"{PAIR}{MADE}{LEVELLED}int other(void) {{ return foo_levels[1]; }}\n{SETUP}",
        "VT044",
        files={"m.h": LEVELS},
        above='#include "m.h"\n',
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_split_or_refused(tmp_path: Path, name: str) -> None:
    check_split(tmp_path, CASES[name])


@pytest.mark.slow
@needs_gcc
@pytest.mark.parametrize("name", CASES)
def test_same_or_refused(tmp_path: Path, name: str) -> None:
    check_case(tmp_path, CASES[name])


def test_header_declares_what_the_macro_makes(tmp_path: Path) -> None:
    header = f"{METHOD}struct ops {{ int (*open)(int); int (*close)(int); }};\n"
    text = f'#include "foo.h"\n\n{METHODS}\nstatic struct ops foo_ops = {{ ENTRY(open) }};\n'
    root = write(small_tree(tmp_path, {"drv/foo.c": text, "drv/foo.h": header}))
    assert "\nint foo_m_open(int unit);\n" in (root / "drv/foo_ops.h").read_text()
    assert METHODS in (root / "drv/foo.c").read_text()
    assert split(root, "--check").exit_code == 0


def test_a_name_of_the_library_is_not_defined_by_what_cannot_be_read(tmp_path: Path) -> None:
    """`NULL` in front of a brace that nobody can read is no definition of it."""
    item = "static int ITEM <NULL> (foo_more)\n{\n\treturn 0;\n}\n\n"
    source = SOURCE.replace("static struct ops", f"{item}static struct ops")
    source = source.replace("\t.free", "\t.data = NULL,\n\t.free")
    source = source.replace("#include", "#include <stddef.h>\n#include", 1)
    result = split(small_tree(tmp_path, {"drv/foo.c": source}))
    assert result.exit_code == 0, result.stderr
