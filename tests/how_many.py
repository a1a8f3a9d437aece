"""How much is tried: little each time the tests are run, much in `.ci/run`."""

import os
from collections.abc import Iterable

import pytest
from _pytest.mark.structures import ParameterSet

MANY = os.environ.get("VTSPLIT_EXAMPLES") == "many"


def examples(usual: int) -> int:
    """Return how many examples hypothesis tries, where `usual` ones are enough for one run."""
    return usual * 2 if MANY else max(usual // 6, 1)


def mostly_slow(cases: Iterable[object], fast: int) -> list[ParameterSet]:
    """Return cases for `parametrize`, of which `fast` or so are tried each time, the rest if slow.

    They are spread evenly. A tuple is one argument each, anything else is one argument.
    """
    every = list(cases)
    step = max(len(every) // fast, 1)
    return [
        pytest.param(
            *(case if type(case) is tuple else (case,)),
            marks=[pytest.mark.slow] if at % step else [],
        )
        for at, case in enumerate(every)
    ]
