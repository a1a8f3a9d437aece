"""Add an `#include` where the file's own order has its place.

Before:

    #include "cpu.h"
    #include "x86.h"

After adding `"x86_ops.h"`:

    #include "cpu.h"
    #include "x86.h"
    #include "x86_ops.h"
"""

from itertools import pairwise

from vtsplit.cst.guards import include_guard, item_guards
from vtsplit.cst.nodes import Directive, Item, Module


def add_include(module: Module, target: str, last: bool = False) -> Module:
    r"""Return the module with `#include target`; the same module when it includes it already.

    A header in quotes goes among those in quotes, one in angle brackets among those; into sorted
    order where the last such block is sorted, else to its end. Blocks under `#if` are no place.
    With `last` it goes behind every include, for it relies on them.

    >>> from vtsplit.cst.parser import parse_module
    >>> add_include(parse_module('#include "a.h"\n#include "c.h"\n'), '"b.h"').code
    '#include "a.h"\n#include "b.h"\n#include "c.h"\n'
    """
    items = list(module.items)
    if any(isinstance(item, Directive) and item.include == target for item in items):
        return module
    free = _unguarded_includes(module)
    if last and free:
        return _insert(module, free[-1] + 1, target, blank=_target(items[free[-1]])[0] != target[0])
    alike = [at for at in free if _target(items[at])[0] == target[0]]
    if alike:
        block = _last_block(items, alike)
        at = _sorted_place(items, block, target)
        return _insert(module, at, target, blank=False, ends=at > block[-1])
    if free:
        at = free[-1] + 1 if target[0] == '"' else free[0]
        return _insert(module, at, target, blank=True)
    return _insert(module, _after_preamble(module), target, blank=True)


def _target(item: Item) -> str:
    assert isinstance(item, Directive)
    return item.include or ""


def _unguarded_includes(module: Module) -> list[int]:
    """Return the includes that no `#if` guards and that stand before the first code."""
    guards = item_guards(module)
    found = []
    for at, item in enumerate(module.items):
        if isinstance(item, Directive):
            if item.include and not guards[at]:
                found.append(at)
        elif found:
            break
    return found


def _last_block(items: list[Item], places: list[int]) -> list[int]:
    """Return the last run of includes with nothing but them in it."""
    block = [places[-1]]
    for at in reversed(places[:-1]):
        if at != block[0] - 1 or "\n" in items[block[0]].leading:
            break
        block.insert(0, at)
    return block


def _sorted_place(items: list[Item], block: list[int], target: str) -> int:
    names = [_target(items[at]) for at in block]
    ordered = sum(a <= b for a, b in pairwise(names))
    # Most blocks called sorted have a stray or two: follow the order of the majority.
    if len(names) > 1 and ordered * 4 >= (len(names) - 1) * 3:
        return next((at for at in block if _target(items[at]) > target), block[-1] + 1)
    return block[-1] + 1


def _after_preamble(module: Module) -> int:
    guard = include_guard(module)
    return guard[1] + 1 if guard else 0


def _insert(module: Module, at: int, target: str, blank: bool, ends: bool = False) -> Module:
    items = list(module.items)
    newline = "\r\n" if "\r\n" in module.code else "\n"
    if at > 0 and not items[at - 1].code.endswith("\n"):
        items[at - 1] = items[at - 1].with_changes(trailing=items[at - 1].trailing + newline)
    leading, trailing = "", newline
    following = items[at] if at < len(items) else None
    if blank:
        leading = newline if at else (following.leading if following else "")
        if following is not None:
            # A licence or comment at the top stays above.
            rest = following.leading if at else ""
            gap = rest if rest.startswith(newline) else newline + rest
            items[at] = following.with_changes(leading=gap)
    elif isinstance(following, Directive) and following.include and not ends:
        # The first line of a block has the blank line that stands in front of the block.
        leading = following.leading
        items[at] = following.with_changes(leading="")
    items.insert(at, Directive(leading, f"#include {target}", trailing))
    return module.with_items(tuple(items))
