"""A finding of lint, and how to correct it."""

from dataclasses import dataclass, field

from vtsplit.diagnostics import Site, visible
from vtsplit.rule import Rule


@dataclass(frozen=True)
class Drop:
    """A mend: the item at `index` of a file goes."""

    path: str
    index: int


@dataclass(frozen=True)
class Declare:
    """A mend: the header declares what the item at `index` of a file defines."""

    path: str
    index: int


@dataclass(frozen=True)
class Align:
    """A mend: the continuation lines of the item at `index` are aligned anew."""

    path: str
    index: int


Mend = Drop | Declare | Align


@dataclass(frozen=True, order=True)
class Finding:
    """One fault: where, its rule, the name it is about, and what is wrong in words.

    `mend` is set when it can be mended safely.
    """

    site: Site
    rule: Rule
    name: str
    message: str
    mend: Mend | None = field(default=None, compare=False)

    @property
    def code(self) -> str:
        """Return the rule's stable code, as `L001`."""
        return self.rule.code

    def __str__(self) -> str:
        """Format as one line: `foo.h:3:5: L001 message`."""
        return f"{self.site}: {self.code} {visible(self.message)}"
