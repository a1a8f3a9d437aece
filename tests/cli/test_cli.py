"""`vtsplit split` as it is run: exit codes, streams, options, and what it will not overwrite."""

import ast
import functools
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

from forked import run_forked
from trees import SOURCE, commit, copy_sample, git, small_tree, snapshot, split, write
from vtsplit import cli
from vtsplit.cli import main

SUMMARY = (
    "vtsplit: 3 made global, 1 renamed, 1 moved, 3 declared, 2 uses renamed, 1 build file changed\n"
)
DRY = "dry run: nothing written; --write changes 4 files, --explain says why\n"
# Of a tree that stays as it is, the same question has the same answer.
ask = functools.cache(split)

SCRIPT = Path(sys.executable).with_name("vtsplit")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return small_tree(tmp_path / "tree")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample as it is; tests only read it."""
    return copy_sample(tmp_path_factory.mktemp("sample") / "tree")


@pytest.fixture(autouse=True)
def _no_repository_above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))


def test_a_dry_run_prints_the_patch_only_and_writes_nothing(root: Path) -> None:
    before = snapshot(root)
    result = split(root)
    assert result.exit_code == 0
    assert result.stdout.startswith("diff --git a/drv/Makefile b/drv/Makefile\n")
    kinds = {line[:4] for line in result.stdout.splitlines() if line[:1] not in {" ", "+", "-"}}
    assert kinds == {"diff", "inde", "new ", "@@ -"}
    assert result.stderr == SUMMARY + DRY
    assert snapshot(root) == before


def test_writing(root: Path) -> None:
    result = split(root, "--write")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == SUMMARY + "4 files written\nnext: build it\n"
    assert (root / "drv/main.c").read_text().endswith("\t.free = foo_free_unit,\n};\n")


def test_quiet_silences_the_report_but_no_error(root: Path) -> None:
    loud, quiet = split(root), split(root, "-q")
    assert (quiet.exit_code, quiet.stdout, quiet.stderr) == (0, loud.stdout, "")
    (root / "drv/Makefile").unlink()
    refused = split(root, "-q")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr.startswith("error[VT061]")


def test_verbose_tells_every_note(sample: Path) -> None:
    assert "note: " not in ask(sample).stderr
    told = ask(sample, "-v").stderr
    assert "note: vmx/vmx.c:371:6: vmx_set_cr0 is already global, declared at vmx/vmx.h:39" in told


def test_check(root: Path) -> None:
    before = snapshot(root)
    result = split(root, "--check")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == SUMMARY + DRY
    assert snapshot(root) == before
    write(root)
    result = split(root, "--check")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "vtsplit: nothing to do\n")
    (root / "drv/foo.c").unlink()
    assert split(root, "--check").exit_code == 2


def test_stat(root: Path) -> None:
    lines = split(root, "--stat").stdout.splitlines()
    assert [line.split()[0] for line in lines[:-1]] == [
        "drv/Makefile",
        "drv/foo.c",
        "drv/foo_ops.h",
        "drv/main.c",
    ]
    patch = split(root).stdout.splitlines()
    added = sum(line.startswith("+") and not line.startswith("+++") for line in patch)
    removed = sum(line.startswith("-") and not line.startswith("---") for line in patch)
    assert lines[-1] == f" 4 files changed, {added} insertions(+), {removed} deletions(-)"


@pytest.mark.parametrize("context", [0, 1, 10])
def test_context(root: Path, tmp_path: Path, context: int) -> None:
    patch = split(root, "-U", str(context)).stdout
    last = patch[patch.index("b/drv/foo.c\n") : patch.index("diff --git a/drv/foo_ops.h")]
    shown = [line[:1] == " " for line in last.rpartition("\n@@ ")[2].splitlines()[1:]]
    # The last change is in the last line but one; with ten lines, a hunk is the whole file.
    assert shown.index(False) == {0: 0, 1: 1, 10: 2}[context]
    assert shown[::-1].index(False) == min(context, 1)
    twin = shutil.copytree(root, tmp_path / "twin")
    subprocess.run(["git", "apply", "--unidiff-zero"], cwd=twin, input=patch.encode(), check=True)
    assert snapshot(twin) == snapshot(write(root))


@pytest.mark.parametrize("command", [["git", "apply"], ["patch", "-p1", "-s"]])
def test_the_patch_gives_what_writing_gives(
    sample: Path, tmp_path: Path, command: list[str]
) -> None:
    if not shutil.which(command[0]):
        pytest.skip(f"needs {command[0]}")
    patched = shutil.copytree(sample, tmp_path / "patched")
    patch = ask(sample).stdout_bytes
    done = subprocess.run(command, cwd=patched, input=patch, capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")
    written = write(shutil.copytree(sample, tmp_path / "written"))
    assert snapshot(patched) == snapshot(written)


def test_no_colour_when_piped(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CLICOLOR_FORCE", "FORCE_COLOR"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    ended = run_forked("split", str(root), "--explain", "--check")
    assert ended.code == 1
    assert "\x1b" not in ended.said + ended.printed.decode()


@pytest.mark.slow
def test_the_installed_command_works_from_inside_the_tree(root: Path) -> None:
    for name in ("foo.c", "other.c"):
        (root / "drv" / name).write_bytes((root / "drv" / name).read_bytes() + b"/* \xe9 */\n")
    wanted = split(root).stdout_bytes
    assert SCRIPT.exists(), "vtsplit is not installed beside this python"
    done = subprocess.run([str(SCRIPT), "split"], cwd=root, capture_output=True, check=True)
    assert done.stdout == wanted
    assert done.stderr.decode() == SUMMARY + DRY


HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


@pytest.mark.parametrize("context", ["0", "3"])
def test_json(sample: Path, context: str) -> None:
    patch = ask(sample, "-U", context).stdout
    told = json.loads(ask(sample, "--json", "-U", context).stdout)
    assert (told["verdict"], told["written"], told["problems"]) == ("would-change", False, [])
    path, hunks = "", []
    counts: dict[str, list[int]] = {}
    for line in patch.splitlines():
        if line.startswith("diff --git "):
            path = line.rpartition(" b/")[2]
            counts[path] = [0, 0]
        elif found := HUNK.match(line):
            hunks.append((path, *(int(number or 1) for number in found.groups())))
        elif line[:1] in {"+", "-"} and line[:4] not in {"+++ ", "--- "}:
            counts[path][line[0] == "-"] += 1
    keys = ("path", "old_start", "old_lines", "new_start", "new_lines")
    assert [tuple(hunk[key] for key in keys) for hunk in told["hunks"]] == hunks
    assert {c["path"]: [c["added"], c["removed"]] for c in told["changes"]} == counts
    for hunk in told["hunks"]:
        assert hunk["steps"]
        for index in hunk["steps"]:
            assert told["steps"][index]["path"] == hunk["path"]
            assert told["steps"][index]["reason"]["why"]


def test_json_of_a_refusal(root: Path) -> None:
    (root / "drv/Makefile").write_text("obj-m += bar.o foo.o\nbar-y := foo.o\n")
    result = split(root, "--json", "--write")
    assert result.exit_code == 2
    told = json.loads(result.stdout)
    assert told["written"] is False
    (problem,) = told["problems"]
    assert (problem["code"], problem["path"], problem["line"]) == ("VT060", "drv/Makefile", 2)
    assert "error[VT060]" in result.stderr


def test_json_says_what_was_written(root: Path) -> None:
    told = json.loads(split(root, "--json", "--write").stdout)
    assert told["written"] is True
    assert (root / "drv/main.c").exists()
    assert json.loads(split(root, "--json").stdout)["changes"] == []


def test_explain_accounts_for_every_line(sample: Path) -> None:
    """Each line that goes is at one of the places; what is only added has the file, at least."""
    told = ask(sample, "--explain").stdout.splitlines()
    steps = [re.match(r"([\w./]+)(?::([\d,-]+))? +(\w+) +(\S.*?)(?:  +(\S.*))?$", t) for t in told]
    places: dict[str, set[int]] = {}
    for step in filter(None, steps):
        places.setdefault(step[1], set())
        for part in filter(None, (step[2] or "").split(",")):
            first, _, last = part.partition("-")
            places[step[1]].update(range(int(first), int(last or first) + 1))
    kinds = ("note: ", "warning: ")
    assert all(step or line.startswith(kinds) for step, line in zip(steps, told, strict=True))
    hunks = json.loads(ask(sample, "--json", "-U0").stdout)["hunks"]
    assert len(hunks) > 50
    for hunk in hunks:
        path, start = hunk["path"], hunk["old_start"]
        lines = (sample / path).read_text().split("\n") if hunk["old_lines"] else []
        gone = [n for n in range(start, start + hunk["old_lines"]) if lines[n - 1].strip()]
        assert places[path].issuperset(gone), hunk
    assert "vmx/vmx.c:556      rename    hardware_setup -> vmx_hardware_setup" in "\n".join(told)


def test_explain_says_that_a_realigned_line_changes(sample: Path) -> None:
    """The second line of a head moves to the left with the name: it is no line without a reason."""
    told = ask(sample, "--explain").stdout
    assert re.search(r"vmx/vmx\.c:311-312 +expose +vmx_handle_exit +entry", told)
    assert re.search(r"vmx/vmx\.c:280-281 +rename +inject_irq -> vmx_inject_irq", told)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("static inline", "inline"),
        ("static __always_inline", "__always_inline"),
        ("QUICK", "QUICK"),
    ],
)
def test_what_is_no_longer_inline_is_told(tmp_path: Path, words: str, named: str) -> None:
    """A global function is not inline, which a reader of the patch would ask about."""
    source = "#define QUICK static inline\n" + SOURCE.replace(
        "static int foo_o", f"{words} int foo_o"
    )
    root = small_tree(tmp_path / "tree", {"drv/foo.c": source})
    result = split(root, "--explain")
    assert re.search(rf"drop +{named} +foo_open becomes global\n", result.stdout)
    assert ", 1 no longer inline, " in result.stderr


def test_explain_gives_the_entry_of_each(sample: Path) -> None:
    told = ask(sample, "--explain").stdout
    for name, entry in [("vmx_vm_init", "vm_init"), ("vmx_set_timer", "set_timer")]:
        assert re.search(rf"expose +{name} +entry .{entry} of vmx_x86_ops", told)


def test_explain_gives_the_macro_of_entries(sample: Path) -> None:
    told = ask(sample, "--explain").stdout
    assert re.search(r"expose +vmx_enter_smm .*KVM_SMM_OPS", told)


@pytest.mark.parametrize("dirty", ["drv/foo.c", "drv/Makefile", "drv/main.c", "drv/other.c"])
def test_a_dirty_file(root: Path, dirty: str) -> None:
    commit(root)
    path = root / dirty
    path.write_bytes((path.read_bytes() if path.exists() else b"") + b"\n")
    before = snapshot(root)
    if dirty != "drv/other.c":  # nobody touches that one
        result = split(root, "--write")
        assert result.exit_code == 2
        assert result.stderr.startswith(f"error[VT070]: '{dirty}' has content that git does not")
        assert f"  --> {dirty}\n" in result.stderr
        assert "--allow-dirty" in result.stderr
        assert snapshot(root) == before
        assert split(root).exit_code == 0
    write(root, *["--allow-dirty"] * (dirty != "drv/other.c"))
    assert snapshot(root) != before


def test_a_staged_file_is_dirty_and_a_clean_tree_is_not(root: Path) -> None:
    commit(root)
    (root / "drv/foo.c").write_bytes((root / "drv/foo.c").read_bytes() + b"\n")
    git(root, "add", "-A")
    assert "it is staged" in split(root, "--write").stderr
    git(root, "commit", "-q", "-m", "more")
    write(root)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--spec", "x.toml", "--preset", "kvm-vt"], "--spec and --preset cannot be used together"),
        (["--write", "--check"], "--write and --check cannot be used together"),
        (["--stat", "--json"], "--stat, --json and --explain cannot be used together"),
        (["-U", "-1"], "'-U': -1 is not in the range"),
        (["--preset", "kvmvt"], "error[VT006]: no preset 'kvmvt'\n  help: did you mean 'kvm-vt'?"),
        (["--spec", "none.toml"], "error[VT006]: cannot read the spec: no such file"),
        (["--preset", "kvm-vt"], "error[VT010]: there is no 'arch/x86/kvm/vmx/vmx.c' in the tree"),
    ],
)
def test_options_that_cannot_be(root: Path, options: list[str], says: str) -> None:
    before = snapshot(root)
    result = split(root, "--write", *options) if "--check" not in options else split(root, *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr
    assert snapshot(root) == before


def test_a_preset_whose_source_is_missing(root: Path, tmp_path: Path) -> None:
    """The advice is for who has named a tree of another kind; a near name is the better advice."""
    advice = "  help: the preset is for trees that have this file"
    assert advice in split(root, "--preset", "kvm-tdx").stderr
    near = small_tree(tmp_path / "near", {"arch/x86/kvm/vmx/vmxx.c": "", "vtsplit.toml": None})
    assert (
        "  help: did you mean 'arch/x86/kvm/vmx/vmxx.c'?"
        in split(near, "--preset", "kvm-tdx").stderr
    )
    (root / "drv/foo.c").unlink()
    assert advice not in split(root).stderr


@pytest.mark.parametrize(("tree", "says"), [("none", "no such directory"), ("a.c", "not a dir")])
def test_no_tree(tmp_path: Path, tree: str, says: str) -> None:
    (tmp_path / "a.c").write_text("int a;\n")
    result = split(tmp_path / tree)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"error[VT014]: '{tmp_path / tree}': {says}")


def test_a_tree_without_a_spec(root: Path) -> None:
    spec = (root / "vtsplit.toml").rename(root / "drv/mine.toml")
    result = split(root)
    assert result.exit_code == 2
    assert result.stderr.startswith("error[VT007]: no spec: ")
    assert f"`vtsplit init {root} FILE:TABLE -o {root}/vtsplit.toml`" in result.stderr
    assert "--spec FILE or --preset NAME (kvm-tdx, kvm-vt)" in result.stderr
    named = split(root, "--spec", str(spec))
    assert named.exit_code == 0
    assert named.stderr == (SUMMARY + DRY).replace("vtsplit:", "mine:")


def test_the_preset_is_chosen_by_the_source_it_names(tmp_path: Path) -> None:
    files = {"vtsplit.toml": None, "arch/x86/kvm/vmx/vmx.c": "int x;\n"}
    result = split(small_tree(tmp_path, files))
    assert result.exit_code == 2
    assert "vmx.c has no table 'vmx_x86_ops'\n  --> presets/kvm-vt.toml:" in result.stderr


def test_help_tells_what_the_sample_says(sample: Path) -> None:
    """The sample's spec is where a newcomer starts: what it shows off has to be in use."""
    spec = tomllib.loads((sample / "vtsplit.toml").read_text())
    assert spec["rename-pattern"]
    assert any(isinstance(rename, dict) for rename in spec["rename"].values())
    told = ask(sample, "--explain").stdout
    assert re.search(r"note: .*/vtsplit.toml:\d+:1: vmx/vmx.c has no 'vmx_setup_vcpu'", told)
    assert "vmx_reset_vcpu -> vmx_vcpu_reset" in told


