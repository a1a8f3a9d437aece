"""`vtsplit series --verify`, `--to-maintainers` and `--previous`."""

from pathlib import Path

import pytest

from repositories import clone, git, patches, repository, series
from trees import SPEC
from vtsplit.series import proof
from vtsplit.spec.posting import StageKind

RENAMED = SPEC + '[rename]\nfoo_free_unit = "foo_unit_free"\n'
SAME = "proved to be the same program"


def test_each_patch_says_what_was_proved(tmp_path: Path) -> None:
    files = {"vtsplit.toml": RENAMED, "drv/Makefile": "obj-m += foo.o\n"}
    root = repository(tmp_path / "tree", files)
    made = patches(root, tmp_path / "patches", "--verify")
    assert len(made) == 4
    assert all(SAME in text for text in made)
    assert SAME not in "".join(patches(root, tmp_path / "others"))


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
