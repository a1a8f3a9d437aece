"""Types of the source that stand in for those of a header which is not always included."""

import shutil
from pathlib import Path

import pytest

from small_programs import PAIR, Case, check_case, check_split

pytestmark = pytest.mark.slow

needs_gcc = pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")

OWN = "typedef struct { int quot, rem; } div_t;\n"
GUARDED = f"#ifndef NEAR_H\n#define NEAR_H\n{OWN}#endif\n"
USE = (
    f"struct drv {{\n\tstruct ops ops;\n\tdiv_t parts;\n}};\n{PAIR}"
    "static struct drv foo_ops = { { .open = foo_open, .close = foo_close }, { 3, 4 } };\n"
    "int setup(void) { enlist(&foo_ops.ops); return foo_ops.parts.quot; }\n"
)
SYSTEMS = f"#ifdef A\n#undef NULL\n#include <stdlib.h>\n#else\n{OWN}#endif\n{USE}"
NEAR = f'#ifdef A\n#include "near.h"\n#else\n{OWN}#endif\n{USE}'
CASES = {
    "a system's header": Case(SYSTEMS, flags=("-DA",)),
    "instead of a system's header": Case(SYSTEMS),
    "a header": Case(NEAR, files={"near.h": GUARDED}, flags=("-DA",)),
    "instead of a header": Case(NEAR, files={"near.h": GUARDED}),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_split(tmp_path: Path, name: str) -> None:
    check_split(tmp_path, CASES[name])


@needs_gcc
@pytest.mark.parametrize("name", CASES)
def test_the_program_does_the_same(tmp_path: Path, name: str) -> None:
    check_case(tmp_path, CASES[name])
