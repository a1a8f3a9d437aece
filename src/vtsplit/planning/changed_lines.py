"""Which lines of a text a change of it touches: a step has to name them."""


def changed_lines(before: str, after: str) -> tuple[int, int]:
    """Return the first and last line of `before` that changed, or between which lines were added.

    >>> changed_lines("a\\nb\\nc\\n", "a\\nx\\nb\\nc\\n")
    (1, 2)
    """
    old, new = before.split("\n"), after.split("\n")
    first = 0
    while first < min(len(old), len(new)) and old[first] == new[first]:
        first += 1
    last = 0
    while last < min(len(old), len(new)) - first and old[-1 - last] == new[-1 - last]:
        last += 1
    end = len(old) - last
    return (first + 1, end) if end > first else (first, first + 1)
