"""Add an `#include` at its place in the order of the file.

Before:

    #include "cpu.h"
    #include "x86.h"

After adding `"x86_ops.h"`:

    #include "cpu.h"
    #include "x86.h"
    #include "x86_ops.h"
"""

from collections.abc import Sequence
from itertools import pairwise

from vtsplit.codemods.places import before, behind
from vtsplit.cst.conditions import Guard
from vtsplit.cst.directives import OPENERS
from vtsplit.cst.guards import guarded, include_guard, item_guards
from vtsplit.cst.lexer import Kind, lex
from vtsplit.cst.nodes import Directive, Item, Module
from vtsplit.cst.parser import parse_module
from vtsplit.survey.order.feature_macros import is_configuration


def add_include(module: Module, target: str, last: bool = False) -> Module:
    r"""Return the module with `#include target`; the same module when it includes it already.

    A header in quotes goes among those in quotes, one in angle brackets among those; into sorted
    order where the last such block is sorted, else to its end. Blocks under `#if` are no place.
    With `last` it goes behind every include, for it relies on them. It never goes in front of the
    configuration that the file begins with.

    >>> from vtsplit.cst.parser import parse_module
    >>> add_include(parse_module('#include "a.h"\n#include "c.h"\n'), '"b.h"').code
    '#include "a.h"\n#include "b.h"\n#include "c.h"\n'
    >>> add_include(parse_module('#include "config.h"\n#include "z.h"\n'), '"b.h"').code
    '#include "config.h"\n#include "b.h"\n#include "z.h"\n'
    >>> guarded = "#define pr_fmt(f) f\n#ifdef A\n#include <a.h>\n#endif\n"
    >>> add_include(parse_module(guarded), '"b.h"').code
    '#define pr_fmt(f) f\n\n#include "b.h"\n\n#ifdef A\n#include <a.h>\n#endif\n'
    """
    items = list(module.items)
    if _present(items, target) is not None:
        return module
    at, blank = _place(module, target, last)
    return _insert(module, at, target, blank)


def add_in_order(module: Module, target: str, guard: Guard, order: Sequence[str]) -> Module:
    r"""Return the module with an include under a guard, where a file with this order has it.

    It goes where `add_include` puts it, but not in front of what comes earlier in `order`, nor
    behind what comes later: headers may rely on what is in front of them. `order` has includes, and
    the lines of macros that stand among them.

    >>> from vtsplit.cst.parser import parse_module
    >>> module = parse_module('#include "config.h"\n#include "b.h"\n')
    >>> order = ['"config.h"', "<a.h>", '"b.h"']
    >>> add_in_order(module, "<a.h>", (), order).code
    '#include "config.h"\n\n#include <a.h>\n\n#include "b.h"\n'

    Includes under one condition share it:

    >>> from vtsplit.cst.conditions import under
    >>> module = parse_module('#ifdef A\n#include "a.h"\n#endif\n#include "c.h"\n')
    >>> add_in_order(module, '"b.h"', under("A"), ['"a.h"', '"b.h"', '"c.h"']).code
    '#ifdef A\n#include "a.h"\n#include "b.h"\n#endif\n#include "c.h"\n'
    """
    guards = item_guards(module)
    there = (at for at, one in enumerate(module.items) if _is_include(one, target))
    if any(guards[at] == guard[: len(guards[at])] for at in there):
        return module
    at, blank = _place(module, target, last=False)
    low, high = _between(module, guards, target, order)
    if not low <= at <= high:
        at = low if at < low or high < low else high
        beside = module.items[max(at - 1, 0) : at + 1]
        blank = not any(_target(one)[:1] == target[0] for one in beside if _is_include(one))
    if not guard:
        return _insert(module, at, target, blank)
    newline = "\r\n" if "\r\n" in module.code else "\n"
    if at > 1 and guards[at - 2] == guard and _is_include(module.items[at - 2]):
        at, guard = at - 1, ()  # in front of the `#endif` of a block that it shares
    text = guarded([(guard, f"#include {target}\n")]).replace("\n", newline)
    items = list(module.items)
    if at and not items[at - 1].code.endswith("\n"):
        items[at - 1] = items[at - 1].with_changes(trailing=items[at - 1].trailing + newline)
    items[at:at] = parse_module(text).items
    return module.with_items(tuple(items))


def add_in_front(module: Module, line: str, guard: Guard, target: str | None) -> Module:
    r"""Return the module with a directive in front of an include, and of the `#if` round that.

    >>> from vtsplit.cst.parser import parse_module
    >>> module = parse_module('#include "config.h"\n\n#include "b.h"\n')
    >>> add_in_front(module, "#define A 1", (), '"b.h"').code
    '#include "config.h"\n\n#define A 1\n#include "b.h"\n'
    """
    items = list(module.items)
    at = next(at for at, one in enumerate(items) if _is_include(one, target))
    at = before(module, at, ()).at
    newline = "\r\n" if "\r\n" in module.code else "\n"
    fresh = list(parse_module(guarded([(guard, f"{line}\n")]).replace("\n", newline)).items)
    fresh[0] = fresh[0].with_changes(leading=items[at].leading)
    items[at] = items[at].with_changes(leading="")
    items[at:at] = fresh
    return module.with_items(tuple(items))


