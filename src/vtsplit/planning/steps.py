"""What a plan is made of: steps with their reasons, and all that the codemods are told."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vtsplit.cst.guards import Guard
from vtsplit.cst.nodes import Item
from vtsplit.diagnostics import Note, NoteKind, Problem, Site
from vtsplit.rule import Rule


@dataclass(frozen=True)
class Step:
    """One mechanical change and why it is made.

    `path` and `line` say where, in the tree as it is. `spans` are the lines of `path`, first and
    last, that the step may change; a file that does not exist yet has none.
    """

    action: str
    subject: str
    path: str
    line: int
    why: str
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Renames:
    """Old to new names in one file; those in `comments` are renamed in its comments only."""

    names: Mapping[str, str] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Declared:
    """A name that the header is to declare, by its new name, under a guard.

    `length` goes into the brackets of an array that its initializer gives a length.
    """

    name: str
    guard: Guard
    is_object: bool = False
    length: int | None = None


@dataclass(frozen=True)
class IncludeLine:
    """An `#include` of a new file, with the guard it has in the source file."""

    target: str
    guard: Guard = ()


@dataclass(frozen=True)
class MacroLine:
    """A `#define` or `#undef` that main has as the source has it, for headers.

    It stands in front of the include of `before`; without one, behind main's own includes.
    """

    text: str
    guard: Guard = ()
    before: str | None = None


@dataclass(frozen=True)
class NewFile:
    """What a file that the split makes starts with. `guard` is a header's include guard.

    With `pragma` the header says `#pragma once` instead. `closing` is a header's last line.
    """

    license: str | None
    guard: str = ""
    pragma: bool = False
    closing: str = ""


@dataclass(frozen=True)
class Exports:
    """What is exported to main's module: the call for each new name, and the include for it.

    `imports` are the lines that main gets.
    """

    calls: Mapping[str, str] = field(default_factory=dict)
    include: str | None = None
    imports: tuple[str, ...] = ()


NO_EXPORTS = Exports()


@dataclass(frozen=True)
class Plan:
    """All that a split does to a tree. Indices are those of items in the source file's module.

    `order` is the order in which the header declares names: that of the tables' entries.
    `thinned` are names that go out of declarations which others share, by index.
    `hidden` are macros that make what is exposed static, with what is written in their place.
    `made` are definitions that only a macro's call makes, to declare them by.
    With `header_last` the header relies on what its includers include before it.
    `kept_static` are moved tables, by new name, that only main uses. `forwarding` are indices, by
    path, of tentative definitions in headers that are to include the new header instead.
    `texts` are the new texts of files that are no C, by path: the one that lists main's object, and
    what names the source by its path where that becomes `source_becomes`. `module_entries` are the
    functions that start and stop the module, by their new names, and what registered them.
    """

    source: str
    header: str
    main: str
    moved: frozenset[int] = frozenset()
    to_header: frozenset[int] = frozenset()
    dropped: frozenset[int] = frozenset()
    thinned: Mapping[int, frozenset[str]] = field(default_factory=dict)
    exposed: frozenset[str] = frozenset()
    hidden: Mapping[str, str] = field(default_factory=dict)
    made: Mapping[str, Item] = field(default_factory=dict)
    renames: Mapping[str, Renames] = field(default_factory=dict)
    kept_static: frozenset[str] = frozenset()
    declared: tuple[Declared, ...] = ()
    order: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    header_includes: tuple[IncludeLine, ...] = ()
    main_includes: tuple[IncludeLine, ...] = ()
    main_macros: tuple[MacroLine, ...] = ()
    source_include: str | None = None
    header_last: bool = False
    main_include: str | None = None
    new_header: NewFile | None = None
    new_main: NewFile | None = None
    exposed_in_main: frozenset[str] = frozenset()
    forwarding: Mapping[str, frozenset[int]] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    source_becomes: str | None = None
    module_entries: Mapping[str, str] = field(default_factory=dict)
    exports: Exports = NO_EXPORTS
    steps: tuple[Step, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Drift:
    """A wrapper that is not what the spec says and stays all the same: where, and why in words."""

    name: str
    site: Site
    message: str


class Ledger:
    """Collects what planning finds: steps, notes, and problems that refuse."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.notes: list[Note] = []
        self.problems: list[Problem] = []

    def step(
        self, action: str, subject: str, site: Site, why: str, *spans: tuple[int, int]
    ) -> None:
        """Record a step; without spans it may change the line of its site."""
        lines = spans or (((site.line, site.line),) if site.line else ())
        self.steps.append(Step(action, subject, site.path, site.line, why, tuple(lines)))

    def note(self, message: str, site: Site | None = None) -> None:
        """Record something left alone, or worth knowing."""
        self._add(Note(message, site))

    def warn(self, message: str, site: Site | None = None, advice: str = "") -> None:
        """Record something that does not stop the run, but that somebody has to look at."""
        self._add(Note(message, site, NoteKind.WARNING, advice))

    def _add(self, note: Note) -> None:
        if note not in self.notes:
            self.notes.append(note)

    def refuse(self, rule: Rule, message: str, site: Site | None = None, advice: str = "") -> None:
        """Record a problem: with it, nothing is changed."""
        problem = Problem(rule, message, site, advice)
        if problem not in self.problems:
            self.problems.append(problem)
