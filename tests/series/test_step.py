"""`vtsplit verify --range` with a spec: commits with wrappers are held against the series."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_groups import PIECES, POLICIES
from test_range import verify

from dispatch_trees import dispatch_files
from repositories import git, repository, series
from trees import split
from vtsplit.cli import main

pytestmark = pytest.mark.slow


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a repository with a series that has wrappers, and its spec outside of it."""
    made = dispatch_files(**PIECES, spec=POLICIES + '[series]\nprefix = "foo:"\n')
    (tmp_path / "foo.toml").write_text(made.pop("vtsplit.toml"))
    root = repository(tmp_path / "tree", {**made, "vtsplit.toml": None})
    git(root, "tag", "base")
    assert series(root, "--commit", "--spec", str(tmp_path / "foo.toml")).exit_code == 0
    return root


def by_spec(root: Path, range_: str = "base..") -> tuple[int, str]:
    result = verify("--range", range_, "--spec", str(root.parent / "foo.toml"), str(root))
    assert result.stderr == ""
    return result.exit_code, result.stdout


def amend(root: Path, path: str, old: str, new: str) -> None:
    """Change the last commit."""
    text = (root / path).read_text()
    assert old in text
    (root / path).write_text(text.replace(old, new, 1))
    git(root, "commit", "--quiet", "--all", "--amend", "--no-edit")


def test_each_commit_is_proved(root: Path) -> None:
    code, told = by_spec(root)
    count = int(git(root, "rev-list", "--count", "base.."))
    assert (code, told.count("\nproved: ")) == (0, count)
    assert 3 <= told.count("by the spec: ") < count
    # The functions of the second backend are declared in a commit of their own.
    assert re.search(r"\n  by design: \d+ declared, 1 build file changed\n", told)
    assert verify("--range", "base..", str(root)).exit_code == 1


def test_the_spec_of_the_tree_is_found(root: Path, tmp_path: Path) -> None:
    spec = (tmp_path / "foo.toml").read_text()
    (root / "vtsplit.toml").write_text(spec)
    result = verify("--range", "base..", str(root))
    assert (result.exit_code, "/tree/vtsplit.toml\n" in result.stdout) == (0, True), result.output
    assert verify("--range", "base..", "--no-spec", str(root)).exit_code == 1
    # That of the commit before the first one comes first: any other may have come with the change.
    (root / "vtsplit.toml").unlink()
    _, told = by_spec(root)
    git(root, "reset", "--quiet", "--hard", "base")
    (root / "vtsplit.toml").write_text(spec)
    git(root, "add", "vtsplit.toml")
    git(root, "commit", "--quiet", "--amend", "--message", "foo: Begin")
    base = git(root, "rev-parse", "HEAD")
    assert series(root, "--commit").exit_code == 0
    (root / "vtsplit.toml").write_text("no toml")
    result = verify("--range", f"{base}..", str(root))
    assert (result.exit_code, result.stderr) == (0, ""), result.output
    by = f"by the spec: vtsplit.toml of {base[:12]}\n"
    assert result.stdout.count(by) == told.count("by the spec: ") > 2
    told = json.loads(verify("--json", "--range", f"{base}..", str(root)).stdout)["spec"]["name"]
    assert told == f"vtsplit.toml of {base[:12]}"


