"""What `vtsplit verify` compares: commits, patches, mailboxes; by which spec, how well."""

import base64
import json
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from built import build
from dispatch_trees import dispatch_tree
from repositories import committed, git, patches, repository, state
from trees import files, small_tree, split, write
from vtsplit.cli import main

pytestmark = pytest.mark.slow

needs_gcc = pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")
WRONG = b"--- a/drv/foo.c\n+++ b/drv/foo.c\n@@ -1 +1 @@\n-no\n+yes\n"
BASE64 = base64.encodebytes(WRONG)
POSTMARK = b"From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n"
COVER = POSTMARK + b"From: me\nSubject: cover\n\nhello\n\n"
# The second line of its header is none, so that its body is not decoded.
ENCODED = (
    POSTMARK + b"Da te: 1\nSubject: x\nContent-Type: text/plain; charset=utf-8\n"
    b"Content-Transfer-Encoding: base64\n\n" + BASE64
)
SLIP = ("return unit;", "return unit + 1;")


def verify(*arguments: str, data: bytes | None = None) -> Result:
    result = CliRunner().invoke(main, ["verify", *arguments], input=data)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two commits, the second one a split; we stand in a folder of it."""
    root = repository(tmp_path / "tree")
    write(root)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "foo: Split")
    monkeypatch.chdir(root / "drv")
    return root


def change(root: Path, old: str, new: str, path: str = "drv/foo.c") -> None:
    text = (root / path).read_text()
    assert old in text
    (root / path).write_text(text.replace(old, new))


# ---- commits -------------------------------------------------------------------------------------


def test_two_commits(root: Path) -> None:
    """Nothing is checked out for that, and what is not committed plays no part."""
    change(root, *SLIP)
    (root / "more.c").write_text("int more;\n")
    before, there = state(root), files(root)
    result = verify("HEAD~1", "HEAD")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("proved: ")
    assert "3 made global" in result.stdout
    assert (state(root), files(root)) == (before, there)


def test_two_commits_that_differ(root: Path) -> None:
    change(root, *SLIP)
    git(root, "commit", "--quiet", "--all", "--message", "Slip")
    for names in (("HEAD~2", "HEAD"), ("HEAD~1", "main"), ("HEAD", "HEAD^")):
        result = verify(*names)
        assert result.exit_code == 1
        assert "function 'foo_open' is not the same" in result.stdout


def test_a_commit_and_the_tree_as_it_is(root: Path) -> None:
    git(root, "reset", "--quiet", "HEAD~1")  # main.c is there, and git does not know of it
    assert "?? drv/main.c" in git(root, "status", "--porcelain")
    result = verify("HEAD", str(root))
    assert (result.exit_code, "1 moved" in result.stdout) == (0, True)
    change(root, *SLIP)
    assert verify("HEAD", str(root)).exit_code == 1
    (root / "drv/main.c").unlink()
    assert verify("HEAD", str(root)).exit_code == 1


def test_a_new_file_that_git_ignores_like_all_others(root: Path) -> None:
    """As in Debian's linux-source, whose .gitignore has `/*`: main.c is new all the same."""
    git(root, "reset", "--quiet", "HEAD~1")
    (root / ".gitignore").write_text("/*\n")
    assert "main.c" not in git(root, "status", "--porcelain")
    result = verify("HEAD", str(root))
    assert (result.exit_code, "1 moved" in result.stdout) == (0, True)
    (root / "drv/main.c").write_text((root / "drv/main.c").read_text() + "int more;\n")
    assert "more" in verify("HEAD", str(root)).stdout


def test_a_file_that_git_ignores_by_its_name(root: Path) -> None:
    """A build may have made it, and it was there before."""
    (root / ".gitignore").write_text("made.c\n")
    (root / "drv/made.c").write_text("int made;\n")
    assert verify("HEAD", str(root)).exit_code == 0


def test_no_hook_of_the_repository_is_run(root: Path) -> None:
    for name in ("post-index-change", "post-checkout"):
        hook = root / ".git/hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {root}/ran\n")
        hook.chmod(0o755)
    assert verify("HEAD~1", "HEAD").exit_code == 0
    assert verify("HEAD~1", str(root)).exit_code == 0
    assert not (root / "ran").exists()
    git(root, "read-tree", "HEAD")
    assert (root / "ran").exists()  # git would have run it


