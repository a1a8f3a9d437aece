"""`vtsplit explain`: a rule's page on stdout, with its example as vtsplit sees it."""

from pathlib import Path

import click.testing
import pytest

import trees
from vtsplit.cli import main
from vtsplit.registry import RULES


def explain(*codes: str) -> click.testing.Result:
    return click.testing.CliRunner().invoke(main, ["explain", *codes])


@pytest.mark.parametrize("code", ["VT026", "vt026", "VT026/constant-value", "vt026/Constant-Value"])
def test_page_of_a_rule(code: str) -> None:
    result = explain(code)
    assert (result.exit_code, result.stderr) == (0, "")
    page = result.stdout
    assert page.startswith("VT026/constant-value: the table uses the value of an object\n\n")
    for part in (
        "\n\nTo do: Write the value itself, or make it an enumerator or a macro.\n",
        "\nlamp.c:\n    #include",
        "The other files have no fault: Makefile, lamp.h, vtsplit.toml.\n",
        "\n$ vtsplit split\n    error[VT026]: 'lamp_ops' uses the value of 'lamp_count' here",
        "    refused: 1 problem; nothing was written\n\nWith lamp.c like this, the command ",
    ):
        assert part in page, page
    assert "for more" not in page


def test_page_of_a_split_that_is_not_proved_names_the_includes() -> None:
    """A reference means another structure if a header in front, and what it sets, is missing."""
    page = " ".join(explain("VT310").stdout.split())
    assert "main may lack an include that the source has in front" in page
    assert "_GNU_SOURCE" in page
    assert "compare main's includes with the source's" in page


def test_each_cause_of_a_code_has_its_page() -> None:
    page = explain("VT016").stdout
    assert page.index("VT016/cut-name: ") < page.index("\n\nVT016/unbalanced: ")
    assert page.count("$ vtsplit split\n    error[VT016]: ") == 2
    assert explain("VT016", "VT016/cut-name").stdout == page


@pytest.mark.parametrize(
    ("short", "code"),
    [
        ("44", "VT044"),
        ("044", "VT044"),
        ("vt44", "VT044"),
        ("44/made-name", "VT044/made-name"),
        ("l9", "L009"),
        ("407", "VT407"),
    ],
)
def test_a_code_may_be_short(short: str, code: str) -> None:
    result = explain(short, "-q")
    assert (result.exit_code, result.stdout) == (0, explain(code, "-q").stdout)
    assert result.stdout.startswith(f"{code.partition('/')[0]}/")


def test_finding_of_lint() -> None:
    page = explain("L008").stdout
    assert "$ vtsplit lint\n    main.c:4:12: L008 nothing in main.c uses 'any_on'\n" in page


def test_rule_that_files_cannot_show() -> None:
    page = explain("VT071").stdout
    assert page.endswith(
        "\n\nIt comes up when another program changes a file while vtsplit runs.\n"
    )


def test_text_that_no_terminal_shows() -> None:
    assert "\0" not in explain("VT012").stdout


def test_all_are_listed() -> None:
    lines = explain().stdout.split("\n")
    assert lines[0] == "The spec:"
    rows = [line.split(maxsplit=1) for line in lines if line.startswith("  ")]
    assert rows == [[rule.name, rule.title] for rule in RULES]


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("VT099", "there is no code 'VT099': did you mean VT409 or VT309 or "),
        ("VT999", "there is no code 'VT999'"),
        ("999", "there is no code '999'"),
        ("9", "there is no code '9': did you mean L009 or "),
        ("10/x", "there is no code '10/x': did you mean VT010/missing-file?"),
        ("44/made", "there is no code '44/made': did you mean VT044/made-name or "),
        ("VT044/made", "there is no code 'VT044/made': did you mean VT044/made-name or "),
        ("lamp", "there is no code 'lamp': leave CODE out to list all"),
    ],
)
def test_code_that_does_not_exist(code: str, says: str) -> None:
    result = explain(code)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr


def test_a_refusal_names_the_pages_of_its_causes(tmp_path: Path) -> None:
    files = trees.with_rename('foo_gone = "foo_went"\nfoo_open = "fxo_open"')
    said = trees.split(trees.small_tree(tmp_path, files)).stderr
    last = said.rstrip("\n").rpartition("\n")[2]
    assert last == "for more: vtsplit explain VT032/absent VT031/prefix"
