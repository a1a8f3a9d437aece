"""Macros alone on a line, pragmas and cut braces around a table: it stays right, or is refused."""

import shutil
from pathlib import Path

import pytest

from built import verify
from compilations import compile_well
from small_programs import PAIR, SETUP, TABLE, Case, check_case, check_split, lay
from trees import HEADER, SOURCE, small_tree, split, write
from vtsplit.verify.tokens.chunks import Chunks
from vtsplit.verify.tokens.compare import compare
from vtsplit.verify.tokens.design import Design
from vtsplit.verify.tokens.program import Unit
from vtsplit.verify.verdict import Verdict

needs_gcc = pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")

PUSH = '_Pragma("GCC push_options") _Pragma("GCC optimize(\\"O0\\")")'
POP = '_Pragma("GCC pop_options")'
FAST = f"#define SLOW_ON {PUSH}\n#define SLOW_OFF {POP}\n"
SAY = "#define STR(x) #x\n#define SAY(x) _Pragma(STR(GCC diagnostic x))\n"
OFF = f'{SAY}#define HUSH(w) SAY(push) SAY(ignored "-W" #w)\n#define SPEAK(w) SAY(pop)\n'
ATTRIBUTE = "#define ALIGNED(n) __attribute__((aligned(n)))\n"

CASES = {
    "cut head of another function, whose body has a name of the table": Case(
        f"{PAIR}#ifdef NEW\nint foo_new(void)\n#else\nint foo_old(void)\n#endif\n"
        "{\n\tconst void *none = NULL;\n\n\treturn none == NULL;\n}\n"
        f"{TABLE.replace(' };', ', .name = NULL };')}{SETUP}"
    ),
    "cut head of a function of the table": Case(
        "#ifdef NEW\nstatic int foo_new(int unit)\n{\n#else\nstatic int foo_open(int unit)\n{\n"
        f"#endif\n\treturn unit;\n}}\nstatic int foo_close(int unit) {{ return unit; }}\n"
        f"{TABLE}{SETUP}",
        "VT023",
    ),
    "lines that a backslash joins": Case(
        PAIR.replace("int unit) {", "int unit) \\\n\t{").replace("static int", "static int \\\n")
        + TABLE.replace(" = {", " \\\n = {")
        + SETUP
    ),
    "a label of a forward declaration": Case(
        f'static int foo_open(int unit) __asm__("open_it");\n{PAIR}{TABLE}{SETUP}', "VT027"
    ),
    "pair around functions": Case(f"{FAST}SLOW_ON\n{PAIR}SLOW_OFF\n\n{TABLE}{SETUP}"),
    "no blank line": Case(f"{FAST}SLOW_ON\n{PAIR}SLOW_OFF\n{TABLE}SLOW_ON\nSLOW_OFF\n{SETUP}"),
    "pair around the table": Case(f"{FAST}{PAIR}SLOW_ON\n{TABLE}SLOW_OFF\n{SETUP}", "VT025"),
    "pair with arguments": Case(f"{OFF}HUSH(unused)\n{PAIR}SPEAK(unused)\n{TABLE}{SETUP}"),
    "warnings off for the table": Case(
        f"{OFF}{PAIR}HUSH(discarded-qualifiers)\n{TABLE}SPEAK(x)\n{SETUP}"
    ),
    "two warnings off for the table": Case(
        '#pragma GCC diagnostic ignored "-Woverride-init"\n'
        f'#pragma GCC diagnostic ignored "-Wmissing-field-initializers"\n{PAIR}{TABLE}{SETUP}'
    ),
    "a warning that is an error at the table": Case(
        f'#pragma GCC diagnostic error "-Woverride-init"\n{PAIR}{TABLE}{SETUP}', "VT025"
    ),
    "attribute above the table": Case(f"{ATTRIBUTE}{PAIR}ALIGNED(64)\n{TABLE}{SETUP}", "VT025"),
    "attribute of another": Case(f"{ATTRIBUTE}{PAIR}{TABLE}ALIGNED(64)\nint other;\n{SETUP}"),
    "pragma mark": Case(f"#pragma mark - The table\n{PAIR}#pragma region\n{TABLE}{SETUP}"),
    "pragmas balanced": Case(
        f"#pragma pack(push, 1)\n#pragma GCC visibility push(hidden)\n{PAIR}"
        f"#pragma GCC visibility pop\n#pragma pack(pop)\n{TABLE}{SETUP}"
    ),
    "saved and restored": Case(
        f"#pragma pointer_size save\n#pragma pointer_size 32\n{PAIR}"
        f"#pragma pointer_size restore\n{TABLE}{SETUP}"
    ),
    "not restored": Case(
        f"#pragma pointer_size save\n#pragma pointer_size 32\n{PAIR}{TABLE}"
        f"#pragma pointer_size restore\n{SETUP}",
        "VT025",
    ),
    "messages of other compilers": Case(
        f"#pragma error_messages(off, E_X)\n#pragma warn -aus\n{PAIR}{TABLE}{SETUP}"
    ),
    "a loop in a header": Case(
        f'#include "loop.h"\n{PAIR}{TABLE}{SETUP}',
        files={
            "loop.h": "static inline int sum(int n)\n{\n\tint s = 0;\n#pragma GCC unroll 9\n"
            "\tfor (int i = 0; i < n; i++)\n\t\ts += i;\n\treturn s;\n}\n"
        },
    ),
    "pragma of another name": Case(f"#pragma weak missing\n{PAIR}{TABLE}{SETUP}"),
    "pragma ident": Case(f'#pragma ident "1.2"\n{PAIR}{TABLE}{SETUP}'),
    "target for the rest of the file": Case(
        f'#pragma GCC optimize("O1")\n{PAIR}{TABLE}{SETUP}', "VT025"
    ),
    "options back": Case(
        f'#pragma GCC push_options\n#pragma GCC optimize("O1")\n{PAIR}#pragma GCC pop_options\n'
        f"{TABLE}{SETUP}"
    ),
    "hidden": Case(
        f"{PAIR}#pragma GCC visibility push(hidden)\n{TABLE}#pragma GCC visibility pop\n{SETUP}",
        "VT025",
    ),
    "warnings off that a table has not": Case(
        f'#pragma GCC diagnostic ignored "-Wunused-parameter"\n{PAIR}{TABLE}{SETUP}'
    ),
    "pack from a header": Case(
        f'#include "on.h"\n{PAIR}{TABLE}#include "off.h"\n{SETUP}',
        "VT025",
        files={"on.h": "#pragma pack(push, 2)\n", "off.h": "#pragma pack(pop)\n"},
    ),
    "pack from a header that main has too": Case(
        f'#include "on.h"\n{PAIR}{TABLE.replace("= {", "= { .name = NAME,", 1)}'
        f'#include "off.h"\n{SETUP}',
        files={
            "on.h": '#pragma pack(push, 2) /* no gaps */\n#define NAME "three"\n',
            "off.h": "#pragma pack(pop)\n",
        },
    ),
    "cut braces": Case(
        "static int foo_open(int unit)\n{\n#if WIDE > 1\n\tif (unit) {\n#endif\n#if WIDE <= 1\n"
        "\tdo {\n#endif\n\t\tunit++;\n#if WIDE > 1\n\t}\n#else\n\t} while (0);\n#endif\n"
        "\treturn unit;\n}\nstatic int foo_close(int unit) { return unit; }\n"
        f"{TABLE}{SETUP}"
    ),
    "ends in each branch": Case(
        "static int help(int unit)\n{\n#ifdef WIDE\n\treturn 2;\n}\n"
        "#else\n\treturn unit;\n}\n#endif\n"
        f"static int foo_open(int unit) {{ return help(unit); }}\n#define foo_close foo_open\n"
        f"{TABLE}{SETUP}"
    ),
    "prose": Case(
        f"#if 0\nIt's not (yet [done: {{\n#endif\n{PAIR}#if 1\n{TABLE}#else\n.macro x (\n#endif\n"
        f"{SETUP}"
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


def test_macro_hidden_in_a_header_does_not_come_along(tmp_path: Path) -> None:
    """Neither name nor place tells what CALM is: the header does."""
    header = "struct ops { int (*open)(int); int (*free)(int); };\nint foo_init(void);\n"
    table = "static struct ops foo_ops"
    text = SOURCE.replace(table, f"CALM\n{table}")
    files = {"drv/foo.c": text, "drv/foo.h": f"#define CALM {POP}\n{header}"}
    result = split(small_tree(tmp_path, files))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "error[VT025]: 'foo_ops' cannot move: macro CALM in front of it" in result.stderr


@pytest.mark.parametrize(
    ("macro", "old", "new"),
    [
        ("VERSION static const char version[];", "static struct ops", "VERSION\nstatic struct ops"),
        ("RUN_ON static", "static int foo_open", "RUN_ON\nint foo_open"),
        ("LOCAL static", "static int foo_open", "LOCAL\n\nint foo_open"),
        ("HOT_END __attribute__((cold))", "static struct ops", "HOT_END\nstatic struct ops"),
    ],
)
def test_what_a_header_says_of_a_word_decides(
    tmp_path: Path, macro: str, old: str, new: str
) -> None:
    files = {"drv/foo.c": SOURCE.replace(old, new), "drv/foo.h": f"#define {macro}\n{HEADER}"}
    result = split(small_tree(tmp_path, files))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "error[VT025]" in result.stderr


def test_attribute_of_what_stays_is_no_reason(tmp_path: Path) -> None:
    text = SOURCE.replace("static int foo_open", "SECTION(x)\nstatic int foo_open")
    header = f"#define SECTION(x) __attribute__((section(#x)))\n{HEADER}"
    root = write(small_tree(tmp_path, {"drv/foo.c": text, "drv/foo.h": header}))
    assert "SECTION(x)\nint foo_open" in (root / "drv/foo.c").read_text()


def test_main_ignores_the_warnings_that_the_source_does(tmp_path: Path) -> None:
    pragma = '#pragma GCC diagnostic ignored "-Woverride-init"\n'
    text = SOURCE.replace("static struct ops foo_ops", f"{pragma}static struct ops foo_ops")
    twice = text.replace("\t.free =", "\t.open = 0,\n\t.free =")
    root = write(small_tree(tmp_path, {"drv/foo.c": twice}))
    push = f"#pragma GCC diagnostic push\n{pragma}\nstruct ops bar_ops = {{\n"
    main = (root / "drv/main.c").read_text()
    assert push in main
    assert main.endswith("};\n#pragma GCC diagnostic pop\n")
    compile_well(["gcc", "-Wextra", "-Werror", "-fsyntax-only", "drv/main.c"], root)


def test_a_warning_that_clang_alone_ignores_is_told(tmp_path: Path) -> None:
    clang = '#ifdef __clang__\n#pragma clang diagnostic ignored "-Wfoo"\n#endif\n'
    root = lay(tmp_path, Case(f"{clang}{PAIR}{TABLE}{SETUP}"))
    done = split(root, "--spec", str(root / "foo.toml"), "--write", "-v")
    assert done.exit_code == 0, done.stderr
    assert "'#pragma clang diagnostic ignored \"-Wfoo\"' holds here" in done.stderr
    assert "pragma" not in next(root.glob("*_main.c")).read_text()


@pytest.mark.parametrize("pragma", ['GCC diagnostic ignored "-Woverride-init"', "mark - table"])
def test_what_says_nothing_of_the_program_is_no_difference(tmp_path: Path, pragma: str) -> None:
    (tmp_path / "before").mkdir()
    root = lay(tmp_path / "before", Case(f"#pragma {pragma}\n{PAIR}{TABLE}{SETUP}"))
    after = shutil.copytree(root, tmp_path / "after")
    assert split(after, "--spec", str(root / "foo.toml"), "--write").exit_code == 0
    said = verify(root, after, "--textual", "--no-spec")
    assert said.exit_code == 0, said.output
    (after / "foo.c").write_text("#pragma pack(1)\n" + (after / "foo.c").read_text())
    assert verify(root, after, "--textual", "--no-spec").exit_code == 1


def test_annotation_comes_along(tmp_path: Path) -> None:
    text = SOURCE.replace("static struct ops foo_ops", "HOT\nstatic struct ops foo_ops")
    header = "#define HOT __attribute__((cold))\nstruct ops { int (*open)(int), (*free)(int); };\n"
    root = write(small_tree(tmp_path, {"drv/foo.c": text, "drv/foo.h": header}))
    assert "HOT" not in (root / "drv/foo.c").read_text()
    assert "HOT\nstruct ops bar_ops = {" in (root / "drv/main.c").read_text()


def test_declarations_stay_between_their_macros(tmp_path: Path) -> None:
    header = "#ifndef H\n#define H\nX_BEGIN_DECLS\n\nint foo_init(void);\n\nX_END_DECLS\n#endif\n"
    root = write(small_tree(tmp_path, {"drv/foo_ops.h": header}))
    text = (root / "drv/foo_ops.h").read_text()
    assert text.index("X_BEGIN_DECLS") < text.index("int foo_open(") < text.index("X_END_DECLS")


F = "int f(int a) { return a; }"
G = "int g(void) { return 1; }"
# (before, after, whether both are the same program)
PROGRAMS = {
    "mark": (f"#pragma mark x\n{F}", F, True),
    "region": (f"#pragma region\n{F}\n#pragma endregion", F, True),
    "weak of another": (f"#pragma weak h\n{F}", F, True),
    "weak": (f"#pragma weak f\n{F}", F, False),
    "weak behind it": (f"{F}\n#pragma weak f", F, False),
    "other name": (f"#pragma redefine_extname f e\n{F}", F, False),
    "options are back": (
        f'#pragma GCC push_options\n#pragma GCC optimize ("O0")\n{G}\n#pragma GCC pop_options\n{F}',
        f'{F}\n#pragma GCC optimize ("O0")\n{G}',
        True,
    ),
    "options": (f'#pragma GCC optimize ("O0")\n{F}', F, False),
    "one more option": (
        f'#pragma GCC optimize ("O0")\n#pragma GCC optimize ("fast-math")\n{F}',
        f'#pragma GCC optimize ("fast-math")\n{F}',
        False,
    ),
    "target": (f'#pragma GCC target ("avx")\n{F}', f'#pragma GCC target ("sse")\n{F}', False),
    "order of bytes": (f"#pragma scalar_storage_order big-endian\n{F}", F, False),
    "pack back to what was": (
        f"#pragma pack(2)\n#pragma pack(push)\n#pragma pack(1)\n#pragma pack(pop)\n{F}",
        f"#pragma pack(2)\n{F}",
        True,
    ),
    "pack lost": (f"#pragma pack(2)\n#pragma pack(push, 1)\n#pragma pack(pop)\n{F}", F, False),
    "hidden": (f"#pragma GCC visibility push(hidden)\n{F}\n#pragma GCC visibility pop", F, False),
    "hidden no more": (
        f"#pragma GCC visibility push(hidden)\n{G}\n#pragma GCC visibility pop\n{F}",
        f"{F}\n#pragma GCC visibility push(hidden)\n{G}\n#pragma GCC visibility pop",
        True,
    ),
    "mark inside": ("int f(int a) {\n#pragma mark x\nreturn a; }", F, True),
    "unroll inside": ("int f(int a) {\n#pragma GCC unroll 4\nreturn a; }", F, False),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_verify_tells_pragmas_that_decide(name: str) -> None:
    before, after, same = PROGRAMS[name]
    verdict = Verdict("textual")
    ours, theirs = ({"a.c": Unit("a.c", Chunks(f"{text}\n"), str)} for text in (before, after))
    compare(ours, theirs, Design(), verdict)
    assert (not verdict.differences) == same
