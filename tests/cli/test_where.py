"""Which tree and which spec a command is about, and arguments that all commands take alike."""

import os
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from repositories import repository
from trees import SOURCE, SPEC, small_tree, split, write
from vtsplit import cli, workers
from vtsplit.cli import main
from vtsplit.cli.arguments.spec_file import find_spec

pytestmark = pytest.mark.slow


def run(*arguments: str, data: str | bytes | None = None) -> Result:
    result = CliRunner().invoke(main, arguments, input=data)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small tree under git, in which we stand two folders deep."""
    root = repository(tmp_path / "tree")
    (root / "drv/deep").mkdir()
    monkeypatch.chdir(root / "drv/deep")
    return root


# ---- vtsplit.toml --------------------------------------------------------------------------------


def test_the_spec_is_found_upwards(root: Path) -> None:
    there, here = split(root), run("split")
    assert (here.exit_code, here.stdout) == (0, there.stdout)
    assert here.stderr == there.stderr.replace("vtsplit: ", "vtsplit in ../..: ", 1)


def test_lint_and_series_find_it_too(root: Path, tmp_path: Path) -> None:
    assert run("series", "-o", str(tmp_path / "here")).exit_code == 0
    assert run("series", str(root), "-o", str(tmp_path / "there")).exit_code == 0
    names = sorted(path.name for path in (tmp_path / "here").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "there").iterdir())
    assert len(names) > 1
    write(root)
    linted = run("lint")
    assert (linted.exit_code, linted.stderr) == (0, "vtsplit in ../..: nothing found\n")


def test_writing_from_a_folder_of_the_tree(root: Path) -> None:
    assert run("split", "--write").exit_code == 0
    assert (root / "drv/main.c").exists()


def test_a_table_is_named_from_where_we_stand(root: Path) -> None:
    result = run("split", "--table", "../foo.c:foo_ops")
    assert result.exit_code == 0
    assert "b/drv/foo.c\n" in result.stdout


def test_a_tree_that_is_named_is_that_tree(root: Path) -> None:
    result = run("split", ".")
    assert result.exit_code == 2
    assert "error[VT007]: no spec" in result.stderr


@pytest.mark.parametrize("option", ["--spec", "--preset"])
def test_a_spec_that_is_named_has_the_folder_we_stand_in(root: Path, option: str) -> None:
    name = str(root / "vtsplit.toml") if option == "--spec" else "kvm-vt"
    result = run("split", option, name)
    assert result.exit_code == 2
    assert "error[VT010]: there is no" in result.stderr


def test_the_search_ends_at_the_top_of_a_repository(tmp_path: Path) -> None:
    small_tree(tmp_path)
    inner = tmp_path / "a/inner/deep"
    inner.mkdir(parents=True)
    assert find_spec(inner) == tmp_path / "vtsplit.toml"
    (tmp_path / "a/inner/.git").write_text("gitdir: elsewhere\n")
    assert find_spec(inner) is None
    (tmp_path / "a/inner/vtsplit.toml").write_text("")
    assert find_spec(inner) == tmp_path / "a/inner/vtsplit.toml"


def test_the_search_does_not_trust_a_folder_that_everybody_may_write_to(tmp_path: Path) -> None:
    small_tree(tmp_path / "shared")
    (tmp_path / "shared/mine").mkdir()
    (tmp_path / "shared").chmod(0o1777)
    assert find_spec(tmp_path / "shared/mine") is None
    assert find_spec(tmp_path / "shared") == tmp_path / "shared/vtsplit.toml"
    (tmp_path / "shared").chmod(0o755)
    assert find_spec(tmp_path / "shared/mine") == tmp_path / "shared/vtsplit.toml"


# ---- --spec - ------------------------------------------------------------------------------------


def test_a_spec_from_stdin(root: Path) -> None:
    text = (root / "vtsplit.toml").read_text()
    (root / "vtsplit.toml").unlink()
    wanted = split(root, "--table", "drv/foo.c:foo_ops")
    assert wanted.exit_code == 0
    result = run("split", "--spec", "-", str(root), data=text)
    assert result.exit_code == 0
    assert result.stderr.startswith("stdin: 3 made global")
    spec = run("init", str(root), "drv/foo.c:foo_ops").stdout
    assert run("split", "--spec", "-", str(root), data=spec).stdout == wanted.stdout


def test_writing_by_a_spec_from_stdin(root: Path) -> None:
    result = run("split", "--spec", "-", "--write", str(root), data=SPEC)
    assert result.exit_code == 0
    assert "4 files written" in result.stderr
    assert run("lint", "--spec", "-", str(root), data=SPEC).exit_code == 0


def test_a_spec_from_stdin_is_read_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan is made again if files change meanwhile."""
    from vtsplit.tree.source_tree import SourceTree

    changes = iter([["drv/foo.c"]])
    monkeypatch.setattr(SourceTree, "changed", lambda self: next(changes, []))
    result = run("split", "--spec", "-", "--write", str(root), data=SPEC)
    assert "planning again" in result.stderr
    assert result.exit_code == 0


