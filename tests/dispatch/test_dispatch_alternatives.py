"""Several sections for one op: the first that the tree can carry out counts."""

from pathlib import Path

import pytest

from dispatch_trees import dispatch_tree, main_of, table_of, wrapper_of
from trees import split, write

COMPLAINS = '[[op.close]]\nwhen = "BUG({when}, {})"\nonly = "first"\n'
IS_QUIET = '[[op.close]]\nwhen = "likely_not({when})"\nonly = "first"\n'


def header_with(more: str) -> dict[str, str]:
    """Return a header that the source includes, with a line more."""
    return {"drv/more.h": f"#ifndef MORE_H\n#define MORE_H\n{more}\n#endif\n"}


def tree_with(root: Path, spec: str, more: str = "") -> Path:
    """Make a tree whose source includes a header with `more` in it."""
    return dispatch_tree(
        root,
        header_with(more),
        functions='#include "more.h"\n\n'
        "static int foo_open(struct unit *unit)\n{\n\treturn unit->id;\n}\n\n"
        "static void foo_close(struct unit *unit, int how)\n{\n\tunit->id = how;\n}\n\n"
        "static int foo_reset(void)\n{\n\treturn 0;\n}\n",
        spec=spec,
    )


@pytest.mark.parametrize(
    ("more", "condition"),
    [
        ("#define BUG(x, unit) (x)\n#define likely_not(x) (x)", "BUG(is_qux(unit), unit)"),
        ("#define likely_not(x) (x)", "likely_not(is_qux(unit))"),
        ("#define BUG(x, unit) (x)", "BUG(is_qux(unit), unit)"),
        ("static inline int BUG(int x, struct unit *u) { return x; }", "BUG(is_qux(unit), unit)"),
    ],
    ids=["both are there", "the second alone", "the first alone", "a function"],
)
def test_macros_of_the_tree_decide(tmp_path: Path, more: str, condition: str) -> None:
    root = write(tree_with(tmp_path, COMPLAINS + IS_QUIET, more))
    assert f"\tif ({condition})\n\t\treturn;\n" in wrapper_of(root, "bar_close")
    assert split(root, "--check").exit_code == 0


def test_where_none_fits_the_first_is_refused(tmp_path: Path) -> None:
    result = split(tree_with(tmp_path, COMPLAINS + IS_QUIET))
    assert result.exit_code == 2
    assert "VT057" in result.stderr
    assert "'BUG'" in result.stderr
    assert "likely_not" not in result.stderr


def test_note_says_which_section_was_taken(tmp_path: Path) -> None:
    more = "#define likely_not(x) (x)"
    said = split(tree_with(tmp_path, COMPLAINS + IS_QUIET, more), "-v").stderr
    assert "vtsplit.toml:20:6: of the sections for op 'close' this one fits the tree" in said


def test_one_section_under_two_brackets(tmp_path: Path) -> None:
    root = write(tree_with(tmp_path, '[[op.close]]\nonly = "first"\n'))
    assert wrapper_of(root, "bar_close")


def test_a_parameter_that_came_later(tmp_path: Path) -> None:
    spec = '[[op.close]]\nwhen = "{flags} && {when}"\n[[op.close]]\nwrap = false\n'
    root = write(tree_with(tmp_path, spec))
    assert "\t.close = foo_close," in table_of(root)
    assert not wrapper_of(root, "bar_close")


def test_error_numbers_of_the_library_are_known(tmp_path: Path) -> None:
    spec = '[[op.open]]\notherwise = "return -EINVAL"\n[[op.open]]\notherwise = "return -1"\n'
    assert "return -EINVAL;" in wrapper_of(write(tree_with(tmp_path, spec)), "bar_open")


@pytest.mark.parametrize("has_entry", [True, False])
def test_an_entry_that_older_trees_lack(tmp_path: Path, has_entry: bool) -> None:
    entries = "\t.open = foo_open,\n\t.close = foo_close,\n"
    root = dispatch_tree(
        tmp_path,
        entries=entries if has_entry else entries.replace("\t.close = foo_close,\n", ""),
        functions="static int foo_open(struct unit *unit)\n{\n\treturn unit->id;\n}\n\n"
        + ("static " if has_entry else "")
        + "void foo_close(struct unit *unit, int how)\n{\n\tunit->id = how;\n}\n",
        second="void qux_close(struct unit *unit, int how)\n{\n\tunit->id = -how;\n}\n",
        spec='[[op.close]]\n[[op.close]]\nonly = "second"\n',
    )
    wrapper = wrapper_of(write(root), "bar_close")
    assert "qux_close(unit, how);" in wrapper
    assert ("foo_close(unit, how);" in wrapper) is has_entry
    assert split(root, "--check").exit_code == 0


def test_a_wrapper_that_is_there_says_which_section_it_is_of(tmp_path: Path) -> None:
    more = "#define BUG(x, unit) (x)\n#define likely_not(x) (x)"
    root = write(tree_with(tmp_path, IS_QUIET, more))
    before = main_of(root)
    spec = (root / "vtsplit.toml").read_text()
    (root / "vtsplit.toml").write_text(spec.replace(IS_QUIET, COMPLAINS + IS_QUIET))
    assert split(root, "--check").exit_code == 0
    assert main_of(write(root)) == before


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("[op]\nclose = []\n", "op.close has no section"),
        ("[[op.close]]\n[[op.close]]\nonyl = 'first'\n", "unknown key 'onyl' in [op.close]"),
        ("[[op.close]]\nzero-first = true\n", "'zero-first' has no effect without 'zero'"),
        ("[op]\nclose = [3]\n", "op.close must be a table, not an integer"),
    ],
)
def test_bad_sections_are_refused(tmp_path: Path, spec: str, message: str) -> None:
    result = split(tree_with(tmp_path, spec))
    assert result.exit_code == 2
    assert message in result.stderr
