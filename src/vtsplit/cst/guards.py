"""The `#if` conditions in force at each item of a module, and text put under such conditions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from vtsplit.cst.conditions import (
    Condition,
    Guard,
    branch_after,
    condition_of,
    is_no_c,
    shared,
    tested_macro,
)
from vtsplit.cst.directives import (
    BRANCHES,
    CONDITIONALS,
    OPENERS,
    directive_name,
)
from vtsplit.cst.lexer import Kind
from vtsplit.cst.nodes import Directive, Item, Module

_KEPT = "_item_guards"
# What is deeper, or has more branches, counts by its outermost conditions and its first branches:
# all of them together would be as long as the text is, for each item.
MOST_NESTED, MOST_BRANCHES = 100, 100


def item_guards(module: Module) -> tuple[Guard, ...]:
    r"""Return for each item of the module the conditions in force where it starts, outermost first.

    The include guard of a header is no condition (`#ifndef X`, `#define X` as its first items).

    >>> from vtsplit.cst.parser import parse_module
    >>> module = parse_module("#ifdef A\nint a;\n#else\nint b;\n#endif\nint c;\n")
    >>> [[c.expression for c in guard] for guard in item_guards(module)]
    [[], ['defined(A)'], [], ['!defined(A)'], [], []]
    """
    kept: tuple[Guard, ...] | None = vars(module).get(_KEPT)
    if kept is None:
        # In the module itself, as a cached property of it would be.
        kept = vars(module)[_KEPT] = _item_guards(module)
    return kept


def read_by_cplusplus(module: Module) -> tuple[Item, ...]:
    """Return the items that no C compiler reads, but one of C++.

    >>> from vtsplit.cst.parser import parse_module
    >>> module = parse_module("#ifndef __cplusplus\\nint a;\\n#else\\nint b;\\n#endif\\n")
    >>> [item.name for item in read_by_cplusplus(module)]
    ['b']
    """
    pairs = zip(module.items, item_guards(module), strict=True)
    return tuple(item for item, guard in pairs if is_no_c(guard))


def _item_guards(module: Module) -> tuple[Guard, ...]:
    conditionals = [list(_conditionals(item)) for item in module.items]
    follower = _Follower(_blocks(conditionals))
    guards: list[Guard] = []
    skipped = include_guard(module)
    after: Guard = ()
    for at, item in enumerate(module.items):
        before = after
        if conditionals[at]:
            before = follower.guard(skipped is not None)
            for text in conditionals[at]:
                follower.follow(text)
            after = follower.guard(skipped is not None)
        if isinstance(item, Directive) and item.name in CONDITIONALS:
            # The directives themselves stand outside of the branches they bound.
            guards.append(min(before, after, key=len)[: -1 if item.name in BRANCHES else None])
        else:
            guards.append(before)
        if skipped is not None and at > skipped[1] and not follower.stack:
            skipped = None
    return tuple(guards)


def guard_inside(item: Item, offset: int) -> Guard:
    r"""Return the conditions that directives inside of an item put on what stands at an offset.

    >>> from vtsplit.cst.parser import parse_module
    >>> item = parse_module("int a[] = {\n#ifdef A\n1,\n#endif\n2 };\n").items[0]
    >>> [[c.expression for c in guard_inside(item, item.text.index(n))] for n in "12"]
    [['defined(A)'], []]
    """
    if "#" not in item.text:
        return ()  # asked for each entry of a table, most of which have no directive
    at = 0
    guard: Guard = ()
    for token, here in zip(item.tokens, token_guards(item), strict=True):
        at += len(token.text)
        if at > offset:
            break
        guard = here
    return guard


def token_guards(item: Item) -> Iterator[Guard]:
    """Yield for each token of an item the conditions that directives inside of it put on it.

    A directive has those of what follows it.
    """
    texts = list(_conditionals(item))
    follower = _Follower([0] * sum(directive_name(text) in OPENERS for text in texts))
    for token in item.tokens:
        if token.kind is Kind.DIRECTIVE:
            follower.follow(token.text)
        yield follower.guard(without_first=False)


def include_guard(module: Module) -> tuple[str, int] | None:
    r"""Return the macro that guards a header against a second inclusion, and its `#define`'s index.

    >>> from vtsplit.cst.parser import parse_module
    >>> include_guard(parse_module("#ifndef A_H\n#define A_H\nint a;\n#endif\n"))
    ('A_H', 1)
    """
    items = module.items
    if len(items) < 3 or not isinstance(items[-1], Directive) or items[-1].name != "endif":
        return None
    first, second = items[0], items[1]
    if not isinstance(first, Directive) or not isinstance(second, Directive):
        return None
    named = first.argument if first.name == "ifndef" else ""
    is_denied, macro = tested_macro(first.argument) if first.name == "if" else (False, "")
    if is_denied:
        named = macro
    guards = named and second.macro is not None and second.macro.name == named
    return (named, 1) if guards and _spans(module) else None


def _spans(module: Module) -> bool:
    """Tell whether the first `#if` has one branch and the module's last `#endif` is its own.

    `#ifndef pr_fmt`, `#define pr_fmt`, `#endif` may start a file that ends with another `#endif`.
    """
    depth = 0
    for at, item in enumerate(module.items):
        for text in _conditionals(item):
            name = directive_name(text)
            if name in BRANCHES and depth == 1:
                return False
            depth += (name in OPENERS) - (name == "endif")
        if depth <= 0:
            return at == len(module.items) - 1
    return False


def find_beyond(module: Module) -> int | None:
    """Return the index of the item from which on conditions are too many to be followed."""
    opened: list[int] = []
    for at, item in enumerate(module.items):
        for text in _conditionals(item):
            name = directive_name(text)
            if name in OPENERS:
                opened.append(0)
            elif opened and name in BRANCHES:
                opened[-1] += 1
            elif opened:
                opened.pop()
            if len(opened) > MOST_NESTED or (opened and opened[-1] > MOST_BRANCHES):
                return at
    return None


def _conditionals(item: Item) -> Iterator[str]:
    if isinstance(item, Directive):
        if item.name in CONDITIONALS:
            yield item.text
    elif "#" in item.text:
        for token in item.tokens:
            if token.kind is Kind.DIRECTIVE:
                yield token.text


def _blocks(conditionals: Iterable[Iterable[str]]) -> list[int]:
    """Return for each `#if` of the items, in order, its number of branches, 0 without `#else`."""
    counts: list[int] = []
    complete: list[bool] = []
    stack: list[int] = []
    for texts in conditionals:
        for text in texts:
            name = directive_name(text)
            if name in OPENERS:
                stack.append(len(counts))
                counts.append(1)
                complete.append(False)
            elif name in BRANCHES and stack:
                counts[stack[-1]] += 1
                complete[stack[-1]] |= name == "else"
            elif name == "endif" and stack:
                stack.pop()
    return [count if whole else 0 for count, whole in zip(counts, complete, strict=True)]


class _Follower:
    """The stack of open `#if`s while walking through a module."""

    def __init__(self, branches: list[int]) -> None:
        self.branches = branches
        self.seen = 0
        self.stack: list[tuple[Condition, list[str]]] = []
        self._guards: dict[bool, Guard] = {}  # kept until the stack changes

    def guard(self, without_first: bool) -> Guard:
        if without_first not in self._guards:
            conditions = tuple(condition for condition, _ in self.stack[:MOST_NESTED])
            self._guards[without_first] = conditions[1:] if without_first else conditions
        return self._guards[without_first]

    def follow(self, text: str) -> None:
        name = directive_name(text)
        self._guards = {}
        if name in OPENERS:
            expression = condition_of(text)
            condition = Condition(expression, self.seen, 0, self.branches[self.seen])
            self.stack.append((condition, [expression]))
            self.seen += 1
        elif name in BRANCHES and self.stack:
            condition, earlier = self.stack.pop()
            own = None if name == "else" else condition_of(text)
            expression = branch_after(earlier, own)
            if own is not None and len(earlier) < MOST_BRANCHES:
                earlier = [*earlier, own]
            branch = condition.branch + 1
            self.stack.append(
                (Condition(expression, condition.block, branch, condition.branches), earlier)
            )
        elif name == "endif" and self.stack:
            self.stack.pop()


def guarded(pieces: Sequence[tuple[Guard, str]]) -> str:
    r"""Join pieces of text, each under its guard; neighbours share the directives they can.

    >>> a = (Condition("defined(A)"),)
    >>> print(guarded([((), "x;\n"), (a, "y;\n"), (a, "z;\n")]), end="")
    x;
    #ifdef A
    y;
    z;
    #endif
    """
    lines: list[str] = []
    current: Guard = ()
    for guard, text in [*pieces, ((), "")]:
        common = shared(guard, current)
        lines += ["#endif\n"] * (len(current) - common)
        lines += [f"{condition.opener}\n" for condition in guard[common:]]
        lines.append(text)
        current = guard
    return "".join(lines)
