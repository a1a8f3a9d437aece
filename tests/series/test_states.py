"""States of a repository in which no series can be made: one message each, and nothing changes."""

from pathlib import Path

import pytest

from repositories import clone, git, patches, repository, series, state, subjects
from trees import SPEC, files, small_tree, split, write

pytestmark = pytest.mark.slow

PATCHES, COMMIT = ("-o", "OUT"), ("--commit",)
ON_BRANCH = (*COMMIT, "--branch", "split")


def refused(root: Path, options: tuple[str, ...], code: str, says: str) -> None:
    """See that a run is refused with one message, and that nothing has changed."""
    before, there = state(root), files(root)
    out = root.parent / "patches"
    result = series(root, *(str(out) if one == "OUT" else one for one in options))
    assert result.exit_code == 2
    assert result.stderr.count("error[") == 1
    assert f"error[{code}]" in result.stderr
    assert says in result.stderr
    assert (state(root), files(root)) == (before, there)
    assert not out.exists()


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a repository, whatever the user's own settings are."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    return repository(tmp_path / "tree")


@pytest.mark.parametrize("options", [PATCHES, COMMIT], ids=["patches", "commit"])
def test_uncommitted_change(options: tuple[str, ...], root: Path) -> None:
    (root / "drv/other.c").write_text("int changed;\n")
    refused(root, options, "VT403", "'drv/other.c' has changes that are not committed")


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_change_that_git_is_told_not_to_see(flag: str, root: Path, tmp_path: Path) -> None:
    """`git status` is silent, yet the change would get into a patch."""
    git(root, "update-index", flag, "drv/foo.c", "drv/Makefile")
    assert len(patches(root, tmp_path / "unchanged")) == 2
    with (root / "drv/foo.c").open("a") as file:
        file.write("/* mine */\n")
    for options in (PATCHES, COMMIT):
        refused(root, options, "VT403", "'drv/foo.c' has changes that are not committed")
    (root / "drv/foo.c").unlink()
    refused(root, PATCHES, "VT403", "let git see it by `git update-index --no-assume-unchanged")


def test_merge_under_way(root: Path) -> None:
    git(root, "switch", "--quiet", "--create", "side")
    for branch, text in (("side", "int a;\n"), ("main", "int b;\n")):
        git(root, "switch", "--quiet", branch)
        (root / "drv/other.c").write_text(text)
        git(root, "commit", "--quiet", "--all", "--message", "Change")
    git(root, "merge", "side", code=1)
    refused(root, PATCHES, "VT403", "a merge is under way")


def test_file_that_git_does_not_have(root: Path) -> None:
    git(root, "rm", "--quiet", "--cached", "drv/Makefile")
    git(root, "commit", "--quiet", "--message", "Forget it")
    refused(
        root, PATCHES, "VT403", "'drv/Makefile' is a file of the split, but git does not track it"
    )


def test_sparse_checkout(root: Path) -> None:
    git(root, "sparse-checkout", "set", "drv")
    refused(root, PATCHES, "VT404", "the checkout is sparse")


def test_nobody(root: Path) -> None:
    git(root, "config", "user.email", "")
    refused(root, PATCHES, "VT405", "git has no user.email")