def test_help_has_the_first_lines_of_all_commands() -> None:
    for name, said in cli._COMMANDS.items():
        command = main.get_command(click.Context(main), name)
        assert command is not None
        assert command.get_short_help_str(limit=200) == said


def test_help_loads_no_command() -> None:
    """To load them all would take most of a second."""
    program = (
        "import sys; from vtsplit.cli import main; main(['--help'], standalone_mode=False);"
        "print([name for name in sys.modules if name.startswith('vtsplit')])"
    )
    asked = [sys.executable, "-c", program]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    assert all(f"\n  {name} " in said for name in cli._COMMANDS)
    light = {"cli", "cli.arguments", "cli.arguments.common", "cli.terminal", "cli.terminal.manner"}
    loaded = set(ast.literal_eval(said.splitlines()[-1]))
    assert loaded == {"vtsplit", "vtsplit.interrupt", *(f"vtsplit.{name}" for name in light)}


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["split", "nowhere"], "correct the path"),
        (["split", ".", "--spec", "none.toml"], "correct the path or the permissions of the file"),
        (["split", ".", "--table", "qqqq.c:3"], "correct the path, or name another folder as TREE"),
        (
            ["series", ".", "--preset", "kvm-vt", "-o", "patches"],
            "run the command in a clone, or `git init` and commit the tree first",
        ),
    ],
)
def test_a_refusal_without_advice_of_its_own_has_that_of_its_rule(
    arguments: list[str], advice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = click.testing.CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert f"\n  help: {advice}\n" in result.stderr


def test_advice_fits_a_table_that_the_command_line_names(tmp_path: Path) -> None:
    source = SOURCE + "MODULE_DEVICE_TABLE(of, foo_ops);\n"
    result = split(small_tree(tmp_path, {"drv/foo.c": source}), "--table", "drv/foo.c:foo_ops")
    assert "error[VT025]: MODULE_DEVICE_TABLE needs" in result.stderr
    assert "^ leave the table out of the split\n" in result.stderr
