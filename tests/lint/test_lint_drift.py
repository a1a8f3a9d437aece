"""L011: wrappers that are not what the spec makes."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from dispatch_trees import SECOND, dispatch_tree, main_of, wrapper_of
from trees import write
from vtsplit.cli import main


def found(root: Path, *options: str) -> tuple[int, list[str]]:
    """Return the exit code of lint and what it finds of this code."""
    result = CliRunner().invoke(main, ["lint", str(root), *options])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, [line for line in result.stdout.splitlines() if "L011" in line]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(dispatch_tree(tmp_path))


def edit(root: Path, old: str, new: str, path: str = "drv/main.c") -> None:
    text = (root / path).read_text()
    assert old in text
    (root / path).write_text(text.replace(old, new))


def test_what_was_made_is_no_finding(root: Path) -> None:
    assert found(root)[1] == []
    edit(root, "\tif (is_qux(unit))", "\t/* whichever */\n\tif (is_qux(unit))")
    assert found(root)[1] == []


def test_a_wrapper_that_differs(root: Path) -> None:
    edit(root, "qux_open(unit);", "qux_open(unit) + 1;")
    line = "drv/main.c:8:1: L011 bar_open differs from the spec"
    assert found(root) == (1, [line])
    assert found(root, "--fix") == (1, [])  # it is said, on stderr, and is not mended
    assert "+ 1;" in main_of(root)


def test_it_can_be_ignored_by_code_and_by_name(root: Path) -> None:
    edit(root, "qux_open(unit);", "qux_open(unit) + 1;")
    spec = (root / "vtsplit.toml").read_text()
    for text in ('[lint]\nignore = ["L011"]\n', '[lint.ignore-name]\nbar_open = ["L011"]\n'):
        (root / "vtsplit.toml").write_text(spec + text)
        assert found(root)[1] == []
    (root / "vtsplit.toml").write_text(f'{spec}[lint.ignore-name]\nbar_close = ["L011"]\n')
    assert len(found(root)[1]) == 1


def test_one_that_the_spec_does_not_want(root: Path) -> None:
    edit(root, "/* Wrappers made by vtsplit: what they do is in its spec. */\n\n", "")
    edit(root, "[dispatch.when]", "[op.open]\nwrap = false\n[dispatch.when]", "vtsplit.toml")
    code, lines = found(root)
    assert code == 1
    assert [line.partition("L011 ")[2] for line in lines] == [
        "bar_open is there, though the spec has wrap = false for op 'open'"
    ]


def test_a_spec_that_cannot_be_carried_out(root: Path) -> None:
    """Nothing was compared then, which must not look like nothing found."""
    edit(root, "[dispatch.when]", "[op.reset]\n[dispatch.when]", "vtsplit.toml")
    (line,) = found(root)[1]
    assert "vtsplit.toml:" in line
    assert "L011 wrappers cannot be compared with the spec: the second backend has no" in line
    wrapper = wrapper_of(root, "bar_open")
    edit(root, wrapper, "")
    edit(root, ".open = bar_open", ".open = foo_open")
    assert found(root)[1] == []  # there is none to compare


def test_a_tree_whose_table_is_not_in_main(root: Path) -> None:
    start = main_of(root).index("struct ops bar_ops")
    (root / "drv/main.c").write_text(main_of(root)[:start])
    assert found(root)[1] == []


def test_a_tree_that_has_no_wrappers_yet(tmp_path: Path) -> None:
    root = write(dispatch_tree(tmp_path, second=""))
    assert found(root)[1] == []
    (root / "drv/qux.c").write_text(f'#include "qux.h"\nbool qux_on;\n{SECOND}')
    assert found(root)[1] == []
