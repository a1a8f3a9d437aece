"""The parts of a dispatch plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vtsplit.codemods.declare import Addition
from vtsplit.codemods.places import Insertion
from vtsplit.cst.conditions import Guard
from vtsplit.diagnostics import Note
from vtsplit.planning.edits import IncludeLine
from vtsplit.planning.steps import Drift, Step
from vtsplit.spec.document import Spec


@dataclass(frozen=True)
class ItemEdit:
    """A piece of an item of main to replace: the item's index, offset and length in its text.

    `wrapper` is the name that an entry gets; an entry that loses its wrapper has none.
    """

    index: int
    offset: int
    length: int
    text: str
    wrapper: str = ""


@dataclass(frozen=True)
class Selection:
    """How main chooses by the configuration: the option, and the macros of both branches.

    `chosen` are macros where the second backend is built, `left_out` where it is not.
    """

    config: str
    chosen: tuple[Insertion, ...] = ()
    left_out: tuple[Insertion, ...] = ()


@dataclass(frozen=True)
class Raised:
    """Macros of main that go up, in front of another item."""

    indices: frozenset[int] = frozenset()
    before: int = 0


@dataclass(frozen=True)
class Served:
    """An op, and who serves it: a wrapper that chooses by a condition, or a function alone.

    `first` and `second` are the functions of both backends, empty where one has none. `guard` is
    that of the entry.
    """

    op: str
    table: str
    first: str
    second: str = ""
    wrapper: str = ""
    condition: str = ""
    guard: Guard = ()


@dataclass(frozen=True)
class DispatchPlan:
    """All that dispatch does to a tree that is split. Indices are those of main's items.

    `spec` has for each op the section that fits the tree.
    `known` are the ops that the tables have.
    `order` is that of all wrappers, by the tables' entries, `ops` are their ops; `replaced` are
    those that are written anew. `home` is where the first wrapper goes,
    `variable` stands in front of them, `tail` at main's end. `stubs` stand in the
    header where the second backend is left out. `texts` are files made, or changed as a whole.
    `served` are all ops of the tables, in the order of their entries.
    `drift` are wrappers that stay though they are not what the spec says.
    """

    spec: Spec
    known: frozenset[str] = frozenset()
    wrappers: tuple[Insertion, ...] = ()
    replaced: Mapping[str, str] = field(default_factory=dict)
    removed: frozenset[str] = frozenset()
    order: tuple[str, ...] = ()
    ops: Mapping[str, str] = field(default_factory=dict)
    home: int = 0
    mark: str = ""
    selection: Selection | None = None
    edits: tuple[ItemEdit, ...] = ()
    raised: Raised = Raised()
    main_includes: tuple[IncludeLine, ...] = ()
    tail: str = ""
    variable: str = ""
    declared: tuple[Addition, ...] = ()
    stubs: tuple[Insertion, ...] = ()
    declared_order: tuple[str, ...] = ()
    header_includes: tuple[IncludeLine, ...] = ()
    tags: tuple[str, ...] = ()
    exposed: frozenset[str] = frozenset()
    backend_include: str | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    notes: tuple[Note, ...] = ()
    drift: tuple[Drift, ...] = ()
    served: tuple[Served, ...] = ()