@pytest.mark.parametrize("how", ["found", "above", "named"])
def test_the_page_of_a_range_has_the_same_verdicts(
    how: str, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same commits cannot differ on the page and be proved in the terminal."""
    spec, page = tmp_path / "foo.toml", tmp_path / "page.html"
    arguments = ["report", "--range", "base..", "--verify", "--json", "-o", str(page)]
    monkeypatch.chdir(root)
    if how == "named":
        arguments += [".", "--spec", str(spec)]
    else:
        (root / "vtsplit.toml").write_text(spec.read_text())
    if how == "above":
        monkeypatch.chdir(root / "drv")
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert {one["proof"]["state"] for one in told["sections"]} == {"weaker"}
    assert page.read_text().count("by the spec: ") == by_spec(root)[1].count("by the spec: ")
    assert told["spec"]["name"].endswith(".toml")


def test_a_spec_of_a_range_is_for_its_proof(root: Path, tmp_path: Path) -> None:
    page, spec = str(tmp_path / "page.html"), str(tmp_path / "foo.toml")
    arguments = ["report", str(root), "--range", "base..", "-o", page]
    result = CliRunner().invoke(main, [*arguments, "--spec", spec])
    assert (result.exit_code, "--spec of a range says how it is" in result.stderr) == (2, True)
    (root / "vtsplit.toml").write_text(Path(spec).read_text())
    result = CliRunner().invoke(main, [*arguments, "--json"])
    assert json.loads(result.stdout)["spec"] is None  # nothing is proved: nothing is by a spec


def test_what_is_said_of_wrappers_alone(root: Path, tmp_path: Path) -> None:
    """The split changes nothing there, and all that is known of the wrappers is their tokens."""
    spec = ["--spec", str(tmp_path / "foo.toml")]
    count = len(git(root, "log", "--format=%H", "base..").split("\n"))
    at = next(n for n in range(count) if "wrapped" in by_spec(root, f"HEAD~{n + 1}..HEAD~{n}")[1])
    git(root, "reset", "--quiet", "--hard", f"HEAD~{at}")
    weaker, designed = (
        "note: the weaker proof: without a build, ",
        r"\n  by design: (\d+) wrapped\n",
    )
    said = r"\n  the same: (\d+) wrappers? \(tokens that the spec makes, [1-9] files?\)\n"
    unseen = r"\n  (\d+) wrappers?: no compiler has seen "
    git(root, "worktree", "add", "--quiet", str(tmp_path / "before"), "HEAD~1")
    found = []
    for trees in (["--range", "HEAD~1..", str(root)], [str(tmp_path / "before"), str(root)]):
        result = verify(*spec, *trees)
        assert (result.exit_code, weaker in result.stdout) == (0, True), result.output
        assert weaker in verify("-q", *spec, *trees).stdout
        counts = [re.findall(one, result.stdout) for one in (designed, said, unseen)]
        assert counts[1] == counts[2]
        found.append(counts[0])
    assert found[0] == found[1] != []
    result = split(tmp_path / "before", *spec, "--verify")
    assert (result.exit_code, weaker in result.stderr) == (0, True), result.stderr
    assert re.search(said, result.stderr)


def test_commits_that_were_put_together(root: Path) -> None:
    """One commit may make several steps of a series."""
    git(root, "reset", "--quiet", "--soft", "HEAD~2")
    git(root, "commit", "--quiet", "--amend", "--no-edit")
    assert by_spec(root, "HEAD~1..")[0] == 0


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("drv/main.c", "return qux_open(unit);", "return qux_open(unit) + 1;"),
        ("drv/main.c", "\t.open = bar_open,\n", "\t.open = foo_open,\n"),
        ("drv/main.c", "\nstruct ops", "\nint more;\n\nstruct ops"),
        ("drv/other.c", "int other;", "int another;"),
        ("drv/foo.c", "return 1;", "return 2;"),
    ],
)
def test_a_commit_that_does_more_or_less_differs(path: str, old: str, new: str, root: Path) -> None:
    at = git(root, "log", "--format=%H", "--grep=Choose between", "base..")
    assert at.count("\n") == 0
    git(root, "reset", "--quiet", "--hard", at)
    assert by_spec(root, "HEAD~1..")[0] == 0
    amend(root, path, old, new)
    code, told = by_spec(root, "HEAD~1..")
    assert code == 1, told


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('prefix = "bar_"', 'prefix = "baz_"'),
        ('source = "drv/foo.c"', 'source = "drv/none.c"'),
        ('otherwise = "return 0"', 'otherwise = "return 1"'),
    ],
)
def test_another_spec_proves_no_wrappers(old: str, new: str, root: Path) -> None:
    spec = root.parent / "foo.toml"
    assert old in spec.read_text()
    spec.write_text(spec.read_text().replace(old, new))
    assert by_spec(root)[0] == 1
