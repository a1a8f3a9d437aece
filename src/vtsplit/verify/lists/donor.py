"""Which source files a new file is made of: those that have lost the most of its lines."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from functools import cached_property

Read = Callable[[str], str | None]
_SHORTEST = 4  # a line of fewer characters, `};`, stands in every file


class Donors:
    """The sources of a change, and the lines that each of them has lost."""

    def __init__(
        self, before: Read, after: Read, sources: Collection[str], renamed: Mapping[str, str]
    ) -> None:
        self._before, self._after = before, after
        self._sources, self._renamed = sources, renamed

    @cached_property
    def _lost(self) -> dict[str, Counter[str]]:
        """What each source has lost, by its path after the change. A file that is gone is left out.

        Each text is read once, however many files ask.
        """
        found = {}
        for path in sorted(self._sources):
            here = self._renamed.get(path, path)
            text = self._after(here)
            if text is not None:
                found[here] = _lines(self._before(path)) - _lines(text)
        return found

    def of(self, new: str) -> tuple[str, ...]:
        """Return the paths after the change of the files from which a new file has its lines.

        A source that has given less than half of what another one has does not count: a line may
        be gone there for another reason. If `new` was there before, only lines that it has gained
        count.

        >>> was = {"a.c": "int f(void);\\nint g = 1;\\n", "b.c": "int h(void);\\n"}
        >>> now = {"a.c": "int f(void);\\n", "b.c": "", "c.c": "int g = 1;\\n"}
        >>> Donors(was.get, now.get, ["a.c", "b.c"], {}).of("c.c")
        ('a.c',)
        """
        lines = _lines(self._after(new)) - _lines(self._before(new))
        given = {path: (lost & lines).total() for path, lost in self._lost.items() if path != new}
        most = max(given.values(), default=0)
        return tuple(path for path, count in given.items() if count and 2 * count >= most)


def _lines(text: str | None) -> Counter[str]:
    stripped = (line.strip() for line in (text or "").split("\n"))
    return Counter(line for line in stripped if len(line) >= _SHORTEST)
