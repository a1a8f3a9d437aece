"""Which of a file's own macros hold at each of its items: a `#define` counts below its line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from vtsplit.cst.directives import CONDITIONALS, directive_argument
from vtsplit.cst.guards import item_guards
from vtsplit.cst.lexer import code_words, lex_line
from vtsplit.cst.nodes import Directive, Item, Module

_WORD = re.compile(r"[A-Za-z_$][\w$]*")
# A line that defines a macro or ends one, with the conditions that it stands under.
MacroDirective = tuple[tuple[str, ...], tuple[str, ...]]
# The lines that count for a name, by name.
MacroDirectives = Mapping[str, tuple[MacroDirective, ...]]


@dataclass
class _Macro:
    """What a file says of one name: where, and the words of all its definitions."""

    lines: list[tuple[int, MacroDirective]] = field(default_factory=list)
    words: set[str] = field(default_factory=set)

    def above(self, index: int) -> tuple[MacroDirective, ...]:
        """Return the lines that count at an item, from the last that stands under no condition."""
        found: list[MacroDirective] = []
        for at, line in self.lines:
            if at >= index:
                break
            if not line[0]:
                found = []
            if line[0] or line[1][1:2] == ("define",):
                found.append(line)
        return tuple(found)


class MacrosInForce:
    r"""The macros of one file, and which of their lines count at each item.

    >>> from vtsplit.cst.parser import parse_module
    >>> text = "#define N 1\nint a = N;\n#undef N\n#define N 2\nint b = N;\n"
    >>> found = MacrosInForce(parse_module(text))
    >>> [sorted(" ".join(line[1]) for line in found.at(index)["N"]) for index in (1, 4)]
    [['# define N 1'], ['# define N 2']]
    """

    def __init__(self, module: Module) -> None:
        self.module = module
        self.conditions = [tuple(one.expression for one in guard) for guard in item_guards(module)]
        self.macros: dict[str, _Macro] = {}
        for at, item in enumerate(module.items):
            if isinstance(item, Directive) and item.name in {"define", "undef"}:
                found = _WORD.match(directive_argument(item.text))
                if found is None:
                    continue
                macro = self.macros.setdefault(found[0], _Macro())
                macro.lines.append((at, (self.conditions[at], _line(item))))
                macro.words |= set(_WORD.findall(item.text)) - {found[0]}

    def at(self, index: int) -> MacroDirectives:
        """Return the lines that count for each name that an item has, directly or by a macro."""
        return {name: self.macros[name].above(index) for name in self._named(index)}

    @cached_property
    def unsettled(self) -> frozenset[str]:
        """The names of which a line stands below an item that has the name."""
        last = {name: macro.lines[-1][0] for name, macro in self.macros.items()}
        return frozenset(
            name
            for index in range(len(self.module.items))
            for name in self._named(index)
            if last[name] > index
        )

    def _named(self, index: int) -> frozenset[str]:
        item = self.module.items[index]
        if not self.macros or isinstance(item, Directive):
            return frozenset()
        pending = {*self._words(item), *_words_of(self.conditions[index])} & self.macros.keys()
        found: set[str] = set()
        while pending:
            name = pending.pop()
            found.add(name)
            pending |= (self.macros[name].words & self.macros.keys()) - found
        return frozenset(found)

    @staticmethod
    def _words(item: Item) -> Iterator[str]:
        return (match[0] for match in _WORD.finditer(item.text))


def ordered_lines(module: Module) -> tuple[tuple[str, ...], ...]:
    r"""Return the lines of a file whose order tells what a header means, in their order.

    These are its includes and pragmas, and the macros in front of the last of them.

    >>> from vtsplit.cst.parser import parse_module
    >>> text = '#define A\nint a;\n#include "a.h"\n#define B\n'
    >>> ordered_lines(parse_module(text))
    (('#', 'define', 'A'), ('#', 'include', '"a.h"'))
    """
    lines = [
        one for one in module.items if isinstance(one, Directive) and one.name not in CONDITIONALS
    ]
    while lines and lines[-1].name in {"define", "undef"}:
        lines.pop()
    return tuple(map(_line, lines))


def _line(directive: Directive) -> tuple[str, ...]:
    return tuple(code_words(lex_line(directive.text)))


def _words_of(texts: Iterable[str]) -> Iterator[str]:
    return (word for text in texts for word in _WORD.findall(text))
