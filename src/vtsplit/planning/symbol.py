"""The one identity of what a plan moves, makes global, renames or adds."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What kind of thing a symbol is."""

    TABLE = "table"
    FUNCTION = "function"
    OBJECT = "object"
    LOCAL = "macro-or-type"  # a macro, type or enumerator of the source file
    MACRO = "macro"
    CALL = "macro-call"  # at file scope, as EXPORT_SYMBOL() or module_init()
    SPECIFIER = "specifier"  # `inline`, or a macro that says it
    CONDITION = "condition"  # an #if, #else or #endif
    INCLUDE = "include"
    NAMESPACE = "namespace"  # of exported symbols
    WRAPPER = "wrapper"
    ENTRY = "entry"  # of a table: the op
    FILE = "file"
    LISTED = "listed-file"  # an object or source in a build file
    MENTION = "mention"  # of a file, in a build file or document
    OPTION = "option"  # of Kconfig


@dataclass(frozen=True)
class Symbol:
    """A name before and after; one of the two is "" for what is added or goes for good."""

    old: str
    new: str
    role: Role

    @classmethod
    def kept(cls, name: str, role: Role) -> "Symbol":
        """Return a symbol that keeps its name."""
        return cls(name, name, role)

    @classmethod
    def added(cls, name: str, role: Role) -> "Symbol":
        """Return a symbol that is not there before."""
        return cls("", name, role)

    @classmethod
    def gone(cls, name: str, role: Role) -> "Symbol":
        """Return a symbol that is not there afterwards."""
        return cls(name, "", role)

    @property
    def is_renamed(self) -> bool:
        """Whether it is there before and after, under two names."""
        return bool(self.old and self.new) and self.old != self.new
