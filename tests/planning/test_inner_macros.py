"""A `#define` between the braces of a table goes with it, unless the source still needs it."""

from pathlib import Path

import pytest

from small_programs import PAIR, SETUP, Case, check_case, check_split, lay
from trees import split


def table(inside: str, behind: str = "", above: str = "", first: str = ".open = foo_open,") -> Case:
    """Return a program whose table has a line inside, and with code behind it."""
    braces = f"{{\n\t{first}\n{inside}\t.close = foo_close,\n}}"
    return Case(f"{above}{PAIR}static const struct ops foo_ops = {braces};\n{behind}{SETUP}")


USED = "#ifdef FOO_LEVELS\nint foo_levels = 4;\n#endif\n"
CASES = {
    "nobody uses it": table("#define FOO_LEVELS 4\n"),
    "the table alone uses it": table("#define CLOSE foo_close\n")._replace(
        text=f"{PAIR}static const struct ops foo_ops = {{\n#define CLOSE foo_close\n"
        f"\t.close = CLOSE,\n}};\n{SETUP}"
    ),
    "it begins and ends there": table('#define NAME "a"\n\t.name = NAME,\n#undef NAME\n'),
    "only what is above uses it": table("#define unit_of(x) x\n", above="int unit_of(int x);\n"),
    "a condition behind": table("#define FOO_LEVELS 4\n", USED)._replace(refused="VT043"),
    "a function behind": table(
        "#define foo_first() foo_ops.open(1)\n", "int first(void) { return foo_first(); }\n"
    )._replace(refused="VT043"),
    "an end that counts behind": table(
        "#undef FOO_LEVELS\n", USED, above="#define FOO_LEVELS 4\n"
    )._replace(refused="VT043"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_it_is_split_or_refused(case: Case, tmp_path: Path) -> None:
    check_split(tmp_path, case)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_program_does_the_same(case: Case, tmp_path: Path) -> None:
    check_case(tmp_path, case)


def test_the_line_is_shown(tmp_path: Path) -> None:
    root = lay(tmp_path, CASES["a condition behind"])
    found = split(root, "--spec", str(root / "foo.toml")).stderr
    assert (
        "error[VT043]: this #define stands inside of a table and would move with it, but foo.c "
        "uses 'FOO_LEVELS' behind it, in line 9\n  --> foo.c:6:1\n" in found
    )
