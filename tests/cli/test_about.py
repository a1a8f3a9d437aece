"""Commands that tell about vtsplit: help, versions, man pages, completion; and `-C`."""

import importlib.metadata
import platform
import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

import vtsplit
from trees import small_tree
from vtsplit import cli
from vtsplit.cli import main
from vtsplit.cli.machine.schemas import SCHEMAS

NAMES = list(cli._COMMANDS)


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, arguments, env=environment, prog_name="vtsplit")


@pytest.mark.parametrize("name", NAMES)
def test_help_of_a_command_is_that_of_its_option(name: str) -> None:
    told = run("help", name)
    assert (told.exit_code, told.stderr) == (0, "")
    assert told.stdout == run(name, "--help").stdout == run(name, "-h").stdout


@pytest.mark.parametrize("name", NAMES)
def test_help_has_examples_and_exit_codes(name: str) -> None:
    told = run("help", name).stdout
    assert f"    vtsplit {name}" in told.partition("Examples:\n")[2]
    assert "\n    2  " in told.partition("Exit codes:\n")[2]


def test_help_of_schema_names_all_of_them() -> None:
    told = run("help", "schema").stdout
    assert told.startswith("Usage: vtsplit schema [OPTIONS] NAME\n")
    assert all(f"`{name}`" in told for name in SCHEMAS)


def test_help_alone_lists_the_commands() -> None:
    assert run("help").stdout == run("--help").stdout
    assert all(f"\n  {name} " in run("help").stdout for name in NAMES)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["splti"], "there is no command 'splti': did you mean split"),
        (["Verfy"], "there is no command 'Verfy': did you mean verify?"),
        (["xyzzy"], "there is no command 'xyzzy': vtsplit help lists all"),
        (["help", "sreies"], "there is no command 'sreies': did you mean series?"),
        (["man", "sreies"], "there is no command 'sreies': did you mean series?"),
        (["split", "--sat"], "--stat"),
    ],
)
def test_a_near_name_is_suggested(arguments: list[str], said: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_versions() -> None:
    lines = run("--version").stdout.splitlines()
    assert lines == [
        f"vtsplit, version {vtsplit.__version__}",
        f"Python {platform.python_version()}, pycparser {importlib.metadata.version('pycparser')}",
        platform.platform(),
    ]


# ---- -C ------------------------------------------------------------------------------------------


def test_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = small_tree(tmp_path / "a/tree")
    monkeypatch.chdir(root)
    wanted = run("split")
    monkeypatch.chdir(tmp_path)
    for folders in (["-C", "a/tree"], ["-C", "a", "-C", "tree"], ["-C", str(root), "-C", ""]):
        there = run(*folders, "split")
        assert (there.exit_code, there.stdout, there.stderr) == (0, wanted.stdout, wanted.stderr)
        monkeypatch.chdir(tmp_path)
    there = run("-C", "a", "split", "tree")
    assert there.stdout == wanted.stdout


@pytest.mark.parametrize("folder", ["none", "file"])
def test_no_such_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    result = run("-C", folder, "split")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"cannot go to '{folder}': no" in result.stderr


# ---- completion ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "wanted", "unwanted"),
    [
        ("vtsplit s", {"split", "series", "scan"}, "lint"),
        ("vtsplit split --e", {"--explain"}, "--stat"),
        ("vtsplit split --preset kvm-", {"kvm-vt", "kvm-tdx"}, ""),
        ("vtsplit verify --preset kvm-t", {"kvm-tdx"}, "kvm-vt"),
        ("vtsplit scan --status cl", {"clear"}, "refused"),
        ("vtsplit explain VT06", {"VT060", "VT061"}, "VT070"),
        ("vtsplit explain VT044/", {"VT044/made-name"}, "VT060"),
        ("vtsplit help ver", {"verify"}, "split"),
        ("vtsplit split --color n", {"never"}, "always"),
        ("vtsplit completion z", {"zsh"}, "fish"),
    ],
)
def test_what_is_completed(words: str, wanted: set[str], unwanted: str) -> None:
    count = str(len(words.split()) - 1)
    environment = {
        "_VTSPLIT_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": count,
    }
    said = run(**environment).stdout.splitlines()
    found = {line.partition(",")[2] for line in said}
    assert wanted <= found
    assert unwanted not in found


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str, tmp_path: Path) -> None:
    script = run("completion", shell)
    assert (script.exit_code, script.stderr) == (0, "")
    assert f"_VTSPLIT_COMPLETE={shell}_complete" in script.stdout
    program = shutil.which(shell)
    if program is not None:
        (tmp_path / "script").write_text(script.stdout)
        subprocess.run([program, "-n", tmp_path / "script"], check=True)


def test_bash_completes(tmp_path: Path) -> None:
    """The script as bash runs it, with a program in place of vtsplit that answers as it does."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("needs bash")
    answer = run(_VTSPLIT_COMPLETE="bash_complete", COMP_WORDS="vtsplit ver", COMP_CWORD="1").stdout
    program = tmp_path / "vtsplit"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{answer}END\n")
    program.chmod(0o755)
    script = run("completion", "bash").stdout
    asking = "COMP_WORDS=(vtsplit ver); COMP_CWORD=1; _vtsplit_completion $0; echo ${COMPREPLY[@]}"
    command = [bash, "-c", f"{script}\n{asking}", str(program)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "verify\n"


def test_no_completion_for_another_shell() -> None:
    result = run("completion", "csh")
    assert (result.exit_code, result.stdout) == (2, "")


# ---- man pages -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [None, *NAMES])
def test_a_man_page_says_what_help_says(name: str | None) -> None:
    page = run("man", *([name] if name else []))
    assert (page.exit_code, page.stderr) == (0, "")
    command = main.get_command(click.Context(main), name) if name else main
    assert command is not None
    plain = page.stdout.replace("\\-", "-").replace("\\(aq", "'").replace("\\e", "\\")
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert all(option in plain for option in parameter.opts)
            assert " ".join((parameter.help or "").split()) in plain
    for line in (command.epilog or "").splitlines():
        assert line.strip("\b ").rstrip(":") in plain or line in ("Exit codes:", "Examples:")
    sections = re.findall(r"^\.SH (.*)", page.stdout, re.MULTILINE)
    assert sections[:4] == ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS"]
    assert sections[-1] == "SEE ALSO"
    assert ("EXAMPLES" in sections) is (name is not None)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("groff") is None, reason="needs groff")
def test_groff_has_nothing_to_say_of_man_pages(tmp_path: Path) -> None:
    assert run("man", "-o", str(tmp_path / "man1")).exit_code == 0
    pages = sorted((tmp_path / "man1").iterdir())
    assert [page.name for page in pages] == sorted(
        ["vtsplit.1", *(f"vtsplit-{name}.1" for name in NAMES)]
    )
    for page in pages:
        command = ["groff", "-man", "-ww", "-Tascii", str(page)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stderr == ""
    assert (tmp_path / "man1/vtsplit-split.1").read_text() == run("man", "split").stdout


def test_man_pages_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for arguments in (["-o", str(tmp_path / "file/x")], ["split", "-o", str(tmp_path)]):
        result = run("man", *arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "Traceback" not in result.output
