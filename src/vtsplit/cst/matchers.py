"""Small declarative patterns over items: what to look for, apart from what to do with it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from vtsplit.cst.nodes import Item, Module


@dataclass(frozen=True)
class Pattern:
    """An item class and what its attributes must be: a value, a set of values, or a predicate.

    An attribute may be a path: `head__is_static`.
    """

    kind: type[Item]
    wanted: dict[str, Any] = field(default_factory=dict)

    def matches(self, item: Item) -> bool:
        """Tell whether an item fits."""
        return isinstance(item, self.kind) and all(
            _fits(_attribute(item, path), wanted) for path, wanted in self.wanted.items()
        )


def pattern(kind: type[Item], **wanted: Any) -> Pattern:
    r"""Make a pattern.

    >>> from vtsplit.cst.nodes import FunctionDef
    >>> from vtsplit.cst.parser import parse_module
    >>> module = parse_module("static int f(void)\n{\n}\nint g(void)\n{\n}\n")
    >>> [item.name for item in find_all(module, pattern(FunctionDef, head__is_static=True))]
    ['f']
    """
    return Pattern(kind, wanted)


def find_all(module: Module, *patterns: Pattern) -> Iterator[Item]:
    r"""Yield the items that fit any of the patterns, in order.

    >>> from vtsplit.cst.nodes import Directive
    >>> from vtsplit.cst.parser import parse_module
    >>> module = parse_module("#if A\n#endif\n")
    >>> [item.argument for item in find_all(module, pattern(Directive, name="if"))]
    ['A']
    """
    for item in module.items:
        if any(wanted.matches(item) for wanted in patterns):
            yield item


def _attribute(item: Item, path: str) -> Any:
    value: Any = item
    for name in path.split("__"):
        value = getattr(value, name)
    return value


def _fits(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, set | frozenset):
        return value in wanted
    if isinstance(wanted, Callable):  # type: ignore[arg-type]
        return bool(wanted(value))
    return bool(value == wanted)
