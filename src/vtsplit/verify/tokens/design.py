"""What is known to change between two programs, and the definitions that belong together."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from vtsplit.verify.exports import ExportLines
from vtsplit.verify.tokens.program import Thing


@dataclass(frozen=True)
class Design:
    """What is known to change. Without `renames` they are derived from the programs.

    `known` are renames that are derived already, of a part of the programs.
    `made` are names that are new on purpose, with the reason: they are reported, not compared.
    Who makes them has to check them. `exports` are, by path, lines of exports that are needed.
    `changed` are the files whose texts differ, `renamed` those that have another path, old to new.
    """

    renames: Mapping[str, str] | None = None
    known: Mapping[str, str] = field(default_factory=dict)
    made: Mapping[str, str] = field(default_factory=dict)
    exports: Mapping[str, ExportLines] = field(default_factory=dict)
    changed: Set[str] = frozenset()
    renamed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Pair:
    """A definition on both sides."""

    before: Thing
    after: Thing
