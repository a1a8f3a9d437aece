"""`vtsplit verify --range`: each commit with the one before."""

import shutil
from pathlib import Path

import click.testing
import pytest
from click.testing import CliRunner

from built import build
from repositories import committed, git, repository, series, state
from trees import SPEC, files
from vtsplit.cli import main
from vtsplit.diagnostics import Problem, RefusedError
from vtsplit.series.repository.checked_out import CheckedOut
from vtsplit.series.repository.revisions import Commits
from vtsplit.series.rules import GIT_FAILED

pytestmark = pytest.mark.slow

RENAMED = SPEC + '[rename]\nfoo_free_unit = "foo_unit_free"\n'


def verify(*arguments: str) -> click.testing.Result:
    result = click.testing.CliRunner().invoke(main, ["verify", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a repository with a series of three commits."""
    files = {"vtsplit.toml": RENAMED, "drv/Makefile": "obj-m += foo.o\n"}
    root = repository(tmp_path / "tree", files)
    git(root, "tag", "base")
    assert series(root, "--commit").exit_code == 0
    return root


def test_each_commit_is_proved(root: Path) -> None:
    """Nothing is checked out for that, and what is not committed plays no part."""
    (root / "drv/foo_core.c").write_text("int torn;\n")
    (root / "more.c").write_text("int more;\n")
    before, there = state(root), files(root)
    result = verify("--range", "base..", str(root))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.count("\nproved: ") == 4
    subjects = [line for line in result.stdout.split("\n") if line[1:4] == "/4 "]
    log = git(root, "log", "--reverse", "--format=%s", "base..").split("\n")
    assert [line.split(" ", 2)[2] for line in subjects] == log
    assert (state(root), files(root)) == (before, there)


needs_gcc = pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")


@needs_gcc
@pytest.mark.parametrize("ignored", ["", "/*\n"], ids=["untracked", "ignored by chance"])
def test_a_header_that_git_does_not_track_is_in_no_commit(ignored: str, tmp_path: Path) -> None:
    """Left by `split --write` and `git checkout .`, it made a commit compile that lacks it."""
    made = '#include "made.h"\n'
    root = repository(tmp_path / "tree", {"vtsplit.toml": None, "drv/other.c": f"{made}int o;\n"})
    (root / ".gitignore").write_text(ignored)
    (root / "drv/made.h").write_text("/* made */\n")
    (root / "drv/.made.h.cmd").write_text("")  # the record of a build
    build(root, "drv/foo.c", "drv/other.c", flags=["-I."])
    (root / "drv/foo.c").write_text('#include "foo_ops.h"\n' + (root / "drv/foo.c").read_text())
    (root / "drv/foo_ops.h").write_text("int foo_init(void);\n")
    git(root, "commit", "--quiet", "--all", "--message", "Forget the header")
    by = ["--range", "HEAD~1..", "--compile-commands", f"{root}/compile_commands.json", str(root)]
    result = verify(*by)
    assert result.exit_code == 2, result.output
    assert "from the tree that was built" in result.stdout or "error[VT306]" in result.stdout
    (root / "drv/other.c").write_text(f"{made}\nint o;\n")
    git(root, "add", "--force", "drv/foo_ops.h")
    git(root, "commit", "--quiet", "--all", "--amend", "--no-edit")
    result = verify(*by)
    assert result.exit_code == 0, result.output


@needs_gcc
@pytest.mark.parametrize("built", ["base", "HEAD"])
def test_a_build_knows_a_source_by_the_name_of_another_commit(built: str, root: Path) -> None:
    """The last commit has no foo.c, and the first one no foo_core.c and no main.c."""
    last = git(root, "rev-parse", "HEAD")
    git(root, "checkout", "--quiet", built)
    sources = ["drv/foo.c"] if built == "base" else ["drv/foo_core.c", "drv/main.c"]
    build(root, *sources)
    git(root, "checkout", "--quiet", last)
    by = ["--compile-commands", f"{root}/compile_commands.json", str(root)]
    result = verify("--range", f"base..{last}", *by)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.count("\nproved: ") == 4
    assert result.stdout.count("(preprocessed, ") == 4
    git(root, "checkout", "--quiet", "base")
    text = (root / "drv/foo.c").read_text()
    (root / "drv/foo.c").write_text(text.replace("return unit;", "return unit + 1;"))
    git(root, "commit", "--quiet", "--all", "--message", "foo: Count on")
    git(root, "cherry-pick", f"base..{last}")
    result = verify("--range", "base..", *by)
    assert result.exit_code == 1
    assert "1/5" in result.stdout
    assert "function 'foo_open'" in result.stdout.partition("2/5")[0]


def test_without_a_tree_it_is_the_current_folder(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = verify("--range", "base..", str(root)).stdout
    monkeypatch.chdir(root)
    result = verify("--range", "base..")
    assert (result.exit_code, result.stdout, result.stderr) == (0, named, "")


@pytest.fixture
def part(tmp_path: Path) -> Path:
    """Make a repository whose last commit changes files in a part of it, and four outside."""
    paths = ["part/in.c", *(f"{name}.c" for name in "dcba"), "notes.rst"]
    (tmp_path / "all/part").mkdir(parents=True)
    for path in paths:
        (tmp_path / "all" / path).write_text("int f(void) { return 0; }\n")
    root = committed(tmp_path / "all")
    for path in paths[1:]:
        (root / path).write_text("int f(void) { return 1; }\n")
    (root / "part/in.c").write_text("int f(void)\n{ return 0; }\n")
    git(root, "commit", "--quiet", "--all", "--message", "Count on")
    return root / "part"


def test_what_a_part_of_the_repository_does_not_have_is_named(
    part: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "note: not compared: 4 files outside of 'part' (a.c, b.c, c.c, ...)\n"
    result = verify("--range", "HEAD~1..", str(part))
    assert (result.exit_code, said in result.stdout) == (0, True), result.output
    result = verify("--range", "HEAD~1..", "--require-build", str(part))
    assert (result.exit_code, "error[VT317]: not compared: 4 files" in result.stdout) == (2, True)
    assert "outside" not in verify("--range", "HEAD~1..", str(part.parent)).stdout
    # A part with a spec counts as the tree.
    (part / "vtsplit.toml").write_text(SPEC)
    (part / "sub").mkdir()
    monkeypatch.chdir(part / "sub")
    assert said in verify("--range", "HEAD~1..").stdout


@pytest.mark.parametrize("is_committed", [True, False])
def test_of_two_commits_too_what_a_part_does_not_have_is_named(
    is_committed: bool, part: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "note: not compared: 4 files outside of 'part' (a.c, b.c, c.c, ...)\n"
    after = "HEAD" if is_committed else "."
    if not is_committed:  # as a split leaves them: changed, or new
        git(part, "reset", "--quiet", "HEAD~1")
        git(part, "rm", "--quiet", "--cached", "../a.c")
    (part / "vtsplit.toml").write_text(SPEC)
    monkeypatch.chdir(part)
    before = "HEAD~1" if is_committed else "HEAD"
    result = verify(before, after)
    assert (result.exit_code, said in result.stdout) == (0, True), result.output
    assert "error[VT317]: not compared: 4 files" in verify(before, after, "--require-build").stdout
    monkeypatch.chdir(part.parent)
    assert "outside" not in verify(before, after).stdout


def test_a_note_is_said_once_for_all_commits(root: Path) -> None:
    """Of a series of ten, the same three lines ten times hide the one that is not the same."""
    for options in ([], ["-q"]):
        said = verify("--range", "base..", str(root), *options).stdout
        notes = [line for line in said.splitlines() if line.startswith("note: ")]
        assert [note[:39] for note in notes] == ["note: in all commits: the weaker proof:"], said
        assert said.endswith(f"{notes[-1]}\n")


def test_a_note_is_said_though_a_later_commit_cannot_be_read(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out, done = Commits.lay_out, list[str]()

    def fail(self: Commits, commit: str, folder: Path) -> None:
        done.append(commit)
        if len(done) == 3:
            raise RefusedError(Problem(GIT_FAILED, "git could not go on"))
        lay_out(self, commit, folder)

    monkeypatch.setattr(Commits, "lay_out", fail)
    result = verify("--range", "base..", str(root))
    assert result.exit_code == 2
    assert result.stdout.splitlines()[-1].startswith("note: the weaker proof: ")


def test_without_a_tree_a_subfolder_means_the_whole_repository(
    part: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(part)
    result = verify("--range", "HEAD~1..")
    assert result.exit_code == 1, result.output
    assert "outside" not in result.stdout
    page = str(tmp_path / "page.html")
    assert CliRunner().invoke(main, ["report", "--range", "HEAD~1..", "-o", page]).exit_code == 0
    assert "d.c" in Path(page).read_text()
    whole = ["report", ".", "--verify", "--range", "HEAD~1..", "-o", page]
    assert CliRunner().invoke(main, whole).exit_code == 0
    assert "4 files outside of" in Path(page).read_text()


@pytest.mark.slow
def test_commit_that_differs(root: Path) -> None:
    text = (root / "drv/foo_core.c").read_text()
    (root / "drv/foo_core.c").write_text(text.replace("return unit;", "return unit + 1;"))
    git(root, "commit", "--quiet", "--all", "--message", "foo: Count on")
    result = verify("--range", "base..", str(root))
    assert result.exit_code == 1
    assert result.stdout.count("proved: ") == 4
    assert "5/5" in result.stdout
    assert "function 'foo_open'" in result.stdout
    assert verify("--range", "base..HEAD~1", str(root)).exit_code == 0
    assert verify("--range", "HEAD~1..", str(root)).exit_code == 1


def test_a_file_that_no_commit_changes_is_searched_for_users(tmp_path: Path) -> None:
    """It is a link in the folders that are compared, and a search does not follow links."""
    texts = {
        "d/a.h": "int foo(int x);\n",
        "d/a.c": '#include "a.h"\nint foo(int x) { return x; }\n',
        "e/b.c": '#include "../d/a.h"\nint g(void) { return foo(1); }\n',
    }
    root = tmp_path / "tree"
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    committed(root)
    for path in ("d/a.h", "d/a.c"):
        (root / path).write_text(texts[path].replace("foo", "bar"))
    git(root, "commit", "--quiet", "--all", "--message", "Forget a user")
    result = verify("--range", "HEAD~1..", str(root))
    assert result.exit_code == 1
    assert "function 'g' is not the same" in result.stdout
    (root / "e/b.c").write_text(texts["e/b.c"].replace("foo", "bar"))
    git(root, "commit", "--quiet", "--all", "--amend", "--message", "Forget none")
    assert verify("--range", "HEAD~1..", str(root)).exit_code == 0


@pytest.mark.parametrize(
    ("range_", "says"),
    [
        ("base..nowhere", "git knows no commit 'nowhere'"),
        ("no-where..HEAD", "git knows no commit 'no-where'"),
        ("HEAD..base", "name a second end"),
        ("HEAD..HEAD", "name a second end"),
        ("HEAD", "name where it starts: BASE..HEAD"),
    ],
)
def test_bad_range(range_: str, says: str, root: Path) -> None:
    result = verify("--range", range_, str(root))
    assert result.exit_code == 2
    assert "error[VT409]" in result.stderr
    assert says in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [[], ["a"], ["a", "b", "--range", "x.."], ["a", "--range", "x..", "--no-spec", "--spec", "s"]],
)
def test_arguments_that_do_not_go_together(arguments: list[str]) -> None:
    result = verify(*arguments)
    assert result.exit_code == 2
    assert "Error: " in result.stderr


def test_commits_that_do_not_follow_each_other_are_refused(root: Path) -> None:
    for name in ("one", "two"):
        git(root, "switch", "--quiet", "--create", name, "base")
        (root / "drv/other.c").write_text(f"int {name};\n")
        git(root, "commit", "--quiet", "--all", "--message", name)
    result = verify("--range", "one...two", str(root))
    assert result.exit_code == 2
    assert "its commits do not follow each other" in result.stderr


@pytest.mark.parametrize("range_", ["--output=made", "-1", ""])
def test_a_range_is_no_option_of_git(root: Path, range_: str) -> None:
    result = verify(f"--range={range_}", str(root))
    assert result.exit_code == 2
    assert "VT4" in result.stderr
    assert not (root / "made").exists()


def test_a_signature_that_git_shows_is_not_taken_for_a_commit(root: Path) -> None:
    git(root, "config", "log.showSignature", "true")
    git(root, "config", "gpg.program", "false")
    text = git(root, "cat-file", "commit", "HEAD")
    head, _, body = text.partition("\n\n")
    signed = f"{head}\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----"
    (root / "commit.txt").write_text(f"{signed}\n\n{body}\n")
    commit = git(root, "hash-object", "-t", "commit", "-w", "commit.txt")
    (root / "commit.txt").unlink()
    git(root, "update-ref", "HEAD", commit)
    result = verify("--range", "base..", str(root))
    assert result.exit_code == 0, result.output
    assert result.stdout.count("\nproved: ") == 4


def test_a_range_without_wrappers_needs_no_whole_check_out(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What differs is only held against a series if the spec has wrappers: it takes all files."""
    text = (root / "drv/foo_core.c").read_text()
    (root / "drv/foo_core.c").write_text(text.replace("return unit;", "return unit + 1;"))
    git(root, "commit", "--quiet", "--all", "--message", "foo: Count on")
    monkeypatch.setattr(CheckedOut, "at", lambda *_: pytest.fail("a whole check-out"))
    spec = ("--spec", str(root / "vtsplit.toml"))
    assert verify("--range", "base..", *spec, str(root)).exit_code == 1
