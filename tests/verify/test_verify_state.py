"""A variable that a header gives to each file: what shared one of them still does."""

from pathlib import Path

import pytest

from how_many import mostly_slow
from program_pairs import OBJECTS, TOKENS, ProgramPair, check_other, check_same

pytestmark = pytest.mark.slow

VARIABLE = "static int count;\nstatic inline int bump(void) { return ++count; }\n"
INSIDE = "static inline int bump(void) { static int count; return ++count; }\n"
CONSTANT = (
    "static const int count = 4;\n"
    "static inline int bump(void) { static const int *const n = &count; return *n + count; }\n"
)
DEEP = f"{INSIDE}static inline int step(void) {{ return bump(); }}\n"
INCLUDE = '#include "count.h"\n'
FIRST = "int first(void) { return bump(); }\n"
SECOND = "int second(void) { return bump(); }\n"
LAST = (
    "int first(void);\nint second(void);\nint shown(void) { first(); second(); return bump(); }\n"
)
TABLE = "int (*table[])(void) = { bump };\n"
CALLS = "extern int (*table[])(void);\nint shown(void) { table[0](); return bump(); }\n"


def moving(header: str, moves: str, stays: str, there: str = "") -> ProgramPair:
    """Make a program in which something moves from a.c to b.c, where something may be already."""
    before, after = {"count.h": header}, {"count.h": header}
    before["a.c"], before["b.c"] = INCLUDE + moves + stays, INCLUDE + there
    after["a.c"], after["b.c"] = INCLUDE + stays, INCLUDE + there + moves
    return ProgramPair(before, after)


FOUND = {
    "a variable that others stay with": moving(VARIABLE, FIRST, SECOND + LAST),
    "a variable inside of a function": moving(INSIDE, FIRST, SECOND + LAST),
    "by another function of the header": moving(DEEP, FIRST.replace("bump", "step"), SECOND + LAST),
    "a variable that others have there": moving(VARIABLE, FIRST + LAST, "int a;\n", SECOND),
    "a table that names the function": moving(INSIDE, TABLE, CALLS),
}
BUMP = "int first(void) { return ++count; }\n"
USER = "int first(void);\nint shown(void) { first(); return count; }\n"
SAME = {
    "what the file itself defines": ProgramPair(
        {
            "count.h": "static int count;\n",
            "a.c": f"{INCLUDE}{BUMP}{USER}static int count = 5;\n",
            "b.c": "int a;\n",
        },
        {
            "count.h": "extern int count;\n",
            "a.c": f"{INCLUDE}{USER}int count = 5;\n",
            "b.c": f"{INCLUDE}int a;\n{BUMP}",
        },
    ),
    "all move": moving(VARIABLE, FIRST + SECOND + LAST, "int a;\n"),
    "a constant": moving(CONSTANT, FIRST, SECOND + LAST),
    "a member of that name": moving(
        VARIABLE,
        "struct one { int count; };\nint first(void) { struct one n = { 1 }; return n.count; }\n",
        SECOND + LAST,
    ),
    "one that nobody else uses": moving(
        f"{VARIABLE}static int lone;\n", FIRST.replace("bump()", "++lone"), SECOND + LAST
    ),
}


@pytest.mark.parametrize("case", mostly_slow(FOUND.values(), 3), ids=FOUND)
def test_state_that_is_no_longer_shared_is_found(case: ProgramPair, tmp_path: Path) -> None:
    said = check_other(tmp_path, case, [OBJECTS, TOKENS])
    assert "of 'count.h', and b.c has another one" in said


@pytest.mark.parametrize("case", mostly_slow(SAME.values(), 2), ids=SAME)
def test_state_that_is_still_shared_is_proved(case: ProgramPair, tmp_path: Path) -> None:
    check_same(tmp_path, case, [OBJECTS, TOKENS])
