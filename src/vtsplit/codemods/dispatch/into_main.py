r"""Put wrappers into main and make the entries of its tables name them.

Before:

    struct ops bar_ops = {
            .open = a_open,
    };

After:

    static int bar_open(struct dev *dev) ...

    struct ops bar_ops = {
            .open = bar_open,
    };
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from vtsplit.codemods.drop import drop
from vtsplit.codemods.places import Insertion, InsertionPoint, insert, put
from vtsplit.cst.conditions import Condition, Guard
from vtsplit.cst.guards import item_guards
from vtsplit.cst.nodes import Directive, FunctionDef, Item, Module


def edit_items(module: Module, edits: Sequence[tuple[int, int, int, str]]) -> Module:
    """Return the module with pieces of its items replaced: item, offset, length, new text.

    >>> from vtsplit.cst.parser import parse_module
    >>> edit_items(parse_module("int a = f;\\n"), [(0, 8, 1, "gg")]).code
    'int a = gg;\\n'
    """
    by_item: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for index, offset, length, text in edits:
        by_item[index].append((offset, length, text))
    items = list(module.items)
    for index, pieces in by_item.items():
        text = items[index].text
        pieces.reverse()  # of those at one place, the one that was planned first is to stay first
        for offset, length, new in sorted(pieces, key=lambda piece: -piece[0]):
            text = text[:offset] + new + text[offset + length :]
        items[index] = items[index].with_changes(text=text)
    return module.with_items(tuple(items))


def rewrite(module: Module, texts: Mapping[str, str]) -> Module:
    """Return the module with these functions written anew, each where it stands."""
    items = [
        item.with_changes(text=texts[item.name], body=texts[item.name].index("\n{") + 1)
        if isinstance(item, FunctionDef) and item.name in texts
        else item
        for item in module.items
    ]
    return module.with_items(tuple(items))


def remove(module: Module, names: Collection[str]) -> Module:
    """Return the module without the functions and macros of these names."""
    gone = {at for at, item in enumerate(module.items) if _name(item) in names}
    return drop(module, gone)[0]


def hoist(module: Module, indices: Collection[int], before: int) -> Module:
    r"""Return the module with items, and the comments that are theirs, in front of an earlier one.

    >>> from vtsplit.cst.parser import parse_module
    >>> print(hoist(parse_module("int a;\n\nint b;\n\n/* c's */\nint c;\n"), {2}, 1).code, end="")
    int a;
    <BLANKLINE>
    /* c's */
    int c;
    <BLANKLINE>
    int b;
    """
    if not indices:
        return module
    rest, taken = drop(module, indices)
    lead = "\n" if before else ""
    first = taken[0].with_changes(leading=lead + taken[0].leading)
    return rest.with_items((*rest.items[:before], first, *taken[1:], *rest.items[before:]))


def add_wrappers(
    module: Module, pieces: Sequence[Insertion], order: Sequence[str], home: InsertionPoint
) -> Module:
    """Return the module with wrappers added in an order; the first one goes home."""
    for piece in pieces:
        # The place at home is that of the first; all others find one beside it.
        module = insert(module, piece, order, _function_name, home)
    return module


def add_macros(
    module: Module,
    chosen: Sequence[Insertion],
    left_out: Sequence[Insertion],
    condition: Condition,
    home: int,
) -> Module:
    r"""Return the module with the macros that choose by the configuration, those it lacks.

    They share one `#ifdef` with the wrappers, which stand in front of them.

    >>> from vtsplit.cst.parser import parse_module
    >>> a = Insertion("op", (Condition("defined(C)"),), "#define op(n) b_##n\n")
    >>> b = Insertion("op", (Condition("!defined(C)"),), "#define op(n) a_##n\n")
    >>> module = parse_module("int x;\n")
    >>> print(add_macros(module, [a], [b], Condition("defined(C)"), 0).code, end="")
    #ifdef C
    #define op(n) b_##n
    #else
    #define op(n) a_##n
    #endif
    <BLANKLINE>
    int x;
    """
    if not (chosen or left_out):
        return module
    if find_block(module, condition) is None:
        lines = [f"{condition.opener}\n", *(p.text for p in chosen), "#else\n"]
        lines += [*(p.text for p in left_out), "#endif\n"]
        items = list(module.items)
        module = put(module, InsertionPoint(home, 0), "".join(lines))
        first = module.items[home]
        module = _with_leading(module, home, "\n" if home else first.leading)
        at = home + len(module.items) - len(items)
        if at < len(module.items) and not module.items[at].leading.startswith("\n"):
            module = _with_leading(module, at, "\n" + module.items[at].leading)
        return module
    for pieces, denied in ((chosen, False), (left_out, True)):
        for piece in pieces:
            module = _add_macro(module, piece, [p.name for p in pieces], condition, denied)
    return module


def _add_macro(
    module: Module, piece: Insertion, order: list[str], condition: Condition, denied: bool
) -> Module:
    guards = item_guards(module)
    block = find_block(module, condition)
    assert block is not None
    start, middle, end = block
    inside = range(middle + 1, end) if denied else range(start + 1, middle)
    present = {
        item.macro.name: at
        for at in inside
        if isinstance(item := module.items[at], Directive) and item.macro
    }
    if piece.name in present:
        return module
    rank = order.index(piece.name)
    earlier = next((present[n] for n in reversed(order[:rank]) if n in present), None)
    later = next((present[n] for n in order[rank + 1 :] if n in present), None)
    home = earlier + 1 if earlier is not None else later
    at = home if home is not None else (end if denied else middle)
    return put(module, InsertionPoint(at, len(guards[start]) + 1), piece.text)


def find_block(module: Module, condition: Condition) -> tuple[int, int, int] | None:
    """Return the indices of `#ifdef`, `#else` and `#endif` of the block of wrappers and macros.

    It is the first one of that condition with an `#else`.
    """
    items = module.items
    guards = item_guards(module)
    for start, item in enumerate(items):
        if not (isinstance(item, Directive) and _opens(item, condition)):
            continue
        outer = guards[start]
        middle = None
        for at in range(start + 1, len(items)):
            other = items[at]
            if not isinstance(other, Directive) or guards[at] != outer:
                continue
            if other.name == "else":
                middle = at
            elif other.name == "endif":
                if middle is not None:
                    return start, middle, at
                break
    return None


def home_in_block(module: Module, condition: Condition) -> InsertionPoint:
    """Return where the first wrapper goes in its block: in front of the macros."""
    block = find_block(module, condition)
    assert block is not None
    start, middle, _ = block
    at = start + 1
    while at < middle and not _is_macro(module.items[at]):
        at += 1
    return InsertionPoint(at, len(item_guards(module)[start]) + 1)


def lead(module: Module, at: int, text: str) -> Module:
    """Return the module with a comment of its own, a blank line behind it, above an item."""
    leading = module.items[at].leading
    blank = "\n" if leading.startswith("\n") else ""
    return _with_leading(module, at, f"{blank}{text}\n\n{leading[len(blank) :]}")


def _with_leading(module: Module, at: int, leading: str) -> Module:
    items = list(module.items)
    items[at] = items[at].with_changes(leading=leading)
    return module.with_items(tuple(items))


def _opens(item: Directive, condition: Condition) -> bool:
    return item.text.split("/*")[0].strip() in {condition.opener, f"#if {condition.expression}"}


def _is_macro(item: Item) -> bool:
    return item.macro is not None


def _function_name(item: Item) -> str:
    return item.name if isinstance(item, FunctionDef) else ""


def _name(item: Item) -> str:
    if item.macro:
        return item.macro.name
    return _function_name(item)


def add_stubs(
    module: Module, stubs: Sequence[Insertion], order: Sequence[str], guard: Guard
) -> Module:
    """Return the header with stubs for a left-out backend, in the `#else` of its declarations."""
    condition = guard[0]
    for stub in stubs:
        block = find_block(module, condition)
        if block is None:
            module = _with_else(module, condition)
            block = find_block(module, condition)
            assert block is not None
        home = InsertionPoint(block[2], 1)
        module = insert(module, stub, order, _function_name, home)
    return module


def _with_else(module: Module, condition: Condition) -> Module:
    """Give the last block of a condition an empty `#else`."""
    guards = item_guards(module)
    inside = [at for at, found in enumerate(guards) if found[:1] == (condition,)]
    at = inside[-1] + 1
    items = list(module.items)
    items.insert(at, Directive("", "#else", "\n"))
    return module.with_items(tuple(items))
