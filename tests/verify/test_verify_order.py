"""The order of what a file has: where it tells what the program does, it has to stay."""

from pathlib import Path

import pytest

from how_many import mostly_slow
from program_pairs import EVERY, TEXTS, ProgramPair, check_other, check_same

pytestmark = pytest.mark.slow

ONE, TWO = "#define N 1\n", "#undef N\n#define N 2\n"
F = "int f(void) { return N; }\n"
TESTS = "int f(void) {\n#ifdef N\nreturn 1;\n#endif\nreturn 2;\n}\n"
SHOWN = "int f(void);\nint shown(void) { return N * 10 + f(); }\n"
G = "int g(void) { return 3; }\n"
ROWS = "#define ROW(n) { n }\nint t[][1] = { ROW(4), ROW(5) };\n#undef ROW\n"
LAST = "extern int t[][1];\nint shown(void) { return t[1][0]; }\n"


def within(*texts: str) -> ProgramPair:
    """Make a program of one file, before and after."""
    was, now = texts
    return ProgramPair({"a.c": was}, {"a.c": now})


MACROS = {
    "below another definition": within(ONE + F + TWO + SHOWN, ONE + TWO + F + SHOWN),
    "below the first one": within(TESTS + ONE + SHOWN, ONE + TESTS + SHOWN),
    "by another macro": within(
        f"{ONE}#define M N\n{F.replace('N', 'M')}{TWO}{SHOWN}",
        f"{ONE}#define M N\n{TWO}{F.replace('N', 'M')}{SHOWN}",
    ),
}
SAME_MACROS = {
    "what has no macro passes": within(ONE + F + TWO + G + SHOWN, G + ONE + F + TWO + SHOWN),
    "a definition goes up": within(G + ONE + F + SHOWN + TWO, ONE + G + F + SHOWN + TWO),
    "a macro goes with its table": ProgramPair(
        {"a.c": G + ROWS + LAST}, {"a.c": G + LAST, "b.c": ROWS}
    ),
    "a macro names what has another name": within(
        f"static {G}#define N g()\n{F}{TWO}{SHOWN}",
        f"{G}#define N g()\n{F}{TWO}{SHOWN}".replace("g(", "a_g("),
    ),
}


@pytest.mark.parametrize("case", mostly_slow(MACROS.values(), 2), ids=MACROS)
def test_another_definition_of_a_macro_is_found(case: ProgramPair, tmp_path: Path) -> None:
    said = check_other(tmp_path, case, [TEXTS])
    assert "reference 'f' stands where another 'N' holds than before" in said


@pytest.mark.parametrize("case", mostly_slow(SAME_MACROS.values(), 2), ids=SAME_MACROS)
def test_the_same_definition_of_a_macro_is_proved(case: ProgramPair, tmp_path: Path) -> None:
    check_same(tmp_path, case, EVERY)


def first(name: str, value: int) -> str:
    """Return a function that a program runs before its main."""
    body = f"order = order * 10 + {value};"
    return f"static void __attribute__((constructor)) {name}(void) {{ {body} }}\n"


ORDER = "int order;\nint shown(void) { return order; }\n"
ENTRY = (
    "#define LATE(f) static void (*const start_##f)(void) "
    '__attribute__((section("starts"), used)) = f\n'
    "extern int order;\n"
    "static void one(void) { order = order * 10 + 1; }\n"
    "static void two(void) { order = order * 10 + 2; }\n"
)
READS = (
    "int order;\nextern void (*const __start_starts[])(void), (*const __stop_starts[])(void);\n"
    "int shown(void) {\n"
    "\tfor (void (*const *p)(void) = __start_starts; p < __stop_starts; p++)\n\t\t(*p)();\n"
    "\treturn order; }\n"
)
PUSH = '__asm__(".section starts,\\"aw\\"\\n.quad {0}\\n.text");\n'
VISIBLE = ENTRY.replace("static void one", "void one").replace("static void two", "void two")

STARTS = {
    "constructors": within(
        ORDER + first("a", 1) + first("b", 2), ORDER + first("b", 2) + first("a", 1)
    ),
    "entries of a section": ProgramPair(
        {"a.c": f"{ENTRY}LATE(one);\nLATE(two);\n", "b.c": READS},
        {"a.c": f"{ENTRY}LATE(two);\nLATE(one);\n", "b.c": READS},
    ),
    "entries by asm": ProgramPair(
        {"a.c": VISIBLE + PUSH.format("one") + PUSH.format("two"), "b.c": READS},
        {"a.c": VISIBLE + PUSH.format("two") + PUSH.format("one"), "b.c": READS},
    ),
}
MARK = "#define MARK(f) static const int mark_##f __attribute__((unused)) = 1\n"
SAME_STARTS = {
    "what is no constructor passes": within(
        ORDER + first("a", 1) + G + first("b", 2), ORDER + G + first("a", 1) + first("b", 2)
    ),
    "a constructor with another name": within(
        ORDER + first("a", 1) + first("b", 2), ORDER + first("c", 1) + first("b", 2)
    ),
    "a macro that makes no entry": within(
        f"{MARK}MARK(f);\nMARK(g);\nint shown(void) {{ return 1; }}\n",
        f"{MARK}MARK(g);\nMARK(f);\nint shown(void) {{ return 1; }}\n",
    ),
}


START = {"start.h": f"extern int order;\n{first('begin', 1)}"}
INCLUDE = '#include "start.h"\n'
COPIES = {
    "a new file has one too": ProgramPair(
        {**START, "a.c": INCLUDE + G + ORDER}, {**START, "a.c": INCLUDE + ORDER, "b.c": INCLUDE + G}
    ),
    "a file has none any more": ProgramPair(
        {**START, "a.c": INCLUDE + ORDER, "b.c": INCLUDE + G},
        {**START, "a.c": INCLUDE + ORDER, "b.c": G},
    ),
}
SAME_COPIES = ProgramPair(
    {**START, "a.c": INCLUDE + G + ORDER}, {**START, "a.c": INCLUDE + ORDER, "b.c": G}
)


@pytest.mark.parametrize("case", mostly_slow(COPIES.values(), 1), ids=COPIES)
def test_another_number_of_constructors_is_found(case: ProgramPair, tmp_path: Path) -> None:
    check_other(tmp_path, case, EVERY[:2])


def test_the_same_number_of_constructors_is_proved(tmp_path: Path) -> None:
    check_same(tmp_path, SAME_COPIES)


@pytest.mark.parametrize("case", mostly_slow(STARTS.values(), 2), ids=STARTS)
def test_another_order_of_what_is_run_is_found(case: ProgramPair, tmp_path: Path) -> None:
    said = check_other(tmp_path, case)
    assert said.count("has another place among what is in") == 3


@pytest.mark.parametrize("case", mostly_slow(SAME_STARTS.values(), 2), ids=SAME_STARTS)
def test_the_same_order_of_what_is_run_is_proved(case: ProgramPair, tmp_path: Path) -> None:
    check_same(tmp_path, case)
