"""Specs, names and object lists that cannot be served: one clear message, an untouched tree."""

from pathlib import Path

import pytest

import trees
from trees import SOURCE, Bad, check_refused, small_tree, split, with_rename, with_spec

TYPEDEF = SOURCE.replace(
    "static struct ops foo_ops =",
    "typedef struct ops foo_ops_t;\nstatic int foo_units[] = { 1 };\nstatic foo_ops_t foo_ops =",
)

SPECS = [
    Bad("directory", {"vtsplit.toml": None, "vtsplit.toml/x": ""}, "VT006", "vtsplit.toml", "is a"),
    Bad("no TOML", {"vtsplit.toml": "[split\n"}, "VT001", "vtsplit.toml:1:7", "not TOML"),
    Bad("wrong type", with_spec(('"foo_"', "5")), "VT003", "vtsplit.toml:5:10", "must be a string"),
    Bad(
        "unknown key",
        with_spec(("prefix", "prefiks")),
        "VT002",
        "vtsplit.toml:5:1",
        "'prefiks' in [split]|did you mean 'prefix'?",
    ),
    Bad(
        "missing key",
        with_spec(('main = "drv/main.c"\n', "")),
        "VT004",
        "vtsplit.toml:1:2",
        "[split] has no 'main'",
    ),
    Bad(
        "path leaves the tree",
        with_spec(("drv/main.c", "../main.c")),
        "VT005",
        "vtsplit.toml:4:9",
        "a path inside the tree, not '../main.c'",
    ),
    Bad(
        "no such table",
        with_spec(("foo_ops =", "foo_opps =")),
        "VT020",
        "vtsplit.toml:7:1",
        "no table 'foo_opps'|did you mean 'foo_ops'?",
    ),
    Bad(
        "no such table of a type that has a name of its own",
        with_spec(("foo_ops =", "foo_opps =")) | {"drv/foo.c": TYPEDEF},
        "VT020",
        "vtsplit.toml:7:1",
        "no table 'foo_opps'|did you mean 'foo_ops'?",
    ),
    Bad(
        "no table of a name that is alike",
        with_spec(("foo_ops =", "bar =")) | {"drv/foo.c": TYPEDEF},
        "VT020",
        "vtsplit.toml:7:1",
        "no table 'bar'|the tables there: foo_ops, foo_units",
    ),
    Bad(
        "new name is taken in the source",
        with_rename('foo_open = "foo_init"'),
        "VT030",
        "vtsplit.toml:9:13",
        "'foo_init' exists already, at drv/foo.",
    ),
    Bad(
        "new name is taken elsewhere",
        with_rename('foo_open = "foo_shut"') | {"drv/other.c": "void foo_shut(void)\n{\n}\n"},
        "VT030",
        "vtsplit.toml:9:13",
        "'foo_shut' exists already, at drv/other.c:1:1",
    ),
    Bad(
        "new name leaves the prefix",
        with_rename('foo_free_unit = "ofo_unit_free"'),
        "VT031",
        "vtsplit.toml:9:18",
        "does not start with 'foo_', the prefix of its siblings|did you mean 'foo_unit_free'?",
    ),
    Bad(
        "unknown old name",
        with_rename('foo_fre_unit = "foo_unit_free"'),
        "VT032",
        "vtsplit.toml:9:1",
        "no 'foo_fre_unit' to rename|did you mean 'foo_free_unit'?",
    ),
    Bad(
        "two to one",
        with_rename('foo_open = "foo_x"\nfoo_free_unit = "foo_x"'),
        "VT003",
        "vtsplit.toml:10:18",
        "'foo_x' is already the new name of 'foo_open'",
    ),
    Bad(
        "two to one by a pattern",
        with_spec(more="[[rename-pattern]]\nmatch = 'foo_(open|free_unit)'\nto = 'foo_x'\n"),
        "VT030",
        "vtsplit.toml:10:7",
        "'foo_free_unit' and 'foo_open' would both be 'foo_x'",
    ),
    Bad(
        "keyword",
        with_rename('foo_open = "goto"'),
        "VT003",
        "vtsplit.toml:9:13",
        "must be a C identifier, not 'goto'|a C keyword",
    ),
    Bad("no Makefile", {"drv/Makefile": None}, "VT061", "drv/foo.c", "holds 'foo.o'|object-list"),
    Bad(
        "object not listed",
        {"drv/Makefile": "obj-y += other.o\n"},
        "VT061",
        "drv/foo.c",
        "no object list holds 'foo.o' (looked in drv/Makefile)",
    ),
    Bad(
        "module of one object, and part of another",
        {"drv/Makefile": "obj-m += bar.o foo.o\nbar-y := foo.o\n"},
        "VT060",
        "drv/Makefile:2:10",
        "'foo.o' is a module, and also part of bar-y",
    ),
]


@pytest.mark.parametrize("bad", SPECS, ids=[bad.name for bad in SPECS])
def test_spec(bad: Bad, tmp_path: Path) -> None:
    check_refused(bad, tmp_path)


def test_an_optional_old_name_is_no_error(tmp_path: Path) -> None:
    files = with_rename('foo_gone = { to = "foo_x", optional = true }')
    result = split(small_tree(tmp_path, files), "-v", "--check")
    assert result.exit_code == 1
    assert "vtsplit.toml:9:1: drv/foo.c has no 'foo_gone' to rename: nothing to do" in result.stderr


@pytest.mark.parametrize("makefile", [None, "obj-y += other.o\n", "obj-m += foo.o\n"])
def test_the_object_list_can_be_left_alone(tmp_path: Path, makefile: str | None) -> None:
    files = with_spec(("prefix", "object-list = false\nprefix")) | {"drv/Makefile": makefile}
    root = trees.write(small_tree(tmp_path, files))
    assert (root / "drv/main.c").exists()
    assert not makefile or (root / "drv/Makefile").read_text() == makefile


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    more = '[rename]\nfoo_open = "foo_init"\nfoo_none = "foo_y"\n'
    result = split(small_tree(tmp_path, {**with_spec(more=more), "drv/Makefile": None}))
    assert result.exit_code == 2
    assert result.stderr.count("error[VT032]") == 1
    assert result.stderr.count("error[VT030]") == 1
    assert "refused: 2 problems; nothing was written\n" in result.stderr
