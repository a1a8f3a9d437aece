"""The check that nothing is lost counts equal items, and knows what may go."""

import pytest

from vtsplit.apply.lost import Before, find_lost
from vtsplit.cst.parser import parse_module

BEFORE = "int a;\nint b;\nint a;\n"


@pytest.mark.parametrize(
    ("after", "excused", "lost"),
    [
        (BEFORE, set(), []),
        ("int b;\nint a;\n", set(), [1]),
        ("int b;\nint a;\n", {0}, []),
        ("int b;\nint a;\n", {2}, []),  # either copy can be the one that goes
        ("int b;\n", {2}, [1]),
        ("int b;\n", {0, 2}, []),
        ("int  a;\nint b;\nint  a;\n", set(), []),  # another text that says the same
        ("int  a;\nint b;\n", set(), [3]),
    ],
)
def test_what_is_lost(after: str, excused: set[int], lost: list[int]) -> None:
    def is_excused(one: Before) -> bool:
        return one.index in excused

    old, new = {"a.c": parse_module(BEFORE)}, [parse_module(after)]
    found = list(find_lost(old, new, lambda item: tuple(item.text.split()), is_excused))
    assert [problem.site.line for problem in found if problem.site] == lost
