"""What a plan does to each file: the codemods get nothing else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from vtsplit.cst.conditions import Guard
from vtsplit.cst.nodes import Item
from vtsplit.diagnostics import Note
from vtsplit.planning.steps import Step


@dataclass(frozen=True)
class Renames:
    """Old to new names in one file; those in `comments` are renamed in its comments only."""

    names: Mapping[str, str] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Length:
    """What stands in the brackets of an array, and the conditions of directives in it."""

    text: str
    conditions: Guard = ()


@dataclass(frozen=True)
class Declared:
    """A name that the header is to declare, by its new name, under a guard.

    `length` goes into the brackets of an array that its initializer gives a length. `branches` are
    the conditions within the guard of a function's definitions, if these have several types.
    `attributes` stand behind its parameters.
    """

    name: str
    guard: Guard
    is_object: bool = False
    length: Length | None = None
    branches: tuple[Guard, ...] = ()
    attributes: str = ""


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

    A header without one says `#pragma once` instead. `closing` is a header's last line.
    """

    license: str | None
    guard: str = ""
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
class SourceEdit:
    """What becomes of the source file. Indices are those of items in its module.

    `moved` go to main, `to_header` to the header, `dropped` go for good; `thinned` are names that
    go out of declarations which others share. `exposed` become global; `hidden` are macros that
    make them static, with what is written in their place. With `include_last` the header is
    included behind all others: it relies on what they bring. `becomes` is another path.
    """

    path: str
    moved: frozenset[int] = frozenset()
    to_header: frozenset[int] = frozenset()
    dropped: frozenset[int] = frozenset()
    thinned: Mapping[int, frozenset[str]] = field(default_factory=dict)
    exposed: frozenset[str] = frozenset()
    hidden: Mapping[str, str] = field(default_factory=dict)
    include: str | None = None
    include_last: bool = False
    exports: Mapping[str, str] = field(default_factory=dict)
    export_include: str | None = None
    becomes: str | None = None

    @property
    def gone(self) -> frozenset[int]:
        """The items that the file has no more."""
        return self.moved | self.to_header | self.dropped


@dataclass(frozen=True)
class HeaderEdit:
    """What the header gains; `start` is for a new one.

    `order` is the order in which names are declared: that of the tables' entries. `source_order`
    has the source's includes in their order. `tags` are declared forward. `made` are definitions
    that only a macro's call makes, to declare them by.
    """

    path: str
    start: NewFile | None = None
    includes: tuple[IncludeLine, ...] = ()
    source_order: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    declared: tuple[Declared, ...] = ()
    order: tuple[str, ...] = ()
    made: Mapping[str, Item] = field(default_factory=dict)


@dataclass(frozen=True)
class MainEdit:
    """What main gains; `start` is for a new one.

    `include` is that of the header, where main lacks it. `source_order` has the source's includes
    in their order. `kept_static` are moved tables, by new name, that only main uses; `exposed` are
    tables that stand in main and become global. `quiet` are warnings that main ignores at what
    moves, by index, as the source file does: `ignored "-Wfoo"`.
    """

    path: str
    start: NewFile | None = None
    includes: tuple[IncludeLine, ...] = ()
    source_order: tuple[str, ...] = ()
    macros: tuple[MacroLine, ...] = ()
    include: str | None = None
    include_last: bool = False
    kept_static: frozenset[str] = frozenset()
    exposed: frozenset[str] = frozenset()
    quiet: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    imports: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """All that a split does to a tree: an edit for each file that it makes or touches.

    `renames` are those of any C file, by path. `forwarding` are indices, by path, of tentative
    definitions in headers that are to include the new header instead. `inline` are indices, by
    path, of static functions in headers that become inline. `texts` are the new texts of
    files that are no C, by path. `module_entries` are the functions that start and stop the
    module, by their new names, and what registered them.
    """

    source: SourceEdit
    header: HeaderEdit
    main: MainEdit
    renames: Mapping[str, Renames] = field(default_factory=dict)
    forwarding: Mapping[str, frozenset[int]] = field(default_factory=dict)
    inline: Mapping[str, frozenset[int]] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    module_entries: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def new_names(self) -> dict[str, str]:
        """Every rename, new names by old ones, in the order of the files."""
        return {old: new for one in self.renames.values() for old, new in one.names.items()}

    def others(self) -> Iterator[str]:
        """Yield the C files that only name what is renamed or moves."""
        own = {self.source.path, self.header.path, self.main.path}
        named = self.renames.keys() | self.forwarding.keys() | self.inline.keys()
        yield from sorted(named - own)
