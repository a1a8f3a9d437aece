"""Names that become one: what gets a new name still means what it meant."""

from pathlib import Path

import pytest

from how_many import mostly_slow
from program_pairs import ProgramPair, check_other, check_same

pytestmark = pytest.mark.slow

OLD = "static int vmx_get(void) { return 1; }\nstatic int five(void) { return 5; }\n"
RUN = "int shown(void) { return run(five); }\n"
PARAMETER = f"static int run(int (*own_get)(void)) {{ return vmx_get() * 10 + own_get(); }}\n{RUN}"
BLOCK = (
    "int shown(void) { int n = 0;\n"
    "\t{ int (*own_get)(void) = five; n += own_get() * 10 + vmx_get(); } return n; }\n"
)
VARIABLE = (
    "static int level = 3;\nint shown(void) { int own_level = 4; return level + own_level; }\n"
)
DECLARED = "int shown(void) { int own_get(void); return five() + vmx_get() * 10 + own_get(); }\n"
SEVEN = "int own_get(void) { return 7; }\n"
APART = (
    "static int other(int own_get) { return own_get; }\nint shown(void) {\n"
    "\tint n = vmx_get(); { int own_get = 4; n += own_get; } return n + other(2) + five(); }\n"
)
MEMBER = (
    "struct one { int (*own_get)(void); };\nint shown(void) {\n"
    "\tstruct one one = { .own_get = vmx_get }; return one.own_get() + five(); }\n"
)
LABEL = (
    "int shown(void) { int n = vmx_get(); goto own_get; n = 9;\nown_get:\n\treturn n + five(); }\n"
)


def renaming(text: str, old: str = "vmx_get", new: str = "own_get", **more: str) -> ProgramPair:
    """Make a program in which something of a.c gets another name."""
    others = {f"{name}.c": other for name, other in more.items()}
    return ProgramPair({"a.c": text, **others}, {"a.c": text.replace(old, new), **others})


FOUND = {
    "a parameter": renaming(OLD + PARAMETER),
    "a variable of a block": renaming(OLD + BLOCK),
    "a variable": ProgramPair({"a.c": VARIABLE}, {"a.c": VARIABLE.replace(" level", " own_level")}),
    "a declaration in a block": renaming(OLD + DECLARED, b=SEVEN),
}
SAME = {
    "local in another scope": renaming(OLD + APART),
    "a member": renaming(OLD + MEMBER),
    "a label": renaming(OLD + LABEL),
    "no local name": renaming(OLD + PARAMETER.replace("own_get", "other")),
}


@pytest.mark.parametrize("case", mostly_slow(FOUND.values(), 2), ids=FOUND)
def test_a_new_name_that_means_something_else_is_found(case: ProgramPair, tmp_path: Path) -> None:
    assert "reference '" in check_other(tmp_path, case)


@pytest.mark.parametrize("case", mostly_slow(SAME.values(), 2), ids=SAME)
def test_a_new_name_that_means_the_same_is_proved(case: ProgramPair, tmp_path: Path) -> None:
    check_same(tmp_path, case)
