"""A module of one object with a second backend, and the proof that its split changes nothing."""

import shutil
from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest

from dispatch_trees import FUNCTIONS, UNDER_OPTION, compile_all, dispatch_tree, gcc, main_of
from trees import Files, git, snapshot, split, write
from vtsplit.cli import main

ONE = "obj-$(CONFIG_FOO) += foo.o\nCFLAGS_foo.o := -DX\n"
LISTED = "FOO\nF:\tdrv/foo.c\n"
BOOL = "config FOO\n\tbool 'Foo'\n"


def tree(root: Path, changed: Files | None = None, base: str = UNDER_OPTION) -> Path:
    """Make a module of one object; the second backend's object is in no list."""
    files: Files = {"drv/Makefile": ONE, "MAINTAINERS": LISTED}
    return dispatch_tree(root, {**files, **(changed or {})}, base=base)


def split_alone(root: Path) -> Path:
    """Make one without a second backend."""
    return tree(root, {"drv/qux.c": None, "drv/qux.h": None}, UNDER_OPTION.split("[dispatch]")[0])


def test_second_backend_joins_the_new_list(tmp_path: Path) -> None:
    root = write(tree(tmp_path))
    assert (root / "drv/Makefile").read_text() == (
        "obj-$(CONFIG_FOO) += foo.o\n"
        "foo-y := foo_core.o main.o\n"
        "foo-$(CONFIG_QUX) += qux.o\n"
        "CFLAGS_foo_core.o := -DX\n"
    )
    assert not (root / "drv/foo.c").exists()
    assert ".open = bar_op(open)," in main_of(root)
    for name in ("main", "foo_core", "qux"):
        gcc(root / f"drv/{name}.c", "-DCONFIG_QUX")
    again = split(root, "--verify")
    assert (again.exit_code, again.stdout) == (0, "")
    assert "nothing to do" in again.stderr


def test_lint_finds_the_renamed_source(tmp_path: Path) -> None:
    root = write(tree(tmp_path))
    linted = click.testing.CliRunner().invoke(main, ["lint", str(root)])
    # The table was global before, and no one had asked for that.
    (line,) = linted.stdout.splitlines()
    assert line.endswith("nothing but drv/main.c uses 'bar_ops': it could be static there")


def test_dispatch_comes_to_a_module_that_is_split(tmp_path: Path) -> None:
    at_once = write(tree(tmp_path / "a"))
    later = tree(tmp_path / "b", base=UNDER_OPTION)
    spec = (later / "vtsplit.toml").read_text()
    (later / "vtsplit.toml").write_text(spec.split("[dispatch]")[0])
    write(later)
    (later / "vtsplit.toml").write_text(spec)
    assert snapshot(write(later)) == snapshot(at_once)


def test_patch_of_both_passes_applies(tmp_path: Path) -> None:
    patched, written = tree(tmp_path / "a"), write(tree(tmp_path / "b"))
    patch = tmp_path / "split.patch"
    patch.write_text(split(patched).stdout)
    git(patched, "init", "-q")
    git(patched, "apply", str(patch))
    shutil.rmtree(patched / ".git")
    assert snapshot(patched) == snapshot(written)


def test_messages_of_the_second_pass_name_the_old_path(tmp_path: Path) -> None:
    functions = f"#define LOCAL 1\n\n{FUNCTIONS}"
    spec = '[op.reset]\nwhen = "qux_on"\notherwise = "return LOCAL"\n'
    root = dispatch_tree(
        tmp_path, {"drv/Makefile": ONE}, base=UNDER_OPTION, functions=functions, spec=spec
    )
    result = split(root)
    assert "error[VT057]" in result.stderr
    assert "only drv/foo.c has it" in result.stderr
    assert "  --> drv/foo.c:4" in result.stderr
    assert result.exit_code == 2


def test_a_message_names_a_header_whose_path_begins_as_the_new_one(tmp_path: Path) -> None:
    functions = f'#include "foo_core.c.h"\n{FUNCTIONS}'
    files = {"drv/Makefile": ONE, "drv/foo_core.c.h": "int bar_open(int unit);\n"}
    root = dispatch_tree(tmp_path, files, base=UNDER_OPTION, functions=functions)
    main_text = (root / "drv/foo.h").read_text()
    (root / "drv/foo.h").write_text(f'{main_text}\n#include "foo_core.c.h"\n')
    result = split(root)
    assert "what drv/foo_core.c.h declares" in result.stderr
    assert result.exit_code == 2


@pytest.mark.parametrize("base", [UNDER_OPTION.replace('config = "CONFIG_QUX"', ""), UNDER_OPTION])
def test_object_beside_one_that_is_never_a_module(base: str, tmp_path: Path) -> None:
    root = tree(tmp_path, {"drv/Kconfig": BOOL}, base)
    if base is UNDER_OPTION:
        result = split(root)
        assert "error[VT060]: 'foo.o' is linked on its own" in result.stderr
        assert result.exit_code == 2
        return
    makefile = (write(root) / "drv/Makefile").read_text()
    assert makefile.startswith("obj-$(CONFIG_FOO) += foo.o main.o qux.o\n")
    compile_all(root)


def test_second_backend_is_not_the_renamed_source(tmp_path: Path) -> None:
    base = UNDER_OPTION.replace('"drv/qux.c"', '"drv/foo_core.c"')
    skeleton = base.replace('config = "', 'skeleton = "-1"\nconfig = "')
    result = split(tree(tmp_path, {"drv/qux.c": None}, skeleton))
    assert "error[VT062]" in result.stderr
    assert "is the second backend's source" in result.stderr
    assert result.exit_code == 2


@pytest.mark.slow
@pytest.mark.parametrize("make", [split_alone, tree])
def test_split_is_proved(make: Callable[[Path], Path], tmp_path: Path) -> None:
    before, after = make(tmp_path / "a"), make(tmp_path / "b")
    result = split(before, "--verify")
    assert result.exit_code == 0, result.stderr
    assert "proved: " in result.stderr
    assert "1 build file changed" in result.stderr
    assert result.stdout == split(before).stdout
    write(after)
    spec = ["--spec", str(before / "vtsplit.toml")]
    for options in [spec] if make is tree else [spec, []]:
        arguments = ["verify", "--textual", *options, str(before), str(after)]
        verdict = click.testing.CliRunner().invoke(main, arguments)
        assert verdict.exit_code == 0, verdict.output


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("obj-$(CONFIG_FOO) += foo.o", "obj-$(CONFIG_FOO) += foo_core.o"),
        ("foo_core.o main.o", "foo_core.o main.o extra.o"),
        ("CFLAGS_foo_core.o", "CFLAGS_main.o"),
        ("CFLAGS_foo_core.o := -DX\n", ""),
    ],
)
def test_makefile_that_says_more_is_not_proved(old: str, new: str, tmp_path: Path) -> None:
    before, after = split_alone(tmp_path / "a"), write(split_alone(tmp_path / "b"))
    makefile = after / "drv/Makefile"
    assert old in makefile.read_text()
    makefile.write_text(makefile.read_text().replace(old, new))
    arguments = ["verify", "--textual", str(before), str(after)]
    verdict = click.testing.CliRunner().invoke(main, arguments)
    assert verdict.exit_code == 1, verdict.output
    assert "makefile 'drv/Makefile'" in verdict.output
