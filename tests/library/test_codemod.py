"""A codemod of one's own over files: a dry run, a patch, all files or none."""

# ruff: noqa: N802 (methods are named after nodes)

import subprocess
from pathlib import Path

import pytest

from trees import commit
from vtsplit import cst
from vtsplit.codemod import Result, assert_codemod, run
from vtsplit.cst import Call, FunctionDef, Name, Opaque, Transformer, UnreadCall
from vtsplit.diagnostics import RefusedError

TEXT = "int fn(void)\n{\n\treturn get(1);\n}\n"
CHANGED = "int fn(void)\n{\n\treturn get(1, 2);\n}\n"


class AddArgument(Transformer):
    """Gives each call of get() one more argument; says where it cannot."""

    def leave_Call(self, original: Call, updated: Call) -> Call:
        return updated.with_arg("2") if updated.name == "get" and len(updated.args) < 2 else updated

    def leave_UnreadCall(self, original: UnreadCall, updated: UnreadCall) -> UnreadCall:
        if updated.name == "get":
            self.remark("this call of get() is not read")
        return updated


class Count(Transformer):
    """Changes its own state, as one should not."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def leave_Name(self, original: Name, updated: Name) -> Name:
        self.count += 1
        return updated.with_changes(value=f"{updated.value}{self.count}")


def plant(root: Path, count: int = 3) -> Path:
    (root / "sub").mkdir(parents=True)
    for at in range(count):
        (root / "sub" / f"f{at}.c").write_text(TEXT)
    (root / "other.h").write_text("int get(int a, int b);\n")
    (root / "notes.txt").write_text("get(1)\n")
    return root


def texts(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes().decode("utf-8", "surrogateescape")
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".git" not in path.parts
    }


@pytest.mark.parametrize("count", [3, 40])
def test_a_dry_run_writes_nothing_and_has_the_patch(tmp_path: Path, count: int) -> None:
    root = plant(tmp_path / "tree", count)
    before = texts(root)
    result = run(AddArgument(), [root])
    assert texts(root) == before
    assert (result.root, result.files, result.notes) == (root, count + 1, ())
    assert [change.path for change in result.changes] == sorted(
        f"sub/f{at}.c" for at in range(count)
    )
    subprocess.run(["git", "apply"], cwd=root, input=result.diff, check=True)
    assert texts(root)["sub/f0.c"] == CHANGED
    assert not run(AddArgument(), [root]).changes


@pytest.mark.parametrize("count", [3, 40])
def test_write(tmp_path: Path, count: int) -> None:
    root = plant(tmp_path / "tree", count)
    before = texts(root)
    run(AddArgument(), [root], write=True)
    assert texts(root) == {
        path: CHANGED if path.endswith(".c") else text for path, text in before.items()
    }


def test_files_without_the_words_are_passed_over(tmp_path: Path) -> None:
    root = plant(tmp_path / "tree")
    (root / "sub/f0.c").write_text(TEXT.replace("return", "other();\n\treturn"))
    (change,) = run(AddArgument(), [root], words=["other", "another"]).changes
    assert change.path == "sub/f0.c"


def test_each_file_has_a_transformer_of_its_own(tmp_path: Path) -> None:
    root = plant(tmp_path / "tree")
    transformer = Count()
    changes = {change.after for change in run(transformer, [root / "sub"]).changes}
    assert changes == {TEXT.replace("get", "get1").encode()}
    assert transformer.count == 0


def test_paths_are_from_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = plant(tmp_path / "tree")
    commit(root)
    monkeypatch.chdir(root / "sub")
    (change,) = run(AddArgument(), ["f1.c"]).changes
    assert change.path == "sub/f1.c"
    (change,) = run(AddArgument(), ["f1.c", Path("f1.c"), root / "sub/f1.c"]).changes
    (change,) = run(AddArgument(), ["f1.c"], root=root / "sub").changes
    assert change.path == "f1.c"


def test_paths_through_symbolic_links(tmp_path: Path) -> None:
    root = plant(tmp_path / "tree")
    (tmp_path / "link").symlink_to(root)
    (root / "sub/g.c").symlink_to("f0.c")
    result = run(AddArgument(), [tmp_path / "link/sub", root / "sub/g.c"])
    assert [change.path for change in result.changes] == ["f0.c", "f1.c", "f2.c"]
    assert run(AddArgument(), tmp_path / "link").root == root
    assert run(AddArgument(), str(root / "sub/f0.c")).files == 1


def test_a_path_outside_of_the_root_is_refused(tmp_path: Path) -> None:
    root = plant(tmp_path / "tree")
    with pytest.raises(RefusedError, match="is outside the tree"):
        run(AddArgument(), [root / "other.h"], root=root / "sub")


def test_without_a_repository_they_are_from_the_folder_of_all(tmp_path: Path) -> None:
    root = plant(tmp_path / "tree")
    changes = run(AddArgument(), [root / "sub/f0.c", root / "sub/f1.c"]).changes
    assert [change.path for change in changes] == ["f0.c", "f1.c"]
    assert not run(AddArgument(), []).changes


def test_what_git_does_not_have_is_not_written_over(tmp_path: Path) -> None:
    root = plant(tmp_path / "tree")
    commit(root)
    (root / "sub/f0.c").write_text(TEXT + "int new;\n")
    before = texts(root)
    with pytest.raises(RefusedError, match="has content that git does not have"):
        run(AddArgument(), [root], write=True)
    assert texts(root) == before
    run(AddArgument(), [root], write=True, allow_dirty=True)
    assert texts(root)["sub/f0.c"] == CHANGED + "int new;\n"


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    root = plant(tmp_path / "tree")
    (root / "sub/f0.c").write_bytes(b"get(1)\0")
    result = run(AddArgument(), [root])
    assert len(result.changes) == 2
    assert [note.message for note in result.notes] == [
        "left out: 'sub/f0.c' is binary: byte 7 is NUL"
    ]
    with pytest.raises(RefusedError, match="is binary"):
        run(AddArgument(), [root / "sub/f0.c"])


def test_a_path_that_is_missing_is_named_as_it_was_given(tmp_path: Path) -> None:
    root = plant(tmp_path / "tree")
    for given in (root / "sub/g.c", str(root / "nosuch")):
        with pytest.raises(RefusedError) as refused:
            run(AddArgument(), [root / "other.h", given])
        assert [one.message for one in refused.value.problems] == [f"there is no '{given}'"]


def test_bytes_that_are_no_text_come_back(tmp_path: Path) -> None:
    data = b"/* \xe9 */\r\nint a = get(1);\r\n// \xff"
    (tmp_path / "a.c").write_bytes(data)
    run(AddArgument(), [tmp_path], write=True)
    assert (tmp_path / "a.c").read_bytes() == data.replace(b"(1)", b"(1, 2)")


@pytest.mark.parametrize("count", [1, 40])
def test_an_error_names_the_file(tmp_path: Path, count: int) -> None:
    class Fails(Transformer):
        def leave_Call(self, original: Call, updated: Call) -> Call:
            raise KeyError("oops")

    root = plant(tmp_path / "tree", count)
    with pytest.raises(KeyError) as caught:
        run(Fails(), [root], write=True)
    assert "while transforming sub/f0.c" in caught.value.__notes__
    assert texts(root)["sub/f0.c"] == TEXT


class OddError(Exception):
    """An exception that another process cannot make again."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(first + second)


