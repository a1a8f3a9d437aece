"""docs/library.md: every block of Python runs, and the list of what is stable is whole."""

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

from vtsplit import codemod, cst

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/library.md").read_text()
BLOCK = re.compile(r"^```python(?: file=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(match[1], match[2], PAGE[: match.start()].count("\n")) for match in BLOCK.finditer(PAGE)]


def save(folder: Path) -> None:
    """Write the blocks that are to be files."""
    for name, text, _ in BLOCKS:
        if name:
            (folder / name).write_text(text)


def test_the_blocks_run_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    names: dict[str, object] = {}
    count = 0
    for name, text, line in BLOCKS:
        if name:
            continue
        if ">>>" not in text:
            exec(compile(text, f"library.md:{line}", "exec"), names)
            continue
        examples = doctest.DocTestParser().get_doctest(text, names, "library.md", None, line)
        runner = doctest.DocTestRunner(verbose=False)
        runner.run(examples, clear_globs=False)
        names.update(examples.globs)
        assert runner.failures == 0
        count += runner.tries
    assert count > 20
    sys.modules.pop("add_flags", None)


@pytest.mark.slow
def test_the_codemod_as_a_program(tmp_path: Path) -> None:
    save(tmp_path)
    folder = tmp_path / "drivers"
    folder.mkdir()
    (folder / "lamp.c").write_text(
        "int a = get(1);\nint b = get(2, 3);\nint c = get(\n#if B\n1);\n#else\n2);\n#endif\n"
        "int d = get(1\n#if B\n+ 1\n#endif\n);\n"
    )
    command = [sys.executable, "add_flags.py", "drivers"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    changed = [line for line in done.stdout.splitlines() if re.match(r"[-+](?![-+])", line)]
    assert changed == ["-int a = get(1);", "+int a = get(1, GFP_KERNEL);"]
    assert done.stderr.splitlines() == [
        "lamp.c:3:9: an #if cuts through this call: change it by hand",
        "lamp.c:9:9: an #if stands between the arguments: change it by hand",
    ]


@pytest.mark.slow
def test_the_codemod_says_which_path_there_is_not(tmp_path: Path) -> None:
    save(tmp_path)
    command = [sys.executable, "add_flags.py", "nowhere"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "error: there is no 'nowhere'\n"


def test_it_is_as_short_as_it_says() -> None:
    (text,) = (text for name, text, _ in BLOCKS if name)
    assert len([line for line in text.splitlines() if line.strip()]) <= 30


def test_all_that_is_there_is_listed_as_stable() -> None:
    section = PAGE.partition("## What is stable")[2].partition("\n## ")[0]
    listed = set(re.findall(r"`(\w+)`", section))
    assert {*cst.__all__, *codemod.__all__} <= listed
    assert not [
        name
        for name in listed
        if name[0].isupper() and not hasattr(cst, name) and not hasattr(codemod, name)
    ]


def test_rows_about_matchers_are_true() -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith("| matchers"))
    for name in re.findall(r"`m\.(\w+)`", row):
        assert hasattr(cst.m, name)
