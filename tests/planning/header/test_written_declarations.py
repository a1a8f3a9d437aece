"""Declarations as C allows and projects write them: split, verify and lint read them alike."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from built import verify
from how_many import mostly_slow
from small_programs import PAIR, SETUP, TABLE, Case, check_case
from trees import refused, small_tree, split
from vtsplit.cli import main
from vtsplit.cst.parser import parse_module

pytestmark = pytest.mark.slow

needs_gcc = pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")
C23 = ("-std=gnu2x",)

SPLIT = {
    "attributes in brackets": Case(
        "static int foo_open [[gnu::noinline]] (int unit [[maybe_unused]]) { return 1; }\n"
        "[[gnu::cold, nodiscard]] static int\nfoo_close(int unit) [[gnu::unused]]\n"
        "{ [[maybe_unused]] int foo_open = unit; return foo_open + 2; }\n" + TABLE + SETUP,
        flags=C23,
    ),
    "attributes of local types": Case(
        "#define WIDE 1'6\nstruct [[gnu::packed]] slot { [[maybe_unused]] char a; int b "
        "[[gnu::aligned(WIDE)]]; };\nenum { ONE [[gnu::unused]] = 1, TWO };\n"
        "static struct slot slots[TWO];\n"
        "static int foo_open(int unit) { return unit + (int)sizeof(slots); }\n"
        "[[gnu::used]] static const struct ops foo_ops = { .open = foo_open, .level = "
        "&slots[ONE].b };\n" + SETUP,
        flags=C23,
    ),
    "quotes in numbers": Case(
        "enum { MANY = 10'000, MASK = 0xf'f };\n"
        "static int foo_open(int unit) { return unit * 1'000 + '{' + MASK; }\n"
        "#ifdef NO\n#elifndef NEITHER\n"
        "static int foo_close(int unit) { return unit == u8'}' ? MANY : 1'0; }\n#endif\n"
        + TABLE
        + SETUP,
        flags=C23,
    ),
    "types and conventions in capitals": Case(
        "#define FOOCALL __attribute__((noinline))\ntypedef int RESULT;\ntypedef struct ops OPS;\n"
        "static RESULT FOOCALL foo_open(int unit) { return unit + 1; }\n"
        "static RESULT FOOCALL foo_close(int unit) { return unit + 2; }\n"
        "static const OPS foo_ops = { .open = foo_open, .close = foo_close };\n" + SETUP
    ),
    "declared by a function's type": Case(
        "typedef int opener(int unit);\nstatic opener foo_open, foo_spare;\n"
        "static __typeof__(foo_spare) foo_close;\n" + TABLE + PAIR + SETUP + "static int foo_spare"
        "(int unit) { return unit; }\nint other(void) { return foo_spare(1); }\n"
    ),
    "parameters that macros write": Case(
        "#define GIVEN(type, name) type name\n#define WHOLE(type) type\n"
        "static int foo_open(GIVEN(int, unit)) { return unit + 1; }\n"
        "static int foo_close(const WHOLE(int) unit) { return unit + 2; }\n" + TABLE + SETUP
    ),
    "parameter lists that macros take": Case(
        "#define PARAMS(list) list\n#define FORWARD(type, name, list) static type name list\n"
        "static int foo_open PARAMS((int unit));\nFORWARD(int, foo_close, (int));\n"
        + TABLE
        + PAIR
        + SETUP
    ),
    "lists of declarators": Case(
        "static int foo_open(int), counter, *last = &counter, foo_close(int);\n"
        "static const struct ops foo_ops, spare;\n"
        + TABLE
        + PAIR
        + "int setup(void) { enlist(&foo_ops); enlist(&spare); return *last; }\n"
    ),
    "names with other letters": Case(
        "static int foo$open(int größe) { return größe + 1; }\n"
        "static int foo_schließe(int unit) { return unit + 2; }\n"
        "static const struct ops foo_ops = { .open = foo$open, .close = foo_schließe };\n" + SETUP
    ),
    "byte order mark": Case(PAIR + TABLE + SETUP, above="\ufeff"),
    "byte order mark in front of what goes": Case(
        TABLE + PAIR + SETUP,
        above="\ufeff/* The first. */\nstatic int foo_open(int);\nstatic int foo_close(int);\n",
    ),
    "assertions": Case(
        PAIR
        + 'static const struct ops foo_ops = { .open = foo_open, .close = ARRAY_SIZE("a") ? '
        + "foo_close : NULL };\n"
        + '_Static_assert(ARRAY_SIZE("a") < 3, "few");\n'
        + '_Static_assert(sizeof(foo_ops.open) == sizeof(int (*)(int)), "alike");\n'
        + SETUP
    ),
}

# Compilers that know all of C23 are new.
NOT_COMPILED = {
    "keywords of C23 in a table": Case(
        "static int foo_open(int unit) { return unit + true; }\n"
        "[[gnu::used]] static const struct ops foo_ops = { .open = foo_open, .level = nullptr };\n"
        + SETUP,
    ),
}


@pytest.mark.slow
@needs_gcc
@pytest.mark.parametrize("name", SPLIT)
def test_does_the_same(name: str, tmp_path: Path) -> None:
    check_case(tmp_path, SPLIT[name])


@pytest.mark.parametrize("name", mostly_slow([*SPLIT, *NOT_COMPILED], 7))
def test_verify_and_lint_agree(name: str, tmp_path: Path) -> None:
    case = {**SPLIT, **NOT_COMPILED}[name]
    before, after = tmp_path / "before", tmp_path / "after"
    header = (
        "#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))\n#define NULL ((void *)0)\n"
        "struct ops { int (*open)(int); int (*close)(int); const int *level; };\n"
        "void enlist(const struct ops *);\nint setup(void);\nint other(void);\n"
    )
    user = '#include "foo.h"\nvoid enlist(const struct ops *ops) { setup(); other(); }\n'
    for root in (before, after):
        root.mkdir()
        (root / "foo.h").write_text(header)
        (root / "foo.c").write_text(f'{case.above}#include "foo.h"\n{case.text}')
        (root / "user.c").write_text(user)
        (root / "Makefile").write_text("obj-y += foo.o user.o\n")
    spec = str(tmp_path / "foo.toml")
    CliRunner().invoke(main, ["init", str(after), "foo.c:foo_ops", "-o", spec])
    result = split(after, "--spec", spec, "--write")
    assert result.exit_code == 0, result.stderr
    assert verify(before, after, "--textual").exit_code == 0
    found = CliRunner().invoke(main, ["lint", str(after), "--spec", spec])
    assert found.exit_code == 0, found.output


def one_reason(root: Path, text: str) -> str:
    """Return the only reason for which a source file is refused."""
    errors = refused(small_tree(root, {"drv/foo.c": text}))
    assert errors.count("error[") == 1, errors
    return errors


TAIL = (
    "static struct ops foo_ops = { .open = foo_open };\n"
    "int foo_init(void) { return foo_ops.open(1); }\n"
)


@pytest.mark.parametrize(
    ("code", "head"),
    [
        ("VT047", "static int foo_open(unit, how)\n\tint unit, how;\n"),
        ("VT047", "static int foo_open(unit) int unit;\n"),
        ("VT023", "static int foo_open(int unit\n#ifdef A\n\t, int how\n#endif\n)\n"),
        ("VT023", "static int foo_open(\n#ifdef A\n\tlong\n#else\n\tint\n#endif\n\tunit)\n"),
        ("VT023", "static int\n#ifdef A\nfoo_open(int a)\n#else\nfoo_open(long a)\n#endif\n"),
        ("VT044", "static int (foo_open %% (int unit))\n"),
        (
            "VT024",
            "static int foo_open(int), /* the other */ foo_spare(int);\nint foo_open(int a)\n",
        ),
    ],
)
def test_says_one_thing(code: str, head: str, tmp_path: Path) -> None:
    errors = one_reason(tmp_path, f'#include "foo.h"\n{head}{{\n\treturn 1;\n}}\n{TAIL}')
    assert f"error[{code}]" in errors


@needs_gcc
def test_a_tag_that_a_macro_makes_is_declared_in_front(tmp_path: Path) -> None:
    macros = "#define VEC(type) struct vec_##type\n#define DEFINE_VEC(type) VEC(type) { int n; }\n"
    text = (
        f"{macros}DEFINE_VEC(unit);\nstatic VEC(unit) all;\n"
        "static int foo_open(VEC(unit) *v, int n) { v->n = n; return v->n; }\n"
        "static int foo_close(int unit) { return unit ? foo_open(&all, 7) : 0; }\n"
        "typedef int (*any)(int);\n"
        "static const struct ops foo_ops = { .open = foo_close, .close = (any)foo_open };\n"
        "int setup(void) { return foo_ops.open(1); }\n"
    )
    check_case(tmp_path, Case(text))
    assert "struct vec_unit;\n" in (tmp_path / "foo_ops.h").read_text()


CALLS = "PROTO(open);\nPROTO(free_unit);\n"
MACROS = "#define PROTO(name) static int foo_##name(int unit)\n#define SET(name) int name##_set\n"


@pytest.mark.parametrize(
    "lost", ["", "SET(foo_open);\n", "UNKNOWN(foo_open);\n", "PROTO(other);\n"]
)
def test_verify_knows_declarations_that_a_header_makes(lost: str, tmp_path: Path) -> None:
    before, after = (small_tree(tmp_path / name) for name in ("before", "after"))
    for root in (before, after):
        header = (root / "drv/foo.h").read_text()
        (root / "drv/foo.h").write_text(header.replace("struct ops {", f"{MACROS}struct ops {{"))
        text = (root / "drv/foo.c").read_text()
        calls = CALLS + (lost if root is before else "")
        (root / "drv/foo.c").write_text(
            text.replace("static int foo_open", f"{calls}static int foo_open")
        )
    assert split(after, "--write").exit_code == 0
    assert "PROTO" not in (after / "drv/foo.c").read_text()
    found = verify(before, after, "--textual")
    assert found.exit_code == (1 if lost else 0), found.output


def test_a_byte_order_mark_stays_in_front(tmp_path: Path) -> None:
    forward = "\ufeff/* The first. */\nstatic int foo_open(int unit);\n"
    text = f'{forward}#include "foo.h"\nstatic int foo_open(int unit) {{ return 1; }}\n{TAIL}'
    root = small_tree(tmp_path, {"drv/foo.c": text})
    assert split(root, "--write").exit_code == 0
    changed = (root / "drv/foo.c").read_bytes()
    assert changed.startswith(b'\xef\xbb\xbf#include "foo.h"\n')
    assert changed.count(b"\xef\xbb\xbf") == 1


def test_a_header_that_says_static_by_a_type(tmp_path: Path) -> None:
    header = "struct ops { int (*open)(int); };\ntypedef int opener(int);\nint foo_init(void);\n"
    text = f'#include "foo.h"\nstatic int foo_open(int unit)\n{{\n\treturn 1;\n}}\n{TAIL}'
    more = header + "static opener foo_open;\n"
    errors = refused(small_tree(tmp_path, {"drv/foo.c": text, "drv/foo.h": more}))
    assert errors.count("error[") == 1
    assert "error[VT042]" in errors


def test_a_header_that_declares_by_a_type(tmp_path: Path) -> None:
    header = "struct ops { int (*open)(int); };\ntypedef int opener(int);\nint foo_init(void);\n"
    text = f'#include "foo.h"\nint foo_open(int unit)\n{{\n\treturn 1;\n}}\n{TAIL}'
    root = small_tree(tmp_path, {"drv/foo.c": text, "drv/foo.h": header + "opener foo_open;\n"})
    result = split(root, "--write")
    assert result.exit_code == 0, result.stderr
    assert "foo_open" not in (root / "drv/foo_ops.h").read_text()


def test_a_definition_that_cannot_be_read_is_not_elsewhere(tmp_path: Path) -> None:
    text = f'#include "foo.h"\nstatic int foo_open <a> (int unit)\n{{\n\treturn 1;\n}}\n{TAIL}'
    assert not any(getattr(i, "name", "") == "foo_open" for i in parse_module(text).items)
    assert "vtsplit cannot read the definition" in one_reason(tmp_path, text)


def test_what_a_list_keeps_stays_byte_for_byte(tmp_path: Path) -> None:
    listed = "static  int\tfoo_open(int) ,\n\t  foo_kept(int a , int b),foo_free(int);\n"
    text = (
        f'#include "foo.h"\n{listed}static struct ops foo_ops = {{ .open = foo_open, .free = '
        "foo_free };\nstatic int foo_open(int a) { return a; }\nstatic int foo_free(int a) { return"
        " a; }\nint foo_init(void) { return foo_ops.open(1); }\n"
    )
    root = small_tree(tmp_path, {"drv/foo.c": text})
    assert split(root, "--write").exit_code == 0
    assert "static  int\tfoo_kept(int a , int b);\n" in (root / "drv/foo.c").read_text()


def test_an_assertion_makes_no_name(tmp_path: Path) -> None:
    text = (
        '#include "foo.h"\nstatic int foo_open(int a) { return a; }\n'
        f'{TAIL}static_assert(FOO_MAX < 9, "few");\nFOO_ASSERT(elsewhere == 1);\n'
    ).replace(".open = foo_open", ".open = foo_open, .number = elsewhere")
    errors = one_reason(tmp_path, text)
    assert "made by a macro" not in errors
    assert "cannot tell where 'elsewhere' comes from" in errors


@needs_gcc
@pytest.mark.parametrize("kept", ["foo_close", "gross$close"])
def test_a_stated_name_may_stay(kept: str, tmp_path: Path) -> None:
    text = (PAIR + TABLE).replace("foo_close", kept) + SETUP
    root = small_tree(tmp_path, {"drv/foo.c": f'#include "foo.h"\n{text}'})
    spec = (root / "vtsplit.toml").read_text().replace('foo_"', 'bar_"')
    (root / "vtsplit.toml").write_text(f'{spec}[rename]\n"{kept}" = "{kept}"\n')
    header = "struct ops { int (*open)(int); int (*close)(int); };\n"
    (root / "drv/foo.h").write_text(header + "void enlist(const struct ops *ops);\n")
    assert split(root, "--write").exit_code == 0
    made = (root / "drv/foo_ops.h").read_text()
    assert f"int {kept}(int unit);" in made
    assert "int bar_foo_open(int unit);" in made
    assert split(root, "--check").exit_code == 0


def test_init_keeps_what_a_macro_pastes(tmp_path: Path) -> None:
    names = ["foo_a", "foo_b", "foo_c", "foo_d", "made_it"]
    functions = "".join(f"static int {name}(int unit) {{ return unit; }}\n" for name in names)
    entries = "".join(f".{name[-1]} = {name}, " for name in names[:-1])
    text = (
        f'#include "foo.h"\n#define MADE(x) made_##x\n{functions}'
        f"static const struct ops foo_ops = {{ {entries}.t = MADE(it) }};\n"
        "int foo_init(void) { return foo_ops.a(1); }\n"
    )
    members = "".join(f"int (*{name[-1]})(int); " for name in names)
    header = f"struct ops {{ {members}}};\nint foo_init(void);\n"
    root = small_tree(tmp_path, {"drv/foo.c": text, "drv/foo.h": header})
    shown = CliRunner().invoke(main, ["init", str(root), "drv/foo.c:foo_ops"]).output
    assert 'made_it = "made_it"' in shown
    assert "A dry run of this spec went through." in shown
