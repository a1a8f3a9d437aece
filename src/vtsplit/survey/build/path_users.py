"""Find the places that name a file by its path, and have to change if it is renamed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import translate

_MAINTAINED = re.compile(r"^([FX]):[ \t]*(\S+)[ \t]*$", re.MULTILINE)
LISTED = frozenset({"F:", "X:"})  # what such lines are there for
_DIRECTIVE = re.compile(
    r"^[ \t]*\.\.[ \t]+(kernel-doc|literalinclude|include)::[ \t]*(\S+)[ \t]*$", re.MULTILINE
)
_EMPTY_LINE = re.compile(r"\n[ \t\r]*\n")
_PLAIN = re.compile(r"[^*?\[]*")


@dataclass(frozen=True)
class PathUse:
    """The offsets of a path in a text, its line, and what it is there for."""

    start: int
    end: int
    line: int
    what: str


def find_in_maintainers(text: str, path: str) -> tuple[PathUse, ...]:
    r"""Find the `F:` and `X:` lines of MAINTAINERS with exactly this path.

    >>> find_in_maintainers("FOO\nM:\tA B\nF:\tdrv/foo.c\nF:\tdrv/foo*\n", "drv/foo.c")
    (PathUse(start=14, end=23, line=3, what='F:'),)
    """
    return tuple(_exact(_MAINTAINED, text, path, ":"))


def lost_patterns(text: str, old: str, new: str) -> tuple[PathUse, ...]:
    r"""Find the patterns of MAINTAINERS that match the old path when none of their entry, of the
    same kind, matches the new one.

    `*` and `?` match within one part of a path (MAINTAINERS, "Descriptions of section entries").

    >>> text = "A\nF:\tdrv/foo.*\n\nB\nF:\tdrv/foo.*\nF:\tdrv/f*\n"
    >>> [(use.line, use.what) for use in lost_patterns(text, "drv/foo.c", "drv/foo_core.c")]
    [(2, 'F:')]
    """
    matching = [one for one in _MAINTAINED.finditer(text) if _fits(one[2], old)]
    lost: dict[tuple[int, str], PathUse] = {}
    for match in matching:
        entry = _entry_of(text, match.start())
        patterns = [one for one in _MAINTAINED.finditer(text, *entry) if one[1] == match[1]]
        if not any(one[2] == old or _fits(one[2], new) for one in patterns):
            where = PathUse(*match.span(2), _line(text, match.start()), f"{match[1]}:")
            lost[entry[0], match[1]] = where  # the last one of an entry stays
    return tuple(lost.values())


def place_of_pattern(text: str, near: PathUse, new: str) -> int:
    r"""Return where the line of a new pattern begins, among those of its kind around another.

    They stand in the order of their bytes, as checkpatch.pl wants them.

    >>> text = "A\nF:\tdrv/a\nF:\tdrv/f?o.c\nF:\tdrv/z\nM:\tA\n"
    >>> near = PathUse(13, 22, 3, "F:")
    >>> [place_of_pattern(text, near, f"drv/{one}") for one in ("A", "b", "foo.c", "y", "zz")]
    [2, 11, 24, 24, 33]
    """

    at = text.rfind("\n", 0, near.start) + 1
    while (pattern := _pattern_at(text, at, near.what)) and pattern < new:
        at = text.find("\n", at) + 1 or len(text)
    while at and new < _pattern_at(text, above := _above(text, at), near.what):
        at = above
    return at


def place_of_renamed(text: str, use: PathUse, new: str) -> int | None:
    r"""Return where the line of a path belongs that gets another name, None where it stands.

    Lines that are in no order stay as they are.

    >>> text = "A\nF:\tdrv/a\nF:\tdrv/foo.c\nF:\tdrv/g\nF:\tdrv/z\nM:\tA\n"
    >>> use = PathUse(14, 23, 3, "F:")
    >>> [place_of_renamed(text, use, f"drv/{one}") for one in ("A", "foo_core.c", "h", "zz")]
    [2, None, 33, 42]
    >>> place_of_renamed("F:\tb\nF:\tc\nF:\ta\n", PathUse(8, 9, 2, "F:"), "d")
    """
    start = text.rfind("\n", 0, use.start) + 1
    end = text.find("\n", start) + 1 or len(text)
    old = text[use.start : use.end]
    above = _pattern_at(text, _above(text, start), use.what) if start else ""
    below = _pattern_at(text, end, use.what)
    if above > old or (below and below < old):
        return None
    at = place_of_pattern(text, use, new)
    return None if at in {start, end} else at


def _pattern_at(text: str, at: int, what: str) -> str:
    """Return the pattern of the line that begins at a place, "" if it is of another kind."""
    found = _MAINTAINED.match(text, at)
    return found[2] if found and f"{found[1]}:" == what else ""


def _above(text: str, at: int) -> int:
    """Return where the line above the one at a place begins."""
    return text.rfind("\n", 0, at - 1) + 1


def find_entry(text: str, path: str) -> tuple[str, str] | None:
    r"""Return the title of the entry of MAINTAINERS that a path belongs to, and its pattern.

    Of several entries it is the one whose pattern says most. None for a path of no entry but one
    for the whole tree.

    >>> find_entry("DRIVERS (drv)\nF:\tdrv/\nX:\tdrv/b.c\n\nREST\nF:\t*/\n", "drv/a.c")
    ('DRIVERS (drv)', 'drv/')
    >>> find_entry("DRIVERS (drv)\nF:\tdrv/\nX:\tdrv/b.c\n\nREST\nF:\t*/\n", "drv/b.c")
    """
    found: dict[tuple[int, int], tuple[str, str]] = {}
    for match in _MAINTAINED.finditer(text):
        pattern = match[2]
        if match[1] != "F" or not pattern.strip("*/") or not _fits(pattern, path):
            continue
        start, end = _entry_of(text, match.start())
        lines = _MAINTAINED.finditer(text, start, end)
        if not any(one[1] == "X" and _fits(one[2], path) for one in lines):
            title = text[start:end].partition("\n")[0].strip()
            found.setdefault((pattern.count("/"), len(pattern)), (title, pattern))
    return found[max(found)] if found else None


def _entry_of(text: str, at: int) -> tuple[int, int]:
    """Return where the lines begin and end that no empty line parts from the line at a place."""
    start = at
    while start and text[(above := text.rfind("\n", 0, start - 1) + 1) : start].strip():
        start = above
    gap = _EMPTY_LINE.search(text, at)
    return start, gap.start() if gap else len(text)


def find_in_document(text: str, path: str) -> tuple[PathUse, ...]:
    r"""Find the directives of a reStructuredText file that read this file.

    >>> find_in_document("See a/foo.c.\n\n.. kernel-doc:: a/foo.c\n   :internal:\n", "a/foo.c")
    (PathUse(start=30, end=37, line=3, what='kernel-doc::'),)
    """
    return tuple(_exact(_DIRECTIVE, text, path, "::"))


def find_elsewhere(text: str, path: str) -> tuple[int, ...]:
    """Return the lines that name a path of the tree as a whole.

    >>> find_elsewhere("x drv/foo.c\\nold/drv/foo.c\\ndrv/foo.cc\\n", "drv/foo.c")
    (1,)
    """
    found = re.finditer(rf"(?<![\w./-]){re.escape(path)}(?![\w-]|\.\w)", text)
    return tuple(_line(text, match.start()) for match in found)


def _exact(pattern: re.Pattern[str], text: str, path: str, mark: str) -> Iterator[PathUse]:
    for match in pattern.finditer(text):
        if match[2] == path:
            yield PathUse(*match.span(2), _line(text, match.start(2)), match[1] + mark)


def _fits(pattern: str, path: str) -> bool:
    plain = _PLAIN.match(pattern)
    if plain is None or not path.startswith(plain[0]):
        return False  # as nearly all: a pattern is dear to try
    if pattern.endswith("/"):
        return path.startswith(pattern)
    parts, names = pattern.split("/"), path.split("/")
    return len(parts) == len(names) and all(
        re.match(translate(part), name) for part, name in zip(parts, names, strict=True)
    )


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
