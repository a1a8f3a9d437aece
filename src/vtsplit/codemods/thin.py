"""Take names out of declarations that have several.

Before:

    static int foo_open(int), foo_spare(int);

After:

    static int foo_spare(int);
"""

from collections.abc import Collection, Mapping

from vtsplit.cst.heads.declarator_list import without_declarators
from vtsplit.cst.nodes import Declaration, Module


def thin(module: Module, names: Mapping[int, Collection[str]]) -> Module:
    r"""Return the module with these names left out of these items, given by index.

    >>> from vtsplit.cst.parser import parse_module
    >>> thin(parse_module("int a;\nstatic int b(int), c(int);\n"), {1: {"b"}}).code
    'int a;\nstatic int c(int);\n'
    """
    return module.with_items(
        tuple(
            without_declarators(item, names[index])
            if index in names and isinstance(item, Declaration)
            else item
            for index, item in enumerate(module.items)
        )
    )
