"""Which lines of a text a change of it touches: a step has to name them."""

from difflib import SequenceMatcher


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


def lines_before(span: tuple[int, int], text: str, original: str) -> tuple[int, int]:
    """Return the lines that a span of a text has in what the text was made of by other steps.

    A line that they added counts as the one in front of which it stands.

    >>> lines_before((3, 4), "a\\nx\\nb\\nc\\n", "a\\nb\\nc\\n")
    (2, 3)
    """
    if text == original:
        return span
    old, new = original.split("\n"), text.split("\n")
    places: dict[int, int] = {}
    for tag, start, end, first, last in SequenceMatcher(None, old, new, False).get_opcodes():
        for at in range(first, last):
            places[at + 1] = (start + at - first if tag == "equal" else min(start, end)) + 1
    return places.get(span[0], span[0]), places.get(span[1], len(old))
