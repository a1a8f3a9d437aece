"""`vtsplit series --verify`, `--to-maintainers` and `--previous`."""

from pathlib import Path

import click.testing
import pytest

from built import build
from repositories import clone, git, patches, repository, series
from trees import SPEC
from vtsplit.cli import main
from vtsplit.series import proof
from vtsplit.spec.posting import StageKind

pytestmark = pytest.mark.slow

RENAMED = SPEC + '[rename]\nfoo_free_unit = "foo_unit_free"\n'
SAME = "proved to be the same program"


def test_each_patch_says_what_was_proved(tmp_path: Path) -> None:
    files = {"vtsplit.toml": RENAMED, "drv/Makefile": "obj-m += foo.o\n"}
    root = repository(tmp_path / "tree", files)
    made = patches(root, tmp_path / "patches", "--verify")
    assert len(made) == 4
    assert all(SAME in text for text in made)
    cover = next((tmp_path / "patches").glob("*cover-letter*")).read_text()
    assert "`vtsplit verify` has proved for all 4 patches that the program stays" in cover
    assert SAME not in "".join(patches(root, tmp_path / "others"))


@pytest.fixture
def built_root(tmp_path: Path) -> Path:
    """Make a repository that is built: the files of the build are not in git."""
    root = repository(tmp_path / "tree", {"vtsplit.toml": RENAMED})
    return build(root, "drv/foo.c", "drv/other.c", flags=["-std=gnu11", "-O1", "-Wall"])


@pytest.mark.slow
def test_each_patch_is_proved_by_the_build(built_root: Path, tmp_path: Path) -> None:
    """Both trees are made of links into the one that was built, but for the files that change."""
    made = patches(built_root, tmp_path / "patches", "--verify")
    assert len(made) == 3
    assert all(f"{SAME} (preprocessed, " in text for text in made)


def test_a_source_with_another_name_is_proved_by_the_build(tmp_path: Path) -> None:
    """The third patch renames foo.c, which the build has compiled under its old name."""
    files = {"vtsplit.toml": RENAMED, "drv/Makefile": "obj-m += foo.o\n"}
    root = repository(tmp_path / "tree", files)
    build(root, "drv/foo.c", flags=["-std=gnu11", "-O1", "-Wall"])
    made = patches(root, tmp_path / "patches", "--verify")
    assert len(made) == 4
    assert all(f"{SAME} (preprocessed, " in text for text in made)
    assert "from foo_core.c to main.c" in made[3]
    assert "foo_core.c, before:" in made[3]


@pytest.mark.slow
def test_each_commit_is_proved_by_the_build(built_root: Path) -> None:
    git(built_root, "tag", "base")
    assert series(built_root, "--commit", "--branch", "split").exit_code == 0
    git(built_root, "switch", "--quiet", "main")
    result = click.testing.CliRunner().invoke(
        main, ["verify", "--range", "..split", str(built_root)]
    )
    assert result.exit_code == 0, result.output
    assert result.output.count("proved: ") == 3
    assert result.output.count("(preprocessed, ") == 3
    (built_root / "drv/foo.c").write_text("int torn;\n")
    result = click.testing.CliRunner().invoke(
        main, ["verify", "--range", "..split", str(built_root)]
    )
    assert result.exit_code == 0, result.output


def test_single_patch_is_proved_as_a_whole(tmp_path: Path) -> None:
    files = {"vtsplit.toml": RENAMED, "drv/Makefile": "obj-m += foo.o\n"}
    root = repository(tmp_path / "tree", files)
    (text,) = patches(root, tmp_path / "patches", "--verify", "--single")
    assert SAME in text