def test_a_fault_of_a_spec_from_stdin_is_shown(root: Path) -> None:
    result = run("split", "--spec", "-", str(root), data=SPEC.replace("prefix", "prefux"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "\n  --> -:5:1\n    5 | prefux = " in result.stderr
    assert run("split", "--spec", "-", str(root), data=b"\xff").exit_code == 2


# ---- places --------------------------------------------------------------------------------------


def test_places_of_scan_are_tables_of_split(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = split(root, "--table", "drv/foo.c:foo_ops").stdout
    for folder, scanned in ((root, []), (root.parent, ["tree"]), (root, ["drv"])):
        monkeypatch.chdir(folder)
        told = run("scan", *scanned, "--least", "2").stdout.splitlines()
        place = told[1].split()[0]
        result = run("split", str(root), "--table", place)
        assert (result.exit_code, result.stdout) == (0, wanted)
        init = run("init", str(root), place)
        assert init.stdout == run("init", str(root), "drv/foo.c:foo_ops").stdout


def test_a_line_without_a_table(root: Path) -> None:
    result = run("split", str(root), "--table", "drv/foo.c:3")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no table begins in line 3 of 'drv/foo.c'" in result.stderr


@pytest.mark.parametrize("place", ["foo_local_ops", "6"])
def test_a_table_in_a_function(root: Path, place: str) -> None:
    (root / "drv/foo.c").write_text(
        SOURCE.replace(
            "{\n\treturn unit", "{\n\tstatic const struct ops foo_local_ops = { 0 };\n\treturn unit"
        )
    )
    for command in (["split", str(root), "--table"], ["init", str(root)]):
        result = run(*command, f"drv/foo.c:{place}")
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith(
            "error[VT020]: 'foo_local_ops' is local to the function 'foo_open'\n"
            "  --> drv/foo.c:6:26\n"
        )
        assert "first move it out of the function, in front of it\n" in result.stderr


# ---- options of all commands ---------------------------------------------------------------------

WORKING = ("split", "series", "lint", "verify", "init", "scan")


@pytest.mark.parametrize("name", WORKING)
def test_options_that_all_have_in_the_same_words(name: str) -> None:
    context = click.Context(main)
    options = {}
    for one in WORKING:
        command = main.get_command(context, one)
        assert command is not None
        options[one] = {p.opts[-1]: p for p in command.params if isinstance(p, click.Option)}
    for option in ("--jobs", "--quiet", "--color", "--no-pager"):
        here, there = options[name][option], options["split"][option]
        assert (here.help, here.opts, here.metavar) == (there.help, there.opts, there.metavar)
    assert "--verbose" in options[name]


@pytest.mark.parametrize(
    "option", ["--build", "--compile-commands", "--cc", "--define", "--require-build"]
)
def test_a_proof_is_asked_for_in_the_same_words(option: str) -> None:
    helps = set()
    for name in ("split", "verify", "series"):
        command = main.get_command(click.Context(main), name)
        assert command is not None
        helps |= {
            p.help for p in command.params if isinstance(p, click.Option) and option in p.opts
        }
    assert len(helps) == 1


@pytest.mark.parametrize("name", list(cli._COMMANDS))
def test_every_command_may_be_coloured_and_paged(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    options = {option for parameter in command.params for option in parameter.opts}
    assert {"--color", "--no-pager"} <= options


def test_jobs(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-j` holds for the pools of one run."""
    seen = []
    monkeypatch.setattr("vtsplit.cli.scan._places", lambda *_: seen.append(workers.processors()))
    for jobs in (["-j", "3"], ["--jobs", "1"], []):
        with pytest.raises(TypeError):  # nothing was scanned: that is not what this is about
            run("scan", *jobs)
    assert seen == [3, 1, len(os.sched_getaffinity(0))]
    assert run("split", "-j", "0", str(root)).exit_code == 2
    for name in ("threads", "processes"):
        workers.use_at_most(2)
        with getattr(workers, name)() as pool:
            assert pool._max_workers == 2
    workers.use_at_most(None)


def test_split_is_the_same_with_one_job(root: Path) -> None:
    assert split(root, "-j1").stdout == split(root).stdout


# ---- -q and -v -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "more"),
    [
        (["scan", "--least", "2", "ROOT"], "VT"),
        (["init", "ROOT", "drv/foo.c:foo_ops"], "dry run of it went through"),
        (["lint", "ROOT"], "nothing found"),
        (["recover", "ROOT"], "nothing to recover"),
        (["explain", "VT014"], "Example"),
    ],
)
def test_quiet_says_less_and_verbose_no_less(root: Path, arguments: list[str], more: str) -> None:
    write(root)
    (root / "drv/bar.c").write_text(
        "static int a(void) { return 1; }\nstatic int b(void) { return 1; }\n"
        "static struct { int (*a)(void), (*b)(void); } bar_ops = { a, b };\n"
    )
    arguments = [one.replace("ROOT", str(root)) for one in arguments]
    if arguments[0] == "init":
        arguments[1:] = [str(small_tree(root.parent / "twin")), "drv/foo.c:foo_ops"]
    usual, quiet = run(*arguments), run(*arguments, "-q")
    verbose = run(*arguments, "-v")
    assert more in verbose.output
    assert len(quiet.output) < len(usual.output) <= len(verbose.output)
    assert quiet.stderr == ""
    assert quiet.exit_code == usual.exit_code == verbose.exit_code


def test_verbose_shows_the_files_of_each_patch(root: Path, tmp_path: Path) -> None:
    result = run("series", str(root), "-o", str(tmp_path / "out"), "-v")
    assert " drv/main.c " in result.stderr
    assert result.stderr.count(" changed, ") == len(list((tmp_path / "out").iterdir())) - 1


def test_verbose_tells_what_to_do_about_findings(root: Path) -> None:
    write(root)
    header = root / "drv/foo_ops.h"
    header.write_text(header.read_text().replace("#endif", "int foo_gone(void);\n#endif"))
    assert "L001/" not in run("lint", str(root)).stderr
    assert "L001/" in run("lint", str(root), "-v").stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["split", ""],
        ["split", "--write", ""],
        ["split", ".", "--spec", ""],
        ["lint", ""],
        ["scan", ""],
        ["verify", "", "."],
        ["verify", ".", ""],
        ["init", "", "a.c:b"],
        ["report", ".", "-o", ""],
        ["series", ".", "-o", ""],
        ["recover", ""],
    ],
)
def test_an_empty_name_is_not_the_current_folder(arguments: list[str]) -> None:
    """A shell makes one of a variable that is not set."""
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "the name is empty" in result.stderr


@pytest.mark.parametrize("command", ["split", "scan", "lint", "verify"])
def test_a_current_folder_that_is_gone(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    result = run(command)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "cannot use the current folder: no such file or directory" in result.stderr
    assert run("-C", str(tmp_path), command, "--help").exit_code == 0
