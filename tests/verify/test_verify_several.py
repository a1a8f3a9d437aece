"""Several names in one declaration, `static int count, limit = 10;`: each is a thing of its own."""

import shutil
from pathlib import Path

import pytest

from built import verify
from program_pairs import ProgramPair, check_other, check_same, lay

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc"),
]

HEADER = {"s.h": "struct svc { int (*start)(void); int *count, *limit; };\n"}
USE = "int shown(void) { return svc.start() * 100 + *svc.limit * 10 + *svc.count; }\n"
TABLE = "{ .start = start, .count = &count, .limit = &limit };\n"
OWN = '#include "s.h"\nstatic int count, *here = &count, limit = 7;\n'
OWN += "static int start(void) { return ++*here + limit; }\n"
BEFORE = {**HEADER, "s.c": f"{OWN}static struct svc svc = {TABLE}{USE}"}

OPS = HEADER["s.h"] + "extern struct svc svc;\nextern int s_count, s_limit;\nint start(void);\n"
MOVED = '#include "s.h"\nint s_count;\nstatic int *here = &s_count;\nint s_limit = 7;\n'
MOVED += "int start(void) { return ++*here + s_limit; }\n"
MAIN = '#include "s.h"\nstruct svc svc = '
MAIN += TABLE.replace("&", "&s_")


def after(old: str = "", new: str = "") -> dict[str, str]:
    """Return the program after a split of its table, with a change."""
    files = {"s.h": OPS, "s.c": MOVED + USE, "s_main.c": MAIN}
    assert any(old in text for text in files.values())
    return {path: text.replace(old, new) for path, text in files.items()}


def test_names_of_one_declaration_get_new_names(tmp_path: Path) -> None:
    check_same(tmp_path, ProgramPair(BEFORE, after()))


def test_names_stay_together(tmp_path: Path) -> None:
    together = "int s_count, s_limit = 7;\nstatic int *here = &s_count;\n"
    before = MOVED[MOVED.index("int s_count") : MOVED.index("int start")]
    check_same(tmp_path, ProgramPair(BEFORE, after(before, together)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("int s_count;", "int s_count = 1;"),
        ("int s_limit = 7;", "int s_limit = 8;"),
        ("*here = &s_count", "*here = &s_limit"),
        ("&s_count, .limit = &s_limit", "&s_limit, .limit = &s_count"),
        ("&s_count, .limit", "&s_limit, .limit"),
    ],
)
def test_another_program_is_found(old: str, new: str, tmp_path: Path) -> None:
    check_other(tmp_path, ProgramPair(BEFORE, after(old, new)))


TABLES = (
    '#include "s.h"\nstatic int one = 1, two = 5;\nstatic int start(void) { return one++; }\n'
    "static struct svc a = { start, &one, &two }, b = { start, &two, &one };\n"
    "static struct svc *every[] = { &a, &b };\n"
    "int shown(void) { return every[0]->start() * 100 + *every[0]->count * 10 + *every[1]->count;"
    " }\n"
)


def two_tables(first: str, second: str) -> dict[str, str]:
    """Return the program after a split of both tables that one declaration has."""
    lines = TABLES.replace("static int", "int").splitlines(keepends=True)
    declared = "extern struct svc a, b;\nextern int one, two;\nint start(void);\n"
    main = f'#include "s.h"\nstruct svc a = {first};\n\nstruct svc b = {second};\n'
    own = "".join(line for line in lines if "svc a =" not in line)
    return {"s.h": HEADER["s.h"] + declared, "s.c": own, "s_main.c": main}


def test_tables_of_one_declaration_move(tmp_path: Path) -> None:
    now = two_tables("{ start, &one, &two }", "{ start, &two, &one }")
    check_same(tmp_path, ProgramPair({**HEADER, "s.c": TABLES}, now))


def test_tables_of_one_declaration_are_not_exchanged(tmp_path: Path) -> None:
    now = two_tables("{ start, &two, &one }", "{ start, &one, &two }")
    check_other(tmp_path, ProgramPair({**HEADER, "s.c": TABLES}, now))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("static const int a = 1, b = 2;", "static const int a = 1; static int b = 2;"),
        ("static int *a, b;", "static int *a; static int *b;"),
        ("static int a[2], b;", "static int a[2]; static int b[2];"),
        ("static __attribute__((aligned(8))) int a, b;", "static int a, b;"),
        ("static int a __attribute__((aligned(8))), b;", "static int a, b;"),
        ("static int a, b = 1;", "static int a = 1, b;"),
        ("struct { int n; } a, b;", "struct { int n; } a; int b;"),
        ("int a(int), b(long);", "int a(long), b(int);"),
    ],
)
def test_each_name_keeps_what_is_said_of_it(before: str, after: str, tmp_path: Path) -> None:
    lay(tmp_path, ProgramPair({"a.c": f"{before}\n"}, {"a.c": f"{after}\n"}))
    for way in (("--textual",), ("--compile-commands", str(tmp_path / "all.json"))):
        result = verify(tmp_path / "before", tmp_path / "after", *way)
        assert result.exit_code == 1, result.output


OTHER = "static int limit = 3;\nint other(void) { return limit; }\n"


def test_another_file_keeps_its_static_of_that_name(tmp_path: Path) -> None:
    before = {**BEFORE, "o.c": OTHER}
    check_same(tmp_path, ProgramPair(before, {**after(), "o.c": OTHER}))
