"""What is known to change between two programs, and the definitions that belong together."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from vtsplit.verify.exports import Lines
from vtsplit.verify.tokens.program import Thing


@dataclass(frozen=True)
class Renames:
    """New names by old ones: `own` are those of what is static, by file, `shared` all others."""

    shared: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def at(self, path: str) -> Mapping[str, str]:
        """Return the new names of all that a file may mean.

        >>> Renames({"f": "g"}, {"a.c": {"t": "a_t"}}).at("a.c")
        {'f': 'g', 't': 'a_t'}
        """
        return {**self.shared, **self.own.get(path, {})}


@dataclass(frozen=True)
class Design:
    """What is known to change. Without `renames` they are derived from the programs.

    `known` are such as were derived before, to which others may come.
    `made` are names that are new on purpose, with the reason: they are reported, not compared.
    Who makes them has to check them. `exports` are, by path, lines of exports that are needed.
    `changed` are the files whose texts differ.
    """

    renames: Renames | None = None
    known: Renames = Renames()
    made: Mapping[str, str] = field(default_factory=dict)
    exports: Mapping[str, Lines] = field(default_factory=dict)
    changed: Set[str] = frozenset()


@dataclass(frozen=True)
class Pair:
    """A definition on both sides."""

    before: Thing
    after: Thing
