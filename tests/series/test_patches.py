"""`vtsplit series -o DIR`: which patches there are, what is in them, and what they come to."""

import shlex
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from repositories import clone, committed, git, patches, repository, series, subjects
from trees import SOURCE, SPEC, copy_sample, files, split, write
from vtsplit.apply.split import SplitTexts, carry_out
from vtsplit.planning.edits import Plan

RENAMED = SPEC + '[rename]\nfoo_free_unit = "foo_unit_free"\n'
ONE = {
    "drv/Makefile": "obj-m += foo.o\n",
    "MAINTAINERS": "FOO\nF:\tdrv/foo.c\n",
}


def applied(root: Path, to: Path, made: Path) -> Path:
    """Apply all patches of a folder with `git am`."""
    copy = clone(root, to)
    names = sorted(str(path) for path in made.iterdir() if "cover-letter" not in path.name)
    git(copy, "am", "--quiet", *names)
    return copy


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (
            {},
            [
                "foo: Declare in foo_ops.h what foo_ops refers to",
                "foo: Move foo_ops to main.c as bar_ops",
            ],
        ),
        (
            {"vtsplit.toml": RENAMED},
            [
                "foo: Rename foo_free_unit() to foo_unit_free()",
                "foo: Declare in foo_ops.h what foo_ops refers to",
                "foo: Move foo_ops to main.c as bar_ops",
            ],
        ),
        (
            ONE,
            [
                "foo: Declare in foo_ops.h what foo_ops refers to",
                "foo: Rename foo.c to foo_core.c",
                "foo: Move foo_ops to main.c as bar_ops",
            ],
        ),
        (
            {"drv/foo.c": SOURCE.replace("foo_open", "open_it")},
            [
                "foo: Give 1 function the prefix foo_",
                "foo: Declare in foo_ops.h what foo_ops refers to",
                "foo: Move foo_ops to main.c as bar_ops",
            ],
        ),
        (
            {"drv/foo.c": SOURCE.replace("static int", "int")},
            [
                "foo: Declare in foo_ops.h what foo_ops refers to",
                "foo: Move foo_ops to main.c as bar_ops",
            ],
        ),
    ],
    ids=["plain", "rename", "one object", "prefix", "global"],
)  # fmt: skip
def test_each_kind_of_change_is_a_patch(
    changed: dict[str, str], expected: list[str], tmp_path: Path
) -> None:
    root = repository(tmp_path / "tree", changed)
    made = tmp_path / "patches"
    assert subjects(patches(root, made)) == expected
    after = applied(root, tmp_path / "applied", made)
    assert files(after) == files(write(clone(root, tmp_path / "split")))
    assert split(after, "--check").exit_code == 0


@pytest.mark.slow
@pytest.mark.parametrize("more", [False, True])
def test_a_move_says_whether_more_moves_than_the_table(more: bool, tmp_path: Path) -> None:
    changed = {}
    if more:
        text = SOURCE.replace("static struct ops", "#define FOO_NUMBER 2\n\nstatic struct ops")
        changed["drv/foo.c"] = text.replace("\t.free", "\t.number = FOO_NUMBER,\n\t.free")
    *_, moved = patches(repository(tmp_path / "tree", changed), tmp_path / "patches")
    words = ", with what only it needs." if more else "."
    said = " ".join(moved.partition("\n\n")[2].split())
    assert said.startswith(f"Move foo_ops from foo.c to main.c as bar_ops{words} foo.c, before:")


def test_source_that_is_renamed_is_the_same_file(tmp_path: Path) -> None:
    root = repository(tmp_path / "tree", ONE)
    [_, renamed, moved] = patches(root, tmp_path / "patches")
    assert "similarity index 100%\nrename from drv/foo.c\nrename to drv/foo_core.c\n" in renamed
    assert "+foo-y := foo_core.o\n" in renamed
    assert "+F:\tdrv/foo_core.c\n" in renamed
    assert "-foo-y := foo_core.o\n+foo-y := foo_core.o main.o\n" in moved


def test_tree_that_is_done_makes_no_patch(tmp_path: Path) -> None:
    root = write(repository(tmp_path / "tree", {"vtsplit.toml": RENAMED}))
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "foo: Split")
    result = series(root, "-o", str(tmp_path / "patches"))
    assert (result.exit_code, result.stderr) == (0, "vtsplit: nothing to do\n")
    assert not (tmp_path / "patches").exists()


@pytest.mark.slow
def test_part_that_is_done_makes_no_patch(tmp_path: Path) -> None:
    """A series that stopped in the middle goes on there."""
    root = repository(tmp_path / "tree", {"vtsplit.toml": RENAMED})
    first = tmp_path / "first"
    every = subjects(patches(root, first))
    for done in range(1, len(every)):
        copy = clone(root, tmp_path / f"done{done}")
        git(copy, "am", "--quiet", *(str(path) for path in sorted(first.iterdir())[1 : done + 1]))
        assert subjects(patches(copy, tmp_path / f"rest{done}")) == every[done:]


