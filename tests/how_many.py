"""How many examples hypothesis tries: few each time the tests are run, many in `.ci/run`."""

import os

MANY = os.environ.get("VTSPLIT_EXAMPLES") == "many"


def examples(usual: int) -> int:
    """Return how many examples a test gets, where so many are enough for one run."""
    return usual * 2 if MANY else max(usual // 6, 1)
