"""A source file in a list of some build language, with its place in the text."""

from dataclasses import dataclass
from enum import StrEnum


class ListRole(StrEnum):
    """What a list, or a command, does with the files that it names.

    Of `alone` each file becomes a program of its own; `removed` takes it out of a list; `read` is
    for its text.
    """

    SOURCE = "source"
    SETTING = "setting"
    ALONE = "alone"
    REMOVED = "removed"
    READ = "read"
    OTHER = "other"


@dataclass(frozen=True)
class ListedPath:
    """One path of a list: its offsets without quotes, the path, and what quotes it."""

    start: int
    end: int
    text: str
    quote: str = ""


@dataclass(frozen=True)
class Listed:
    """A path that names the source, its line, and all entries of the list that it is in.

    `separator` is what stands between two besides spaces. One that is `bare` stands in no list,
    and may become one.
    """

    entry: ListedPath
    line: int
    entries: tuple[ListedPath, ...]
    role: ListRole
    separator: str = ""
    bare: bool = False

    @property
    def is_source(self) -> bool:
        """Whether a second file belongs beside it."""
        return self.role is ListRole.SOURCE
