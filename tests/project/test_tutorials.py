"""What the pages tell a reader to do can be done, and prints what they say."""

import re
import shlex
import shutil
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import consoles
from repositories import committed
from trees import SAMPLE
from vtsplit.cli import _COMMANDS, main
from vtsplit.spec.document import load

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
# A part of a spec is completed by this, if it lacks it.
HEAD = '[split]\nsource = "a.c"\nheader = "a.h"\nmain = "b.c"\n'
TABLES = '[tables]\nfoo_ops = "bar_ops"\n'
DISPATCH = """\
[dispatch]
prefix = "bar_"
[dispatch.backend]
prefix = "qux_"
source = "q.c"
flag = "on"
"""


@pytest.mark.slow
def test_the_sample(tmp_path: Path) -> None:
    # A reader starts in a clone, and works on a copy beside it.
    clone = tmp_path / "vtsplit"
    shutil.copytree(SAMPLE, clone / "samples/mini-kvm")
    committed(clone)
    faults = consoles.run(ROOT / "docs/tutorials/sample.md", clone)
    assert not faults, "\n".join(faults)


def test_a_console_that_differs_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ echo one; echo two\none\n$ echo a b c\na ... c\n$ false\n```\n")
    faults = consoles.run(page, tmp_path)
    assert [fault.split("\n")[0] for fault in faults] == [
        "$ echo one; echo two  (exit code 0)",
        "$ false  (exit code 1)",
    ]


def commands() -> list[tuple[str, str]]:
    """Return every command line of the pages that begins with vtsplit, with its page."""
    found = []
    for page in PAGES:
        for line in re.findall(r"^(?: {4})?\$ (vtsplit .*)$", page.read_text(), re.MULTILINE):
            found.append((page.relative_to(ROOT).as_posix(), line))
    # The examples of --help: what an example does stands behind it, after two blanks.
    for name in _COMMANDS:
        shown = CliRunner().invoke(main, [name, "--help"]).output
        examples = shown.partition("Examples:\n")[2].partition("\n\n")[0]
        for line in re.findall(r"^ +(vtsplit .*)$", examples, re.MULTILINE):
            found.append((f"help {name}", line.split("  ")[0]))
    return found


def test_there_are_commands() -> None:
    found = commands()
    assert len(found) > 80
    assert {page for page, _ in found} >= {f"help {name}" for name in _COMMANDS}


@pytest.mark.parametrize(("page", "line"), commands())
def test_a_command_of_a_page_is_one_that_vtsplit_takes(page: str, line: str) -> None:
    words = shlex.split(
        re.split(r" (?:[|>]|&&|\d>)", line.replace("[TREE|PATH...]", "."))[0], comments=True
    )
    words = [word.strip("[]") for word in words[1:]]
    with pytest.MonkeyPatch.context() as patch:
        # What is asked here is whether the words are understood, not what comes of them.
        patch.setattr(click.Command, "invoke", lambda self, context: None)
        main.main(words, prog_name="vtsplit", standalone_mode=False)


def toml_blocks() -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        for block in re.findall(
            r"^```toml\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL
        ):
            found.append((page.relative_to(ROOT).as_posix(), block))
    return found


@pytest.mark.parametrize(("page", "block"), toml_blocks())
def test_a_part_of_a_spec_is_one_that_vtsplit_takes(page: str, block: str) -> None:
    text = block
    needs_dispatch = re.search(r"^\[+(?:op\.|init|dispatch\.)", block, re.MULTILINE)
    if needs_dispatch and not re.search(r"^\[dispatch\]", block, re.MULTILINE):
        backend = "[dispatch.backend]" in block
        text = (DISPATCH.partition("[dispatch.backend]")[0] if backend else DISPATCH) + text
    if "[tables]" not in block:
        text = TABLES + text
    if "[split]" not in block:
        text = HEAD + text
    load(text, page)
