"""Put items that were taken out of one file into another, each under the guard it had.

Before (in the source file):

    static struct foo_ops foo_ops = {
            .open = foo_open,
    };

After (in main):

    struct foo_ops vt_ops = {
            .open = foo_open,
    };
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from vtsplit.codemods.expose import drop_linkage
from vtsplit.codemods.linkage import put_in_linkage
from vtsplit.cst.conditions import Guard
from vtsplit.cst.guards import include_guard, item_guards
from vtsplit.cst.nodes import Declaration, Directive, Item, MacroCall, Module
from vtsplit.cst.parser import parse_module
from vtsplit.cst.style.indentation import KERNEL, Indentation


@dataclass(frozen=True)
class TakenItem:
    """An item taken from the source file: its index there, its guard, and itself."""

    index: int
    guard: Guard
    item: Item


def make_global(
    items: Sequence[TakenItem], keep_static: Collection[str], style: Indentation = KERNEL
) -> list[TakenItem]:
    """Return the items with `static` dropped from those objects that others use.

    >>> item = parse_module("static int a = 1;\\n").items[0]
    >>> make_global([TakenItem(0, (), item)], set())[0].item.text
    'int a = 1;'
    """
    return [
        TakenItem(taken.index, taken.guard, _global(taken.item, style))
        if isinstance(taken.item, Declaration)
        and taken.item.name not in keep_static
        and taken.item.head.is_static
        else taken
        for taken in items
    ]


def _global(item: Declaration, style: Indentation) -> Item:
    end = item.head.initializer
    if end is None:
        return item.with_changes(text=drop_linkage(item.text, style=style))
    return item.with_changes(text=drop_linkage(item.text[:end], style=style) + item.text[end:])


def with_quiet(
    items: Iterable[TakenItem], quiet: Mapping[int, Sequence[str]]
) -> Iterator[TakenItem]:
    r"""Yield the items, those of `quiet` between pragmas that ignore warnings there.

    >>> items = [TakenItem(4, (), parse_module("int a[] = { 1 };\n").items[0])]
    >>> print(block_of(list(with_quiet(items, {4: ['ignored "-Wfoo"']}))), end="")
    #pragma GCC diagnostic push
    #pragma GCC diagnostic ignored "-Wfoo"
    <BLANKLINE>
    int a[] = { 1 };
    #pragma GCC diagnostic pop
    """
    for taken in items:
        said = quiet.get(taken.index, ())
        lines = ["push", *said] if said else []
        # The lines stand together, and the last one right behind the item.
        for at, line in enumerate(lines, -len(lines) - 1):
            yield TakenItem(at, taken.guard, _diagnostic(line))
        yield taken
        if said:
            yield TakenItem(taken.index + 1, taken.guard, _diagnostic("pop"))


def _diagnostic(what: str) -> Item:
    return parse_module(f"#pragma GCC diagnostic {what}\n").items[0]


def block_of(items: Sequence[TakenItem]) -> str:
    r"""Return the text of taken items: a blank line between those that had one, guards shared.

    >>> a, b = parse_module("#define A 1\n#define B 2\n").items
    >>> block_of([TakenItem(0, (), a), TakenItem(1, (), b)])
    '#define A 1\n#define B 2\n'
    """
    lines: list[str] = []
    current: Guard = ()
    last = -2
    for taken in items:
        together = taken.index == last + 1 and isinstance(taken.item, Directive | MacroCall)
        if taken.guard != current:
            lines += ["#endif\n"] * len(current)
            lines.append("\n" if lines else "")
            lines += [f"{condition.opener}\n" for condition in taken.guard]
        elif lines and not together:
            lines.append("\n")
        code = taken.item.code
        lines.append(code if code.endswith("\n") else f"{code}\n")
        current, last = taken.guard, taken.index
    return "".join([*lines, *["#endif\n"] * len(current)])


def place(module: Module, block: str, above: Collection[str] = ()) -> Module:
    r"""Return a file with a block behind its last definition, before what ends the file.

    Where a declaration of one of the names `above` stands already, the block goes above it. Where
    the file ends with a block of C linkage, it goes inside of that.

    >>> place(parse_module("int a;\n\nmodule_init(b);\n"), "int c;\n").code
    'int a;\n\nint c;\n\nmodule_init(b);\n'
    >>> header = parse_module("int a;\n\n#ifdef B\nint f(t);\n#endif\n")
    >>> place(header, "typedef int t;\n", ["f"]).code
    'int a;\n\ntypedef int t;\n\n#ifdef B\nint f(t);\n#endif\n'
    """
    if not block:
        return module
    items = list(module.items)
    at = _first_of(module, above)
    if at is None:
        linked = put_in_linkage(module, block, is_source=not above)
        if linked is not None:
            return linked
        at = len(items) - (1 if include_guard(module) else 0)
        while at > 0 and isinstance(items[at - 1], MacroCall):
            at -= 1
    fresh = list(parse_module(block).items)
    if at:
        fresh[0] = fresh[0].with_changes(leading="\n" + fresh[0].leading)
        if not items[at - 1].code.endswith("\n"):
            items[at - 1] = items[at - 1].with_changes(trailing=items[at - 1].trailing + "\n")
    if at < len(items) and not items[at].leading.startswith("\n"):
        items[at] = items[at].with_changes(leading="\n" + items[at].leading)
    items[at:at] = fresh
    return module.with_items(tuple(items))


def _first_of(module: Module, names: Collection[str]) -> int | None:
    """Return the first item that declares one of the names, or the `#if` around it."""
    found = next(
        (i for i, m in enumerate(module.items) if isinstance(m, Declaration) and m.name in names),
        None,
    )
    guards = item_guards(module) if found is not None else ()
    while found and guards[found]:
        found -= 1
    return found
