"""How subjects begin: as the spec says, else as the history of the source has it."""

from pathlib import Path

import pytest

from repositories import git, repository, series, subjects
from trees import SPEC

pytestmark = pytest.mark.slow

MAINTAINERS = """\
List of maintainers
-------------------

FOO DRIVERS (net/foo)
M:\tA <a@example.org>
F:\tdrv/f*.c
F:\tdrv/foo.h

DRIVERS (drv)
F:\tdrv/

THE REST
F:\t*
F:\t*/
"""
# The entry that the text above has for the source, and others.
WITHOUT_FOO = MAINTAINERS.replace("drv/f*.c", "drv/g*.c")
EXCLUDED = MAINTAINERS.replace("F:\tdrv/foo.h", "X:\tdrv/foo.c")
PLAIN = WITHOUT_FOO.replace(" (drv)", "")
REST = WITHOUT_FOO.replace("drv/\n", "other/\n")
ODD = MAINTAINERS.replace("(net/foo)", "(64-bit and 32-bit)")


def change(root: Path, path: str, *subjects: str) -> None:
    for subject in subjects:
        (root / path).write_text((root / path).read_text() + "\n")
        git(root, "commit", "--quiet", "--all", "--message", subject)


def beginning(root: Path, to: Path, *options: str) -> tuple[str, str]:
    """Return how the first subject begins, and the warnings."""
    result = series(root, "-o", str(to), "--quiet", *options)
    assert result.exit_code == 0, result.stderr
    text = (to / sorted(path.name for path in to.iterdir())[1]).read_text()
    return subjects([text])[0].partition("Declare")[0], result.stderr


def test_that_of_most_of_the_last_subjects(tmp_path: Path) -> None:
    root = repository(tmp_path / "tree", {"MAINTAINERS": MAINTAINERS}, subject="drv: bar: Begin")
    change(root, "drv/foo.c", "net: foo: One", "net: foo: Two", "Undo it", "drv: Three")
    change(root, "drv/other.c", "a: One", "a: Two", "a: Three")
    assert beginning(root, tmp_path / "patches") == ("net: foo: ", "")


def test_that_of_the_folder(tmp_path: Path) -> None:
    root = repository(tmp_path / "tree", {"MAINTAINERS": MAINTAINERS})
    change(root, "drv/foo.c", "Say nothing")
    change(root, "drv/other.c", "a: One")
    assert beginning(root, tmp_path / "patches") == ("a: ", "")


@pytest.mark.parametrize(
    ("listed", "expected", "by"),
    [
        (MAINTAINERS, "net: foo: ", "the entry 'FOO DRIVERS (net/foo)'"),
        (WITHOUT_FOO, "drv: ", "the entry 'DRIVERS (drv)'"),
        (EXCLUDED, "drv: ", "the entry 'DRIVERS (drv)'"),
        (PLAIN, "drv: ", "the entry 'DRIVERS'"),
        (REST, "foo: ", "the name of the file"),
        (ODD, "foo: ", "the entry 'FOO DRIVERS (64-bit and 32-bit)'"),
        (None, "foo: ", "the name of the file"),
    ],
    ids=["pattern", "folder", "excluded", "no short name", "the rest", "no word", "no list"],
)
def test_without_history_maintainers_say(
    listed: str | None, expected: str, by: str, tmp_path: Path
) -> None:
    """The first commit has all files: its subject is not about the source."""
    root = repository(tmp_path / "tree", {"MAINTAINERS": listed}, subject="import: Linux 6.1")
    prefix, warning = beginning(root, tmp_path / "patches")
    assert prefix == expected
    assert warning.startswith("warning: ")
    by += " in MAINTAINERS" if by.startswith("the entry") else ""
    assert f"they begin with '{expected.rstrip()}', a guess from {by}; if another" in warning
    assert warning.count("\n") == 1


def test_spec_needs_no_guess(tmp_path: Path) -> None:
    own = {"vtsplit.toml": SPEC + '[series]\nprefix = "a: b:"\n', "MAINTAINERS": MAINTAINERS}
    assert beginning(repository(tmp_path / "tree", own), tmp_path / "patches") == ("a: b: ", "")


def test_subject_is_shorter_behind_a_long_prefix(tmp_path: Path) -> None:
    long = "a: " * 13
    own = {"vtsplit.toml": SPEC + f'[series]\nprefix = "{long}"\n'}
    root = repository(tmp_path / "tree", own)
    assert series(root, "--commit").exit_code == 0
    made = git(root, "log", "--reverse", "--format=%s", "HEAD~2..").split("\n")
    assert made[0] == long + "Declare what the table refers to"
    assert made[1] == long + "Move foo_ops to main.c as bar_ops"
