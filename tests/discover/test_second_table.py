"""`split --table` for a second table of one source: it goes to the main that the first one made."""

from pathlib import Path

import click.testing
import pytest

from trees import HEADER, MAKEFILE, SOURCE, Files, files, small_tree, split, write
from vtsplit.cli import main

SECOND = (
    "static int foo_stop(int unit)\n{\n\treturn -unit;\n}\n\n"
    "static const struct ops foo_end_ops = {\n\t.open = foo_stop,\n};\n\n"
)
BOTH = SOURCE.replace("int foo_init", f"{SECOND}int foo_init").replace(
    "open(1);", "open(1) + foo_end_ops.open(2);"
)
FIRST_TABLE, SECOND_TABLE = "drv/foo.c:foo_ops", "drv/foo.c:foo_end_ops"


def tree_of(root: Path, changed: Files | None = None) -> Path:
    return small_tree(root, {"vtsplit.toml": None, "drv/foo.c": BOTH, **(changed or {})})


def at_once(root: Path) -> dict[str, tuple[int, bytes]]:
    write(root, "--table", FIRST_TABLE, "--table", SECOND_TABLE)
    return files(root)


@pytest.mark.parametrize("order", [(FIRST_TABLE, SECOND_TABLE), (SECOND_TABLE, FIRST_TABLE)])
def test_one_after_the_other(order: tuple[str, str], tmp_path: Path) -> None:
    root = tree_of(tmp_path / "tree")
    for table in order:
        write(root, "--table", table)
    assert sorted(path for path in files(root) if "foo_" in path) == [
        "drv/foo_main.c",
        "drv/foo_ops.h",
    ]
    made = (root / "drv/foo_main.c").read_text()
    assert "struct ops foo_ops = {" in made
    assert "const struct ops foo_end_ops = {" in made
    for table in order:
        assert split(root, "--table", table, "--check").exit_code == 0
    if order[0] == FIRST_TABLE:
        tree_of(tmp_path / "whole")
        whole = at_once(tmp_path / "whole")
        # The header has its declarations in the order of the runs.
        assert {path for path, found in files(root).items() if found != whole[path]} == {
            "drv/foo_ops.h"
        }


def test_the_first_is_named_again(tmp_path: Path) -> None:
    root = tree_of(tmp_path / "tree")
    write(root, "--table", FIRST_TABLE)
    write(root, "--table", FIRST_TABLE, "--table", SECOND_TABLE)
    tree_of(tmp_path / "whole")
    assert files(root) == at_once(tmp_path / "whole")


@pytest.mark.parametrize("named", ["drv/foo.c", "drv/foo_core.c"])
def test_a_source_that_the_first_one_renamed(named: str, tmp_path: Path) -> None:
    """A module of one source becomes a composite, whose core the source is."""
    root = tree_of(tmp_path, {"drv/Makefile": "obj-m += foo.o\n"})
    write(root, "--table", FIRST_TABLE)
    assert (root / "drv/foo_core.c").exists()
    write(root, "--table", f"{named}:foo_end_ops")
    assert "foo_end_ops = {" in (root / "drv/foo_main.c").read_text()
    assert sorted(path.name for path in (root / "drv").glob("foo*")) == [
        "foo.h",
        "foo_core.c",
        "foo_main.c",
        "foo_ops.h",
    ]


@pytest.mark.parametrize(
    "main",
    [
        "int foo_more;\n",
        '#include "foo_ops.h"\nint foo_more;\n',
        '#include "foo.h"\nstruct ops foo_more = { .open = foo_init };\n',
    ],
    ids=["another file", "no table", "not by the header"],
)
def test_a_main_that_no_split_has_made(main: str, tmp_path: Path) -> None:
    changed = {
        "drv/foo_main.c": main,
        "drv/foo_ops.h": "int foo_unrelated(void);\n",
        "drv/foo.c": BOTH.replace("#include", '#include "foo_ops.h"\n#include', 1),
        "drv/foo.h": HEADER,
        "drv/Makefile": MAKEFILE.replace("other.o", "other.o foo_main.o"),
    }
    write(tree_of(tmp_path, changed), "--table", FIRST_TABLE)
    assert (tmp_path / "drv/foo_main.c").read_text() == main
    assert "struct ops foo_ops" in (tmp_path / "drv/foo_split_main.c").read_text()


@pytest.mark.parametrize("makefile", [MAKEFILE, "obj-m += foo.o\n"])
def test_a_table_that_is_named_where_it_has_moved_to_is_left_there(
    makefile: str, tmp_path: Path
) -> None:
    root = tree_of(tmp_path, {"drv/Makefile": makefile})
    write(root, "--table", FIRST_TABLE)
    again = split(root, "--table", "drv/foo_main.c:foo_ops")
    assert (again.exit_code, again.stdout) == (0, "")
    assert "drv/foo_main.c:foo_ops: nothing to do" in again.stderr
    arguments = ["init", str(root), "drv/foo_main.c:foo_ops"]
    proposed = click.testing.CliRunner().invoke(main, arguments)
    assert proposed.stdout.startswith("# Nothing is left to do: an earlier split has moved these")
    assert proposed.stderr == "spec proposed: nothing is left to do\n"


