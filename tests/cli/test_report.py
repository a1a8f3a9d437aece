"""What a run says at its end: warnings, the same counts as a proof, and what to do next."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from dispatch_trees import SECOND, dispatch_tree, function
from trees import HEADER, SOURCE, commit, git, small_tree, split, write
from vtsplit.cli import main

RENAMING = """\
[split]
source = "drv/foo.c"
header = "drv/foo_ops.h"
main = "drv/main.c"
[tables]
foo_ops = "foo_ops"
[rename]
foo_free_unit = "foo_unit_free"
"""
MIT = "// SPDX-License-Identifier: MIT\n"


def said(result: str, start: str) -> list[str]:
    """Return the lines that begin so, without that."""
    return [line.removeprefix(start) for line in result.splitlines() if line.startswith(start)]


@pytest.fixture(autouse=True)
def _no_repository_above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))


def test_a_warning_is_shown_without_being_asked_for(tmp_path: Path) -> None:
    files = {"vtsplit.toml": RENAMING, "doc/a.txt": "foo_free_unit() frees it\n"}
    root = small_tree(tmp_path, files)
    line = "doc/a.txt: 'foo_free_unit' changes, but this text is not C and is left alone"
    for options in ((), ("-v",), ("--check",), ("--stat",), ("-q",)):
        assert any(line in one for one in said(split(root, *options).stderr, "warning: ")), options
    explained = split(root, "--explain")
    assert f"warning: {line}" in explained.stdout
    assert "warning: " not in explained.stderr
    write(root)
    assert said(split(root).stderr, "warning: ") == []  # nothing changes any more


def test_a_sparse_checkout_may_lack_users(tmp_path: Path) -> None:
    root = small_tree(tmp_path / "tree", {"lib/b.c": "int b;\n"})
    commit(root)
    assert "sparse" not in split(root).stderr
    git(root, "sparse-checkout", "set", "drv")
    assert not (root / "lib").exists()
    for options in ((), ("-q",), ("--check",)):
        (line,) = said(split(root, *options).stderr, "warning: the checkout is sparse: ")
        assert line.startswith("files that are not there may use what changes; run `git sparse-")
    write(root, "--allow-dirty")
    assert "sparse" not in split(root).stderr  # nothing changes any more


def test_the_same_advice_is_given_once(tmp_path: Path) -> None:
    root = small_tree(tmp_path / "tree")
    commit(root)
    for path in ("drv/foo.c", "drv/Makefile"):
        (root / path).write_bytes((root / path).read_bytes() + b"\n")
    refused = split(root, "--write")
    assert refused.exit_code == 2
    assert refused.stderr.count("error[VT070]") == 2
    assert refused.stderr.count("commit or stash it, or give --allow-dirty") == 1


def test_a_plain_word_in_prose_is_no_reason_to_warn(tmp_path: Path) -> None:
    """The text may mean the word: then a note says where it stands."""
    files = {
        "vtsplit.toml": RENAMING.replace("foo_free_unit", "dispose"),
        "drv/foo.c": SOURCE.replace("foo_free_unit", "dispose"),
        "doc/a.txt": "They dispose of it.\n",
    }
    root = small_tree(tmp_path, files)
    assert said(split(root).stderr, "warning: ") == []
    assert "doc/a.txt: 'dispose' is mentioned there: left alone" in split(root, "-v").stderr


@pytest.mark.parametrize(
    ("beside", "said_of_it"),
    [
        ([""], "drv/foo_ops.h and drv/main.c get no licence line"),
        ([MIT] * 5, "drv/foo_ops.h and drv/main.c get 'MIT', which most files beside them"),
        # One file of another project says nothing of the rest.
        ([MIT, ""], "drv/foo_ops.h and drv/main.c get no licence line"),
    ],
)
def test_one_warning_for_all_new_files_without_a_licence(
    beside: list[str], said_of_it: str, tmp_path: Path
) -> None:
    plain = {"drv/foo.c": SOURCE.partition("\n")[2], "drv/foo.h": HEADER.partition("\n")[2]}
    others = {f"drv/other{number}.c": text for number, text in enumerate(beside)}
    root = small_tree(tmp_path, {"vtsplit.toml": RENAMING, **plain, **others})
    (warning,) = said(split(root).stderr, "warning: ")
    assert said_of_it in warning


def test_a_licence_that_ends_the_first_comment(tmp_path: Path) -> None:
    comment = "/*\n * Units\n *\n * To be opened\n *\n * SPDX-License-Identifier: ISC\n */\n"
    source = comment + SOURCE.partition("\n")[2]
    write(small_tree(tmp_path, {"vtsplit.toml": RENAMING, "drv/foo.c": source}))
    made = (tmp_path / "drv/main.c").read_text()
    assert made.startswith("// SPDX-License-Identifier: ISC\n")


def test_ten_warnings_are_shown(tmp_path: Path) -> None:
    prose = {f"doc/{at:02}.txt": "foo_free_unit()\n" for at in range(12)}
    root = small_tree(tmp_path, {"vtsplit.toml": RENAMING, **prose})
    result = split(root).stderr
    assert len(said(result, "warning: ")) == 10
    assert "\nand 2 more warnings: --explain lists them\n" in result
    assert len(said(split(root, "-v").stderr, "warning: ")) == 12
    assert len(said(split(root, "--explain").stdout, "warning: ")) == 12


def counts(text: str) -> dict[str, int]:
    """Return counts by what is counted, in one form for one and for many."""
    found = re.findall(r"(\d+) ([a-z ]+?)(?=, \d|$)", text)
    return {what.replace("files", "file"): int(count) for count, what in found}


@pytest.mark.parametrize("with_dispatch", [False, True])
def test_split_and_proof_count_alike(with_dispatch: bool, tmp_path: Path) -> None:
    root = dispatch_tree(tmp_path) if with_dispatch else small_tree(tmp_path)
    result = split(root, "--verify", "--stat")
    (line,) = said(result.stderr, "vtsplit: ")
    (proved,) = said(result.stderr, "  by design: ")
    ours, theirs = counts(line), counts(proved)
    shared = ["made global", "renamed", "moved", "wrapped", "declared", "build file changed"]
    assert {k: ours.get(k, 0) for k in shared} == {k: theirs.get(k, 0) for k in shared}
    assert ours["made global"] > 1
    assert ("wrapped" in ours) == with_dispatch


def test_next_steps_in_no_repository(tmp_path: Path) -> None:
    root = small_tree(tmp_path / "tree")
    assert said(split(root).stderr, "next: ") == []
    assert said(split(root, "--write").stderr, "next: ") == ["build it"]
    assert said(split(root, "--write").stderr, "next: ") == []  # nothing was left to write


def test_a_configured_tree_makes_its_makefiles_first(tmp_path: Path) -> None:
    makefile = "OBJS = foo.o\nprog: $(OBJS)\n\t$(CC) -o $@ $(OBJS)\n"
    files = {"drv/Makefile": makefile, "drv/Makefile.in": makefile, "config.status": "#!/bin/sh\n"}
    root = small_tree(tmp_path / "tree", files)
    step = "run config.status, which makes the Makefiles anew, and build it"
    assert said(split(root, "--write").stderr, "next: ") == [step]


def test_next_steps_are_not_said_quietly(tmp_path: Path) -> None:
    assert split(small_tree(tmp_path / "tree"), "--write", "-q").stderr == ""


@pytest.mark.slow
@pytest.mark.parametrize("below", ["", "sub dir"])
def test_next_steps_under_git_can_be_run(below: str, tmp_path: Path) -> None:
    top = tmp_path / "my tree"
    dispatch_tree(top / below, second=f"{SECOND}\n{function('int qux_reset(void)')}")
    commit(top)
    add, build, verify = said(split(top / below, "--write").stderr, "next: ")
    assert build == "build it"
    subprocess.run(shlex.split(add), cwd=tmp_path, check=True)
    states = subprocess.run(
        ["git", "status", "--porcelain"], cwd=top, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert len(states) == 5
    assert all(line[1] == " " for line in states)  # all that was written is staged
    assert verify == f"vtsplit verify HEAD {shlex.quote(str(top / below))}"
    proof = CliRunner().invoke(main, shlex.split(verify)[1:])
    assert proof.exit_code == 0, proof.output
    assert "wrapped" in proof.output


def test_a_new_file_that_git_ignores_is_added_by_force(tmp_path: Path) -> None:
    """As in Debian's linux-source, whose .gitignore has `/*`."""
    root = small_tree(tmp_path / "tree")
    commit(root)
    (root / ".git/info/exclude").write_text("/*\n")
    add, *_ = said(split(root, "--write").stderr, "next: ")
    subprocess.run(shlex.split(add), cwd=tmp_path, check=True)
    states = subprocess.run(
        ["git", "status", "--porcelain"], cwd=root, capture_output=True, text=True, check=True
    ).stdout
    assert "A  drv/main.c\n" in states


