"""Specs that are no specs: too large, too deep, without end. Reading them ends soon."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from trees import small_tree
from vtsplit.cli import main
from vtsplit.diagnostics import RefusedError
from vtsplit.planning.steps import Ledger
from vtsplit.spec.document import load
from vtsplit.spec.toml_sites import TOO_LARGE, locate
from vtsplit.tree.source_tree import MISSING, SourceTree

MINIMAL = '[split]\nsource = "a.c"\nheader = "a.h"\nmain = "m.c"\n[tables]\na_ops = "b_ops"\n'
DOTS = ".".join("a" * 100_000)


@pytest.mark.parametrize(
    "text",
    [
        "#" * 10_000_000,
        f"{DOTS} = 1\n",
        f"[{DOTS}]\n",
        f"x = {{{DOTS} = 1}}\n",
        " . ".join(['"a"'] * 100_000) + " = 1\n",
        ".".join(["'a'"] * 17) + " = 1\n",
    ],
)
def test_too_large(text: str) -> None:
    with pytest.raises(RefusedError) as refused:
        load(text, "s.toml")
    assert [problem.rule for problem in refused.value.problems] == [TOO_LARGE]


@pytest.mark.parametrize("text", ["a" * 900_000, '"a' * 300_000, "a='" * 300_000, "[" * 900_000])
def test_long_and_no_spec(text: str) -> None:
    with pytest.raises(RefusedError):
        load(text, "s.toml")


def test_device_without_end(tmp_path: Path) -> None:
    root = small_tree(tmp_path)
    result = CliRunner().invoke(main, ["split", str(root), "--spec", "/dev/zero"])
    assert result.exit_code == 2
    assert "error[VT001]: not TOML: a binary file" in result.output


def test_many_faults_are_told_in_part() -> None:
    text = MINIMAL + "".join(f"key{number} = 1\n" for number in range(5000))
    with pytest.raises(RefusedError) as refused:
        load(text, "s.toml")
    assert len(refused.value.problems) == 200


def test_each_place_of_a_long_spec_is_found_at_once() -> None:
    count = 3000
    text = MINIMAL + "[rename]\n" + "".join(f'old{n} = "new{n}"\n' for n in range(count))
    site = locate(text, ("rename", f"old{count - 1}"), "s.toml", of="value")
    assert (site.line, site.column, site.width) == (count + 7, 12, 7)
    spec = load(text, "s.toml")
    sites = [spec.site("rename", f"old{n}") for n in range(count)]
    assert [one.line for one in sites] == list(range(8, count + 8))


def test_ledger_looks_once_at_what_it_is_told() -> None:
    """Each note is compared with those of its own hash alone."""

    class Counted(str):
        compared = 0

        def __eq__(self, other: object) -> bool:
            Counted.compared += 1
            return str.__eq__(self, other)

        __hash__ = str.__hash__

    ledger = Ledger()
    for number in range(2000):
        ledger.note(Counted(f"note {number % 1000}"))
        ledger.refuse(MISSING, Counted(f"problem {number % 1000}"))
    assert (len(ledger.notes), len(ledger.problems)) == (1000, 1000)
    assert Counted.compared < 20_000


def test_path_of_many_folders(tmp_path: Path) -> None:
    tree = SourceTree(tmp_path)
    path = "d/" * 1500 + "x.h"
    assert tree.find_text(path) == ""
    assert not tree.exists(path)
