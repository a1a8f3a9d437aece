"""Declarations that go, wholly or in part: `static int a(int), b(int);` may keep one of the two."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from vtsplit.cst.heads.declarator_list import declarators_of
from vtsplit.cst.lexer import Kind
from vtsplit.cst.nodes import Declaration, Item
from vtsplit.survey.cfile.definitions import Definition


@dataclass(frozen=True)
class Dropped:
    """The items of a file that go, and of others, by index, the names that go."""

    whole: frozenset[int] = frozenset()
    parts: Mapping[int, frozenset[str]] = field(default_factory=dict)

    def has(self, index: int, name: str) -> bool:
        """Tell whether a name goes from an item."""
        return index in self.whole or name in self.parts.get(index, ())


def sort_out(definitions: Iterable[Definition]) -> Dropped:
    """Tell which of the declarations that are to go can do so as a whole."""
    names: dict[int, set[str]] = {}
    items: dict[int, Item] = {}
    for definition in definitions:
        names.setdefault(definition.index, set()).add(definition.name)
        items[definition.index] = definition.item
    parts = {
        index: frozenset(gone)
        for index, gone in names.items()
        if not _every_name(items[index]) <= gone
    }
    return Dropped(frozenset(names.keys() - parts.keys()), parts)


def _every_name(item: Item) -> frozenset[str]:
    if not isinstance(item, Declaration) or not item.head.more:
        return frozenset()
    return frozenset(one.name for one in declarators_of(item))


def may_thin(item: Item) -> bool:
    """Tell whether names can be left out of a list: no comment or `#if` in it belongs to one."""
    return (
        isinstance(item, Declaration)
        and not item.head.defines_tag
        and not any(token.kind in {Kind.COMMENT, Kind.DIRECTIVE} for token in item.tokens)
    )
