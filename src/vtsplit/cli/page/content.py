"""What a review page says, as data: the templates read nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from markupsafe import Markup


class StepKind(Enum):
    """A kind of step: its key, how the page calls it, and whether it only follows from others.

    The order is that of a reviewer's interest.
    """

    WRAPPER = ("wrapper", "wrappers", False)
    BACKEND = ("backend", "second backend", False)
    BUILD = ("build", "build files", False)
    OTHER = ("other", "other changes", False)
    MOVE = ("move", "moves", True)
    LINKAGE = ("linkage", "linkage", True)
    NAME = ("name", "names", True)
    DECLARATION = ("declaration", "declarations", True)
    INCLUDE = ("include", "includes", True)

    def __init__(self, key: str, title: str, is_mechanical: bool) -> None:
        self.key = key
        self.title = title
        self.is_mechanical = is_mechanical


@dataclass(frozen=True)
class Row:
    """A line of a diff: its sign, its number on each side (0 for none), and the coloured text.

    `elsewhere` is where a line that moves stands on the other side, as `vmx/main.c:12`.
    """

    sign: str
    old: int
    new: int
    code: Markup
    elsewhere: str = ""


@dataclass(frozen=True)
class DiffPiece:
    """A part of a hunk that is about one thing: what it is about, its kinds, and its reasons.

    `gap` says that lines are left out in front of it.
    """

    ident: str
    title: str
    kinds: tuple[StepKind, ...]
    reasons: tuple[str, ...]
    rows: tuple[Row, ...]
    gap: str = ""

    @property
    def is_mechanical(self) -> bool:
        """Whether all its kinds follow from others."""
        return all(kind.is_mechanical for kind in self.kinds)

    @property
    def added(self) -> int:
        """How many lines it adds."""
        return sum(row.sign == "+" for row in self.rows)

    @property
    def removed(self) -> int:
        """How many lines it removes."""
        return sum(row.sign == "-" for row in self.rows)


@dataclass(frozen=True)
class FileDiff:
    """A file that changes; `old_path` is where a file that moves was, `note` what else happens."""

    path: str
    pieces: tuple[DiffPiece, ...]
    added: int
    removed: int
    old_path: str = ""
    note: str = ""


@dataclass(frozen=True)
class Proof:
    """A verdict: `lines` say how strong it is.

    `state` is `proved`, `weaker`, `none`, `unknown` or `differs`.
    """

    state: str
    headline: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class OpRow:
    """An op and who serves it. `piece` is where the diff shows it, `spec_line` where the spec does.

    `wrapper_code` is empty for an op that has no wrapper. `prototypes` are those of both backends.
    """

    ident: str
    name: str
    table: str
    policy: str
    condition: str
    first: str
    second: str
    otherwise: str
    guard: str
    path: str
    line: int
    piece: str
    spec_line: int
    wrapper: str
    wrapper_code: Markup
    prototypes: tuple[tuple[str, Markup], ...]


@dataclass(frozen=True)
class EntryRow:
    """An entry of a table on both sides; a side that lacks it is empty."""

    designator: str
    before: str
    after: str


@dataclass(frozen=True)
class TableView:
    """A table before and after: its names, its files, and its entries."""

    old: str
    new: str
    old_path: str
    new_path: str
    entries: tuple[EntryRow, ...]


@dataclass(frozen=True)
class RenameRow:
    """A name that changes, and its uses: place, reason, and the piece that shows it."""

    ident: str
    old: str
    new: str
    uses: tuple[tuple[str, str, str], ...]
    spec_line: int


@dataclass(frozen=True)
class NoteRow:
    """A warning or a note; `advice` is what to do."""

    kind: str
    place: str
    message: str
    advice: str


@dataclass(frozen=True)
class SpecLine:
    """A line of the spec, and what the page says of it: titles and the places to go to."""

    number: int
    text: str
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ChangeSection:
    """A change with its proof: the whole split, or one commit of a range."""

    ident: str
    title: str
    text: str
    proof: Proof
    files: tuple[FileDiff, ...]


@dataclass(frozen=True)
class Page:
    """All that a page says. `facts` are rows of the head, such as the version and the base."""

    title: str
    proof: Proof
    facts: tuple[tuple[str, str], ...]
    sections: tuple[ChangeSection, ...]
    ops: tuple[OpRow, ...] = ()
    tables: tuple[TableView, ...] = ()
    renames: tuple[RenameRow, ...] = ()
    notes: tuple[NoteRow, ...] = ()
    spec: tuple[SpecLine, ...] = ()
    spec_name: str = ""
    steps: Mapping[StepKind, int] = field(default_factory=dict)

    @property
    def added(self) -> int:
        """How many lines all files gain."""
        return sum(one.added for section in self.sections for one in section.files)

    @property
    def removed(self) -> int:
        """How many lines all files lose."""
        return sum(one.removed for section in self.sections for one in section.files)

    @property
    def pieces(self) -> list[DiffPiece]:
        """All pieces, in their order."""
        files = (one for section in self.sections for one in section.files)
        return [piece for one in files for piece in one.pieces]

    @property
    def kinds(self) -> list[tuple[StepKind, int]]:
        """Return the kinds of all pieces, each with how many pieces have it."""
        counts = [(kind, sum(kind in piece.kinds for piece in self.pieces)) for kind in StepKind]
        return [(kind, count) for kind, count in counts if count]
