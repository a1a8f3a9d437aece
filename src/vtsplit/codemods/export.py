"""Export what another module names: a line behind each definition, and the import of a namespace.

Before:

    int foo_open(struct foo *foo)
    {
            return foo->unit;
    }

After:

    int foo_open(struct foo *foo)
    {
            return foo->unit;
    }
    EXPORT_SYMBOL_GPL(foo_open);
"""

from collections.abc import Mapping, Sequence

from vtsplit.cst.guards import read_by_cplusplus
from vtsplit.cst.nodes import Declaration, FunctionDef, Item, Module
from vtsplit.cst.parser import parse_module


def export(module: Module, calls: Mapping[str, str]) -> Module:
    r"""Return the module with a call, by name, on the line behind each definition.

    >>> module = parse_module("int f(void);\nint f(void)\n{\n}\n\nint a = 1;\nint b;")
    >>> print(export(module, {"f": "EXPORT(f);", "b": "EXPORT(b);"}).code, end="")
    int f(void);
    int f(void)
    {
    }
    EXPORT(f);
    <BLANKLINE>
    int a = 1;
    int b;
    EXPORT(b);
    """
    newline = "\r\n" if "\r\n" in module.code else "\n"
    items: list[Item] = []
    others = {id(item) for item in read_by_cplusplus(module)}
    for item in module.items:
        items.append(item)
        if not isinstance(item, FunctionDef | Declaration) or item.name not in calls:
            continue
        if id(item) in others:
            continue
        if isinstance(item, Declaration) and (item.head.is_function or _is_extern(item)):
            continue
        if not item.code.endswith("\n"):
            items[-1] = item.with_changes(trailing=item.trailing + newline)
        items += parse_module(calls[item.name] + newline).items
    return module.with_items(tuple(items))


def _is_extern(item: Declaration) -> bool:
    return "extern" in item.head.storage and item.initializer is None


def add_lines(module: Module, lines: Sequence[str]) -> Module:
    r"""Return the module with macro calls behind everything else.

    >>> add_lines(parse_module('MODULE_LICENSE("GPL");\n'), ["MODULE_IMPORT_NS(FOO);"]).code
    'MODULE_LICENSE("GPL");\nMODULE_IMPORT_NS(FOO);\n'
    """
    if not lines:
        return module
    newline = "\r\n" if "\r\n" in module.code else "\n"
    text = module.code
    text += "" if text.endswith("\n") or not text else newline
    return parse_module(text + "".join(f"{line}{newline}" for line in lines))
