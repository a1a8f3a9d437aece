"""Find the places that name a file by its path, and have to change if it is renamed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import translate

_MAINTAINED = re.compile(r"^([FX]):[ \t]*(\S+)[ \t]*$", re.MULTILINE)
_DIRECTIVE = re.compile(
    r"^[ \t]*\.\.[ \t]+(kernel-doc|literalinclude|include)::[ \t]*(\S+)[ \t]*$", re.MULTILINE
)


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
    lost = []
    for entry in re.finditer(r"(?:.+\n?)+", text):
        found = list(_MAINTAINED.finditer(text, *entry.span()))
        for kind in "FX":
            patterns = [match for match in found if match[1] == kind]
            exact = [match for match in patterns if match[2] == old]
            matching = [match for match in patterns if _fits(match[2], old)]
            kept = any(_fits(match[2], new) for match in patterns)
            if matching and not exact and not kept:
                last = matching[-1]
                lost.append(PathUse(*last.span(2), _line(text, last.start()), f"{kind}:"))
    return tuple(lost)


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
    if pattern.endswith("/"):
        return path.startswith(pattern)
    parts, names = pattern.split("/"), path.split("/")
    return len(parts) == len(names) and all(
        re.match(translate(part), name) for part, name in zip(parts, names, strict=True)
    )


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
