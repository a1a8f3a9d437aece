"""A table that names an object which a header holds: main includes that header."""

from pathlib import Path

import pytest

from small_programs import PAIR, SETUP, Case, check_case, check_split, lay
from trees import split

TABLE = "static const struct ops foo_ops = { .open = foo_open, .level = WHAT };\n"


def held(header: str, what: str, guarded: bool = True) -> Case:
    """Return a program with a header of its own for what the table names."""
    text = f"#ifndef INFO_H\n#define INFO_H\n{header}#endif\n" if guarded else header
    program = f'#include "info.h"\n{PAIR}{TABLE.replace("WHAT", what)}{SETUP}'
    return Case(program, files={"info.h": text})


CASES = {
    "an array": held("static const int foo_info[] = { 5, 6 };\n", "foo_info"),
    "an array of a length, as it stands": held(
        "static const int foo_info[2] = { 5, 6 };\n", "&foo_info[1]", guarded=False
    ),
    "a number": held("static const int foo_info = 3;\n", "&foo_info"),
    "a structure": held(
        "struct info {\n\tint level;\n};\nstatic const struct info foo_info = {\n\t3,\n};\n",
        "&foo_info.level",
    ),
    "what changes": held("static int foo_info[] = { 5, 6 };\n", "foo_info")._replace(
        refused="VT049"
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_it_is_split_or_refused(case: Case, tmp_path: Path) -> None:
    check_split(tmp_path, case)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_program_does_the_same(case: Case, tmp_path: Path) -> None:
    check_case(tmp_path, case)


def test_a_header_for_its_own_functions_is_not_included(tmp_path: Path) -> None:
    header = "static const int foo_steps[] = { 5 };\n"
    header += "static inline int foo_step(void) { return foo_steps[0]; }\n"
    case = held(header, "0")
    root = lay(tmp_path, case._replace(text=case.text.replace("unit + 1", "unit + foo_step()")))
    assert split(root, "--spec", str(root / "foo.toml"), "--write").exit_code == 0
    assert "info.h" not in (root / "foo_main.c").read_text()
