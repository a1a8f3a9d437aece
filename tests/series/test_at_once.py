"""`vtsplit verify --range`: a commit that makes several steps of a series at once."""

import json
from collections.abc import Callable
from html import unescape
from itertools import pairwise
from pathlib import Path

import click.testing
import pytest
from click.testing import CliRunner
from test_groups import PIECES, POLICIES
from test_range import needs_gcc, verify
from test_starting import FILES, SOURCE

from built import build
from dispatch_trees import SPEC, UNDER_OPTION, dispatch_files
from repositories import committed, git, repository, series
from trees import copy_sample
from vtsplit.cli import main

pytestmark = pytest.mark.slow

# One rule renames, and the rest get their prefix.
RENAMED = '[rename]\nfoo_read = "foo_fetch"\n'
ONE_OBJECT = "obj-$(CONFIG_FOO) += foo.o\n"
SKELETON = UNDER_OPTION.replace('config = "', 'skeleton = "-1"\nconfig = "')


def small(root: Path, base: str = SPEC, changed: dict[str, str | None] | None = None) -> Path:
    """Make a tree whose names change by two rules, with wrappers of three kinds."""
    made = dispatch_files(
        **PIECES, spec=RENAMED + POLICIES + '[series]\nprefix = "x:"\n', base=base
    )
    made["drv/foo.c"] = made["drv/foo.c"].replace("foo_close", "close_foo")
    return repository(root, {**made, **(changed or {})})


def one_object(root: Path) -> Path:
    """Make a module of one object, whose source gets another name."""
    return small(root, UNDER_OPTION, {"drv/Makefile": ONE_OBJECT})


def made_second(root: Path) -> Path:
    """Make one whose second backend is made, with an option."""
    entry = "config FOO\n\ttristate 'Foo'\n\nconfig QUX\n\tbool 'Qux'\n\tdepends on FOO\n"
    changed = {"drv/qux.c": None, "drv/qux.h": None, "drv/Kconfig": entry}
    return small(root, SKELETON, changed)


def starting(root: Path) -> Path:
    """Make one in which main starts both backends."""
    root.mkdir()
    for path, text in {**FILES, "a.c": SOURCE.replace("STOP", "a_start")}.items():
        (root / path).write_text(text)
    return committed(root)


def sample(root: Path) -> Path:
    """Make the sample, which has all of it."""
    return committed(copy_sample(root, dispatch=True))


SHAPES = [small, one_object, made_second, starting, sample]


def commits(root: Path) -> list[str]:
    """Commit the series of a tree; return the commits, and the one before."""
    base = git(root, "rev-parse", "HEAD")
    assert series(root, "--commit").exit_code == 0
    made = git(root, "rev-list", "--reverse", f"{base}..").split("\n")
    return [base, *made]


def chain(root: Path, picked: list[str]) -> str:
    """Make one commit for each of these trees, each upon the one before; return the range."""
    last = picked[0]
    for one in picked[1:]:
        last = git(root, "commit-tree", f"{one}^{{tree}}", "-p", last, "-m", "Several")
    return f"{picked[0]}..{last}"


def amended(root: Path, commit: str, path: str, old: str, new: str) -> str:
    """Return a commit like another one, in which a file has a text in place of another."""
    git(root, "checkout", "--quiet", "--detach", commit)
    text = (root / path).read_text()
    assert old in text
    (root / path).write_text(text.replace(old, new, 1))
    git(root, "commit", "--quiet", "--all", "--message", "Tamper")
    return git(root, "rev-parse", "HEAD")


def cuts(count: int) -> list[list[int]]:
    """Return ways to put steps together: all, pairs, triples, two parts, wherever they begin."""
    found = [[0, count]]
    for size in (2, 3):
        found += [sorted({0, *range(start, count, size), count}) for start in range(size)]
    return [*found, *([0, at, count] for at in range(1, count))]


@pytest.mark.parametrize("make", SHAPES)
def test_steps_of_a_series_at_once_are_proved(make: Callable[[Path], Path], tmp_path: Path) -> None:
    root = make(tmp_path / "tree")
    every = commits(root)
    assert len(every) > 4
    done = set[tuple[int, int]]()
    for cut in cuts(len(every) - 1):
        if done.issuperset(pairwise(cut)):
            continue
        done |= {*pairwise(cut)}
        result = verify("--range", chain(root, [every[at] for at in cut]), str(root))
        assert result.exit_code == 0, (cut, result.output)
        assert "not used" not in result.stdout


def counts(result: click.testing.Result) -> list[str]:
    lines = [line for line in result.stdout.split("\n") if line.startswith("  ")]
    return [line for line in lines if "by the spec: " not in line]


