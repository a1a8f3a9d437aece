"""The self check finds what a defective codemod would do; each case is such a defect."""

import pytest

from vtsplit.apply.self_check import check_outcome
from vtsplit.apply.split import SplitTexts
from vtsplit.diagnostics import RefusedError
from vtsplit.planning.edits import Declared, HeaderEdit, MainEdit, Plan, Renames, SourceEdit

BEFORE = """\
static int get(int a)
{
	return a + 1;
}

static struct ops foo_ops = { .get = get };
"""
SOURCE = """\
int foo_get(int a)
{
	return a + 1;
}
"""
MAIN = "struct ops vt_ops = { .get = foo_get };\n"
HEADER = "extern struct ops vt_ops;\nint foo_get(int a);\n"

PLAN = Plan(
    source=SourceEdit("foo.c"),
    header=HeaderEdit(
        "foo.h",
        declared=(Declared("vt_ops", (), is_object=True), Declared("foo_get", ())),
    ),
    main=MainEdit("main.c"),
    renames={"foo.c": Renames({"get": "foo_get", "foo_ops": "vt_ops"})},
)


def outcome(source: str = SOURCE, main: str = MAIN, header: str = HEADER) -> SplitTexts:
    return SplitTexts(
        {"foo.c": BEFORE, "foo.h": None, "main.c": None},
        {"foo.c": source, "foo.h": header, "main.c": main},
    )


def test_right_outcome_passes() -> None:
    check_outcome(PLAN, outcome())


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        (outcome(source=SOURCE.replace("a + 1", "a - 1")), "VT090/lost"),
        (outcome(source=SOURCE.replace("return a", "a")), "VT090/lost"),
        (outcome(source=""), "VT090/lost"),
        (outcome(main=MAIN.replace("foo_get", "foo_put")), "VT090/lost"),
        (outcome(main=""), "VT090/lost"),
        (outcome(header=HEADER.replace("int a", "long a")), "VT090/misdeclared"),
        (outcome(header=HEADER.replace("int foo_get(int a);\n", "")), "VT090/misdeclared"),
        (outcome(header=HEADER + "int foo_get(int a);\n"), "VT090/misdeclared"),
        (outcome(header=HEADER.replace("struct ops", "struct other")), "VT090/misdeclared"),
    ],
)
def test_wrong_outcome_is_refused(wrong: SplitTexts, name: str) -> None:
    with pytest.raises(RefusedError) as caught:
        check_outcome(PLAN, wrong)
    assert {problem.rule.name for problem in caught.value.problems} == {name}
