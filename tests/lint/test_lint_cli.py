"""`vtsplit lint` from the command line: streams, exit codes, mends; and lint of the sample."""

import subprocess
from pathlib import Path

import click.testing
import msgspec
import pytest
from test_lint import SPEC, make

import trees
from vtsplit.cli import main


def lint(root: Path, *options: str) -> click.testing.Result:
    """Run `vtsplit lint ROOT` in this process. A traceback fails the test that asked."""
    result = click.testing.CliRunner().invoke(main, ["lint", str(root), *options])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, split."""
    return trees.write(trees.copy_sample(tmp_path_factory.mktemp("lint") / "tree"))


def copy(root: Path, to: Path) -> Path:
    subprocess.run(["cp", "-r", root, to], check=True)
    return to


def edit(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_text()
    assert old in text
    (root / path).write_text(text.replace(old, new, 1))


def test_split_sample_is_clean(sample: Path) -> None:
    result = lint(sample)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "vtsplit: nothing found\n")


@pytest.mark.slow
def test_leftover_in_the_sample_is_named_and_mended(sample: Path, tmp_path: Path) -> None:
    root = copy(sample, tmp_path / "tree")
    edit(root, "vmx/x86_ops.h", "int vmx_vm_init", "void vmx_set_dr6(u32 val);\nint vmx_vm_init")
    before = trees.snapshot(root)
    result = lint(root)
    assert result.exit_code == 1
    assert result.stdout == (
        "vmx/x86_ops.h:16:6: L001 'vmx_set_dr6' is declared, but nothing defines it and nothing "
        "uses it\n"
    )
    assert result.stderr == "vtsplit: 1 finding; --fix corrects 1\n"
    shown = lint(root, "--fix")
    assert shown.exit_code == 1
    assert trees.snapshot(root) == before
    subprocess.run(["patch", "-p1", "-s"], cwd=root, input=shown.stdout.encode(), check=True)
    assert (root / "vmx/x86_ops.h").read_bytes() == (sample / "vmx/x86_ops.h").read_bytes()
    assert lint(root).exit_code == 0


MENDS = [
    ("int foo_open(struct foo *foo, unit_t unit);", "int gone(void);\n{}"),
    ("int foo_open(struct foo *foo, unit_t unit);", "{}\n{}"),
    (
        "int foo_open(struct foo *foo, unit_t unit);",
        "int foo_open(struct foo *foo,\n\t\tunit_t unit);",
    ),
    ("int foo_open(struct foo *foo, unit_t unit);\n", ""),
    ("int foo_smm(struct foo *foo);\n", "int foo_smm(struct foo *foo);\nint gone(void);\n"),
    ("#ifdef CONFIG_SMM\nint foo_smm(struct foo *foo);\n#endif\n", ""),
]


@pytest.mark.slow
@pytest.mark.parametrize(("old", "new"), MENDS)
def test_mended_tree_is_clean(old: str, new: str, tmp_path: Path) -> None:
    make(tmp_path, ("drv/foo_ops.h", old, new.replace("{}", old)), ("vtsplit.toml", "", SPEC))
    patch = lint(tmp_path, "--fix").stdout
    result = lint(tmp_path, "--fix", "--write")
    assert (result.exit_code, result.stdout) == (0, "")
    assert lint(tmp_path).exit_code == 0
    assert lint(tmp_path, "--fix").stdout == ""
    assert patch.startswith("diff --git a/drv/foo_ops.h")
    header = (tmp_path / "drv/foo_ops.h").read_text()
    assert header.count("foo_open(") == header.count("foo_smm(") == 1
    assert header.index("#ifdef CONFIG_SMM") < header.index("foo_smm(")


def test_what_cannot_be_mended_is_left_and_said(tmp_path: Path) -> None:
    make(
        tmp_path,
        ("drv/foo_ops.h", "unit_t unit);", "unsigned long unit);\nint gone(void);"),
        ("vtsplit.toml", "", SPEC),
    )
    result = lint(tmp_path, "--fix", "--write")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "drv/foo_ops.h:8:5: L004 'foo_open'" in result.stderr
    assert "1 of 2 findings left, 1 corrected" in result.stderr
    assert "gone" not in (tmp_path / "drv/foo_ops.h").read_text()


def test_second_declaration_in_more_cases_is_not_dropped(tmp_path: Path) -> None:
    again = "#ifdef CONFIG_SMM\nint foo_open(struct foo *foo, unit_t unit);\n"
    make(
        tmp_path, ("vtsplit.toml", "", SPEC), ("drv/foo_ops.h", "extern", f"{again}#endif\nextern")
    )
    result = lint(tmp_path, "--fix")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "drv/foo_ops.h:11:5: L003 'foo_open'" in result.stderr


def test_mend_that_does_not_mend_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, ("vtsplit.toml", "", SPEC), ("drv/foo_ops.h", "foo, unit", "foo,\n  unit"))
    monkeypatch.setattr(
        "vtsplit.lint.mends.align", lambda text, style: text.replace("unit);", "unit );")
    )
    before = trees.snapshot(tmp_path)
    result = lint(tmp_path, "--fix", "--write")
    assert result.exit_code == 2
    assert "error[VT090]: the corrected tree would have L009" in result.stderr
    assert trees.snapshot(tmp_path) == before


def test_write_spares_what_git_does_not_have(tmp_path: Path) -> None:
    make(tmp_path, ("vtsplit.toml", "", SPEC))
    trees.commit(tmp_path)
    edit(tmp_path, "drv/foo_ops.h", "void foo", "int gone(void);\nvoid foo")
    before = trees.snapshot(tmp_path)
    result = lint(tmp_path, "--fix", "--write")
    assert result.exit_code == 2
    assert "VT070" in result.stderr
    assert trees.snapshot(tmp_path) == before
    assert lint(tmp_path, "--fix", "--write", "--allow-dirty").exit_code == 0


def test_json(tmp_path: Path) -> None:
    make(tmp_path, ("drv/foo_ops.h", "void foo", "int gone(void);\nvoid foo"))
    make(tmp_path, ("vtsplit.toml", "", SPEC), ("drv/foo_ops.h", "void", "int gone(void);\nvoid"))
    result = lint(tmp_path, "--json")
    assert result.exit_code == 1
    report = msgspec.json.decode(result.stdout)
    (one,) = report["findings"]
    place = (one["path"], one["line"], one["column"])
    assert (one["code"], one["name"], *place) == ("L001", "gone", "drv/foo_ops.h", 9, 5)
    assert one["fixable"] is True
    assert report["problems"] == []


BAD = [
    ([("vtsplit.toml", "", SPEC.replace("main.c", "gone.c"))], "VT085", "drv/gone.c"),
    ([("vtsplit.toml", "", SPEC), ("drv/foo.c", "{", "{ {")], "VT016", "drv/foo.c:3:1"),
    ([("vtsplit.toml", "", SPEC + '[lint]\nignore = ["L01"]\n')], "VT003", "vtsplit.toml:8:12"),
    ([("vtsplit.toml", "", SPEC + '[lint]\nignore = "L001"\n')], "VT003", "vtsplit.toml:8:11"),
    ([("vtsplit.toml", "", SPEC + "[lint]\nignor = []\n")], "VT002", "vtsplit.toml:8:1"),
    ([("vtsplit.toml", "", SPEC + '[lint.ignore-name]\nf = ["X"]\n')], "VT003", "toml:8:7"),
    ([("vtsplit.toml", "", SPEC + '[lint.ignore-name]\n"1f" = []\n')], "VT003", "toml:8:2"),
    ([], "VT007", "no spec"),
]


@pytest.mark.parametrize(("edits", "code", "says"), BAD)
def test_bad_input(edits: list[tuple[str, str, str]], code: str, says: str, tmp_path: Path) -> None:
    make(tmp_path, *edits)
    before = trees.snapshot(tmp_path)
    for options in ([], ["--fix", "--write"], ["--json"]):
        result = lint(tmp_path, *options)
        assert result.exit_code == 2
        assert f"error[{code}]" in result.stderr
        assert says in result.stderr
        assert (result.stdout == "") == (options != ["--json"])
    assert trees.snapshot(tmp_path) == before


@pytest.mark.parametrize("data", [b"\0", b"\xff\xfe(", b"int f(", b'#include "foo_ops.h"\n', b""])
@pytest.mark.parametrize("path", ["drv/foo.c", "drv/foo_ops.h", "drv/main.c", "drv/ops.h"])
def test_damaged_files_give_no_traceback(path: str, data: bytes, tmp_path: Path) -> None:
    make(tmp_path, ("vtsplit.toml", "", SPEC))
    (tmp_path / path).write_bytes(data)
    assert lint(tmp_path, "--fix").exit_code in {0, 1, 2}


def test_options_that_exclude_each_other(tmp_path: Path) -> None:
    for options in (["--write"], ["--fix", "--json"], ["--spec", "a", "--preset", "b"]):
        assert lint(tmp_path, *options).exit_code == 2


def test_no_such_tree(tmp_path: Path) -> None:
    result = lint(tmp_path / "gone")
    assert result.exit_code == 2
    assert "error[VT014]" in result.stderr
