"""The parts of `bench/tables` that need no kernel."""

from pathlib import Path

import pytest

from tables import report, sweep
from tables.draw import draw, find_tables
from tables.glance import read_commands
from tables.judge import Judgement, Status
from tables.runs import Draw
from tables.trial import try_tables
from tables.workshop import enters, is_named, read_messages

OPS = """
struct foo_ops { int (*a)(void); int (*b)(void); int (*c)(void); };
static int foo_a(void) { return 1; }
static int foo_b(void) { return 2; }
static int foo_c(void) { return 3; }
static const struct foo_ops foo_table = {
	.a = foo_a,
	.b = foo_b,
	.c = foo_c,
};
const struct foo_ops *foo_get(void) { return &foo_table; }
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "foo.c").write_text(OPS)
    (tmp_path / "Makefile").write_text("obj-y += foo.o\n")
    return tmp_path


def test_a_draw_depends_on_its_seed_alone(tree: Path) -> None:
    tables = [*find_tables(tree)] * 20
    assert list(draw(tables, 3)) == list(draw(tables, 3))
    assert sorted(map(str, draw(tables, 3))) == sorted(map(str, tables))


def test_a_table_is_tried_in_memory(tree: Path) -> None:
    [table] = find_tables(tree)
    [trial] = try_tables(tree, [table])
    assert not trial.problems
    assert not trial.fault
    assert {change.path for change in trial.changes} >= {"foo.c", "foo_main.c", "foo_ops.h"}
    assert not (tree / "foo_main.c").exists()


def test_messages_belong_to_the_file_that_is_compiled() -> None:
    said = read_messages(
        "In file included from a/x.h:3,\n"
        "                 from a/foo.c:9:\n"
        "a/y.h:7:2: warning: 'foo_a' defined but not used [-Wunused-function]\n"
        "a/bar.c:1:1: error: no such thing\n"
    )
    assert [one.unit for one in said] == ["a/foo.c", "a/bar.c"]
    assert said[0].gist == "warning: '' defined but not used [-Wunused-function]"


def test_a_folder_is_entered_by_the_makefile_above_it() -> None:
    """Not by one that enters it past the folder between, nor by one that names another's."""
    assert enters("obj-$(CONFIG_X) += a.o \\\n\tparide/\n", "paride")
    for text in ("obj-y += block/paride/", "obj-y += xparide/", "# paride/", "obj-y += paride.o"):
        assert not enters(text, "paride")


def test_commands_are_those_that_make_would_run() -> None:
    said = (
        "# CC [M]  a/foo.o\n"
        "  gcc -Wp,-MMD,a/.foo.o.d -I./include '-DNAME=\"foo\"' -c -o a/foo.o a/foo.c ; fix a.d\n"
        "set -e;  echo '  CC      a/bar.o';  gcc -O2 -c -o a/bar.o a/bar.c\n"
        "  gcc -O2 -DOPEN=' -c -o a/open.o a/open.c\n"
        "  ld -r -o a/mod.o a/foo.o\n"
    )
    commands = read_commands(said)
    assert commands.keys() == {"a/foo.c", "a/bar.c"}
    assert commands["a/foo.c"][2:4] == ["-I./include", '-DNAME="foo"']
    assert commands["a/bar.c"] == ["gcc", "-O2", "-c", "-o", "a/bar.o", "a/bar.c"]


def test_results_go_between_the_marks(tmp_path: Path) -> None:
    document = tmp_path / "tables.md"
    document.write_text("before\n<!-- draws -->\nold\n<!-- end of draws -->\nbehind\n")
    found = [Judgement("a.c", 1, "a_ops", Status.PROVED), Judgement("b.c", 2, "b", Status.WRONG)]
    report.put_into(document, {"draws": report.draws_table({Draw("6.1", 2, 7): found})})
    text = document.read_text()
    assert "old" not in text
    assert "1 (50.0 %)" in text
    assert text.startswith("before\n")
    assert text.endswith("behind\n")
    with pytest.raises(ValueError, match="no place for wrong"):
        report.put_into(document, {"wrong": report.wrong_list({})})


@pytest.mark.parametrize("text", ["6.1", "6.1:many:7", "6.1:3:7:9"])
def test_a_draw_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Draw.parse(text)


def test_a_sweep_goes_on_where_it_was(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree / "bar.c").write_text(OPS.replace("foo", "bar"))
    monkeypatch.setenv("VTSPLIT_CACHE", str(tree / "cache"))
    monkeypatch.setattr(sweep, "unpack", lambda version: tree)
    monkeypatch.setattr(sweep, "tables_of", lambda version: find_tables(tree)[:1])
    told: list[str] = []
    first = sweep.sweep("1.0", lambda trial, count, total: told.append(str(trial.table)))
    assert [one.code for one in first.tables] == ["VT061"]
    monkeypatch.setattr(sweep, "tables_of", lambda version: find_tables(tree))
    whole = sweep.sweep("1.0", lambda trial, count, total: told.append(f"{count}/{total}"))
    assert told == ["bar.c:6 bar_table", "2/2"]
    assert (len(whole.tables), whole.split, whole.faults) == (2, 1, ())
    assert "| 1.0    | 2        | 1 (50.0 %) | VT061 1" in report.sweep_table([whole])


def test_what_no_makefile_names_is_not_compiled_by_the_build(tmp_path: Path) -> None:
    """Other sources include it as text; make would compile it all the same if asked to."""
    (tmp_path / "drv/sub").mkdir(parents=True)
    (tmp_path / "Makefile").write_text("x := $(wildcard *.c)\n")
    (tmp_path / "drv/Makefile").write_text("obj-y += foo.o sub/bar.o\n")
    (tmp_path / "drv/sub/Makefile").write_text("obj-y += lib-baz.o\n")
    named = [one for one in ("foo", "sub/bar", "sub/baz", "sub/lib-baz", "o")
             if is_named(tmp_path, f"drv/{one}.o")]  # fmt: skip
    assert named == ["foo", "sub/bar", "sub/lib-baz"]