def _between(
    module: Module, guards: Sequence[Guard], target: str, order: Sequence[str]
) -> tuple[int, int]:
    """Return the index behind all lines that come earlier, and that in front of all later ones.

    The lines are includes and the macros in front of them. Both stand outside of every `#if`.
    """
    low, high = 0, len(module.items)
    if target not in order:
        return low, high
    rank = order.index(target)
    opened = 0
    pending: list[bool] = []  # of the lines in the block that is open: whether it is earlier
    for at, item in enumerate(module.items):
        outside = not guards[at]
        if outside and isinstance(item, Directive) and item.name in OPENERS:
            opened = at
        line = _ordered_line(item)
        if line in order and line != target:
            is_earlier = order.index(line) < rank
            if not outside:
                pending.append(is_earlier)
            elif is_earlier:
                low = at + 1
            else:
                high = min(high, at)
        if pending and outside and isinstance(item, Directive) and item.name == "endif":
            low = at + 1 if any(pending) else low
            high = high if all(pending) else min(high, opened)
            pending.clear()
    return low, high


def _ordered_line(item: Item) -> str:
    """Return what an order has of an item: an include's target, a macro's line, "" of others."""
    if not isinstance(item, Directive):
        return ""
    return item.include or (item.text if item.name in {"define", "undef"} else "")


def _is_include(item: Item, target: str | None = None) -> bool:
    return isinstance(item, Directive) and bool(item.include) and target in {None, item.include}


def include_place(module: Module, target: str, last: bool = False) -> int:
    r"""Return the index of the item in front of which `add_include` would put an include.

    >>> from vtsplit.cst.parser import parse_module
    >>> include_place(parse_module('#include "a.h"\n#include "c.h"\n'), '"b.h"')
    1
    """
    there = _present(list(module.items), target)
    return _place(module, target, last)[0] if there is None else there


def _present(items: list[Item], target: str) -> int | None:
    found = (i for i, m in enumerate(items) if isinstance(m, Directive) and m.include == target)
    return next(found, None)


def _place(module: Module, target: str, last: bool) -> tuple[int, bool]:
    """Return where an include goes, and whether a blank line sets it apart."""
    items = list(module.items)
    free = _unguarded_includes(module)
    if last and free:
        return free[-1] + 1, _target(items[free[-1]])[0] != target[0]
    low = _behind_configuration(module)
    alike = [at for at in free if _target(items[at])[0] == target[0]]
    if alike:
        return max(low, _sorted_place(items, _last_block(items, alike), target)), False
    if free:
        return max(low, free[-1] + 1 if target[0] == '"' else free[0]), True
    conditional = _guarded_block(module)
    return max(low, _after_preamble(module) if conditional is None else conditional), True


def _behind_configuration(module: Module) -> int:
    """Return the index behind the configuration that a file includes in front of its code."""
    last = 0
    for at, item in enumerate(module.items):
        if not isinstance(item, Directive):
            break
        if item.include and is_configuration(item.include):
            last = behind(module, at, ()).at
    return last


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


def _guarded_block(module: Module) -> int | None:
    """Return where the `#if` stands that guards the first includes, with no code in front of it.

    What is defined above it is meant for all headers: `#define pr_fmt`.
    """
    guards = item_guards(module)
    opened = None
    for at, item in enumerate(module.items):
        if not isinstance(item, Directive):
            return None
        if item.name in OPENERS and not guards[at]:
            opened = at
        if item.include and guards[at]:
            return opened
    return None


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


def _insert(module: Module, at: int, target: str, blank: bool) -> Module:
    items = list(module.items)
    newline = "\r\n" if "\r\n" in module.code else "\n"
    if at > 0 and not items[at - 1].code.endswith("\n"):
        items[at - 1] = items[at - 1].with_changes(trailing=items[at - 1].trailing + newline)
    leading, trailing = "", newline
    following = items[at] if at < len(items) else None
    if blank:
        # A licence or comment at the top stays above, unless code begins on its last line.
        above, beside = _lines_above(following.leading) if following and not at else ("", "")
        leading = newline if at else above
        if following is not None:
            rest = following.leading if at else beside
            gap = rest if rest.startswith(newline) else newline + rest
            items[at] = following.with_changes(leading=gap)
    elif (
        isinstance(following, Directive)
        and following.include
        and _target(following)[0] == target[0]
    ):
        # The first line of a block has the blank line that stands in front of the block.
        leading = following.leading
        items[at] = following.with_changes(leading="")
    items.insert(at, Directive(leading, f"#include {target}", trailing))
    return module.with_items(tuple(items))


def _lines_above(leading: str) -> tuple[str, str]:
    r"""Return the whole lines in front of an item, and what begins on the line of its first word.

    >>> _lines_above("/* a */\n/* b\n*/ ")
    ('/* a */\n', '/* b\n*/ ')
    """
    tokens = lex(leading)
    ends = (at for at, token in enumerate(tokens, 1) if token.kind is Kind.NEWLINE)
    last = max(ends, default=0)
    texts = [token.text for token in tokens]
    return "".join(texts[:last]), "".join(texts[last:])
