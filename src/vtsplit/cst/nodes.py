"""The syntax tree: a module is a flat list of items, as C stands before preprocessing.

Nodes are frozen. An item owns the comments and blank lines above it (`leading`) and what follows it
on its last line (`trailing`), so that a moved item brings them along. Inside of an item the text is
kept whole; its tokens are made when someone asks.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, count
from operator import add
from typing import Any, Self

from vtsplit.cst.directives import (
    Macro,
    directive_argument,
    directive_name,
    include_target,
    read_macro,
)
from vtsplit.cst.heads.declarator import Head, head_of, read_head
from vtsplit.cst.lexer import Token, lex


@dataclass(frozen=True)
class Item:
    """One thing at file scope.

    `straddles`: an `#else` or `#endif` inside of it belongs to an `#if` outside.
    """

    leading: str
    text: str
    trailing: str
    straddles: bool = False

    @property
    def code(self) -> str:
        """The item as it is written, with its trivia."""
        return self.leading + self.text + self.trailing

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The tokens of `text`."""
        return lex(self.text)

    @property
    def macro(self) -> Macro | None:
        """What it defines, if it is a `#define`."""
        return None

    @property
    def is_definition(self) -> bool:
        """Whether it is a function with its body, or an object with its value."""
        return False

    @property
    def is_type(self) -> bool:
        """Whether it defines a type, or a name for one."""
        return False

    def only_declares(self, name: str) -> bool:
        """Tell whether it declares a name and gives it no value."""
        return False

    def with_changes(self, **changes: Any) -> Self:
        """Return a copy with these fields replaced; the item itself stays as it is.

        >>> Opaque("", "x", "").with_changes(trailing=";").code
        'x;'
        """
        if changes.keys() <= {"leading", "trailing"}:
            # What has been read of the text is true of the copy.
            copy = object.__new__(type(self))
            vars(copy).update(vars(self), **changes)
            return copy
        return replace(self, **changes)


@dataclass(frozen=True)
class Directive(Item):
    """A preprocessing directive that stands between other items."""

    @cached_property
    def name(self) -> str:
        """`include`, `define`, `ifdef` ..."""
        return directive_name(self.text)

    @cached_property
    def argument(self) -> str:
        """What follows the name, without comments."""
        return directive_argument(self.text)

    @cached_property
    def include(self) -> str | None:
        """The header an `#include` names, with its quotes or angle brackets."""
        return include_target(self.text)

    @cached_property
    def macro(self) -> Macro | None:
        """What a `#define` defines."""
        return read_macro(self.text)


@dataclass(frozen=True)
class FunctionDef(Item):
    """A function definition; `body` is the offset of its `{` in `text`."""

    body: int = 0

    @cached_property
    def head(self) -> Head:
        """The specifiers and the declarator, in front of the body."""
        return read_head(self.text[: self.body])

    @property
    def is_definition(self) -> bool:
        """Whether it is a definition: a function with a body always is."""
        return True

    @property
    def name(self) -> str:
        """The function's name."""
        return self.head.name


@dataclass(frozen=True)
class Declaration(Item):
    """A declaration that ends with `;`: variable (perhaps initialized), prototype, type."""

    @cached_property
    def head(self) -> Head:
        """The specifiers and the first declarator, up to `=`, `,` or `;`."""
        return head_of(self.tokens)

    @property
    def name(self) -> str:
        """The name of the first declarator; empty when there is none, as in `struct x { };`."""
        return self.head.name

    @cached_property
    def initializer(self) -> tuple[int, int] | None:
        """Offsets in `text` of what follows the first `=`, without the `;`; None without one."""
        start = self.head.initializer
        return None if start is None else (start, self.text.rindex(";"))

    @property
    def is_definition(self) -> bool:
        """Whether it gives an object its value."""
        return self.head.initializer is not None

    @property
    def is_type(self) -> bool:
        """Whether it defines a tag, or is a typedef."""
        return self.head.defines_tag or "typedef" in self.head.storage

    def only_declares(self, name: str) -> bool:
        """Tell whether its first declarator is of that name and has no initializer.

        >>> Declaration("", "static int a, b;", "").only_declares("a")
        True
        """
        return self.name == name and not self.is_definition


@dataclass(frozen=True)
class MacroCall(Item):
    """A macro invoked at file scope, with or without `;`, or with a body in braces."""

    name: str = ""


@dataclass(frozen=True)
class Opaque(Item):
    """What the parser cannot read, byte for byte; `unbalanced` when a bracket is never closed."""

    unbalanced: bool = False


@dataclass(frozen=True)
class Module:
    """A file: its items and what follows the last of them."""

    items: tuple[Item, ...]
    footer: str = ""

    @cached_property
    def code(self) -> str:
        """The text of the file, byte for byte as parsed unless changed."""
        return "".join(item.code for item in self.items) + self.footer

    def with_items(self, items: tuple[Item, ...]) -> Module:
        """Return a module with these items; the same module when nothing changed.

        >>> module = Module((Opaque("", "x", ""),))
        >>> module.with_items(module.items) is module
        True
        """
        same = len(items) == len(self.items) and all(
            new is old for new, old in zip(items, self.items, strict=True)
        )
        return self if same else Module(items, self.footer)

    @cached_property
    def parts(self) -> tuple[Item, ...]:
        r"""The items, and the footer as one more: comments behind the last item are text as well.

        >>> [part.code for part in Module((Opaque("", "x", ""),), "\n/* end */").parts]
        ['x', '\n/* end */']
        """
        return (*self.items, Item("", self.footer, "")) if self.footer.strip() else self.items

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """For each part the offset in `code` of its `text` (behind its leading trivia)."""
        starts, offset = [], 0
        for item in self.parts:
            starts.append(offset + len(item.leading))
            offset += len(item.leading) + len(item.text) + len(item.trailing)
        return tuple(starts)

    @cached_property
    def _newlines(self) -> tuple[int, ...]:
        lengths = accumulate(map(len, self.code.split("\n")[:-1]))
        return tuple(map(add, lengths, count()))

    def position(self, offset: int) -> tuple[int, int]:
        r"""Return line and column of an offset in `code`, both from 1; a tab counts one column.

        >>> Module((), "a\n\tb").position(3)
        (2, 2)
        """
        line = bisect_right(self._newlines, offset - 1)
        return line + 1, offset - (self._newlines[line - 1] if line else -1)

    def line(self, number: int) -> str:
        r"""Return the text of a line counted from 1, without its newline.

        >>> Module((), "a\nb").line(2)
        'b'
        """
        lines = self.code.split("\n")
        return lines[number - 1] if 0 < number <= len(lines) else ""
