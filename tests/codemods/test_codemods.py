"""Golden cases before and after each codemod, in `cases`, and what must stay as it is.

A case without `//// after` must come back unchanged, as the very same module.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from vtsplit.codemods.drop import drop
from vtsplit.codemods.expose import expose
from vtsplit.codemods.include import add_include
from vtsplit.codemods.rename import rename
from vtsplit.cst.nodes import Module
from vtsplit.cst.parser import parse_module

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Case:
    codemod: str
    title: str
    argument: str
    before: str
    after: str | None


def read_cases(codemod: str) -> list[Case]:
    cases = []
    for block in (CASES / f"{codemod}.c").read_text().split("//// case: ")[1:]:
        heading, _, body = block.partition("\n")
        title, _, argument = heading.rpartition("|")
        before, separator, after = body.partition("//// after\n")
        wanted = after if separator else None
        cases.append(Case(codemod, title.strip(), argument.strip(), before, wanted))
    return cases


def apply_rename(module: Module, argument: str) -> Module:
    return rename(module, dict(pair.split("=") for pair in argument.split(",")))


CODEMODS: dict[str, Callable[[Module, str], Module]] = {
    "expose": lambda module, argument: expose(module, argument.split(",")),
    "rename": apply_rename,
    "drop": lambda module, argument: drop(
        module, {int(index) for index in argument.split(",") if index}
    )[0],
    "include": add_include,
}


@pytest.mark.parametrize(
    "case",
    [case for codemod in CODEMODS for case in read_cases(codemod)],
    ids=lambda case: f"{case.codemod}: {case.title}",
)
def test_case(case: Case) -> None:
    module = parse_module(case.before)
    result = CODEMODS[case.codemod](module, case.argument)
    if case.after is None:
        assert result is module
        return
    assert result.code == case.after
    # The result is read as what it says: no item is of another kind than its text makes it.
    fresh = parse_module(result.code)
    assert [type(item) for item in result.items] == [type(item) for item in fresh.items]


@pytest.mark.parametrize(
    "case",
    [case for codemod in ("expose", "include") for case in read_cases(codemod)],
    ids=lambda case: f"{case.codemod}: {case.title}",
)
def test_second_run_changes_nothing(case: Case) -> None:
    once = CODEMODS[case.codemod](parse_module(case.before), case.argument)
    assert CODEMODS[case.codemod](once, case.argument) is once


@pytest.mark.parametrize(
    "case",
    [case for codemod in CODEMODS for case in read_cases(codemod)],
    ids=lambda case: f"{case.codemod}: {case.title}",
)
def test_carriage_returns_are_kept(case: Case) -> None:
    module = parse_module(case.before.replace("\n", "\r\n"))
    wanted = case.before if case.after is None else case.after
    assert CODEMODS[case.codemod](module, case.argument).code == wanted.replace("\n", "\r\n")
