"""A pointer one past the end of a static object, where another one may begin."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from program_pairs import EVERY, ProgramPair, check_other, check_same
from vtsplit.verify.objects.ends import with_meant_ends
from vtsplit.verify.objects.objects import Content, ObjectFile, TableRelocation

WORDS = {"ops": "pool other", "pool": "int pool", "other": "int other", "third": "int third"}


@pytest.mark.parametrize(
    ("mentioned", "meant"),
    [
        ("pool", {("pool", 16)}),
        ("other", {("other", 0)}),
        ("pool other", {("pool", 16), ("other", 0)}),
        ("third", {("other", 0)}),
    ],
)
def test_names_tell_which_object_is_meant(mentioned: str, meant: set[tuple[str, int]]) -> None:
    ends = frozenset({("pool", 16)})
    table = Content(bytes(8), (TableRelocation(0, frozenset({"other"}), 0, ends),))
    texts = {name: frozenset(text.split()) for name, text in WORDS.items()}
    texts["ops"] = frozenset(mentioned.split())
    found = with_meant_ends(ObjectFile("a.o", (), {"ops": table}), texts)
    assert found.contents["ops"].references[0].meanings == meant


def test_what_has_no_name_may_begin_there() -> None:
    ends = frozenset({("pool", 16)})
    table = Content(bytes(8), (TableRelocation(0, frozenset({"__compound_literal.0"}), 0, ends),))
    texts = {name: frozenset(text.split()) for name, text in WORDS.items()}
    found = with_meant_ends(ObjectFile("a.o", (), {"ops": table}), texts)
    meant = {("__compound_literal.0", 0), ("pool", 16)}
    assert found.contents["ops"].references[0].meanings == meant


HEADER = "struct ops { int (*go)(void); int *at, *end, *other, *last; void *self; };\n"
OWN = '#include "a.h"\nstatic int go(void) { return 1; }\n'
POOLS = "static int pool[4] = { 1, 2 };\nstatic int other[4] = { 3, 4, 5, 6 };\n"
TABLE = "{ go, pool, pool + 4, other, other + 4, (char *)&ops + sizeof(ops) };\n"
USE = (
    "static int sum(int *at, int *end) { int n = 0; while (at < end) n += *at++; return n; }\n"
    "int shown(void) { return sum(ops.at, ops.end) * 1000 + sum(ops.other, ops.last) * 10\n"
    "\t+ ((char *)ops.self - (char *)&ops == sizeof(ops)) + (ops.end - ops.at) * 100; }\n"
)
OPS = f"{HEADER}extern struct ops ops;\nextern int pool[4], other[4];\nint go(void);\n"
BEFORE = {"a.h": HEADER, "a.c": f"{OWN}{POOLS}static struct ops ops = {TABLE}{USE}"}


def moved(table: str = TABLE, pools: str = POOLS) -> Mapping[str, str]:
    """Return the program after its split."""
    own = (OWN + pools).replace("static int", "int")
    main = f'#include "a.h"\nstruct ops ops = {table}'
    return {"a.h": OPS, "a.c": own + USE, "a_main.c": main}


needs_gcc = pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")
ZERO = POOLS.replace(" = { 1, 2 }", "").replace(" = { 3, 4, 5, 6 }", "")


@pytest.mark.parametrize("flags", ["-O2", "-O0", "-fPIC", "-fdata-sections"])
@pytest.mark.parametrize("pools", [POOLS, ZERO], ids=["data", "bss"])
@pytest.mark.slow
@needs_gcc
def test_end_of_an_object_that_is_global_now(pools: str, flags: str, tmp_path: Path) -> None:
    before = {path: text.replace(POOLS, pools) for path, text in BEFORE.items()}
    check_same(tmp_path, ProgramPair(before, moved(TABLE, pools), (flags,)), EVERY[:1])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("pool + 4", "pool + 3"),
        ("other + 4", "other + 3"),
        ("pool + 4", "other"),
        (", other,", ", pool + 4,"),
        ("other + 4", "pool + 4"),
        ("+ sizeof(ops)", "+ sizeof(int)"),
    ],
)
@pytest.mark.slow
@needs_gcc
def test_another_end_is_found(old: str, new: str, tmp_path: Path) -> None:
    check_other(tmp_path, ProgramPair(BEFORE, moved(TABLE.replace(old, new))))


@pytest.mark.slow
@needs_gcc
def test_what_stays_static_may_have_another_neighbour(tmp_path: Path) -> None:
    between = "static int third[4] = { 9 };\nint *more(void) { return third; }\n"
    first, second = POOLS.splitlines(keepends=True)
    now = {**BEFORE, "a.c": BEFORE["a.c"].replace(POOLS, first + between + second)}
    was = {**BEFORE, "a.c": BEFORE["a.c"].replace(POOLS, between + POOLS)}
    check_same(tmp_path, ProgramPair(was, now))
