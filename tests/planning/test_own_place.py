"""A table that says where it stands has another value in main: that is told, twice."""

import shutil
from pathlib import Path

import pytest

from built import verify
from trees import SOURCE, small_tree, split, write

ENTRY = "\t.open = foo_open,\n"


def tree_with(root: Path, entry: str, body: str = "unit") -> Path:
    source = SOURCE.replace(ENTRY, f"{ENTRY}\t.number = {entry},\n")
    return small_tree(root, {"drv/foo.c": source.replace("return unit;", f"return {body};", 1)})


@pytest.mark.parametrize("word", ["__LINE__", "__COUNTER__", "sizeof(__FILE__)"])
def test_it_is_told(word: str, tmp_path: Path) -> None:
    root = tree_with(tmp_path / "tree", word)
    before = shutil.copytree(root, tmp_path / "before")
    bare = word.removeprefix("sizeof(").removesuffix(")")
    told = f"warning: drv/foo.c:14:1: {bare} in 'foo_ops' will have another value in drv/main.c"
    assert told in split(root).stderr
    write(root)
    verdict = verify(before, root, "--textual")
    assert f"note: {bare} in table 'bar_ops' has another value in drv/main.c" in verdict.output


@pytest.mark.parametrize(
    ("entry", "body"), [("1 /* __LINE__ */", "unit"), ("1", "unit + 0 * __LINE__")]
)
def test_nothing_is_told_of_what_does_not_move(entry: str, body: str, tmp_path: Path) -> None:
    root = tree_with(tmp_path / "tree", entry, body)
    before = shutil.copytree(root, tmp_path / "before")
    assert "another value" not in split(root).stderr
    write(root)
    assert "another value" not in verify(before, root, "--textual").output


SECTION = '#define __commands __attribute__((section("SECTION"), used))\n'


@pytest.mark.parametrize(
    ("name", "words", "told"),
    [
        ("commands", "__commands", True),
        ("commands", '__attribute__((__section__("foo_set")))', True),
        (".data.foo", "__commands", False),
        ("commands", "", False),
    ],
)
def test_a_turn_in_a_section_is_told(name: str, words: str, told: bool, tmp_path: Path) -> None:
    text = SOURCE.replace("foo_ops = {", f"foo_ops {words} = {{")
    macro = SECTION.replace("SECTION", name)
    root = small_tree(tmp_path / "tree", {"drv/foo.c": text.replace("\n\n", f"\n\n{macro}\n", 1)})
    section = "foo_set" if "foo_set" in words else name
    warning = f"'foo_ops' stands in section '{section}', and has another place there if drv/main.c"
    ran = split(root)
    assert ran.exit_code == 0, ran.stderr
    assert (warning in ran.stderr) is told
