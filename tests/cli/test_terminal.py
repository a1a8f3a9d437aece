"""What a terminal is shown: colours, the pager, progress, and lines that keep to its width."""

import os
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from built import build
from forked import run_forked
from repositories import repository
from terminals import run_on_terminal
from trees import small_tree, split, write
from vtsplit.cli import main
from vtsplit.cli.terminal import progress
from vtsplit.cli.terminal.width import fitted, wrapped

pytestmark = pytest.mark.slow

PATCH = "diff --git a/drv/Makefile b/drv/Makefile\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return small_tree(tmp_path / "tree")


@pytest.mark.parametrize(
    ("arguments", "environment", "wanted"),
    [
        ([], {}, True),
        (["--color=auto"], {}, True),
        (["--color=never"], {}, False),
        ([], {"NO_COLOR": "1"}, False),
        ([], {"NO_COLOR": ""}, True),
        (["--color=always"], {"NO_COLOR": "1"}, True),
        ([], {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ([], {"TERM": "dumb"}, False),
        ([], {"TERM": None}, False),
        ([], {"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        ([], {"CLICOLOR": "0"}, False),
        ([], {"CLICOLOR": "0", "CLICOLOR_FORCE": "1"}, True),
        (["--color=always"], {"TERM": "dumb"}, True),
    ],
)
def test_colour_on_a_terminal(
    root: Path, arguments: list[str], environment: dict[str, str | None], wanted: bool
) -> None:
    shown = run_on_terminal("split", str(root), *arguments, environment=environment)
    assert shown.code == 0
    assert shown.has_color is wanted
    assert shown.plain.startswith(PATCH)
    assert shown.plain == run_on_terminal("split", str(root), "--color=never").text


def test_colour_may_be_chosen_before_the_command(root: Path) -> None:
    assert not run_on_terminal("--color=never", "split", str(root)).has_color
    assert run_on_terminal("--color=never", "split", str(root), "--color=always").has_color


@pytest.mark.parametrize("name", ["FORCE_COLOR", "CLICOLOR_FORCE"])
def test_forced_colour_stays_out_of_a_patch_in_a_pipe(
    root: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    plain = split(root).stdout
    stat = split(root, "--stat").stdout
    monkeypatch.setenv(name, "1")
    assert split(root).stdout == plain
    assert split(root, "--json").stdout == split(root, "--json", "--color=never").stdout
    assert split(root, "--stat").stdout != stat
    assert "\x1b[31m\x1b[1merror[VT006]:" in split(root, "--spec", "none").stderr
    monkeypatch.setenv(name, "0")
    assert split(root, "--stat").stdout == stat


def test_always_colours_a_patch_in_a_pipe(root: Path) -> None:
    coloured = split(root, "--color=always").stdout
    assert "\x1b[32m+" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == split(root).stdout


def test_a_bad_choice_of_colour() -> None:
    result = CliRunner().invoke(main, ["split", "--color=sometimes"])
    assert result.exit_code == 2
    assert "'sometimes' is not one of" in result.stderr


# ---- the pager -----------------------------------------------------------------------------------

MARK = "sed 's/^/P:/'"  # a pager whose work can be seen


def test_the_pager_gets_the_result_and_not_the_report(root: Path) -> None:
    shown = run_on_terminal("split", str(root), environment={"PAGER": MARK})
    assert shown.code == 0
    lines = shown.plain.splitlines()
    paged = [line.removeprefix("P:") for line in lines if line.startswith("P:")]
    assert f"{paged[0]}\n" == PATCH
    assert paged == split(root).stdout.splitlines()
    rest = [line for line in lines if not line.startswith("P:")]
    assert rest[0].startswith("vtsplit: 3 made")


@pytest.mark.parametrize(
    ("arguments", "environment", "is_paged"),
    [
        ([], {"VTSPLIT_PAGER": MARK, "PAGER": "cat"}, True),
        ([], {"VTSPLIT_PAGER": "", "PAGER": MARK}, False),
        ([], {"VTSPLIT_PAGER": "cat", "PAGER": MARK}, False),
        (["--no-pager"], {"PAGER": MARK}, False),
        ([], {"PAGER": MARK, "TERM": "dumb"}, False),
        ([], {"PAGER": "no-such-pager -x"}, False),
        ([], {"PAGER": "'"}, False),
    ],
)
def test_which_pager(
    root: Path, arguments: list[str], environment: dict[str, str | None], is_paged: bool
) -> None:
    shown = run_on_terminal("split", str(root), *arguments, environment=environment)
    assert shown.code == 0
    assert shown.plain.startswith("P:diff" if is_paged else "diff")


def test_less_is_told_what_git_tells_it(root: Path) -> None:
    show = 'echo "[$LESS][$LV]"; cat >/dev/null'
    environment = {"VTSPLIT_PAGER": f"sh -c '{show}'"}
    assert run_on_terminal("split", str(root), environment=environment).plain.startswith(
        "[FRX][-c]\n"
    )
    environment["LESS"] = "R"
    assert run_on_terminal("split", str(root), environment=environment).plain.startswith("[R]")


def test_a_pager_that_ends_early_is_no_error(tmp_path: Path) -> None:
    functions = "".join(f"static int {name}(int x) {{ return x; }}\n" for name in "abc")
    table = "static struct ops ops_{} = {{ .a = a, .b = b, .c = c }};\n"
    tables = "".join(table.format(number) for number in range(300))
    (tmp_path / "a.c").write_text(functions + tables)  # its JSON is more than a pipe holds
    shown = run_on_terminal("scan", str(tmp_path), "--json", environment={"PAGER": "true"})
    assert shown.code == 0
    assert "300 tables" in shown.plain


def test_no_pager_in_a_pipe(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", MARK)
    monkeypatch.setenv("TERM", "xterm")
    assert run_forked("split", str(root)).printed.decode() == split(root).stdout


def test_the_pager_has_ctrl_c(root: Path) -> None:
    """Ctrl-C in a pager is for the pager: the run goes on when that ends."""
    interrupting = "sh -c 'kill -INT 0; cat >/dev/null; echo read'"
    trapping = f"trap : INT; {interrupting.removeprefix('sh -c ')[1:-1]}"
    shown = run_on_terminal(
        "split", str(root), environment={"VTSPLIT_PAGER": f'sh -c "{trapping}"'}
    )
    assert shown.code == 0
    assert "read\n" in shown.plain
    assert "dry run: nothing written" in shown.plain


# ---- progress ------------------------------------------------------------------------------------


def test_progress_is_whole_at_60_columns_and_goes(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "_WAIT", -1.0)
    monkeypatch.setattr(progress, "_EVERY", 0.0)
    shown = run_on_terminal("split", str(root), columns=60)
    lines = re.findall(r"\r\x1b\[K([^\r\n\x1b]*)", shown.text)
    assert any(line.startswith("searching the tree: ") for line in lines)
    assert "planning..." in lines
    assert max(map(len, lines)) < 60
    assert lines[-1] == ""  # erased
    assert not run_on_terminal("split", str(root), "-q", columns=60).text.count("\x1b[K")
    dumb = run_on_terminal("split", str(root), environment={"TERM": "dumb"})
    assert "searching" not in dumb.text


@pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")
def test_progress_of_a_proof(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_WAIT", -1.0)
    monkeypatch.setattr(progress, "_EVERY", 0.0)
    before = build(small_tree(tmp_path / "before"), "drv/foo.c", "drv/other.c", flags=["-I."])
    after = write(small_tree(tmp_path / "after"))
    shown = run_on_terminal("verify", str(before), str(after), columns=60)
    assert shown.code == 0
    lines = re.findall(r"\r\x1b\[K([^\r\n\x1b]*)", shown.text)
    phases = list(dict.fromkeys(re.split(r"[:.]", line)[0] for line in lines if line))
    assert phases == ["preprocessing", "compiling"]
    assert any(re.fullmatch(r"compiling: 100% \((\d)/\1\), 0 s left", line) for line in lines)


def test_progress_of_proofs_of_what_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "_WAIT", -1.0)
    monkeypatch.setattr(progress, "_EVERY", 0.0)
    root = repository(tmp_path / "tree")
    shown = run_on_terminal("series", str(root), "-o", str(tmp_path / "out"), "--verify")
    assert shown.code == 0
    assert "proving patches: 100% (2/2), 0 s left\r\x1b[K" in shown.text
    if shutil.which("gcc"):
        build(root, "drv/foo.c", "drv/other.c", flags=["-I."])
        shown = run_on_terminal("split", str(root), "--verify", "--stat")
        assert "preprocessing: " in shown.text
        assert "compiling: " in shown.text


def test_a_long_run_says_one_line_where_there_is_no_terminal(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = split(root)
    assert "searching" not in before.stderr
    monkeypatch.setattr(progress, "_LONG", 0.0)
    result = split(root)
    assert result.stdout == before.stdout
    said = result.stderr.removesuffix(before.stderr)
    assert re.fullmatch(r"searching the tree: \d+% \(\d+/\d+\), \d+ s left\n", said)
    assert "searching" not in split(root, "-q").stderr
    dumb = run_on_terminal("split", str(root), environment={"TERM": "dumb"})
    assert dumb.text.count("searching the tree: ") == 1
    assert "\x1b" not in dumb.text


@pytest.mark.parametrize(
    ("done", "said"),
    [
        ([1, 10, 20, 30], "searching: 25% (10/40), 18 s left\n"),
        ([1, 30, 31, 32], ""),  # 2 s are left
        ([0, 0, 0, 0], ""),  # nobody knows how long it takes
    ],
)
def test_the_line_that_stays_is_for_what_takes_long(
    done: list[int], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = iter([0.0, 4.0, 10.0, 11.0, 12.0])
    monkeypatch.setattr(progress, "monotonic", lambda: next(now))
    monkeypatch.setattr(progress, "_LONG", 5.0)
    with progress.show_phases(quiet=False) as tell:
        for one in done:
            tell("searching", one, 40)
    assert capsys.readouterr().err == said


def test_progress_of_a_large_tree_fits() -> None:
    line = progress.described("searching for tables", (1_234, 1_234_567), 40.0)
    assert line == "searching for tables: 0% (1,234/1,234,567), 666 min 18 s left"
    line = progress.described("searching the tree", (0, 56_700), 1.0)
    assert line == "searching the tree: 0% (0/56,700)"


def test_the_time_left_is_that_of_these_counts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = iter([0.0, 0.0, 10.0, 20.0, 20.0, 30.0, 31.0])
    monkeypatch.setattr(progress, "monotonic", lambda: next(now))
    line = progress._ProgressLine()
    line.show("searching", 0, 40)
    line.show("searching", 10, 40)  # at 10 s
    line.show("searching", 40, 40)  # at 20 s
    line.show("planning", 0, 0)
    line.show("searching", 1, 40)  # a second search begins, at 30 s
    line.show("searching", 20, 40)  # at 31 s
    line.erase()
    shown = capsys.readouterr().err.split("\r\x1b[K")[1:]
    assert shown[0] == "searching: 25% (10/40), 30 s left"
    assert shown[2] == "planning..."
    assert shown[-2] == "searching: 50% (20/40), 1 s left"
    assert shown[-1] == ""


# ---- width ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [40, 60])
def test_no_word_of_a_report_is_broken(root: Path, columns: int) -> None:
    whole = split(root, "--check").stderr
    shown = run_on_terminal("split", str(root), "--check", "--color=never", columns=columns)
    assert max(map(len, shown.text.splitlines())) <= columns
    assert shown.text.split() == whole.split()


def test_commands_to_paste_and_source_lines_stay_whole() -> None:
    next_step = "next: git -C linux add -A -- " + "drivers/foo.c " * 5
    source = "   12 | " + "x " * 60
    assert wrapped(f"{next_step}\n{source}", 40) == f"{next_step}\n{source}"


ANONYMOUS = """\
static int a_open(int x) { return x; }
static int a_close(int x) { return x; }
static int a_read(int x) { return x; }
static const struct {
	int (*open)(int very_long_parameter_name, const char *another_long_one);
	int (*close)(int very_long_parameter_name, const char *another_long_one);
	int (*read)(int x);
} a_longer_name_ops = { .open = a_open, .close = a_close, .read = a_read };
static const struct a_type_whose_name_is_so_long_that_it_is_cut_where_a_terminal_is_narrow
	a_type_of_a_long_name = { .open = a_open, .close = a_close, .read = a_read };
"""


@pytest.mark.parametrize("columns", [80, 100])
def test_a_list_of_tables_keeps_to_the_width(tmp_path: Path, columns: int) -> None:
    (tmp_path / "x.c").write_text(ANONYMOUS)
    shown = run_on_terminal("scan", str(tmp_path), columns=columns)
    assert max(map(len, shown.plain.splitlines())) <= columns
    assert "a_longer_name_ops" in shown.plain
    assert "struct {..." in shown.plain
    assert "struct a" in shown.plain
    piped = CliRunner().invoke(main, ["scan", str(tmp_path)]).stdout
    assert "struct a_type_whose_name_is_so_long_that_it_is_cut_where_a_terminal_is_narrow" in piped
    assert "another_long_one" not in piped
    as_csv = CliRunner().invoke(main, ["scan", "--csv", str(tmp_path)]).stdout
    assert "const char *another_long_one); int (*read)(int x); }" in as_csv


def test_what_must_not_be_cut_is_wider_than_the_terminal() -> None:
    rows = [["a" * 30, "b" * 30]]
    assert fitted(rows, 20, [1]) == [["a" * 30, "b" * 5 + "..."]]


def test_a_diffstat_has_the_width_of_the_terminal(root: Path) -> None:
    wide = run_on_terminal("split", str(root), "--stat", "-q", columns=120).plain
    small = run_on_terminal("split", str(root), "--stat", "-q", columns=50).plain
    assert max(map(len, small.splitlines()[:-1])) <= 50
    assert [line.split()[0] for line in wide.splitlines()] == [
        line.split()[0] for line in small.splitlines()
    ]


def test_the_program_starts_on_a_terminal_without_less(root: Path) -> None:
    path = os.pathsep.join([str(root)])
    shown = run_on_terminal("split", str(root), environment={"PAGER": None, "PATH": path})
    assert shown.code == 0
    assert shown.plain.startswith(PATCH)