def test_a_name_that_is_a_folder_means_the_folder(root: Path) -> None:
    git(root, "branch", "drv")
    change(root, *SLIP)
    named = ["-C", str(root), "verify", "HEAD~1", "drv"]
    assert CliRunner().invoke(main, named).exit_code == 1
    (root / "drv").rename(root / "other")
    assert CliRunner().invoke(main, named).exit_code == 0  # the branch


def test_a_file_that_is_renamed(root: Path) -> None:
    git(root, "mv", "drv/other.c", "drv/another.c")
    change(root, "other.o", "another.o", "drv/Makefile")
    git(root, "commit", "--quiet", "--all", "--message", "Rename")
    # That the object has another name in the list is a difference between folders too.
    result = verify("HEAD~1", "HEAD")
    assert "\ndiffers: 1 difference\n" in result.stdout
    assert "by design: 1 file renamed" in result.stdout


def test_a_tree_that_is_a_part_of_its_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_tree(tmp_path / "all/part")
    (tmp_path / "all/rest.c").write_text("int rest;\n")
    committed(tmp_path / "all")
    write(tmp_path / "all/part")
    change(tmp_path / "all", "int rest;", "long rest;", "rest.c")
    git(tmp_path / "all", "add", "--all")
    git(tmp_path / "all", "commit", "--quiet", "--message", "Split")
    monkeypatch.chdir(tmp_path / "all/part/drv")
    assert verify("HEAD~1", "HEAD").exit_code == 0  # the part with the spec
    (tmp_path / "all/part/vtsplit.toml").unlink()
    result = verify("HEAD~1", "HEAD")
    assert result.exit_code == 1
    assert "'rest'" in result.stdout


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (("HEAD~9", "HEAD"), "'HEAD~9': no such directory, and git knows no such commit"),
        (("HEAD", "nothing"), "'nothing': no such directory, and git knows no such commit"),
        (("--", "--output=x", "HEAD"), "'--output=x': no such directory, and git knows"),
        ((".", "HEAD"), "'HEAD' is a commit, and '.' is a folder"),
        ((".", "nothing"), "'nothing': no such directory"),
    ],
)
def test_names_of_nothing(root: Path, names: tuple[str, ...], says: str) -> None:
    result = verify(*names)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"error[VT014]: {says}" in result.stderr


def test_commits_need_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small_tree(tmp_path))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    result = verify("HEAD~1", "HEAD")
    assert result.exit_code == 2
    (tmp_path / "mk").mkdir()
    for folder, words in ((".", ("HEAD~7", "HEAD")), ("mk", ("mk", "HEAD~7"))):
        told = verify(*words).stderr
        assert f"'HEAD~7': no such directory, and '{folder}' is in no git repository\n" in told
        assert "help: correct the path; commits are looked up in the repository of" in told
        assert "`vtsplit -C DIR verify`" in told
    said = "no such directory, and '.' is in no git repository\n"
    assert f"error[VT014]: 'HEAD~1': {said}" in result.stderr
    assert f"error[VT014]: 'HEAD': {said}" in verify("HEAD", ".").stderr
    (tmp_path / "part").mkdir()
    assert "'part' is in no git" in verify("HEAD", "part").stderr


@needs_gcc
def test_commits_are_compared_by_the_build_of_the_tree(root: Path) -> None:
    (root / "drv/.gitignore").write_text("*.o\n")
    (root / ".gitignore").write_text("compile_commands.json\n")
    build(root, "drv/foo.c", "drv/other.c", flags=["-I."])
    result = verify("HEAD~1", "HEAD")
    assert result.exit_code == 0
    assert "(preprocessed, " in result.stdout


# ---- patches -------------------------------------------------------------------------------------


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return repository(tmp_path / "base")


def test_a_patch(base: Path, tmp_path: Path) -> None:
    (tmp_path / "x.patch").write_bytes(split(base).stdout_bytes)
    before, there = state(base), files(base)
    result = verify("--patch", str(tmp_path / "x.patch"), str(base))
    assert (result.exit_code, result.stderr) == (0, "")
    assert "1 moved" in result.stdout
    assert (state(base), files(base)) == (before, there)
    data = (tmp_path / "x.patch").read_bytes()
    assert verify("--patch", "-", str(base), data=data).stdout == result.stdout
    slipped = data.replace(b"+int foo_open(int unit)", b"+int foo_open(long unit)")
    assert slipped != data
    assert verify("--patch", "-", str(base), data=slipped).exit_code == 1


