"""Wrappers are held against the policies that made them; the rest must be the same program."""

import shutil
from pathlib import Path

import click.testing
import pytest

from trees import copy_sample, split, write
from vtsplit.cli import main

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sample before and after a split with dispatch; tests only read them."""
    root = tmp_path_factory.mktemp("verify")
    before = copy_sample(root / "before", dispatch=True)
    return before, write(shutil.copytree(before, root / "after"))


def verify(before: Path, after: Path) -> click.testing.Result:
    spec = str(before / "vtsplit.toml")
    arguments = ["verify", "--spec", spec, "-v", str(before), str(after)]
    return click.testing.CliRunner().invoke(main, arguments)


def test_wrappers_are_as_their_policies_say(trees: tuple[Path, Path]) -> None:
    result = verify(*trees)
    assert result.exit_code == 0, result.output
    assert "wrapper   vt_vcpu_create" in result.output
    assert "note: wrappers, the entries of tables" in result.output


# (file, text, what stands there in its place, what is said)
CHANGES = [
    ("vmx/main.c", "return tdx_vm_init(kvm)", "return vmx_vm_init(kvm)",
     "function 'vt_vm_init' is not what the spec asks for (op vm_init)"),
    ("vmx/main.c", "\tif (is_td(kvm)) {\n", "\tif (!is_td(kvm)) {\n", "'vt_vm_destroy'"),
    ("vmx/main.c", ".vm_init = vt_op(vm_init)", ".vm_init = vmx_vm_init", "'vt_x86_ops'"),
    ("vmx/main.c", "module_init(vt_init);\n", "", "module_init(vt_init)"),
    ("vmx/vmx.c", "vcpu->cr0 = cr0;", "vcpu->cr0 = 0;", "'vmx_set_cr0'"),
    ("x86.c", "nr_user_msrs = ops->nr_user_msrs;", "", "file 'x86.c' differs"),
]  # fmt: skip


def test_changes_are_found(trees: tuple[Path, Path], tmp_path: Path) -> None:
    after = shutil.copytree(trees[1], tmp_path / "after")
    for path, old, new, _ in CHANGES:
        text = (after / path).read_text()
        assert old in text
        (after / path).write_text(text.replace(old, new, 1))
    result = verify(trees[0], after)
    assert result.exit_code == 1, result.output
    assert [says for _, _, _, says in CHANGES if says not in result.output] == []
    # One for each change of main.
    assert result.output.count("is not what the spec asks for") == 4


def test_no_file_differs_is_said_only_if_that_is_so(
    trees: tuple[Path, Path], tmp_path: Path
) -> None:
    """Of a tree that is split the split changes no file, but somebody has changed a wrapper."""
    assert "note: no file differs" in verify(trees[1], trees[1]).output
    after = shutil.copytree(trees[1], tmp_path / "after")
    text = (after / "vmx/main.c").read_text()
    (after / "vmx/main.c").write_text(text.replace("(is_td(kvm)) {", "(!is_td(kvm)) {", 1))
    result = verify(trees[1], after)
    assert result.exit_code == 1, result.output
    assert "no file differs" not in result.output


def test_a_file_that_the_tree_before_lacks_has_no_place_there(
    trees: tuple[Path, Path], tmp_path: Path
) -> None:
    after = shutil.copytree(trees[1], tmp_path / "after")
    (after / "more.h").write_text("extern int more;\n")
    (after / "x86.c").write_text("")
    (after / "x86_trace.h").unlink()
    result = verify(trees[0], after)
    assert result.exit_code == 1
    for path, side in (("more.h", "after: "), ("x86.c", "before:"), ("x86_trace.h", "before:")):
        said = f"file '{path}' differs, although the spec does not ask for that"
        assert f"{said}\n  {side} {path}\n\n" in result.output


def test_comments_do_not_count(trees: tuple[Path, Path], tmp_path: Path) -> None:
    after = shutil.copytree(trees[1], tmp_path / "after")
    text = (after / "vmx/main.c").read_text()
    (after / "vmx/main.c").write_text(text.replace("/* Any vm's, or one's. */\n", ""))
    assert verify(trees[0], after).exit_code == 0


def test_split_verifies_what_it_shows(trees: tuple[Path, Path]) -> None:
    result = split(trees[0], "--verify")
    assert result.exit_code == 0, result.stderr
    assert "proved: " in result.stderr
    assert result.stdout == split(trees[0]).stdout


def test_a_bad_spec_is_shown_by_its_line(trees: tuple[Path, Path], tmp_path: Path) -> None:
    spec = tmp_path / "bad.toml"
    spec.write_text("[split\n")
    arguments = ["verify", "--spec", str(spec), *map(str, trees)]
    result = click.testing.CliRunner().invoke(main, arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "bad.toml:1:7\n    1 | [split\n" in result.stderr


def test_the_order_of_specifiers_does_not_count(trees: tuple[Path, Path], tmp_path: Path) -> None:
    after = shutil.copytree(trees[1], tmp_path / "after")
    main_c = after / "vmx/main.c"
    text = main_c.read_text()
    assert text.count("static int vt_vm_init(") == 1
    main_c.write_text(text.replace("static int vt_vm_init(", "int static vt_vm_init("))
    result = verify(trees[0], after)
    assert result.exit_code == 0, result.output