@pytest.mark.slow
def test_same_bytes_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repository(tmp_path / "tree")

    def made(name: str) -> dict[str, tuple[int, bytes]]:
        assert series(root, "-o", str(tmp_path / name), "-s").exit_code == 0
        return files(tmp_path / name)

    first = made("a")
    assert made("b") == first
    assert all(b"Date: Tue, 14 Nov 2023 23:13:20 +0100" in text for _, text in first.values())
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    assert all(b"Date: Thu, 1 Jan 1970 00:00:01" in text for _, text in made("c").values())


@pytest.mark.slow
def test_the_command_of_the_cover_letter_makes_the_same_bytes(tmp_path: Path) -> None:
    script = "print 'Ada Dev <ada@example.org>', qq(\\n);\n"
    root = repository(tmp_path / "tree", {"scripts/get_maintainer.pl": script})
    assert series(root, "--commit", "--branch", "foo-v1").exit_code == 0
    git(root, "switch", "--quiet", "main")
    options = ["-s", "--reroll", "v2", "--previous", "foo-v1", "--to-maintainers", "--verify"]
    patches(root, tmp_path / "first", *options)
    letter = next((tmp_path / "first").glob("*cover-letter*")).read_text()
    assert "\nTo: Ada Dev <ada@example.org>\n" in letter
    [command] = [line for line in letter.splitlines() if line.startswith("  vtsplit series ")]
    again = shlex.split(command.replace("-o DIR", f"-o {tmp_path / 'again'}"))[2:]
    assert series(root, *again).exit_code == 0
    assert files(tmp_path / "again") == files(tmp_path / "first")


def test_form(tmp_path: Path) -> None:
    root = repository(tmp_path / "tree", {"vtsplit.toml": RENAMED})
    first, declared, moved = made = patches(root, tmp_path / "patches", "-s", "--reroll", "v3")
    assert first.startswith("From ")
    assert "\nFrom: Ada Dev <ada@example.org>\n" in first
    assert "\nSubject: [PATCH v3 1/3] foo: Rename foo_free_unit() to foo_unit_free()\n" in first
    assert "\n  foo_free_unit() to foo_unit_free()\n" in first
    assert "\nSigned-off-by: Ada Dev <ada@example.org>\n---\n" in first
    assert "\n create mode 100644 drv/foo_ops.h\n" in declared
    assert "\n create mode 100644 drv/main.c\n" in moved
    bodies = [text.partition("\n\n")[2].partition("\n---\n")[0] for text in made]
    assert max(len(line) for body in bodies for line in body.split("\n")) <= 75
    cover = next((tmp_path / "patches").glob("*cover-letter*")).read_text()
    base = git(root, "rev-parse", "HEAD")
    assert f"\nbase-commit: {base}\n" in cover
    assert "Subject: [PATCH v3 0/3] foo: Move foo_ops from foo.c to main.c\n" in cover
    assert "***" not in cover
    assert "vtsplit series -o DIR" in cover


@pytest.mark.slow
@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "foo_open() is no longer inline."),
        (2, "foo_open() and foo_free_unit() are no longer inline."),
    ],
)
def test_what_is_no_longer_inline_is_said(tmp_path: Path, count: int, said: str) -> None:
    source = SOURCE.replace("static int", "static inline int", count)
    made = patches(repository(tmp_path / "tree", {"drv/foo.c": source}), tmp_path / "patches")
    assert f"\n\n{said}\n\nNo functional change intended.\n" in made[0]


def test_what_the_spec_says_of_a_series(tmp_path: Path) -> None:
    section = '[series]\nprefix = "a: b:"\ntrailers = ["Link: https://example.org/1"]\n'
    section += 'subject = "Make room"\ntext = "Because."\n'
    root = repository(tmp_path / "tree", {"vtsplit.toml": SPEC + section})
    for text in (made := patches(root, tmp_path / "patches")):
        assert "\nLink: https://example.org/1\n---\n" in text
    assert subjects(made)[0] == "a: b: Declare in foo_ops.h what foo_ops refers to"
    cover = next((tmp_path / "patches").glob("*cover-letter*")).read_text()
    assert "a: b: Make room\n\nBecause.\n" in cover


def test_words_of_the_spec(tmp_path: Path) -> None:
    section = '[series.words.declare]\nsubject = "Open {count} of {source} for {main}"\n'
    section += 'text = """\nFor {tables}, in {header}:\n\n{names}\n\nBraces: {{}}\n"""\n'
    root = repository(tmp_path / "tree", {"vtsplit.toml": SPEC + section})
    first, second = patches(root, tmp_path / "patches")
    assert subjects([first]) == ["foo: Open 2 of foo.c for main.c"]
    assert (
        "\n\nFor foo_ops, in foo_ops.h:\n\n  foo_open(), foo_free_unit()\n\nBraces: {}\n" in first
    )
    assert "Move foo_ops" in second