def test_a_patch_for_a_tree_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = small_tree(tmp_path / "tree")
    patch = split(root).stdout_bytes
    # Temporary files in a repository: `git apply` in a folder of it would skip all files.
    committed(small_tree(tmp_path / "other"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "other/drv"))
    result = verify("--patch", "-", str(root), data=patch)
    assert (result.exit_code, "1 moved" in result.stdout) == (0, True)


def test_a_patch_for_a_commit(root: Path, tmp_path: Path) -> None:
    patch = git(root, "diff", "HEAD~1", "HEAD") + "\n"
    assert verify("--patch", "-", "HEAD~1", data=patch.encode()).exit_code == 0
    result = verify("--patch", "-", "HEAD", data=patch.encode())
    assert (result.exit_code, result.stdout) == (2, "")
    assert "error[VT410]: '-': patch 1: " in result.stderr


@pytest.mark.parametrize("encoding", ["7bit", "quoted-printable"])
def test_a_mailbox(base: Path, tmp_path: Path, encoding: str) -> None:
    """A series as it comes by mail, with its cover letter; patches build on those before."""
    spec = (base / "vtsplit.toml").read_text() + '[rename]\nfoo_free_unit = "foo_unit_free"\n'
    (base / "vtsplit.toml").write_text(spec)
    change(base, "static int foo_open", "/* é */\nstatic int foo_open")
    git(base, "commit", "--quiet", "--all", "--message", "More")
    assert len(patches(base, tmp_path / "out")) > 2
    mails = sorted((tmp_path / "out").iterdir())
    assert "cover" in mails[0].name
    box = b"".join(mail.read_bytes() + b"\n" for mail in mails)
    if encoding == "quoted-printable":
        box = b"".join(_quoted_printable(mail.read_bytes()) for mail in mails)
    result = verify("--patch", "-", str(base), data=box)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "2 renamed" in result.stdout
    assert "1 moved" in result.stdout


def _quoted_printable(mail: bytes) -> bytes:
    import quopri

    head, _, body = mail.partition(b"\n\n")
    kept = [
        line
        for line in head.split(b"\n")
        if not line.lower().startswith((b"content-transfer", b"mime-version", b"content-type"))
    ]
    kept += [b"MIME-Version: 1.0", b"Content-Type: text/plain; charset=utf-8"]
    kept += [b"Content-Transfer-Encoding: quoted-printable"]
    return b"\n".join(kept) + b"\n\n" + quopri.encodestring(body) + b"\n\n"


def test_a_patch_that_renames(base: Path) -> None:
    git(base, "mv", "drv/other.c", "drv/another.c")
    change(base, "other.o", "another.o", "drv/Makefile")
    patch = git(base, "diff", "--find-renames", "HEAD") + "\n"
    assert "rename to drv/another.c" in patch
    git(base, "reset", "--quiet", "--hard")
    result = verify("--patch", "-", str(base), data=patch.encode())
    assert "\ndiffers: 1 difference\n" in result.stdout
    assert "by design: 1 file renamed" in result.stdout


