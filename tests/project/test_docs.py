"""The documents say what the program does: every code is explained, every option is real."""

import html
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import make_cli
import make_terminal
from vtsplit.cli import _COMMANDS, main

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"\bVT\d{3}\b")


def codes_in(text: str) -> set[str]:
    return set(CODE.findall(text))


def test_every_code_is_documented_and_every_documented_code_exists() -> None:
    sources = "\n".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))
    assert codes_in((ROOT / "docs/messages.md").read_text()) == codes_in(sources)


PAGES = (
    "spec",
    "scan",
    "architecture",
    "decisions",
    "dispatch",
    "lint",
    "verify",
    "writing",
    "series",
    "terminal",
    "json",
)
# Options of checkpatch.pl and git.
OF_OTHERS = (
    "--strict",
    "--dry-run",
    "--color-moved",
    "--short",
    "--ignored",
    "--staged",
)


@pytest.mark.parametrize("name", ["README.md", *(f"docs/{name}.md" for name in PAGES)])
def test_options_that_documents_name_exist(name: str) -> None:
    options = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", (ROOT / name).read_text()))
    shown = "".join(CliRunner().invoke(main, [one, "--help"]).output for one in _COMMANDS)
    assert {option for option in options if option not in shown} <= {"--abbrev", *OF_OTHERS}


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "CONTRIBUTING.md",
        "docs/architecture.md",
        "docs/decisions.md",
        "docs/install.md",
        "docs/verify.md",
    ],
)
def test_files_that_documents_name_exist(name: str) -> None:
    text = (ROOT / name).read_text()
    named = set(re.findall(r"\b((?:docs|bench|samples|tests)/[\w./-]*\w)", text))
    assert not [path for path in named if not (ROOT / path).exists()]


def test_the_map_has_each_room() -> None:
    text = (ROOT / "docs/architecture.md").read_text()
    rooms = set(re.findall(r"^### `([\w.]+)/?`", text, re.MULTILINE))
    top = (ROOT / "src/vtsplit").iterdir()
    found = (path for path in top if path.suffix in {"", ".py"})
    assert rooms == {path.name for path in found if not path.name.startswith("__")}


@pytest.mark.parametrize("room", ["series", "verify"])
def test_the_map_of_a_large_room_has_each_module(room: str) -> None:
    text = (ROOT / "docs/architecture.md").read_text()
    part = text.partition(f"\n### `{room}/`\n")[2].partition("\n### ")[0]
    rows = re.findall(r"^\| (?:`([\w/]+/)`: )?((?:`\w+`(?:, )?)+) \|", part, re.MULTILINE)
    named = [folder + one for folder, names in rows for one in re.findall(r"\w+", names)]
    top = ROOT / "src/vtsplit" / room
    modules = (path.relative_to(top) for path in top.rglob("*.py") if path.stem != "__init__")
    assert sorted(named) == sorted(path.with_suffix("").as_posix() for path in modules)


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/architecture.md", "docs/decisions.md"])
def test_code_that_documents_name_exists(name: str) -> None:
    text = (ROOT / name).read_text()
    sources = {path: path.read_text() for path in (ROOT / "src").rglob("*.py")}
    code = "\n".join(sources.values())
    functions = re.findall(r"`(?:\w+\.)?(\w+)\(\)`", text)
    functions += re.findall(r"`[A-Z][a-z]\w*\.(\w+)`", text)
    known = set(re.findall(r"(?m)^ *(?:def )?(\w+)(?:\(|:| =)", code))
    assert not [one for one in functions if one not in known]
    modules = re.findall(r"`(\w+(?:/\w+)+\.py)`", text)
    paths = [path.as_posix() for path in (*sources, *(ROOT / "tests").rglob("*.py"))]
    assert not [one for one in modules if not any(path.endswith(f"/{one}") for path in paths)]


def test_the_page_of_commands_is_up_to_date() -> None:
    written = make_cli.PAGE.read_text()
    assert written == make_cli.page(), "run: python docs/make_cli.py"
    assert re.findall(r"^## vtsplit (\w+)$", written, re.MULTILINE) == [*_COMMANDS]
    assert written.count("| `-h, --help` |") == 1 + len(_COMMANDS)
    assert written.count("| exit code |") == len(_COMMANDS)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("a_b  _c\n<d> *", r"a_b \_c \<d> \*"),
        ("--x [a|b], as `a|b <c_`", r"--x [a\|b], as `a\|b <c_`"),
    ],
)
def test_help_as_markdown(said: str, shown: str) -> None:
    assert make_cli.as_markdown(said) == shown


@pytest.mark.slow
def test_the_picture_of_a_terminal_is_of_what_is_printed() -> None:
    drawn = make_terminal.PICTURE.read_text()
    text = make_terminal.plain(make_terminal.session())
    assert make_terminal.described(drawn) == text, "run: python docs/make_terminal.py"
    cells = re.findall(r"<text [^>]*>(.*?)</text>", drawn)
    letters = "".join(html.unescape(cell) for cell in cells)
    assert re.sub(r"\s", "", text) in re.sub(r"\s", "", letters)
    assert re.findall(r"https?://[^\"]*", drawn) == ["http://www.w3.org/2000/svg"]
