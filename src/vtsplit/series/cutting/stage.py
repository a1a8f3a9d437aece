"""A stage of a split: one kind of change, and the files as they are behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from vtsplit.spec.posting import Group, StageKind


class WrapperKind(StrEnum):
    """What the policies of some ops have in common."""

    EITHER = "either"  # one backend or the other
    BOTH = "both"
    FIRST = "first"  # the first backend alone
    SECOND = "second"  # the second backend alone
    OWN = "own"  # the body is the spec's


@dataclass(frozen=True)
class WrapperSet:
    """Wrappers that are one patch, their ops by kind, and the group of the spec if it has one."""

    names: tuple[str, ...]
    kinds: Mapping[WrapperKind, tuple[str, ...]]
    group: Group | None = None


@dataclass(frozen=True)
class Stage:
    """What a tree is behind a stage: the texts of all files that differ, by their paths then.

    `moved` are new paths by old ones. `names` are the old and new names that the stage is about:
    those renamed, made global, moved or, with the wrapper as the new one, served by a wrapper.
    `functions` are those of them that are functions, `starting` those that only start or stop the
    module, `inline` those that are no longer inline. `wrappers` are those that entries gain. With
    `more` other items move with the tables.
    """

    kind: StageKind
    texts: Mapping[str, str]
    moved: Mapping[str, str] = field(default_factory=dict)
    names: tuple[tuple[str, str], ...] = ()
    functions: frozenset[str] = frozenset()
    starting: frozenset[str] = frozenset()
    inline: frozenset[str] = frozenset()
    wrappers: WrapperSet | None = None
    more: bool = False