def test_patch_that_is_another_program_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of vtsplit: here one stage has lost a call."""
    root = repository(tmp_path / "tree", {"vtsplit.toml": RENAMED})
    prove_each = proof.prove_each

    def broken(patches, tree, records):  # type: ignore[no-untyped-def]
        for patch in patches:
            if patch.stage.kind is StageKind.DECLARE:
                texts = dict(patch.stage.texts)
                texts["drv/foo.c"] = texts["drv/foo.c"].replace("return unit;", "return 0;")
                object.__setattr__(patch.stage, "texts", texts)
        return prove_each(patches, tree, records)

    monkeypatch.setattr(proof, "prove_each", broken)
    result = series(root, "-o", str(tmp_path / "patches"), "--verify")
    assert result.exit_code == 2
    assert "error[VT310]" in result.stderr
    assert "foo_open" in result.stderr
    assert not (tmp_path / "patches").exists()


SCRIPT = """\
my $lists = grep { $_ eq "--nom" } @ARGV;
my @files = grep { /\\.c$/ } @ARGV;
print $lists ? "list\\@example.org\\n" : "Max <max\\@example.org>\\n";
die "no files" unless @files;
"""


def test_maintainers(tmp_path: Path) -> None:
    root = repository(tmp_path / "tree", {"scripts/get_maintainer.pl": SCRIPT})
    for text in patches(root, tmp_path / "patches", "--to-maintainers"):
        head = text.partition("\n\n")[0]
        assert head.endswith("\nTo: Max <max@example.org>\nCc: list@example.org")


@pytest.mark.parametrize("script", [None, "die 'out of memory';\n"])
def test_nobody_to_ask(script: str | None, tmp_path: Path) -> None:
    root = repository(tmp_path / "tree", {"scripts/get_maintainer.pl": script})
    result = series(root, "-o", str(tmp_path / "patches"), "--to-maintainers")
    assert result.exit_code == 2
    assert "error[VT408]" in result.stderr
    assert not (tmp_path / "patches").exists()


# What the kernel's script says and does outside of a whole tree, and how it tells that.
WHOLE = """\
my @asked = qw(COPYING CREDITS Kbuild Makefile README Documentation arch include drivers fs init ipc
    kernel lib scripts);
die "$0: The current directory does not appear to be a linux kernel source tree.\\n"
    if grep { !-e } @asked;
"""


def test_a_part_of_a_kernel_tree(tmp_path: Path) -> None:
    """It is said what is missing."""
    there = dict.fromkeys(("COPYING", "CREDITS", "Kbuild", "Makefile", "README", "fs/x"), "\n")
    script = {"scripts/get_maintainer.pl": WHOLE + SCRIPT}
    root = repository(tmp_path / "tree", {**there, **script})
    result = series(root, "-o", str(tmp_path / "patches"), "--to-maintainers")
    assert result.exit_code == 2
    lacking = "Documentation, arch, include, drivers, init, ipc, kernel, lib\n"
    assert f"it wants a whole kernel tree, and this one has no {lacking}" in result.stderr
    assert "vtsplit explain VT408/partial-kernel" in result.stderr
    assert not (tmp_path / "patches").exists()


@pytest.mark.slow
def test_what_has_changed_since_the_last_posting(tmp_path: Path) -> None:
    root = repository(tmp_path / "tree")
    assert series(clone(root, tmp_path / "first"), "--commit", "--branch", "v1").exit_code == 0
    git(root, "fetch", "--quiet", str(tmp_path / "first"), "v1:v1")
    (root / "drv/foo.c").write_text((root / "drv/foo.c").read_text().replace("unit", "number"))
    git(root, "commit", "--quiet", "--all", "--message", "foo: Change")
    made = tmp_path / "patches"
    patches(root, made, "--reroll", "2", "--previous", "v1")
    cover = next(made.glob("*cover-letter*")).read_text()
    assert "Range-diff against v1:" in cover
    result = series(root, "-o", str(tmp_path / "more"), "--previous", "nowhere")
    assert result.exit_code == 2
    assert "there is no branch 'nowhere'" in result.stderr


@pytest.mark.slow
def test_the_build_of_the_last_commit_proves_those_before(built_root: Path) -> None:
    """Main's object is there, but main is in neither of the first two commits."""
    git(built_root, "tag", "base")
    assert series(built_root, "--commit").exit_code == 0
    build(built_root, "drv/foo.c", "drv/main.c", "drv/other.c", flags=["-std=gnu11", "-O1"])
    result = click.testing.CliRunner().invoke(
        main, ["verify", "--range", "base..", str(built_root)]
    )
    assert result.exit_code == 0, result.output
    assert result.output.count("(preprocessed, ") == 3
