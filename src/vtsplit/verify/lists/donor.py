"""Which source files a new file is made of: those that have lost the most of its lines."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping

Read = Callable[[str], str | None]
_SHORTEST = 4  # a line of fewer characters, `};`, stands in every file


def donors_of(
    new: str, before: Read, after: Read, sources: Collection[str], renamed: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the paths after the change of the files from which a new file has its lines.

    One that has given less than half of what another one has does not count: a line may be gone
    there for another reason. A file that is gone is none. Of a file that was there, the lines count
    that it has gained.

    >>> was = {"a.c": "int f(void);\\nint g = 1;\\n", "b.c": "int h(void);\\n"}
    >>> now = {"a.c": "int f(void);\\n", "b.c": "", "c.c": "int g = 1;\\n"}
    >>> donors_of("c.c", was.get, now.get, ["a.c", "b.c"], {})
    ('a.c',)
    """
    lines = _lines(after(new)) - _lines(before(new))
    given: dict[str, int] = {}
    for path in sorted(sources):
        here = renamed.get(path, path)
        text = after(here)
        if here == new or text is None:
            continue
        lost = _lines(before(path)) - _lines(text)
        given[here] = (lost & lines).total()
    most = max(given.values(), default=0)
    return tuple(path for path, count in given.items() if count and 2 * count >= most)


def _lines(text: str | None) -> Counter[str]:
    stripped = (line.strip() for line in (text or "").split("\n"))
    return Counter(line for line in stripped if len(line) >= _SHORTEST)
