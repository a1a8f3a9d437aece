"""The diff is git's own, byte for byte, and both `git apply` and `patch -p1` take it."""

import os
import random
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from how_many import examples
from vtsplit.change.changes import ChangeSet, FileChange, FileStat, changes_to
from vtsplit.change.diff import Hunk, colored, diff, diffstat, hunks, quoted
from vtsplit.diagnostics import RefusedError
from vtsplit.tree.source_tree import SourceTree

Files = Mapping[str, bytes | None]

BODY = b"".join(b"\tstep(%d);\n" % number for number in range(30))
FUNCTION = b"#include <a.h>\n\nstatic int run(struct vcpu *vcpu)\n{\n" + BODY + b"}\n"

# path -> before, after
CASES: dict[str, tuple[bytes | None, bytes | None]] = {
    "function.c": (FUNCTION, FUNCTION.replace(b"(15)", b"(51)").replace(b"(29)", b"(92)")),
    "new.c": (None, b"int a;\n"),
    "new-empty.c": (None, b""),
    "new-unended.c": (None, b"int a;"),
    "gone.c": (b"int a;\nint b;\n", None),
    "gone-empty.c": (b"", None),
    "filled.c": (b"", b"int a;\n"),
    "emptied.c": (b"int a;\n", b""),
    "crlf.c": (b"int a;\r\nint b;\r\n", b"int a;\r\nlong b;\r\n"),
    "latin-1.c": (b"// caf\xe9\nint a;\n", b"// caf\xe9\nlong a; // \xfc\n"),
    "ended.c": (b"int a;\nint b;", b"int a;\nint b;\n"),
    "unended.c": (b"int a;\nint b;\n", b"int a;\nint b;"),
    "still-unended.c": (b"int a;\nint b;", b"long a;\nint b;"),
    "nul.c": (b"int a;\n\0\n", b"long a;\n\0\n"),
    "a folder/with space.c": (b"int a;\n", b"long a;\n"),
    "new with space.c": (None, b"int a;\n"),
    "caf\u00e9 \u4e2d.c": (b"int a;\n", b"long a;\n"),
    'quote"tab\t\\.c': (b"int a;\n", b"long a;\n"),
    os.fsdecode(b"raw\xff.c"): (b"int a;\n", b"long a;\n"),
    "script.sh": (b"echo a\n", b"echo b\n"),
    "new-script.sh": (None, b"echo a\n"),
    "gone-script.sh": (b"echo a\n", None),
    "a/very/long/way/down/into/the/tree/before/there/is/any/file.c": (b"", BODY * 10),
    "context.c": (  # what may head a hunk: letters, _ and $ at the start of a line, 80 bytes
        b"_a(" + b"x" * 90 + b")\n" + BODY + b"$b \r\n" + BODY + b" c\n\xe9\n" + BODY,
        b"_a(" + b"x" * 90 + b")\n" + BODY.replace(b"9", b"7") * 3,
    ),
}


def change(path: str, before: bytes | None, after: bytes | None) -> FileChange:
    return FileChange(path, before, after, 0o755 if path.endswith(".sh") else 0o644)


def put(root: Path, files: Files) -> None:
    for path, content in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            file.unlink(missing_ok=True)
        else:
            file.write_bytes(content)
            file.chmod(0o755 if path.endswith(".sh") else 0o644)


