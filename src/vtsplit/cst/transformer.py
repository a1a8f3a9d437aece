"""Change a module's items.

As in LibCST, a method `leave_X` is called for items of class X, and an unchanged item is shared
between the old module and the new one.
"""

from collections.abc import Callable

from vtsplit.cst.nodes import Item, Module


class Transformer:
    r"""Changes items: `leave_X(self, item)` returns an item, several in a tuple, or None for none.

    >>> from vtsplit.cst.parser import parse_module
    >>> class Drop(Transformer):
    ...     def leave_Declaration(self, item):
    ...         return None
    >>> Drop().transform(parse_module("int a;\n#include <b.h>\n")).code
    '#include <b.h>\n'
    """

    def transform(self, module: Module) -> Module:
        """Return the module with each item replaced by what its method returned."""
        items: list[Item] = []
        for item in module.items:
            method: Callable[[Item], Item | tuple[Item, ...] | None] | None = getattr(
                self, f"leave_{type(item).__name__}", None
            )
            result = method(item) if method is not None else item
            if isinstance(result, Item):
                items.append(result)
            elif result is not None:
                items.extend(result)
        return module.with_items(tuple(items))