def test_a_file_that_an_earlier_run_has_left_is_added(tmp_path: Path) -> None:
    """It is as the split makes it, so that this run does not write it."""
    root = small_tree(tmp_path / "tree")
    commit(root)
    split(root, "--write")
    subprocess.run(["git", "checkout", "--quiet", "."], cwd=root, check=True)
    (root / "drv/main.c").unlink()
    add, *_ = said(split(root, "--write").stderr, "next: ")
    assert "drv/foo_ops.h" in shlex.split(add)


def test_a_spec_that_is_not_committed_is_named(tmp_path: Path) -> None:
    root = dispatch_tree(tmp_path / "tree", second=SECOND)
    spec = tmp_path / "my.toml"
    (root / "vtsplit.toml").rename(spec)
    commit(root)
    *_, verify = said(split(root, "--write", "--spec", str(spec)).stderr, "next: ")
    assert verify == f"vtsplit verify --spec {spec} HEAD {root}"
    proof = CliRunner().invoke(main, shlex.split(verify)[1:])
    assert proof.exit_code == 0, proof.output


def test_where_the_last_commit_is_not_what_was_before(tmp_path: Path) -> None:
    root = small_tree(tmp_path / "tree")
    commit(root)
    (root / "drv/foo.c").write_bytes((root / "drv/foo.c").read_bytes() + b"\n")
    told = said(split(root, "--write", "--allow-dirty").stderr, "next: ")
    assert [line.split()[0] for line in told] == ["git", "build"]


def test_a_built_kernel_is_built_again(tmp_path: Path) -> None:
    files = dict.fromkeys(("Makefile", "Kconfig", "scripts/Kbuild.include"), "# kernel\n")
    root = small_tree(tmp_path / "a", {**files})
    assert said(split(root, "--write").stderr, "next: ") == ["build it"]  # by O=, if at all
    root = small_tree(tmp_path / "b", {**files, ".config": "CONFIG_FOO=m\n"})
    assert said(split(root, "--write").stderr, "next: ") == [f"make -C {root} drv/"]
