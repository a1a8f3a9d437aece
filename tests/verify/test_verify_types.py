"""Types are compared file by file: two files may have one of a name, each its own."""

from pathlib import Path

import pytest

from how_many import mostly_slow
from program_pairs import ProgramPair, check_other, check_same

pytestmark = pytest.mark.slow

SMALL, LARGE = "struct box { int low; };\n", "struct box { long low, high; };\n"
SHOWN = "int shown(void) { return sizeof(struct box); }\n"
OTHER = "int other(void) { return sizeof(struct box); }\n"
ONE, TWO = "enum { STEP = 1 };\n", "enum { STEP = 2 };\n"
STEPS = "int shown(void) { return STEP; }\n"
MORE = "int other(void) { return STEP; }\n"
FLOAT, INT = "typedef float number;\n", "typedef int number;\n"
WHOLE = "number whole(number one) { return one + 1; }\n"
LONE = "number other(number one) { return one + 1; }\n"
CALL = "extern float whole(float);\nint shown(void) { return whole(4.5f); }\n"

# What makes a file differ, and says nothing.
ASIDE = "int aside(void);\n"

FOUND = {
    "two files exchange a structure": ProgramPair(
        {"a.c": SMALL + SHOWN, "b.c": LARGE + OTHER}, {"a.c": LARGE + SHOWN, "b.c": SMALL + OTHER}
    ),
    "two files exchange an enumerator": ProgramPair(
        {"a.c": ONE + STEPS, "b.c": TWO + MORE}, {"a.c": TWO + STEPS, "b.c": ONE + MORE}
    ),
    "a function moves to where a new structure is, of which another file has one": ProgramPair(
        {"a.c": SMALL + SHOWN, "b.c": "int b;\n", "c.c": LARGE + OTHER, "d.c": SMALL},
        {
            "a.c": ASIDE,
            "b.c": f"int b;\n{LARGE}{SHOWN}",
            "c.c": LARGE + OTHER + ASIDE,
            "d.c": SMALL + ASIDE,
        },
    ),
    "a function's type changes, of which another file has a prototype": ProgramPair(
        {"a.c": FLOAT + WHOLE, "b.c": INT + LONE, "c.c": CALL},
        {"a.c": INT + WHOLE, "b.c": FLOAT + LONE, "c.c": CALL},
    ),
}
SAME = {
    "two functions change places with their structures": ProgramPair(
        {"a.c": SMALL + SHOWN, "b.c": LARGE + OTHER}, {"a.c": LARGE + OTHER, "b.c": SMALL + SHOWN}
    ),
    "a structure moves to a header": ProgramPair(
        {"a.c": SMALL + SHOWN, "b.c": LARGE + OTHER},
        {"a.c": f'#include "box.h"\n{SHOWN}', "b.c": LARGE + OTHER, "box.h": SMALL},
    ),
    "a structure that nobody uses becomes another one": ProgramPair(
        {
            "a.c": f"{SMALL}int shown(void) {{ return 1; }}\n",
            "b.c": LARGE + OTHER,
            "c.c": f"{SMALL}int c;\n",
        },
        {
            "a.c": f"{LARGE}int shown(void) {{ return 1; }}\n",
            "b.c": LARGE + OTHER.replace("other(", "first("),
            "c.c": f"{SMALL}int second;\n",
        },
    ),
}


@pytest.mark.parametrize("case", mostly_slow(FOUND.values(), 3), ids=FOUND)
def test_another_type_is_found(case: ProgramPair, tmp_path: Path) -> None:
    check_other(tmp_path, case)


@pytest.mark.parametrize("case", mostly_slow(SAME.values(), 3), ids=SAME)
def test_the_same_types_are_proved(case: ProgramPair, tmp_path: Path) -> None:
    check_same(tmp_path, case)


def test_the_message_names_the_file(tmp_path: Path) -> None:
    said = check_other(tmp_path, FOUND["two files exchange a structure"])
    assert "type 'struct box' is another one in a.c" in said