@pytest.mark.parametrize("make", SHAPES)
def test_a_whole_split_has_the_verdict_of_two_commits(
    make: Callable[[Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make(tmp_path / "tree")
    every = commits(root)
    monkeypatch.chdir(root)
    one, other = verify("--range", chain(root, [every[0], every[-1]])), verify(every[0], every[-1])
    assert (one.exit_code, other.exit_code) == (0, 0), one.output + other.output
    assert counts(one) == counts(other)


@pytest.mark.parametrize("option", [UNDER_OPTION, SPEC], ids=["option", "no option"])
def test_the_option_of_the_second_backend_is_by_design(option: str, tmp_path: Path) -> None:
    """A commit that makes the whole split may add the option by hand; any other it may not."""
    root = small(tmp_path / "tree", option, {"drv/Kconfig": "config FOO\n\ttristate 'Foo'\n"})
    base, *_, last = commits(root)
    added = amended(root, last, "drv/Kconfig", "'Foo'\n", "'Foo'\n\nconfig QUX\n\tbool 'Qux'\n")
    result = verify("--range", chain(root, [base, added]), str(root))
    assert ("1 option added" in result.stdout) is (option is UNDER_OPTION), result.output
    assert result.exit_code == (0 if option is UNDER_OPTION else 1)


@needs_gcc
@pytest.mark.parametrize("make", [small, starting])
def test_steps_at_once_are_proved_by_a_build(make: Callable[[Path], Path], tmp_path: Path) -> None:
    root = make(tmp_path / "tree")
    every = commits(root)
    folder, second = ("drv/", "qux") if make is small else ("", "b")
    first, new = ("foo", "main") if make is small else ("a", "m")
    build(root, *(f"{folder}{name}.c" for name in (first, new, second)))
    by = ["--compile-commands", f"{root}/compile_commands.json", str(root)]
    for cut in ([0, -1], [0, 2, -1], [1, -2]):
        result = verify("--range", chain(root, [every[at] for at in cut]), *by)
        assert result.exit_code == 0, (cut, result.output)
    wrong = "drv/main.c" if make is small else "m.c"
    bad = amended(root, every[-1], wrong, "\treturn ", "\treturn !")
    assert verify("--range", chain(root, [every[0], bad]), *by).exit_code == 1


TAMPERED = [
    ("a wrapper", "drv/main.c", "return qux_open(unit);", "return qux_open(unit) + 1;"),
    ("an entry", "drv/main.c", "\t.open = bar_op(open),", "\t.open = foo_open,"),
    ("an item of main", "drv/main.c", "\nstruct ops", "\nint more;\n\nstruct ops"),
    ("a line of main", "drv/main.c", '#include "foo.h"\n', ""),
    ("a declaration", "drv/foo_ops.h", "int qux_open(struct unit *unit);", "int qux_open(int);"),
    ("a function", "SOURCE", "return 1;", "return 2;"),
    ("a name", "SOURCE", "int foo_fetch(", "int foo_catch("),
    ("linkage", "SOURCE", "int foo_open(", "static int foo_open("),
    ("a list", "drv/Makefile", "main.o", "main.o more.o"),
    ("another file", "drv/other.c", "int other;", "int another;"),
]


@pytest.mark.parametrize("make", [small, one_object])
@pytest.mark.parametrize("case", TAMPERED, ids=[case[0] for case in TAMPERED])
def test_what_else_such_a_commit_does_is_found(
    make: Callable[[Path], Path], case: tuple[str, ...], tmp_path: Path
) -> None:
    root = make(tmp_path / "tree")
    every = commits(root)
    _, path, old, new = case
    path = path.replace("SOURCE", "drv/foo.c" if make is small else "drv/foo_core.c")
    if make is small:
        old = old.replace("bar_op(open)", "bar_open")  # without an option there is no macro
    bad = amended(root, every[-1], path, old, new)
    for start in (0, 2, 3):
        result = verify("--range", chain(root, [every[start], bad]), str(root))
        assert result.exit_code == 1, result.output
        said = "vtsplit.toml was not used: the commit makes other changes than its steps: "
        assert result.stdout.count(said) == 1, result.output


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("drv/main.c", "\nstruct ops", "\n/* The table. */\nstruct ops"),
        ("drv/main.c", "\treturn qux_open(unit);", "    return qux_open( unit );"),
        ("drv/foo.c", "return 1;", "return 1; /* always */"),
        ("notes.md", "", "Nothing to say.\n"),
        ("vtsplit.toml", "", "# A comment.\n"),
    ],
)
def test_what_does_not_count_changes_no_verdict(
    path: str, old: str, new: str, tmp_path: Path
) -> None:
    root = small(tmp_path / "tree", SPEC, {"notes.md": "Notes.\n"})
    every = commits(root)
    same = amended(root, every[-1], path, old, new)
    for start in (0, 2, 3):
        result = verify("--range", chain(root, [every[start], same]), str(root))
        assert (result.exit_code, "not used" in result.stdout) == (0, False), result.output


def test_a_source_that_gets_another_name_is_not_kept(tmp_path: Path) -> None:
    root = one_object(tmp_path / "tree")
    base, *_, last = commits(root)
    git(root, "checkout", "--quiet", base, "--", "drv/foo.c")
    git(root, "commit", "--quiet", "--message", "Keep it")
    kept = git(root, "rev-parse", "HEAD")
    result = verify("--range", chain(root, [base, kept]), str(root))
    assert (result.exit_code, "file 'drv/foo.c' is still there" in result.stdout) == (1, True)
    assert verify("--range", chain(root, [base, last]), str(root)).exit_code == 0


def reason(root: Path, range_: str, *options: str) -> str:
    """Return why the spec was not used for a range that differs, in the terminal as on the page."""
    result = verify("--range", range_, *options, str(root))
    assert result.exit_code == 1, result.output
    lines = [line for line in result.stdout.split("\n") if "was not used: " in line]
    page = root.parent / "page.html"
    arguments = ["report", str(root), "--range", range_, "--verify", *options, "-o", str(page)]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    assert unescape(page.read_text()).count("was not used: ") == len(lines) == 1
    return lines[0].partition("was not used: ")[2]


def test_it_is_said_why_a_spec_was_not_used(tmp_path: Path) -> None:
    root = small(tmp_path / "tree")
    base, *_, last = commits(root)
    ordinary = chain(
        root, [base, amended(root, base, "drv/other.c", "int other", "int more, other")]
    )
    assert reason(root, ordinary) == "the commit makes none of its steps"
    later = chain(root, [last, amended(root, last, "drv/other.c", "int other", "int more, other")])
    assert reason(root, later) == "all that it asks for is done in the commit before"
    spec = root.parent / "foo.toml"
    text = (root / "vtsplit.toml").read_text()
    named = ["--spec", str(spec)]
    spec.write_text(text.replace('"drv/foo.c"', '"drv/none.c"'))
    why = reason(root, chain(root, [base, last]), *named)
    assert why.startswith("vtsplit refuses it on the commit before: ")
    spec.write_text(text.partition("[dispatch]")[0])
    why = reason(root, chain(root, [base, last]), *named)
    assert why == "it has no [dispatch], and renames are derived from the commits"


@pytest.mark.parametrize("text", ["no toml", SPEC.partition("[dispatch]")[0]])
def test_it_is_said_why_a_spec_that_is_found_was_not_used(text: str, tmp_path: Path) -> None:
    root = small(tmp_path / "tree")
    git(root, "tag", "there")
    *_, last = commits(root)
    git(root, "checkout", "--quiet", "--detach", "there")
    (root / "vtsplit.toml").write_text(text)
    git(root, "commit", "--quiet", "--all", "--message", "Another spec")
    base = git(root, "rev-parse", "HEAD")
    assert reason(root, chain(root, [base, last]))
    result = verify("--range", chain(root, [base, last]), "--no-spec", str(root))
    assert (result.exit_code, "not used" in result.stdout) == (1, False)


def test_what_is_proved_needs_no_spec(tmp_path: Path) -> None:
    """Nothing is said of a spec that no commit needed."""
    root = small(tmp_path / "tree")
    every = commits(root)
    (root / "vtsplit.toml").write_text("no toml")
    git(root, "commit", "--quiet", "--all", "--message", "Break the spec")
    broken = git(root, "rev-parse", "HEAD")
    for picked in ([every[0], every[2], every[3]], [broken, every[-1]]):
        result = verify("--range", chain(root, picked), str(root))
        assert (result.exit_code, "not used" in result.stdout) == (0, False), result.output


def test_the_page_and_json_have_the_same_verdict(tmp_path: Path) -> None:
    root = small(tmp_path / "tree")
    every = commits(root)
    page = tmp_path / "page.html"
    for last, state in ((every[-1], "weaker"), ("bad", "differs")):
        if last == "bad":
            last = amended(root, every[-1], "drv/main.c", "return qux_open", "return !qux_open")
        range_ = chain(root, [every[0], last])
        arguments = [str(root), "--range", range_, "--verify", "--json", "-o", str(page)]
        told = json.loads(CliRunner().invoke(main, ["report", *arguments]).stdout)
        assert told["sections"][0]["proof"]["state"] == state
        assert ("by the spec: " in page.read_text()) is (state == "weaker")
        told = json.loads(verify("--range", range_, "--json", str(root)).stdout)
        assert (told["spec"] is None) is (state == "differs")
