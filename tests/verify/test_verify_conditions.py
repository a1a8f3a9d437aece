"""What the build leaves out: the names in it, and those that it defines, mean the same."""

from pathlib import Path

import pytest

from built import verify
from program_pairs import OBJECTS, TEXTS, ProgramPair, lay

pytestmark = pytest.mark.slow

CHOICE = """\
#ifdef WIDE
static int step(void) { return 1; }
#else
int step(void);
#endif
"""
STEP = "int step(void) { return 2; }\n"
SHOWN = "int shown(void) { return step(); }\n"
USED = "int used(void) { return step(); }\n"
KEPT = "int kept(void) { return step(); }\n"
DECLARED = "int step(void);\n"
RENAMED = STEP.replace("step", "my_step")
AUX = "int aux(void) { return 3; }\n"
CALLS = """\
int step(void);
int aux(void);
int shown(void)
{
#ifdef WIDE
	return step();
#else
	return aux();
#endif
}
"""

FOUND = {
    "a function moves away from one under a condition": ProgramPair(
        {"a.c": CHOICE + SHOWN + KEPT, "b.c": DECLARED, "c.c": STEP},
        {"a.c": CHOICE + KEPT, "b.c": DECLARED + SHOWN, "c.c": STEP},
    ),
    "a file that does not differ has the old name under a condition": ProgramPair(
        {"a.c": STEP, "b.c": AUX, "c.c": CALLS}, {"a.c": RENAMED, "b.c": AUX, "c.c": CALLS}
    ),
}
SAME = {
    "a function moves from one branch to another file": ProgramPair(
        {"a.c": f"{CHOICE}#ifndef WIDE\n{SHOWN}#endif\n{KEPT}", "b.c": AUX, "c.c": STEP},
        {"a.c": CHOICE + KEPT, "b.c": f"{AUX}{DECLARED}#ifndef WIDE\n{SHOWN}#endif\n", "c.c": STEP},
    ),
    "the name under a condition is another function's": ProgramPair(
        {"a.c": f"static {STEP}int (*more)(void) = step;\n", "b.c": AUX + STEP, "c.c": CALLS},
        {"a.c": f"{RENAMED}int (*more)(void) = my_step;\n", "b.c": AUX + STEP, "c.c": CALLS},
    ),
}


def chosen(narrow: str, wide: str) -> str:
    return f"#ifndef WIDE\n{narrow}#else\n{wide}#endif\n"


def static(value: int) -> str:
    return f"static int step(void) {{ return {value}; }}\n"


FOUND["a function moves away from one of the second branch"] = ProgramPair(
    {"a.c": chosen(static(1), static(2) + KEPT) + SHOWN, "b.c": chosen("", f"{static(3)}{USED}")},
    {"a.c": chosen("", static(2) + KEPT), "b.c": chosen(static(1), f"{static(3)}{USED}") + SHOWN},
)
SAME["a function stays with one of each branch"] = ProgramPair(
    {"a.c": chosen(static(1), static(2)) + SHOWN + KEPT, "b.c": AUX},
    {"a.c": chosen(static(1), static(2)) + KEPT + SHOWN, "b.c": AUX},
)
SAME["what uses the one of its branch moves to another file"] = ProgramPair(
    {"a.c": chosen(static(1) + SHOWN, static(2) + SHOWN), "b.c": AUX},
    {
        "a.c": chosen(static(1), static(2)).replace("static ", ""),
        "b.c": AUX + DECLARED + chosen(SHOWN, "") + chosen("", SHOWN),
    },
)


def check(tmp_path: Path, case: ProgramPair, code: int) -> None:
    """Build both programs with and without WIDE, and verify them by the build without."""
    sides = {}
    for name, flags in (("narrow", ()), ("wide", ("-DWIDE",))):
        (tmp_path / name).mkdir()
        sides[name] = lay(tmp_path / name, case._replace(flags=("-O2", *flags)))
    assert sides["narrow"][0] == sides["narrow"][1]
    assert (sides["wide"][0] == sides["wide"][1]) is (code == 0)
    top = tmp_path / "narrow"
    for way in (OBJECTS, TEXTS):
        records = () if way == TEXTS else ("--compile-commands", str(top / "all.json"))
        result = verify(top / "before", top / "after", *way, *records)
        assert result.exit_code == code, (way, result.output)


@pytest.mark.parametrize("case", FOUND.values(), ids=FOUND)
def test_another_meaning_under_a_condition_is_found(case: ProgramPair, tmp_path: Path) -> None:
    check(tmp_path, case, 1)


@pytest.mark.parametrize("case", SAME.values(), ids=SAME)
def test_the_same_meaning_under_a_condition_is_proved(case: ProgramPair, tmp_path: Path) -> None:
    check(tmp_path, case, 0)
