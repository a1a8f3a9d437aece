"""Declarations of several names, of which some become global or move."""

import shutil
from pathlib import Path

import pytest

from small_programs import PAIR, SETUP, TABLE, Case, check_case, check_split, lay
from trees import split
from vtsplit.codemods.apart.names import shared_names
from vtsplit.cst.parser import parse_module

pytestmark = pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")

LEVEL = TABLE.replace(" }", ", .level = &foo_level }")
ALL = "static int foo_level = 3,\n\tfoo_more ,foo_list[2] = { 1, 2 } ;\n"
EVERY = (
    "struct levels { int (*run)(int unit); const int *one, *two, *three; };\n"
    "static struct levels foo_ops = { foo_open, &foo_level, &foo_more, foo_list };\n\n"
    "int setup(void) { return foo_ops.run(1) + foo_close(*foo_ops.one + *foo_ops.three); }\n"
)


def some(shared: str, rest: str = f"{LEVEL}\n{SETUP}") -> str:
    return f"{PAIR}\n{shared}\n{rest}"


CASES = {
    "the first": Case(some("static int foo_level = 3, foo_more = 4;\n")),
    "the last": Case(some("static int foo_more, *foo_other,\n\tfoo_level = 3;\n")),
    "all": Case(some(ALL, EVERY)),
    "a star": Case(some("static int *foo_more, foo_level = 3;\n")),
    "an array": Case(some("static const int foo_more[2] = { 1, 2 }, foo_level = 3;\n")),
    "a structure's": Case(
        some(
            "struct unit { int a; };\nstatic struct unit foo_more, foo_unit = { 3 };\n",
            f"{TABLE.replace(' }', ', .level = &foo_unit.a }')}\n{SETUP}",
        )
    ),
    "a table and what stays": Case(
        f'{PAIR}static struct ops foo_more, foo_ops = {{ "a", foo_open, foo_close }};\n{SETUP}'
    ),
    "a table in front": Case(
        f'{PAIR}static struct ops foo_ops = {{ "a", foo_open, foo_close }}, foo_more;\n\n'
        "int setup(void) { enlist(&foo_ops); enlist(&foo_more); return 0; }\n"
    ),
    "a comment among the names": Case(
        some("static int foo_level = 3, /* more */ foo_more = 4;\n"), "VT024"
    ),
    "a type that may be a macro": Case(
        some("#define whole int\nstatic whole foo_level = 3, foo_more = 4;\n"), "VT024"
    ),
    "a type with a star": Case(
        some("#define PTR const int *\nstatic PTR foo_more, foo_level = 3;\n"), "VT024"
    ),
    "a type that is defined with it": Case(
        some(
            "static struct unit { int a; } foo_more, foo_unit = { 3 };\n",
            f"{TABLE.replace(' }', ', .level = &foo_unit.a }')}\n{SETUP}",
        ),
        "VT024",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_it_is_split_or_refused(case: Case, tmp_path: Path) -> None:
    check_split(tmp_path, case)


QUICK = ("the first", "a star")
RUN = [
    pytest.param(case, id=name, marks=[] if name in QUICK else pytest.mark.slow)
    for name, case in CASES.items()
]


@pytest.mark.slow
@pytest.mark.parametrize("case", RUN)
def test_the_program_does_the_same(case: Case, tmp_path: Path) -> None:
    check_case(tmp_path, case)


WRITTEN = {
    "all stay together": ("all", ALL.removeprefix("static ")),
    "each way alone": ("the first", "\nint foo_level = 3;\nstatic int foo_more = 4;\n"),
    "two of three": ("the last", "\nstatic int foo_more, *foo_other;\nint foo_level = 3;\n"),
    "what a table leaves": ("a table and what stays", "}\nstatic struct ops foo_more;\nint setup"),
}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(("name", "text"), WRITTEN.values(), ids=WRITTEN)
def test_it_is_written_as_a_person_would(
    name: str, text: str, newline: str, tmp_path: Path
) -> None:
    root = lay(tmp_path, CASES[name])
    spec = ("--spec", str(root / "foo.toml"))
    (root / "foo.c").write_bytes((root / "foo.c").read_bytes().replace(b"\n", newline.encode()))
    assert split(root, *spec, "--write").exit_code == 0
    assert text.replace("\n", newline).encode() in (root / "foo.c").read_bytes()
    assert split(root, *spec, "--check").exit_code == 0


def test_the_step_is_told(tmp_path: Path) -> None:
    root = lay(tmp_path, CASES["the first"])
    said = split(root, "--spec", str(root / "foo.toml"), "--explain").stdout
    assert "separate  foo_level" in said
    assert "it was declared together with foo_more" in said


TYPES = {
    "int": True,
    "const unsigned long": True,
    "u8": True,
    "struct FOO": True,
    "PTR": False,
    "int MARK": False,
    "__attribute__((unused)) int": False,
}


@pytest.mark.parametrize(("words", "expected"), TYPES.items())
def test_what_stands_in_front_has_to_be_plain(words: str, expected: bool) -> None:
    (item,) = parse_module(f"static {words} a, b;\n").items
    assert (shared_names(item) is not None) is expected


def test_a_name_that_only_a_member_has_stays_where_it_is(tmp_path: Path) -> None:
    shared = "static  int level=3,more ,\n\tlast = 4 ;\n"
    text = some(shared, f"{TABLE.replace(' }', ', .level = &other }')}\n{SETUP}")
    root = lay(tmp_path, Case(text.replace(PAIR, f"{PAIR}static int other;\n")))
    said = split(root, "--spec", str(root / "foo.toml"), "--explain", "--write").stdout
    assert "separate" not in said
    assert shared in (root / "foo.c").read_text()
