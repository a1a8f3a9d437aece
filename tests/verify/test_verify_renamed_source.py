"""A source that has another name now, and a build that has compiled it under one of the two."""

import shutil
from pathlib import Path

import pytest

from built import build, verify
from trees import small_tree

MAKEFILE = "obj-m += foo.o\n"
COMPOSITE = f"{MAKEFILE}foo-y := foo_core.o\n"
needs_gcc = pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")


def lay(tmp_path: Path, change: tuple[str, str] = ("", "")) -> tuple[Path, Path]:
    """Lay two trees: in the second one the source has another name, and a change."""
    before = small_tree(tmp_path / "before", {"drv/Makefile": MAKEFILE})
    after = small_tree(tmp_path / "after", {"drv/Makefile": COMPOSITE})
    text = (after / "drv/foo.c").read_text()
    (after / "drv/foo.c").unlink()
    (after / "drv/foo_core.c").write_text(text.replace(*change))
    return before, after


@pytest.mark.slow
@needs_gcc
@pytest.mark.parametrize("built", ["before", "after"])
def test_it_is_the_same_program(built: str, tmp_path: Path) -> None:
    before, after = lay(tmp_path)
    build(tmp_path / built, "drv/foo.c" if built == "before" else "drv/foo_core.c")
    database = tmp_path / built / "compile_commands.json"
    result = verify(before, after, "--compile-commands", str(database))
    assert result.exit_code == 0, result.output
    assert "1 file renamed" in result.output
    assert "preprocessed" in result.output
    assert "not compared" not in result.output


@pytest.mark.slow
@needs_gcc
@pytest.mark.parametrize("built", ["before", "after"])
def test_it_is_another_program(built: str, tmp_path: Path) -> None:
    before, after = lay(tmp_path, ("return ", "return 1 + "))
    build(tmp_path / built, "drv/foo.c" if built == "before" else "drv/foo_core.c")
    database = tmp_path / built / "compile_commands.json"
    result = verify(before, after, "--compile-commands", str(database))
    assert result.exit_code == 1, result.output
