"""Find the place of a new piece of text among items: beside another, under a shared `#if`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from vtsplit.cst.conditions import Guard, shared
from vtsplit.cst.directives import BRANCHES, OPENERS
from vtsplit.cst.guards import guarded, item_guards
from vtsplit.cst.nodes import Directive, FunctionDef, Item, Module
from vtsplit.cst.parser import parse_module


@dataclass(frozen=True)
class InsertionPoint:
    """An index among a module's items, and how many conditions of a guard hold there already."""

    at: int
    shared: int


@dataclass(frozen=True)
class Insertion:
    """A function or macro to put into a module: its name, its guard, its text."""

    name: str
    guard: Guard
    text: str


def behind(module: Module, index: int, guard: Guard) -> InsertionPoint:
    """Find the place behind an item: in its `#if` block or, past the `#endif`s, outside of it."""
    guards = item_guards(module)
    count = len(module.items)
    common = shared(guards[index], guard)
    at = index + 1
    while (
        at < count
        and len(guards[at - 1]) > common
        and guards[at][: common + 1] == guards[index][: common + 1]
    ):
        at += 1
    # Past the `#endif` itself, which stands outside of the block it ends.
    if len(guards[index]) > common and at < count:
        while at < count and not _is_endif(module.items[at]):
            at += 1
        at += 1
    if at < count - 1 and guards[at + 1] == guard != guards[at] and _opens(module.items[at]):
        at += 1
        common = len(guard)
    return InsertionPoint(at, common)


def before(module: Module, index: int, guard: Guard) -> InsertionPoint:
    """Find the place in front of an item, or of the `#if` it stands under."""
    guards = item_guards(module)
    common = shared(guards[index], guard)
    at = index
    while at > 0 and len(guards[at]) > common:
        at -= 1
    return InsertionPoint(at, common)


def _is_endif(item: Item) -> bool:
    return isinstance(item, Directive) and item.name == "endif"


def _opens(item: Item) -> bool:
    return isinstance(item, Directive) and item.name in OPENERS


def insert(
    module: Module,
    piece: Insertion,
    order: Sequence[str],
    name_of: Callable[[Item], str],
    home: InsertionPoint,
) -> Module:
    r"""Insert a piece where `order` has its place among those that `name_of` finds; else at home.

    >>> module = parse_module("#define A\n#define C\n")
    >>> name_of = lambda item: item.macro.name
    >>> piece = Insertion("B", (), "#define B\n")
    >>> insert(module, piece, ["A", "B", "C"], name_of, InsertionPoint(0, 0)).code
    '#define A\n#define B\n#define C\n'
    """
    places: Mapping[str, int] = {
        name: at for at, item in enumerate(module.items) if (name := name_of(item))
    }
    rank = order.index(piece.name)
    earlier = next((places[n] for n in reversed(order[:rank]) if n in places), None)
    later = next((places[n] for n in order[rank + 1 :] if n in places), None)
    if earlier is not None:
        place = behind(module, earlier, piece.guard)
    elif later is not None:
        place = before(module, later, piece.guard)
    else:
        place = home
    return put(module, place, guarded([(piece.guard[place.shared :], piece.text)]))


def put(module: Module, place: InsertionPoint, text: str) -> Module:
    r"""Put text between items. A function stands apart from its neighbours by blank lines.

    Functions of one line each stand together.

    >>> put(parse_module("int a;\n"), InsertionPoint(1, 0), "int f(void)\n{\n}\n").code
    'int a;\n\nint f(void)\n{\n}\n'
    """
    items = list(module.items)
    fresh = list(parse_module(text).items)
    at = place.at
    apart = any(_stands_apart(item) for item in fresh)
    previous = items[at - 1] if at else None
    following = items[at] if at < len(items) else None
    short = len(fresh) == 1 and _is_one_line(fresh[0])
    if short and previous is not None and _is_one_line(previous):
        pass
    elif apart and previous is not None and not _begins_branch(previous):
        fresh[0] = fresh[0].with_changes(leading=_blank(fresh[0].leading))
    elif not apart and following is not None and following.leading.startswith("\n"):
        # What was the first below a blank line is so no more.
        same = isinstance(following, Directive) and not _ends_branch(following)
        if same and previous is not None and not isinstance(previous, Directive):
            fresh[0] = fresh[0].with_changes(leading="\n")
            items[at] = following.with_changes(leading=following.leading[1:])
    if previous is not None and not previous.code.endswith("\n"):
        items[at - 1] = previous.with_changes(trailing=previous.trailing + "\n")
    together = short and following is not None and _is_one_line(following)
    if apart and following is not None and not _ends_branch(following) and not together:
        items[at] = items[at].with_changes(leading=_blank(items[at].leading))
    items[at:at] = fresh
    return module.with_items(tuple(items))


def _is_one_line(item: Item) -> bool:
    return isinstance(item, FunctionDef) and "\n" not in item.text


def _stands_apart(item: Item) -> bool:
    return not isinstance(item, Directive)


def _blank(leading: str) -> str:
    return leading if leading.startswith("\n") else "\n" + leading


def _begins_branch(item: Item) -> bool:
    return isinstance(item, Directive) and (item.name in OPENERS or item.name in BRANCHES)


def _ends_branch(item: Item) -> bool:
    return isinstance(item, Directive) and (item.name == "endif" or item.name in BRANCHES)