@pytest.mark.parametrize(
    ("patch", "says", "slug"),
    [
        (b"", "it has no patch", "no-patch"),
        (b"root:x:0:0:root:/root:/bin/bash\n", "it has no patch", "no-patch"),
        (b"Subject: hello\n\nhello\n", "it has no patch", "no-patch"),
        (WRONG, "patch 1: patch failed", "bad-patch"),
        (b"From: me\nDa te: 1\nSubject: x\n\n" + WRONG, "patch 1: patch failed", "bad-patch"),
        (WRONG[:-8], "patch 1: corrupt patch at line", "damaged-patch"),
        (WRONG.replace(b"@@ -1", b"@@ one"), "patch 1: No valid patches", "damaged-patch"),
        (
            WRONG.replace(b"--- a", b"diff --git a/x b/x\n-- a"),
            "patch 1: patch frag",
            "damaged-patch",
        ),
        (
            b"From: me\nSubject: x\nContent-Type: text/plain; charset=none\n\n\xff\n" + WRONG,
            "cannot convert from none to UTF-8",
            "damaged-patch",
        ),
        (ENCODED, "the header of mail 1 is damaged in line 2", "damaged-patch"),
        (COVER + ENCODED, "the header of mail 2 is damaged in line 2", "damaged-patch"),
        (
            ENCODED.replace(b"base64", b"quoted-printable").replace(BASE64, WRONG),
            "the header of mail 1 is damaged in line 2, and patch 1: patch failed",
            "damaged-patch",
        ),
        (
            b"--- /dev/null\n+++ b/../x.c\n@@ -0,0 +1 @@\n+int x;\n",
            "patch 1: invalid path",
            "foreign-path",
        ),
        (
            b"--- /dev/null\n+++ b/.git/x\n@@ -0,0 +1 @@\n+int x;\n",
            "patch 1: invalid path",
            "foreign-path",
        ),
        (
            b"diff --git a/l.c b/l.c\nnew file mode 120000\n--- /dev/null\n+++ b/l.c\n"
            b"@@ -0,0 +1 @@\n+/etc/passwd\n\\ No newline at end of file\n",
            "'l.c' would be a symbolic link",
            "foreign-path",
        ),
    ],
)
def test_patches_that_cannot_be(base: Path, patch: bytes, says: str, slug: str) -> None:
    there = files(base)
    result = verify("--patch", "-", str(base), data=patch)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"error[VT410]: '-': {says}" in result.stderr
    assert f"vtsplit explain VT410/{slug}" in result.stderr
    assert files(base) == there


def test_a_patch_file_that_is_not_there(base: Path) -> None:
    result = verify("--patch", "none.patch", str(base))
    assert result.exit_code == 2
    assert "error[VT410]: 'none.patch': no such file" in result.stderr
    assert "help: give the path of a patch or a mailbox" in result.stderr


# ---- the spec ------------------------------------------------------------------------------------


@pytest.fixture
def wrapped(tmp_path: Path) -> Path:
    """A repository with two commits, the second one a split with wrappers."""
    root = committed(dispatch_tree(tmp_path / "tree"))
    write(root)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "foo: Dispatch")
    return root