@pytest.mark.parametrize("count", [1, 40])
def test_an_error_that_cannot_be_sent_names_the_file(tmp_path: Path, count: int) -> None:
    class Fails(Transformer):
        def leave_Call(self, original: Call, updated: Call) -> Call:
            raise OddError("o", "dd")

    root = plant(tmp_path / "tree", count)
    with pytest.raises(RuntimeError, match="OddError: odd") as caught:
        run(Fails(), [root])
    assert "while transforming sub/f0.c" in caught.value.__notes__


def test_remarks_have_their_place(tmp_path: Path) -> None:
    (tmp_path / "a.c").write_text("int a = get(\n#if B\n1);\n#else\n2);\n#endif\n")
    (note,) = run(AddArgument(), [tmp_path]).notes
    assert f"{note.site}: {note.message}" == "a.c:1:9: this call of get() is not read"


def test_a_damaged_result_is_told(tmp_path: Path) -> None:
    class Damage(Transformer):
        def leave_FunctionDef(self, original: FunctionDef, updated: FunctionDef) -> object:
            return Opaque("", updated.code.replace("}", ""), "")

    (tmp_path / "a.c").write_text(TEXT)
    result: Result = run(Damage(), [tmp_path])
    assert [note.site for note in result.notes if note.site] != []
    assert "cannot be read as C" in result.notes[0].message


def test_assert_codemod() -> None:
    before = """
        int a = get(1);
    """
    assert_codemod(AddArgument(), before, before.replace("1", "1, 2"))
    assert_codemod(AddArgument(), "int a;\n", "int a;\n")
    with pytest.raises(AssertionError, match=r"(?s)another text came out.*-int a = get\(1\)"):
        assert_codemod(AddArgument(), before, before)


def test_assert_codemod_finds_a_copy() -> None:
    class Copies(Transformer):
        def leave_Call(self, original: Call, updated: Call) -> Call:
            return updated.with_changes()

    with pytest.raises(AssertionError, match="the module is a copy"):
        assert_codemod(Copies(), "int a = f(1);\n", "int a = f(1);\n")


def test_names_are_listed_before_they_are_loaded() -> None:
    assert {*cst.__all__} <= {*dir(cst)}
