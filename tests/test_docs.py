"""The documents say what the program does: every code is explained, every option is real."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from vtsplit.cli import main

ROOT = Path(__file__).parent.parent
CODE = re.compile(r"\bVT\d{3}\b")


def codes_in(text: str) -> set[str]:
    return set(CODE.findall(text))


def test_every_code_is_documented_and_every_documented_code_exists() -> None:
    sources = "\n".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))
    assert codes_in((ROOT / "docs/messages.md").read_text()) == codes_in(sources)


PAGES = ("spec", "scan", "architecture", "dispatch", "lint", "verify")


@pytest.mark.parametrize("name", ["README.md", *(f"docs/{name}.md" for name in PAGES)])
def test_options_that_documents_name_exist(name: str) -> None:
    options = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", (ROOT / name).read_text()))
    commands = ["split", "init", "scan", "lint", "verify", "explain"]
    shown = "".join(CliRunner().invoke(main, [one, "--help"]).output for one in commands)
    assert {option for option in options if option not in shown} <= {"--abbrev"}


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/verify.md"]
)
def test_files_that_documents_name_exist(name: str) -> None:
    text = (ROOT / name).read_text()
    named = set(re.findall(r"\b((?:docs|bench|samples|tests)/[\w./-]*\w)", text))
    assert not [path for path in named if not (ROOT / path).exists()]


def test_rooms_of_the_map_exist() -> None:
    text = (ROOT / "docs/architecture.md").read_text()
    for room in re.findall(r"^\| `(\w+/|\w+\.py)`", text, re.MULTILINE):
        assert (ROOT / "src/vtsplit" / room).exists(), room


def test_imports_point_downwards() -> None:
    """The order of rooms in the map, top to bottom, is the one in which they may import."""
    ranks = {
        "cli": 0, "scan": 1, "outlook": 1, "proposal": 1, "dry_run": 1, "drafting": 1,
        "account": 1, "write": 1, "diff": 1, "transform": 1, "lint": 1, "proof": 1,
        "registry": 0, "line_map": 2, "split": 2, "self_check": 2, "verify": 2,
        "dispatch": 2, "dispatch_check": 2,
        "planning": 3, "codemods": 4, "survey": 4, "overlay": 4, "presets": 5, "spec": 5,
        "spec_dispatch": 5, "spec_kconfig": 5, "spec_values": 5,
        "c_template": 6, "spec_text": 6, "toml_sites": 6, "changes": 4, "tree": 5,
        "cst": 7, "diagnostics": 8, "rule": 9, "example_trees": 9, "memo": 8,
    }  # fmt: skip
    wrong = []
    for path in (ROOT / "src/vtsplit").rglob("*.py"):
        parts = path.relative_to(ROOT / "src/vtsplit").with_suffix("").parts
        room = parts[0]
        if room in {"__init__", "__main__"}:
            continue
        for found in re.findall(r"^from vtsplit\.(\w+)", path.read_text(), re.MULTILINE):
            if found != room and ranks[found] < ranks[room]:
                wrong.append(f"{path.name} imports {found}")
            if room == "cst" and found != "cst":
                wrong.append(f"{path.name} imports {found}")
    assert not wrong