def test_the_spec_of_the_tree_says_what_wrappers_are_to_be(
    wrapped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(wrapped, "worktree", "add", "--quiet", "--detach", str(tmp_path / "before"), "HEAD~1")
    result = verify(str(tmp_path / "before"), str(wrapped))
    assert result.exit_code == 0
    assert f"\n  by the spec: {tmp_path / 'before/vtsplit.toml'}\n" in result.stdout
    named = verify("--spec", str(wrapped / "vtsplit.toml"), str(tmp_path / "before"), str(wrapped))
    assert named.exit_code == 0
    assert verify("--no-spec", str(tmp_path / "before"), str(wrapped)).exit_code == 1
    # From where one stands, if the tree before has none.
    (tmp_path / "before/vtsplit.toml").unlink()
    assert verify(str(tmp_path / "before"), str(wrapped)).exit_code == 1
    monkeypatch.chdir(wrapped / "drv")
    assert verify(str(tmp_path / "before"), str(wrapped)).exit_code == 0


def test_commits_and_patches_with_wrappers(wrapped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(wrapped)
    result = verify("HEAD~1", "HEAD")
    assert (result.exit_code, "wrapped" in result.stdout) == (0, True)
    git(wrapped, "diff", "--output=../x.patch", "HEAD~1", "HEAD")
    patch = (wrapped.parent / "x.patch").read_text()
    assert verify("--patch", "../x.patch", "HEAD~1").exit_code == 0
    slipped = patch.replace("return qux_open(unit);", "return foo_open(unit);")
    assert slipped != patch
    result = verify("--patch", "-", "HEAD~1", data=slipped.encode())
    assert result.exit_code == 1
    assert "'bar_open'" in result.stdout


def test_the_spec_of_the_commit_before_counts(
    wrapped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of the commit after may have come with the change."""
    monkeypatch.chdir(wrapped)
    (wrapped / "vtsplit.toml").write_text("no toml")
    git(wrapped, "commit", "--quiet", "--all", "--amend", "--message", "Another spec")
    result = verify("HEAD~1", "HEAD")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "\n  by the spec: vtsplit.toml of BEFORE\n" in result.stdout
    told = json.loads(verify("--json", "HEAD~1", "HEAD").stdout)
    assert told["spec"]["name"] == "vtsplit.toml of BEFORE"


def test_a_change_that_the_spec_does_not_ask_for_is_proved_without_it(
    wrapped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(wrapped)
    change(wrapped, "bar_open", "bar_begin", "drv/main.c")
    git(wrapped, "commit", "--quiet", "--all", "--message", "Another name")
    result = verify("HEAD~1", "HEAD")
    assert (result.exit_code, "by the spec" in result.stdout) == (0, False)


def test_a_spec_that_was_found_and_is_broken_is_left_alone(root: Path) -> None:
    (root / "vtsplit.toml").write_text("no toml")
    assert verify("HEAD~1", "HEAD").exit_code == 0
    assert verify("--spec", str(root / "vtsplit.toml"), "HEAD~1", "HEAD").exit_code == 2


# ---- how strong the proof is ---------------------------------------------------------------------


def test_a_weaker_proof_is_always_said_and_may_be_refused(root: Path) -> None:
    for quiet in ([], ["-q"]):
        result = verify(*quiet, "HEAD~1", "HEAD")
        assert (result.exit_code, "note: the weaker proof: " in result.stdout) == (0, True)
    refused = verify("--require-build", "HEAD~1", "HEAD")
    assert refused.exit_code == 2
    assert "error[VT317]: the weaker proof: without a build" in refused.stdout
    assert "could not tell: 1 problem" in refused.stdout
    change(root, *SLIP)
    assert verify("--require-build", "HEAD", str(root)).exit_code == 1
    each = verify("--require-build", "--range", "HEAD~1..", str(root))
    assert (each.exit_code, "error[VT317]" in each.stdout) == (2, True)


def test_a_weaker_proof_of_a_split(base: Path) -> None:
    usual = split(base, "--verify", "-q")
    assert (usual.exit_code, usual.stderr.startswith("note: the weaker proof")) == (0, True)
    refused = split(base, "--verify", "--require-build", "--write")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "error[VT317]" in refused.stderr
    assert not (base / "drv/main.c").exists()
    assert "--require-build needs --verify" in split(base, "--require-build").stderr


def test_a_weaker_proof_of_a_series(base: Path, tmp_path: Path) -> None:
    arguments = ["series", str(base), "-o", str(tmp_path / "out"), "--verify", "--require-build"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert "error[VT317]" in result.stderr
    assert not (tmp_path / "out").exists()


@needs_gcc
def test_what_a_build_proves_is_not_refused(root: Path) -> None:
    build(root, "drv/foo.c", "drv/other.c", flags=["-I."])
    result = verify("--require-build", "HEAD~1", "HEAD")
    assert result.exit_code == 0, result.output
    for option in ("--textual", "--no-objects"):
        assert verify("--require-build", option, "HEAD~1", "HEAD").exit_code == 2
    assert "note: no objects compared" in verify("--no-objects", "-q", "HEAD~1", "HEAD").stdout


# ---- many differences ----------------------------------------------------------------------------


@pytest.fixture
def many(tmp_path: Path) -> tuple[str, str]:
    """Two trees: 30 functions differ in the same way, and 30 each in its own."""
    for name, value in (("before", "1"), ("after", "2")):
        (tmp_path / name).mkdir()
        alike = "".join(f"int a{at}(void) {{ return {value}; }}\n" for at in range(30))
        own = "".join(f"int b{at}(void) {{ return {value}{at:02}; }}\n" for at in range(30))
        (tmp_path / name / "x.c").write_text(alike + own)
    return str(tmp_path / "before"), str(tmp_path / "after")


def test_the_same_fault_is_said_once(many: tuple[str, str]) -> None:
    text = verify(*many).stdout
    assert text.count("    - ( void ) { return 1 ; }\n") == 1
    assert "  the same in 29 other functions: 'a1', 'a2', 'a3', 'a4', 'a5', ...\n" in text
    assert "\ndiffers: 60 differences\n" in text


def test_twenty_differences_are_shown_unless_all_are_asked_for(many: tuple[str, str]) -> None:
    text = verify(*many).stdout
    assert text.count(" is not the same\n") == 20
    assert "and 11 more differences: --all shows them\n" in text
    every = verify("--all", *many).stdout
    assert every.count(" is not the same\n") == 31
    assert "'a29'" in every
    assert "more differences" not in every
    assert len(json.loads(verify("--json", *many).stdout)["differences"]) == 60


def test_the_program_leaves_no_scratch_folder(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    verify("HEAD~1", "HEAD")
    verify("--patch", "-", "HEAD~1", data=b"nothing")
    assert not list((tmp_path / "scratch").iterdir())


def test_links_and_other_repositories_beside_the_tree_are_passed_over(root: Path) -> None:
    (root / "nowhere.c").symlink_to("gone.c")
    (root / "folder").symlink_to("drv")
    (root / "inner").mkdir()
    git(root / "inner", "init", "--quiet")
    result = verify("HEAD", ".")
    assert "VT011" not in result.output
    assert result.exit_code != 2, result.output


# ---- what is no file of C ------------------------------------------------------------------------

WAYS = (("HEAD~1", "HEAD"), ("HEAD~1", "."), ("--range", "HEAD~1..HEAD", "."))


@pytest.fixture
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose program includes a list of numbers."""
    text = 'int t[] = {\n#include "rows.list"\n};\n'
    files = {"t.c": text, "rows.list": "1, 2\n", "notes.txt": "one\n", "Makefile": "obj-y += t.o\n"}
    (tmp_path / "rows").mkdir()
    for path, content in files.items():
        (tmp_path / "rows" / path).write_text(content)
    monkeypatch.chdir(committed(tmp_path / "rows"))
    return tmp_path / "rows"


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
@pytest.mark.parametrize(("path", "code"), [("rows.list", 1), ("notes.txt", 0)])
def test_a_commit_that_changes_what_c_includes(
    path: str, code: int, way: tuple[str, ...], rows: Path
) -> None:
    (rows / path).write_text("2, 1\n")
    git(rows, "commit", "--quiet", "--all", "--message", "Change")
    result = verify(*way)
    assert result.exit_code == code, result.output


def test_a_patch_that_changes_what_c_includes(rows: Path) -> None:
    (rows / "rows.list").write_text("2, 1\n")
    patch = git(rows, "diff").encode() + b"\n"
    assert verify("--patch", "-", "HEAD", data=patch).exit_code == 1


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_a_commit_that_moves_a_submodule(way: tuple[str, ...], rows: Path) -> None:
    """A change of the other repository changes the program, and is not here to be compared."""
    first, second = (git(rows, "commit-tree", "HEAD^{tree}", "-m", word) for word in ("a", "b"))
    for commit in (first, second):
        git(rows, "update-index", "--add", "--cacheinfo", f"160000,{commit},lib")
        git(rows, "commit", "--quiet", "--message", "Move lib")
    result = verify(*way)
    assert result.exit_code == 2, result.output
    assert "error[VT308]: 'lib' differs" in result.output


@pytest.mark.parametrize(
    ("path", "code"), [("lib/pump.c", 2), ("lib/new.h", 2), ("lib/README.md", 0)]
)
def test_a_change_in_the_folder_of_a_submodule(path: str, code: int, rows: Path) -> None:
    """Nothing of it is committed anywhere: the other repository alone knows of the change."""
    (rows / "lib").mkdir()
    for name in ("pump.c", "README.md"):
        (rows / "lib" / name).write_text("int pump;\n")
    committed(rows / "lib")
    head = git(rows / "lib", "rev-parse", "HEAD")
    git(rows, "update-index", "--add", "--cacheinfo", f"160000,{head},lib")
    git(rows, "commit", "--quiet", "--message", "Add lib")
    os.utime(rows / "lib/pump.c", (1, 1))
    assert verify("HEAD", ".").exit_code == 0
    (rows / path).write_text("int other;\n")
    result = verify("HEAD", ".")
    assert result.exit_code == code, result.output
    assert ("error[VT308]: 'lib' differs" in result.output) == (code == 2)
