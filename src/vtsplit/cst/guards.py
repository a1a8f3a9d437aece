"""The `#if` conditions in force at each item of a module, and text put under such conditions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from vtsplit.cst.directives import (
    BRANCHES,
    CONDITIONALS,
    OPENERS,
    directive_argument,
    directive_name,
)
from vtsplit.cst.lexer import Kind
from vtsplit.cst.nodes import Directive, Item, Module

_KEPT = "_item_guards"
_SIMPLE = re.compile(r"!?\s*(?:\w+|defined\s*\w+|\w+\s*\([^()]*\))\Z")
_DEFINED = re.compile(r"(!?)\s*defined\s*\(?\s*(\w+)\s*\)?\Z")


@dataclass(frozen=True)
class Condition:
    """One branch of an `#if`: what must hold, as a C expression, earlier branches denied.

    Two conditions are equal when their expressions are. `block` tells which `#if` of the module it
    was, `branch` which branch of it; `branches` is their number when an `#else` completes them,
    else 0.
    """

    expression: str
    block: int = field(default=-1, compare=False)
    branch: int = field(default=0, compare=False)
    branches: int = field(default=0, compare=False)

    @property
    def opener(self) -> str:
        """The directive that opens a block of the same condition.

        >>> Condition("defined(A)").opener, Condition("IS_ENABLED(A)").opener
        ('#ifdef A', '#if IS_ENABLED(A)')
        """
        match = _DEFINED.match(self.expression)
        if match:
            return f"#if{'n' if match[1] else ''}def {match[2]}"
        return f"#if {self.expression}"


Guard = tuple[Condition, ...]


def are_exclusive(one: Guard, other: Guard) -> bool:
    """Tell whether two guards are of different branches of one `#if`."""
    branches = {condition.block: condition.branch for condition in one if condition.block >= 0}
    return any(branches.get(c.block, c.branch) != c.branch for c in other)


def negate(expression: str) -> str:
    """Return the denial of a preprocessor expression, as short as is safe.

    >>> negate("defined(A)"), negate("!defined(A)"), negate("A || B")
    ('!defined(A)', 'defined(A)', '!(A || B)')
    """
    if _SIMPLE.match(expression):
        return expression[1:].strip() if expression.startswith("!") else f"!{expression}"
    return f"!({expression})"


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
    negated = _DEFINED.match(first.argument) if first.name == "if" else None
    if negated and negated[1]:
        named = negated[2]
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

    def guard(self, without_first: bool) -> Guard:
        conditions = tuple(condition for condition, _ in self.stack)
        return conditions[1:] if without_first else conditions

    def follow(self, text: str) -> None:
        name = directive_name(text)
        if name in OPENERS:
            expression = condition_of(name, directive_argument(text))
            condition = Condition(expression, self.seen, 0, self.branches[self.seen])
            self.stack.append((condition, [expression]))
            self.seen += 1
        elif name in BRANCHES and self.stack:
            condition, earlier = self.stack.pop()
            terms = [negate(expression) for expression in earlier]
            if name != "else":
                own = condition_of(name.replace("el", "", 1), directive_argument(text))
                earlier = [*earlier, own]
                terms.append(own if _SIMPLE.match(own) else f"({own})")
            expression = " && ".join(terms)
            branch = condition.branch + 1
            self.stack.append(
                (Condition(expression, condition.block, branch, condition.branches), earlier)
            )
        elif name == "endif" and self.stack:
            self.stack.pop()


def condition_of(name: str, argument: str) -> str:
    """Return the condition of an `#if`, `#ifdef` or `#ifndef` as an expression."""
    if name == "ifdef":
        return f"defined({argument})"
    if name == "ifndef":
        return f"!defined({argument})"
    match = _DEFINED.match(argument)
    return f"{match[1]}defined({match[2]})" if match else argument


def cover(guards: Iterable[Guard]) -> Guard:
    """Return the weakest guard under which any of these holds.

    Complementary branches join: what is defined in all branches of an `#if` is there always.

    >>> a = Condition("defined(A)", 0, 0, 2)
    >>> b = Condition("!defined(A)", 0, 1, 2)
    >>> cover([(a,), (b,)]), cover([(a,), (a,)]) == (a,)
    ((), True)
    """
    remaining = list(dict.fromkeys(guards))
    while True:
        joined = next((new for new in _joins(remaining) if new != remaining), None)
        if joined is None:
            break
        remaining = joined
    if len(remaining) == 1:
        return remaining[0]
    shared = 0
    while all(len(g) > shared and g[shared] == remaining[0][shared] for g in remaining):
        shared += 1
    either = " || ".join(_conjunction(guard[shared:]) for guard in remaining)
    return (*remaining[0][:shared], Condition(either))


def _joins(guards: list[Guard]) -> Iterator[list[Guard]]:
    """Yield shorter lists of guards that say the same."""
    for guard in guards:
        yield [g for g in guards if g[: len(guard)] != guard or g == guard]
    for guard in guards:
        if not guard:
            continue
        outer, last = guard[:-1], guard[-1]
        same = [g for g in guards if g and g[:-1] == outer]
        branches = {g[-1].branch for g in same if g[-1].block == last.block}
        complete = last.branches and len(branches) == last.branches
        if complete or any(g[-1].expression == negate(last.expression) for g in same):
            yield [*[g for g in guards if not g or g[:-1] != outer], outer]


def _conjunction(guard: Guard) -> str:
    terms = [c.expression if _SIMPLE.match(c.expression) else f"({c.expression})" for c in guard]
    return terms[0] if len(terms) == 1 else f"({' && '.join(terms)})"


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
        shared = 0
        while shared < min(len(guard), len(current)) and guard[shared] == current[shared]:
            shared += 1
        lines += ["#endif\n"] * (len(current) - shared)
        lines += [f"{condition.opener}\n" for condition in guard[shared:]]
        lines.append(text)
        current = guard
    return "".join(lines)