def run(root: Path, *command: str, given: bytes = b"") -> bytes:
    environment = {"GIT_CEILING_DIRECTORIES": str(root.parent), "GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run(
        command,
        cwd=root,
        input=given,
        capture_output=True,
        check=False,
        env=os.environ | environment,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A repository with the CASES: `before` as a tree, whose name is returned, `after` staged."""
    root = tmp_path_factory.mktemp("repository")
    run(root, "git", "init", "-q")
    put(root, {path: before for path, (before, _) in CASES.items()})
    run(root, "git", "add", "-A")
    tree = run(root, "git", "write-tree").decode().strip()
    put(root, {path: after for path, (_, after) in CASES.items()})
    run(root, "git", "add", "-A")
    return root, tree


@pytest.fixture(scope="module")
def changes() -> ChangeSet:
    return ChangeSet(change(path, *states) for path, states in CASES.items())


@pytest.mark.parametrize("context", [0, 3, 12])
def test_same_bytes_as_git(repository: tuple[Path, str], changes: ChangeSet, context: int) -> None:
    root, tree = repository
    options = ["--cached", "--no-renames", "--text", "--abbrev=12", f"-U{context}"]
    assert diff(changes, context) == run(root, "git", "diff", *options, tree)


@pytest.mark.parametrize("width", [20, 47, 80, 150, 400])
def test_same_stat_as_git(repository: tuple[Path, str], changes: ChangeSet, width: int) -> None:
    root, tree = repository
    command = ["git", "diff", "--cached", "--no-renames", f"--stat={width}", tree]
    texts = [change for change in changes if change.path != "nul.c"]  # git counts its bytes
    wanted = run(root, *command, "--", *(change.path for change in texts)).decode()
    assert diffstat(ChangeSet(texts), width) == wanted


def test_same_lines_as_git_in_random_edits(tmp_path: Path) -> None:
    """Git's own choice among equal diffs (indent heuristic), and of the line that heads a hunk."""
    dice = random.Random(1)
    pool = [b"int f(void)\n", b"{\n", b"}\n", b"\n", b"\tx = 1;\n", b"#if A\n", b"out:\n", b"*/\n"]
    made = []
    for number in range(60):
        before = [dice.choice(pool) for _ in range(60)]
        after = list(before)
        for _ in range(4):
            at = dice.randrange(len(after))
            after[at : at + dice.randrange(3)] = dice.choices(pool, k=dice.randrange(5))
        made.append(FileChange(f"{number}.c", b"".join(before), b"".join(after)))
    put(tmp_path, {f"old/{change.path}": change.before for change in made})
    put(tmp_path, {f"new/{change.path}": change.after for change in made})
    command = ["git", "diff", "--no-index", "--no-prefix", "--abbrev=12", "old", "new"]
    seen = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).stdout
    wanted = diff(ChangeSet(made)).replace(b" a/", b" old/").replace(b" b/", b" new/")
    assert seen == wanted


PLAIN = [
    b"int a;\n",
    b"{\n",
    b"}\n",
    b"\n",
    b"\tx();\r\n",
    b"\r\n",
    b"caf\xe9\n",
    b"\x0c\n",
    b"a\rb\n",
]
# What looks like a part of a patch.
ODD = [b"-- a\n", b"++ b\n", b"@@ -1 +1 @@\n", b"\\ No\n", b"diff --git a/x b/x\n", b"From x\n"]
LINES = st.sampled_from(PLAIN + ODD)
TEXTS = st.builds(
    lambda lines, end: b"".join(lines) + end,
    st.lists(LINES, max_size=30),
    st.sampled_from([b"", b"", b"no newline", b"cr\r"]),
)


@st.composite
def edits(draw: st.DrawFn) -> tuple[bytes | None, bytes | None]:
    before: bytes = draw(TEXTS)
    if draw(st.integers(0, 9)) == 0:
        return draw(st.sampled_from([(None, before), (before, None)]))
    lines = before.splitlines(keepends=True)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(lines)))
        lines[at : at + draw(st.integers(0, 3))] = draw(st.lists(LINES, max_size=3))
    return before, b"".join(lines)


def assert_applies(states: Mapping[str, tuple[bytes | None, bytes | None]]) -> None:
    patch = diff(ChangeSet(change(path, *pair) for path, pair in states.items()))
    for command in (["git", "apply", "--whitespace=nowarn"], ["patch", "-p1", "-s"]):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            put(root, {path: before for path, (before, _) in states.items()})
            if patch:
                run(root, *command, given=patch)
            left = {
                file.relative_to(root).as_posix(): (file.read_bytes(), file.stat().st_mode & 0o777)
                for file in root.rglob("*")
                if file.is_file()
            }
            assert left == {
                path: (after, 0o755 if path.endswith(".sh") else 0o644)
                for path, (_, after) in states.items()
                if after is not None
            }, command