@pytest.mark.parametrize(
    ("source", "main"),
    [("main.c", "main_ops.c"), ("foo-main.c", "foo-main-ops.c"), ("domain.c", "domain_main.c")],
)
def test_a_source_that_is_called_main(source: str, main: str, tmp_path: Path) -> None:
    """No name gets a second `main`; a second table goes to the same file."""
    makefile = MAKEFILE.replace("foo.o", f"{source[:-2]}.o")
    root = tree_of(tmp_path, {"drv/Makefile": makefile})
    (root / "drv/foo.c").rename(root / "drv" / source)
    for table in ("foo_ops", "foo_end_ops"):
        write(root, "--table", f"drv/{source}:{table}")
    made = (root / "drv" / main).read_text()
    assert "foo_ops = {" in made
    assert "foo_end_ops = {" in made
    assert len(list((root / "drv").glob("*main*.c"))) == 2
    assert split(root, "--table", f"drv/{source}:foo_ops", "--check").exit_code == 0


GLOBAL = BOTH.replace("static int foo_", "int foo_").replace("static struct ops", "struct ops")
DECLARED = HEADER.replace(
    "int foo_init",
    "int foo_open(int unit);\nint foo_free_unit(int unit);\n"
    "extern struct ops foo_ops;\nint foo_init",
)


def test_a_first_table_that_needs_no_header(tmp_path: Path) -> None:
    """All that it names is declared already: there is a main, and nothing that both include."""
    root = tree_of(tmp_path, {"drv/foo.c": GLOBAL, "drv/foo.h": DECLARED})
    write(root, "--table", FIRST_TABLE)
    assert not (root / "drv/foo_ops.h").exists()
    assert split(root, "--table", FIRST_TABLE, "--check").exit_code == 0
    assert split(root, "--table", "drv/foo_main.c:foo_ops", "--check").exit_code == 0
    write(root, "--table", SECOND_TABLE)
    made = (root / "drv/foo_main.c").read_text()
    assert "struct ops foo_ops = {" in made
    assert "const struct ops foo_end_ops = {" in made
    assert "foo_stop" in (root / "drv/foo_ops.h").read_text()
    for table in (FIRST_TABLE, SECOND_TABLE):
        assert split(root, "--table", table, "--check").exit_code == 0


def test_a_table_that_the_source_declares_itself(tmp_path: Path) -> None:
    """The declaration stays there, and the table is found where it has moved to."""
    declared = "extern const struct ops foo_end_ops;\n\nstatic int foo_stop"
    source = BOTH.replace("static int foo_stop", declared).replace("static const", "const")
    root = tree_of(tmp_path, {"drv/foo.c": source})
    for table in (FIRST_TABLE, SECOND_TABLE):
        write(root, "--table", table)
        assert split(root, "--table", table, "--check").exit_code == 0


def test_a_file_beside_the_source_with_functions_is_no_main_of_a_split(tmp_path: Path) -> None:
    """It has a table of that name, which is no reason to believe that a run has moved it."""
    other = '#include "foo.h"\nint foo_do(void)\n{\n\treturn 1;\n}\n'
    other += "static struct ops foo_gone = {\n\t.open = foo_open,\n};\n"
    changed = {"drv/foo.c": GLOBAL, "drv/foo.h": DECLARED, "drv/foo_main.c": other}
    root = tree_of(tmp_path, changed)
    refused = split(root, "--table", "drv/foo.c:foo_gone", "--check")
    assert refused.exit_code == 2
    assert "VT020" in refused.stderr


def test_a_family_of_names_that_are_global_already_binds_no_new_one(tmp_path: Path) -> None:
    """A spec that vtsplit proposes is one that it takes: both ask what becomes global now."""
    source = BOTH.replace("static int foo_open", "int foo_open").replace("foo_stop", "stop")
    source = source.replace("static int foo_free", "int foo_free")
    source = source.replace("\t.open = stop,\n", "\t.open = stop,\n\t.free = foo_free_unit,\n")
    source = source.replace("\t.open = stop,\n", "\t.open = stop,\n\t.data = foo_open,\n")
    root = tree_of(tmp_path / "tree", {"drv/foo.c": None, "drv/bar.c": source})
    for path in (root / "drv/Makefile", root / "vtsplit.toml"):
        if path.exists():
            path.write_text(path.read_text().replace("foo.o", "bar.o"))
    write(root, "--table", "drv/bar.c:foo_end_ops")
    assert "int bar_stop(int unit)" in (root / "drv/bar.c").read_text()


@pytest.mark.parametrize("length", ["2", ""])
def test_an_array_whose_length_the_header_tells_already(length: str, tmp_path: Path) -> None:
    """The first table has brought its declaration; it is refused only where that has no length."""
    ids = "static const int foo_ids[] = { 1, 2 };\n\n"
    source = BOTH.replace("static int foo_open", f"{ids}static int foo_open", 1)
    asks = "\t.data = foo_ids,\n\t.number = sizeof(foo_ids),\n"
    source = source.replace("\t.open = foo_open,\n", f"\t.open = foo_open,\n{asks}")
    source = source.replace("\t.open = foo_stop,\n", f"\t.open = foo_stop,\n{asks}")
    root = tree_of(tmp_path, {"drv/foo.c": source})
    write(root, "--table", FIRST_TABLE)
    header = root / "drv/foo_ops.h"
    assert "extern const int foo_ids[2];\n" in header.read_text()
    header.write_text(header.read_text().replace("foo_ids[2]", f"foo_ids[{length}]"))
    ran = split(root, "--table", SECOND_TABLE, "--write")
    assert ran.exit_code == (0 if length else 2), ran.stderr
    assert ("gives it no length" in ran.stderr) is (not length)
