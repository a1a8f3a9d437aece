"""`vtsplit init` and `split --table`: the proposed spec, and that it runs as it is."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from trees import MAKEFILE, SOURCE, small_tree, snapshot, split, write
from vtsplit.cli import main
from vtsplit.spec.document import load
from vtsplit.spec.draft import Draft, Renaming, write_spec

STATIC = "static int {}(int unit)\n{{\n\treturn unit;\n}}\n"


def init(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["init", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def proposed(root: Path, table: str = "drv/foo.c:foo_ops") -> str:
    result = init(str(root), table)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_the_spec_runs_as_it_is(tmp_path: Path) -> None:
    root = small_tree(tmp_path / "tree", {"vtsplit.toml": None})
    before = snapshot(root)
    file = tmp_path / "foo.toml"
    result = init(str(root), "drv/foo.c:foo_ops", "-o", str(file))
    assert (result.exit_code, result.stdout) == (0, "")
    assert "foo.toml written: a dry run of it went through" in result.stderr
    by_file, by_table = (
        split(root, "--spec", str(file)),
        split(root, "--table", "drv/foo.c:foo_ops"),
    )
    assert by_file.exit_code == by_table.exit_code == 0
    assert by_file.stdout == by_table.stdout != ""
    assert snapshot(root) == before


def test_files_and_prefix(tmp_path: Path) -> None:
    text = proposed(small_tree(tmp_path))
    spec = load(text, "x.toml")
    assert (spec.source, spec.header) == ("drv/foo.c", "drv/foo_ops.h")
    assert (spec.main, spec.prefix) == ("drv/foo_main.c", "foo_")
    assert spec.tables == {"foo_ops": "foo_ops"}
    assert text.startswith("# A dry run of this spec went through.\n")


def test_files_that_are_there_are_not_taken(tmp_path: Path) -> None:
    files = {"drv/foo_ops.h": "", "drv/Makefile": f"{MAKEFILE}obj-m += foo_main.o\n"}
    spec = load(proposed(small_tree(tmp_path, files)), "x.toml")
    assert (spec.header, spec.main) == ("drv/foo_split_ops.h", "drv/foo_split_main.c")


def test_a_module_of_one_object(tmp_path: Path) -> None:
    root = small_tree(tmp_path, {"drv/Makefile": "obj-m += foo.o\n", "vtsplit.toml": None})
    assert proposed(root).startswith("# A dry run of this spec went through.\n")
    result = split(root, "--table", "drv/foo.c:foo_ops", "--verify")
    assert result.exit_code == 0, result.stderr
    assert "+foo-y := foo_core.o foo_main.o\n" in result.stdout


@pytest.mark.parametrize(
    "files",
    [
        {"drv/Makefile": "obj-m += foo.o\n", "drv/foo_core.c": ""},
        {"drv/Makefile": "obj-m += foo.o foo_core.o\nfoo_core-y := a.o b.o\n"},
    ],
)
def test_a_second_name_that_is_taken(tmp_path: Path, files: dict[str, str]) -> None:
    text = proposed(small_tree(tmp_path, files))
    assert text.startswith("# A dry run of this spec went through.\n")
    assert load(text, "x.toml").core == "drv/foo_split_core.c"


@pytest.mark.parametrize("makefile", [MAKEFILE, "obj-y += foo.o\n"])
def test_no_second_name_where_none_is_needed(tmp_path: Path, makefile: str) -> None:
    root = small_tree(tmp_path, {"drv/Makefile": makefile, "drv/foo_core.c": ""})
    assert load(proposed(root), "x.toml").core is None


def test_a_file_with_dashes(tmp_path: Path) -> None:
    makefile = MAKEFILE.replace("foo.o", "foo-dev.o")
    files = {"drv/foo.c": None, "drv/foo-dev.c": SOURCE, "drv/Makefile": makefile}
    spec = load(proposed(small_tree(tmp_path, files), "drv/foo-dev.c:foo_ops"), "x.toml")
    assert (spec.header, spec.main) == ("drv/foo-dev-ops.h", "drv/foo-dev-main.c")


def test_files_that_are_there_beside_one_with_dashes(tmp_path: Path) -> None:
    files = {"drv/foo-dev.c": SOURCE, "drv/foo-dev-ops.h": "", "drv/foo-dev-split-ops.h": ""}
    root = small_tree(tmp_path, {**files, "drv/Makefile": "obj-m += foo-dev.o\n"})
    assert (
        load(proposed(root, "drv/foo-dev.c:foo_ops"), "x.toml").header == "drv/foo-dev-split2-ops.h"
    )


def test_common_names_get_the_prefix_of_the_others(tmp_path: Path) -> None:
    text = proposed(small_tree(tmp_path, {"drv/foo.c": SOURCE.replace("foo_open", "open")}))
    reason = "# has no underscore, so it does not say whose it is"
    assert f'[rename]\n{reason}\nopen = "foo_open"\n' in text
    exception = "# What becomes global has this prefix already, except for the names in [rename]."
    assert f'{exception}\nprefix = "foo_"\n' in text


@pytest.mark.parametrize(
    ("prefixed", "renames", "said"),
    [
        ([], [], "."),
        ([], [("foo_open", "foo_split_open")], "."),
        ([], [("bar", "foo_bar")], ", except for the names in [rename]."),
        ([("bar_x", "bar_x")], [], ", except for the names in [rename]."),
        ([("bar_x", "foo_bar_x")], [], ", except for these, which get it:\n# bar_x -> foo_bar_x"),
        (
            [("bar_x", "foo_bar_x")],
            [("bar", "foo_bar")],
            ", except for the names in [rename] and these, which get it:\n# bar_x -> foo_bar_x",
        ),
    ],
)
def test_the_comment_of_the_prefix_is_true(
    prefixed: list[tuple[str, str]], renames: list[tuple[str, str]], said: str
) -> None:
    given, others = (
        tuple(Renaming(*names, "for a reason") for names in pairs) for pairs in (prefixed, renames)
    )
    text = write_spec(
        Draft("foo.c", "o.h", "m.c", "foo_", shared=True, prefixed=given, renames=others)
    )
    assert f'# What becomes global has this prefix already{said}\nprefix = "foo_"\n' in text


def test_without_a_common_prefix_the_file_gives_it(tmp_path: Path) -> None:
    source = SOURCE.replace("foo_open", "open").replace("foo_free_unit", "release")
    spec = load(proposed(small_tree(tmp_path, {"drv/foo.c": source})), "x.toml")
    assert spec.prefix is None
    assert {old: new.to for old, new in spec.renames.items()} == {
        "open": "foo_open",
        "release": "foo_release",
    }


def test_taken_names_are_renamed(tmp_path: Path) -> None:
    files = {"drv/other.c": "int foo_open(int unit)\n{\n\treturn unit;\n}\nint foo_ops;\n"}
    text = proposed(small_tree(tmp_path, files))
    assert '# foo_ops: taken by drv/other.c:5\nfoo_ops = "foo_split_ops"' in text
    assert '# taken by drv/other.c:1\nfoo_open = "foo_split_open"' in text
    assert text.startswith("# A dry run of this spec went through.\n")


def test_a_new_name_that_is_taken_is_not_proposed(tmp_path: Path) -> None:
    files = {
        "drv/foo.c": SOURCE.replace("foo_open", "open"),
        "drv/other.c": "int foo_open(int unit)\n{\n\treturn unit;\n}\n",
    }
    text = proposed(small_tree(tmp_path, files))
    assert load(text, "x.toml").renames["open"].to == "foo_split_open"


def test_files_with_one_prefix_are_told_apart_by_their_names(tmp_path: Path) -> None:
    """Drivers beside each other, each with its `ops` and the prefix of all."""
    source = SOURCE.replace("foo_ops", "ops").replace("foo_free", "lib_free")
    files = {
        "drv/foo.c": source.replace("foo_open", "lib_open"),
        "drv/other.c": "int lib_ops, lib_split_ops, lib_split_ops_op;\n",
    }
    text = proposed(small_tree(tmp_path, files), "drv/foo.c:ops")
    assert load(text, "x.toml").tables["ops"] == "lib_foo_ops"
    assert text.startswith("# A dry run of this spec went through.\n")


def test_names_static_in_several_files(tmp_path: Path) -> None:
    source = SOURCE.replace("foo_open", "dev_open").replace("foo_free_unit", "foo_drop")
    one = {"drv/foo.c": source, "drv/x.c": STATIC.format("dev_open")}
    text = proposed(small_tree(tmp_path / "1", one))
    assert "[rename]\n# static" not in text
    text = proposed(small_tree(tmp_path / "2", one | {"drv/y.c": STATIC.format("dev_open")}))
    assert "# static in several files, drv/x.c:1 one of them\n" in text
    assert load(text, "x.toml").renames["dev_open"].to == "foo_dev_open"


def test_one_name_that_stays_is_no_family(tmp_path: Path) -> None:
    statics = "".join(STATIC.format(name) for name in ("fn_a", "fn_b"))
    source = (
        f"{statics}int out_write(int unit)\n{{\n\treturn unit;\n}}\n"
        "struct ops { int (*a)(int); int (*b)(int); int (*c)(int); };\n"
        "static struct ops foo_ops = { .a = fn_a, .b = fn_b, .c = out_write };\n"
        "struct ops *get(void) { return &foo_ops; }\n"
    )
    files = {"drv/foo.c": source, "drv/x.c": statics, "drv/y.c": statics}
    text = proposed(small_tree(tmp_path, files))
    assert text.startswith("# A dry run of this spec went through.\n")
    assert load(text, "x.toml").renames["fn_a"].to.endswith("_a")


def test_a_table_that_is_global_already_keeps_its_name(tmp_path: Path) -> None:
    files = {
        "drv/foo.c": SOURCE.replace("static struct ops", "struct ops"),
        "drv/foo.h": "struct ops { int (*open)(int); int (*free)(int); };\n"
        "int foo_init(void);\nextern struct ops foo_ops;\n",
    }
    text = proposed(small_tree(tmp_path, files))
    assert '\nfoo_ops = "foo_ops"\n' in text
    assert text.startswith("# A dry run of this spec went through.\n")


def test_a_refusal_is_said_in_the_spec(tmp_path: Path) -> None:
    files = {"drv/other.c": '#include "foo.c"\n', "vtsplit.toml": None}
    root = small_tree(tmp_path, files)
    result = init(str(root), "drv/foo.c:foo_ops")
    assert result.exit_code == 0
    assert result.stdout.startswith("# A dry run of this spec was refused.")
    assert "# VT046: drv/foo.c is included there as text" in result.stdout
    assert "a dry run of it was refused (VT046)" in result.stderr
    assert split(root, "--table", "drv/foo.c:foo_ops").exit_code == 2


def test_several_tables(tmp_path: Path) -> None:
    root = small_tree(
        tmp_path, {"drv/foo.c": f"{SOURCE}\nstatic struct ops b_ops = {{ foo_open }};\n"}
    )
    result = init(str(root), "drv/foo.c:foo_ops", "drv/foo.c:b_ops")
    assert load(result.stdout, "x.toml").tables == {"foo_ops": "foo_ops", "b_ops": "b_ops"}


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"drv/Makefile": "obj-m += foo.o\n"},  # the source gets another name
        {"drv/foo_ops.h": "", "drv/foo_main.c": "int foo_main;\n"},
        {"drv/a.c": STATIC.format("foo_ops"), "drv/foo.c": SOURCE.replace("foo_ops", "ops")},
    ],
    ids=["plain", "core", "files are taken", "renamed"],
)
def test_a_table_that_has_moved_already(tmp_path: Path, files: dict[str, str]) -> None:
    """The same command finds nothing to do, and each other table is still proposed anew."""
    root = small_tree(tmp_path, {"vtsplit.toml": None, **files})
    table = "ops" if "drv/a.c" in files else "foo_ops"
    write(root, "--table", f"drv/foo.c:{table}")
    result = split(root, "--table", f"drv/foo.c:{table}", "--check")
    assert (result.exit_code, result.stdout) == (0, ""), result.stderr
    assert "nothing to do" in result.stderr
    other = split(root, "--table", "drv/foo.c:fop_ops")
    assert other.exit_code == 2
    assert "no table 'fop_ops'" in other.stderr or "no 'drv/foo.c'" in other.stderr


def test_a_path_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_tree(tmp_path / "tree")
    monkeypatch.chdir(tmp_path)
    result = init("tree", "tree/drv/foo.c:foo_ops")
    assert load(result.stdout, "x.toml").source == "drv/foo.c"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ["drv/foo.c:foo_ops", "drv/foo.c:fop_ops"],
            "error[VT020]: drv/foo.c has no table 'fop_ops'\n  --> drv/foo.c:fop_ops\n",
        ),
        (["drv/foo.c:foo_init"], "error[VT021]"),
        (["drv/fop.c:foo_ops"], "error[VT010]"),
        (["drv/foo.h:foo_ops"], "the source must be the path of a .c file"),
        (["../foo.c:foo_ops"], "error[VT0"),
        (
            ["drv/a b.c:foo_ops"],
            "letters, digits and _ . + - /, not 'drv/a b.c'\n  --> drv/a b.c\n",
        ),
        (["drv/\udcff.c:foo_ops"], "error[VT005]: the source must be a path of letters"),
        (["drv/foo.c"], "is not FILE:TABLE"),
        (["drv/foo.c:2"], "no table begins in line 2 of 'drv/foo.c'"),
        (["drv/foo.c:2x"], "is not FILE:TABLE"),
        (["drv/fop.c:14"], "error[VT010]"),
        (["drv/foo.c:a", "drv/other.c:b"], "one source file at a time"),
        ([], "name a table of the tree as FILE:TABLE"),
        (["drv:foo_ops"], "'drv' is a folder: name the file that has the table, drv/foo.c:foo_ops"),
        (["./drv/:foo_ops"], "name the file that has the table, drv/foo.c:foo_ops"),
        ([".:foo_ops"], "'.' is a folder: name the file that has the table, drv/foo.c:foo_ops"),
        (["drv:foo_init"], "'drv' is a folder, and no source in it has a table 'foo_init'"),
        (["drv:14"], "'drv' is a folder: name a file in it, as FILE:14"),
        (["drv/foo.c:foo_ops", "-o", "foo.toml"], "error[VT008]: 'foo.toml' exists already"),
        (["drv/foo.c:foo_ops", "-o", "no/foo.toml"], "error[VT008]: cannot write"),
    ],
)
def test_bad_input(
    arguments: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_tree(tmp_path, {"foo.toml": "mine"})
    monkeypatch.chdir(tmp_path)
    before = snapshot(tmp_path)
    result = init(".", *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert says in result.stderr
    assert result.stderr.count("error[") <= 1
    assert snapshot(tmp_path) == before


def test_of_a_folder_the_sources_with_such_a_table_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_tree(tmp_path, {"drv/sub/b.c": SOURCE, "drv.c": SOURCE, "drv/c.h": SOURCE})
    monkeypatch.chdir(tmp_path)
    said = "name one of the files that have a table 'foo_ops': drv/foo.c, drv/sub/b.c\n"
    assert said in init(".", "drv:foo_ops").stderr
    assert said in split(tmp_path, "--table", "drv:foo_ops").stderr
    result = init("drv/foo.c:foo_ops")
    said = "TREE is missing in front of the table, as in `vtsplit init . drv/foo.c:foo_ops`\n"
    assert (result.exit_code, said in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("more", "name"),
    [("", "foo_foo"), ("PLUGIN(other)\n", "foo_foo"), ("PLUGIN(foo)\n", "foo")],
    ids=["no macro", "another name", "its own"],
)
def test_a_name_that_a_macro_pastes_stays(more: str, name: str, tmp_path: Path) -> None:
    """`foo` has no underscore, but is also the name of what the macro makes."""
    plugin = "#define PLUGIN(name) int plugin_##name = 1;\n"
    source = SOURCE.replace("foo_ops", "foo").replace("static struct", f"{plugin}static struct", 1)
    text = proposed(small_tree(tmp_path, {"drv/foo.c": source + more}), "drv/foo.c:foo")
    assert text.startswith("# A dry run of this spec went through.\n")
    assert load(text, "x.toml").tables == {"foo": name}