def test_cases_apply() -> None:
    assert_applies(CASES)


def test_empty_files_with_spaces_apply() -> None:
    """Here git's own diff is one that `patch` cannot read."""
    assert_applies(
        {"a new one.c": (None, b""), "a caf\u00e9.c": (None, b""), "old one": (b"", None)}
    )


@settings(max_examples=examples(25), deadline=None)
@given(st.lists(edits(), min_size=1, max_size=6))
def test_random_edits_apply(pairs: list[tuple[bytes | None, bytes | None]]) -> None:
    assert_applies({f"file {number}.c": pair for number, pair in enumerate(pairs)})


def test_change_set() -> None:
    changes = ChangeSet([FileChange("b", b"", b"x\n"), FileChange("a", b"x", b"x")])
    assert len(changes) == 1
    assert changes.stat() == (FileStat("b", 1, 0),)
    assert not ChangeSet([FileChange("a", None, None)])
    assert (diff(ChangeSet()), diffstat(ChangeSet()), hunks(ChangeSet())) == (b"", "", [])
    with pytest.raises(ValueError, match="two changes"):
        ChangeSet([FileChange("a", None, b""), FileChange("a", None, b"x")])


def test_changes_to(tmp_path: Path) -> None:
    put(tmp_path, {"a.sh": b"caf\xe9\r\n", "b.c": b"int b;\n", "same.c": b"\xff"})
    (tmp_path / "link.c").symlink_to("b.c")
    tree = SourceTree(tmp_path)
    texts = {"a.sh": tree.read("a.sh") + "x\n", "link.c": None, "new.c": "int n;\n"}
    made = changes_to(tree, texts | {"same.c": tree.read("same.c")})
    assert list(made) == [
        FileChange("a.sh", b"caf\xe9\r\n", b"caf\xe9\r\nx\n", 0o755),
        FileChange("b.c", b"int b;\n", None, 0o644),
        FileChange("new.c", None, b"int n;\n", 0o644),
    ]
    assert len(changes_to(tree, {"link.c": "x", "b.c": "x"})) == 1
    with pytest.raises(RefusedError) as refused:
        changes_to(tree, {"link.c": "x", "b.c": "y"})
    assert refused.value.problems[0].code == "VT015"


def test_hunks() -> None:
    before = b"".join(b"%d\n" % number for number in range(1, 21))
    after = before.replace(b"3\n", b"three\nand\n", 1).replace(b"18\n", b"")
    one, two = hunks(ChangeSet([FileChange("a.c", before, after)]))
    assert one == Hunk("a.c", 1, 6, 1, 7, removed=(3,), added=(3, 4))
    assert two == Hunk("a.c", 15, 6, 16, 5, removed=(18,), added=())
    unended = hunks(ChangeSet([FileChange("a.c", b"a\nb\n", b"a\nb")]), context=0)
    assert [(hunk.removed, hunk.added) for hunk in unended] == [((2,), (2,))]


def test_colored() -> None:
    states = (FUNCTION + b"-- a\nb", FUNCTION.replace(b"(29)", b"(92)") + b"++ a\nb")
    patch = diff(ChangeSet([FileChange("caf\u00e9.c", *states)]))
    shown = colored(patch)
    assert click.unstyle(shown) == patch.decode()
    assert "\x1b[31m--- a" in shown
    assert "\x1b[32m+++ a" in shown
    assert "\x1b[1m--- " in shown
    assert "\x1b[36m@@ -31,7 +31,7 @@\x1b[0m static int run" in shown
    assert colored(b"") == ""
    assert colored(b"+\xe9\n").startswith("\x1b[1m+\ufffd")


@pytest.mark.parametrize(
    ("path", "shown"),
    [("a b.c", "a b.c"), ("a\\b", '"a\\\\b"'), ("\x01\x7f\n", '"\\001\\177\\n"')],
)
def test_quoted(path: str, shown: str) -> None:
    assert quoted(path) == shown