def test_bad_date(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    refused(root, PATCHES, "VT405", "SOURCE_DATE_EPOCH is 'yesterday'")


def test_head_on_no_branch(root: Path) -> None:
    git(root, "switch", "--quiet", "--detach")
    refused(root, COMMIT, "VT407", "HEAD is on no branch")


def test_branch_that_is_taken(root: Path) -> None:
    git(root, "branch", "split")
    refused(root, ON_BRANCH, "VT407", "there is a branch 'split' already")


def test_branch_that_cannot_be(root: Path) -> None:
    refused(root, (*COMMIT, "--branch", "a..b"), "VT407", "'a..b' cannot be the name of a branch")


def test_no_git(tmp_path: Path) -> None:
    result = series(small_tree(tmp_path / "tree"), "-o", str(tmp_path / "patches"))
    assert result.exit_code == 2
    assert "error[VT401]" in result.stderr


def test_no_commit(tmp_path: Path) -> None:
    root = small_tree(tmp_path / "tree")
    git(root, "init", "--quiet")
    result = series(root, "-o", str(tmp_path / "patches"))
    assert result.exit_code == 2
    assert "git has no commit yet" in result.stderr


@pytest.mark.parametrize("is_ignored", [False, True], ids=["untracked", "ignored"])
@pytest.mark.parametrize("options", [PATCHES, COMMIT], ids=["patches", "commit"])
def test_file_that_an_earlier_run_has_left(
    options: tuple[str, ...], is_ignored: bool, root: Path
) -> None:
    """It is as the split makes it, so that no patch would bring it."""
    write(root)
    git(root, "checkout", "--quiet", ".")
    (root / "drv/main.c").unlink()
    if is_ignored:
        (root / ".git/info/exclude").write_text("/*\n")
    refused(root, options, "VT403", "'drv/foo_ops.h' is a file of the split, but git does not")


def shallow_clone(root: Path, depth: int) -> Path:
    """Clone the last commits of a repository, whose first one has all files."""
    (root / "drv/other.c").write_text("int more;\n")
    git(root, "commit", "--quiet", "--all", "--message", "net: More")
    to = root.parent / "shallow"
    git(root.parent, "clone", "--quiet", f"--depth={depth}", f"file://{root}", str(to))
    for key in ("user.name", "user.email"):
        git(to, "config", key, git(root, "config", key))
    return to


@pytest.mark.parametrize("options", [PATCHES, COMMIT], ids=["patches", "commit"])
def test_shallow_clone(options: tuple[str, ...], root: Path) -> None:
    """Its last commit seems to add all files, and says nothing of how subjects begin."""
    shallow = shallow_clone(root, 1)
    refused(shallow, options, "VT404", "the clone is shallow: it has no commits that say")


def test_shallow_clone_with_maintainers(tmp_path: Path) -> None:
    listed = {"MAINTAINERS": "FOO DRIVERS (net/foo)\nF:\tdrv/foo*\n"}
    shallow = shallow_clone(repository(tmp_path / "tree", listed), 1)
    refused(shallow, PATCHES, "VT404", "such as 'net: foo:' by MAINTAINERS, or run `git fetch")


def test_shallow_clone_that_has_what_is_asked(root: Path, tmp_path: Path) -> None:
    """The last commits say how subjects begin, or the spec does, or nothing is to do."""
    shallow = shallow_clone(root, 2)
    made = patches(shallow, tmp_path / "patches")
    assert subjects(made)[0].startswith("net: ")
    copy = clone(root, tmp_path / "applied")
    git(copy, "am", "--quiet", *(str(one) for one in sorted((tmp_path / "patches").iterdir())[1:]))
    assert files(copy) == files(write(clone(root, tmp_path / "split")))


@pytest.mark.parametrize("already", [False, True], ids=["prefix", "nothing to do"])
def test_shallow_clone_that_asks_nothing(already: bool, tmp_path: Path) -> None:
    prefix = "" if already else '[series]\nprefix = "a: b:"\n'
    root = repository(tmp_path / "tree", {"vtsplit.toml": SPEC + prefix})
    if already:
        write(root)
        git(root, "add", "--all")
    shallow = shallow_clone(root, 1)
    result = series(shallow, "-o", str(tmp_path / "patches"))
    assert (result.exit_code, "nothing to do" in result.stderr) == (0, already), result.stderr


@pytest.mark.parametrize("kind", ["full", "file", "nowhere"])
def test_folder_that_cannot_be_used(kind: str, tmp_path: Path) -> None:
    root = repository(tmp_path / "tree")
    out = tmp_path / "out"
    if kind == "full":
        out.mkdir()
        (out / "0001-old.patch").write_text("")
    elif kind == "file":
        out.write_text("")
    else:
        out = out / "inside"
    before = files(tmp_path)
    result = series(root, "-o", str(out))
    assert result.exit_code == 2
    assert "error[VT406]" in result.stderr
    assert files(tmp_path) == before


def test_empty_folder_is_used(tmp_path: Path) -> None:
    root = repository(tmp_path / "tree")
    (tmp_path / "out").mkdir()
    assert len(patches(root, tmp_path / "out")) == 2


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "give -o DIR for patches, or --commit for commits"),
        (("-o", "x", "--commit"), "-o and --commit cannot be used together"),
        (("-o", "x", "--branch", "b"), "--branch needs --commit"),
        (("--commit", "--reroll", "2"), "--reroll is for patches"),
    ],
)
def test_options_that_do_not_go_together(
    options: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    result = series(repository(tmp_path / "tree"), *options)
    assert result.exit_code == 2
    assert says in result.stderr


@pytest.mark.parametrize("branch", [None, "split"])
def test_commits(branch: str | None, tmp_path: Path) -> None:
    root = repository(tmp_path / "tree")
    base = git(root, "rev-parse", "HEAD")
    named = ["--branch", branch] if branch else []
    result = series(root, "--commit", *named)
    assert result.exit_code == 0, result.stderr
    assert git(root, "branch", "--show-current") == (branch or "main")
    assert git(root, "log", "--format=%s", f"{base}..").split("\n") == [
        "foo: Move foo_ops to main.c as bar_ops",
        "foo: Declare in foo_ops.h what foo_ops refers to",
    ]
    assert git(root, "status", "--porcelain") == ""
    assert git(root, "rev-parse", "main") == (base if branch else git(root, "rev-parse", "HEAD"))
    assert split(root, "--check").exit_code == 0
    copy = clone(root, tmp_path / "split")
    git(copy, "checkout", "--quiet", base)
    assert files(write(copy)) == files(root)


def test_commits_are_those_of_the_patches(tmp_path: Path) -> None:
    root = repository(tmp_path / "tree")
    made = patches(root, tmp_path / "patches")
    assert series(root, "--commit").exit_code == 0
    commits = git(root, "log", "--reverse", "--format=%H", "-2").split("\n")
    assert [text.split()[1] for text in made] == commits


@pytest.mark.parametrize("options", [(), ("--branch", "split")], ids=["current", "new"])
def test_hook_that_fails(options: tuple[str, ...], tmp_path: Path) -> None:
    root = repository(tmp_path / "tree")
    hook = root / ".git/hooks/reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text('#!/bin/sh\n[ "$1" = prepared ] && exit 1\nexit 0\n')
    hook.chmod(0o755)
    there = files(root)
    result = series(root, "--commit", *options)
    assert result.exit_code == 2
    assert "error[VT402]: git could not bring the commits to the branch" in result.stderr
    hook.unlink()
    assert git(root, "branch", "--format=%(refname:short)") == "main"
    assert git(root, "status", "--porcelain") == ""
    assert files(root) == there


@pytest.mark.parametrize("before", [True, False], ids=["a note", "no note"])
def test_where_the_branch_was_stays_known(before: bool, root: Path) -> None:
    """Git writes ORIG_HEAD, and only then sees that the index is locked."""
    git(root, "commit", "--quiet", "--allow-empty", "--message", "More")
    note = root / ".git/ORIG_HEAD"
    if before:
        git(root, "update-ref", "ORIG_HEAD", "HEAD~1")
    there = note.read_bytes() if before else b""
    (root / ".git/index.lock").write_text("")
    assert series(root, "--commit").exit_code == 2
    assert (note.read_bytes() if note.exists() else b"") == there


@pytest.mark.parametrize("options", [(), ("--branch", "split")], ids=["current", "new"])
@pytest.mark.parametrize("path", ["drv/other.c", "drv/foo.c"], ids=["another file", "the source"])
def test_edit_while_git_fails_is_not_lost(
    options: tuple[str, ...], path: str, tmp_path: Path
) -> None:
    """A hook stands for a person who saves a file just when git fails."""
    root = repository(tmp_path / "tree")
    hook = root / ".git/hooks/reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        f'#!/bin/sh\n[ "$1" = prepared ] || exit 0\necho "/* edited */" >> {path}\n'
        'rm "$0"\nexit 1\n'
    )
    hook.chmod(0o755)
    assert series(root, "--commit", *options).exit_code == 2
    assert (root / path).read_text().endswith("/* edited */\n")
    assert git(root, "branch", "--format=%(refname:short)") == "main"
