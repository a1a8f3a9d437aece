"""A finding, and the codes there are. Codes are stable: one is never given another meaning."""

from dataclasses import dataclass, field

from vtsplit.diagnostics import Site

CODES = {
    "L001": "declared, but defined nowhere",
    "L002": "defined and used elsewhere, but declared in no header",
    "L003": "declared twice",
    "L004": "declaration unlike its definition",
    "L005": "function unlike the member it is put into",
    "L006": "global, but used in its own file only",
    "L007": "guard of the declaration unlike that of the definition",
    "L008": "wrapper that nothing reaches",
    "L009": "misaligned continuation line in a declaration",
    "L010": "function of the second backend that no wrapper calls",
    "L011": "wrapper unlike the one that the spec makes",
}


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
    """One fault: where, its code, the name it is about, and what is wrong in words.

    `mend` is set when it can be mended safely.
    """

    site: Site
    code: str
    name: str
    message: str
    mend: Mend | None = field(default=None, compare=False)

    def __str__(self) -> str:
        """Format as one line: `foo.h:3:5: L001 message`."""
        return f"{self.site}: {self.code} {self.message}"