@pytest.mark.slow
@pytest.mark.parametrize(
    ("section", "says"),
    [
        ('[series.words.move]\ntext = "{nams}"\n', "one of count, names, tables"),
        ('[series.words.move]\ntext = "{names"\n', "expected '}' before end of string"),
        ('[series.words.move]\ntext = "{names!r}"\n', "one of count, names, tables"),
        ('[series.words.move]\nsubject = "a\\nb"\n', "one line of text"),
        ('[series.words.moves]\nsubject = "a"\n', "a step of a series, one of rename"),
        ('[series]\ntrailers = ["Nothing"]\n', "a trailer"),
        ('[series]\nprefix = "a\\nb"\n', "one line of text"),
        ('[series]\ntext = " "\n', "text of printable characters"),
    ],
)
def test_broken_words(section: str, says: str, tmp_path: Path) -> None:
    root = repository(tmp_path / "tree", {"vtsplit.toml": SPEC + section})
    result = series(root, "-o", str(tmp_path / "patches"))
    assert result.exit_code == 2
    assert says in result.stderr
    assert "vtsplit.toml:9:" in result.stderr or "vtsplit.toml:8:" in result.stderr
    assert not (tmp_path / "patches").exists()


def test_series_that_is_not_the_whole_split_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of vtsplit: here the last stage loses a line."""

    def broken(plan: Plan, *others: Any) -> SplitTexts:
        made = carry_out(plan, *others)
        texts = {path: text.replace("return unit;", "") for path, text in made.after.items()}
        return replace(made, after=texts)

    monkeypatch.setattr("vtsplit.series.cutting.stages.carry_out", broken)
    root = repository(tmp_path / "tree")
    result = series(root, "-o", str(tmp_path / "patches"))
    assert result.exit_code == 2
    assert "error[VT092]" in result.stderr
    assert not (tmp_path / "patches").exists()


def test_single(tmp_path: Path) -> None:
    root = repository(tmp_path / "tree", {"vtsplit.toml": RENAMED})
    made = tmp_path / "patches"
    assert subjects(patches(root, made, "--single")) == ["foo: Move foo_ops from foo.c to main.c"]
    assert len(list(made.iterdir())) == 1
    after = applied(root, tmp_path / "applied", made)
    assert files(after) == files(write(clone(root, tmp_path / "split")))


@pytest.mark.slow
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_line_ends_and_odd_bytes_are_kept(newline: str, tmp_path: Path) -> None:
    text = SOURCE.replace("\n", newline).encode() + b"/* \xff */" + newline.encode()
    root = repository(tmp_path / "tree", {"drv/foo.c": text})
    git(root, "config", "core.autocrlf", "false")
    made = tmp_path / "patches"
    patches(root, made)
    copy = clone(root, tmp_path / "applied")
    names = [str(path) for path in sorted(made.iterdir())[1:]]
    git(copy, "am", "--quiet", "--keep-cr", *names)
    assert files(copy) == files(write(clone(root, tmp_path / "split")))


@pytest.mark.slow
def test_tree_inside_of_a_repository(tmp_path: Path) -> None:
    top = tmp_path / "top"
    repository(top / "tree")
    for path in (top / "tree/.git").iterdir():
        subprocess.run(["rm", "-rf", str(path)], check=True)
    (top / "tree/.git").rmdir()
    committed(top)
    made = tmp_path / "patches"
    assert "diff --git a/tree/drv/foo.c b/tree/drv/foo.c" in patches(top / "tree", made)[0]
    after = applied(top, tmp_path / "applied", made)
    assert files(after / "tree") == files(write(top / "tree"))


@pytest.mark.slow
def test_each_patch_of_the_sample_builds_and_runs(tmp_path: Path) -> None:
    """With the option and without; the program does the same until a second backend is there."""
    root = committed(copy_sample(tmp_path / "tree", dispatch=True), "vmx: Begin")
    made = tmp_path / "patches"
    names = subjects(patches(root, made))
    assert len(names) == 11
    copy = clone(root, tmp_path / "applied")
    outputs: dict[str, list[str]] = {"y": [], "n": []}
    for patch in ["", *(str(path) for path in sorted(made.iterdir())[1:])]:
        if patch:
            git(copy, "am", "--quiet", patch)
        for option, told in outputs.items():
            subprocess.run(["make", "-s", "clean"], cwd=copy, check=True)
            command = ["make", "-s", "-j2", f"CONFIG_INTEL_TDX={option}"]
            done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
            assert (done.returncode, done.stderr) == (0, ""), (patch, option)
            ran = subprocess.run(["./mini-kvm"], cwd=copy, capture_output=True, check=True)
            told.append(ran.stdout.decode())
    assert len({*outputs["n"]}) == 1
    assert len({*outputs["y"][:6]}) == 1  # up to the declarations of the second backend
    assert outputs["y"][-1] != outputs["y"][0]
    subprocess.run(["make", "-s", "clean"], cwd=copy, check=True)
    assert files(copy) == files(write(clone(root, tmp_path / "split")))
