"""A name that many files have: which of them are parsed, what is changed and what is said."""

from pathlib import Path

import pytest

from trees import SOURCE, SPEC, small_tree, split, write
from vtsplit.survey.cfile.files import CFile, CFiles

PROBE = SOURCE.replace("foo_open", "probe")
SPELT = SPEC + '[rename]\nprobe = "foo_open"\n'
USED = "int bar_%d(struct s *s)\n{\n\treturn s->probe(s) + probe;\n}\n"


def tree_of(root: Path, **more: str) -> Path:
    """Make a tree whose table has a function `probe`, and ten files that have the word."""
    files = {f"lib/used_{number}.c": USED % number for number in range(10)}
    files |= {"drv/foo.c": PROBE, "vtsplit.toml": SPELT}
    files |= {f"lib/{name}.c": text for name, text in more.items()}
    return small_tree(root, files)


@pytest.mark.parametrize("path", ["drv/foo.c", "lib/said.c", "lib/prose.h"])
@pytest.mark.parametrize("end", ["\n", ""])
def test_comments_behind_the_last_item_follow(tmp_path: Path, path: str, end: str) -> None:
    """A file may end with comments, or have nothing else."""
    behind = f"\n/* What foo_open() begins, foo_ops ends. */{end}"
    files = {
        "lib/said.c": "int said;\n",
        "lib/prose.h": "/* Prose alone. */\n",
        "drv/foo.c": SOURCE,
    }
    root = small_tree(
        tmp_path,
        {**files, path: files[path] + behind,
         "vtsplit.toml": SPEC + '[rename]\nfoo_open = "foo_begin"\n'},
    )  # fmt: skip
    text = (write(root) / path).read_text()
    assert text.endswith(f"\n/* What foo_begin() begins, bar_ops ends. */{end}")
    assert split(root, "--check").exit_code == 0


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the paths that are parsed, as they come."""
    paths: list[str] = []
    get, glance = CFiles.get, CFiles.glance

    def note_get(files: CFiles, path: str) -> CFile:
        paths.append(path)
        return get(files, path)

    def note_glance(files: CFiles, path: str) -> CFile:
        paths.append(path)
        return glance(files, path)

    monkeypatch.setattr(CFiles, "get", note_get)
    monkeypatch.setattr(CFiles, "glance", note_glance)
    return paths


def test_one_other_declaration_tells_enough(tmp_path: Path, parsed: list[str]) -> None:
    comment = "/* As probe() has it. */\nint other_one;\n"
    root = tree_of(tmp_path, other="static int probe(void)\n{\n\treturn 0;\n}\n", said=comment)
    shown = split(root, "--explain")
    assert shown.exit_code == 0, shown.stderr
    assert [path for path in parsed if path.startswith("lib/")] == ["lib/other.c"]
    text = shown.stdout + shown.stderr
    assert "'probe' is also declared there: left alone, as in 11 more files" in text
    write(root)
    assert (root / "lib/said.c").read_text() == comment


def test_comments_follow_where_no_other_file_declares_it(tmp_path: Path, parsed: list[str]) -> None:
    said = "/* As probe() has it. */\nint other_one;\n"
    root = tree_of(tmp_path, said=said, word="/* We probe it. */\nint another;\n")
    shown = split(root, "--explain")
    assert shown.exit_code == 0, shown.stderr
    # Where it is code somebody has to look whether that declares it; where it is a word, nobody.
    assert "lib/word.c" not in parsed
    text = shown.stdout + shown.stderr
    assert "'probe' means something else there, and in 10 more files: left alone" in text
    write(root)
    assert (root / "lib/said.c").read_text() == said.replace("probe()", "foo_open()")
    assert (root / "lib/used_1.c").read_text() == USED % 1


def test_a_macro_argument_elsewhere_counts_as_a_declaration(tmp_path: Path) -> None:
    """What a macro makes of its arguments nobody knows: comments stay as they are."""
    said = "/* As probe() has it. */\nint other_one;\n"
    root = write(tree_of(tmp_path, said=said, made="DEFINE_OPS(x, .probe = 1);\n"))
    assert (root / "lib/said.c").read_text() == said


def test_the_name_in_use_as_a_member_takes_none(tmp_path: Path, parsed: list[str]) -> None:
    member = "struct s t = {\n\t.foo_open = 1,\n};\n"
    root = tree_of(tmp_path, member=member)
    assert split(root, "--check").exit_code == 1
    assert "lib/member.c" not in parsed


@pytest.mark.parametrize(
    "text",
    ["int foo_open;\n", "int foo_open(void)\n{\n}\n", "#if A\nint b;\n#else\nint\nfoo_open;\n"],
)
def test_a_declared_name_is_taken(tmp_path: Path, text: str) -> None:
    assert "error[VT030]" in split(tree_of(tmp_path, taken=text)).stderr
