"""Whether conditions of `#if` imply others, whatever their macros are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations, product

from vtsplit.cst.conditions import COMPARED, OPPOSITE
from vtsplit.cst.lexer import code_tokens, lex_line
from vtsplit.cst.spans import matching, split_at

# Conditions that must hold together, and several of these of which one must hold.
Together = tuple[str, ...]
_MOST = 12  # tests: each may hold or not, so that there are 4096 ways


def implies(given: Collection[Together], wanted: Collection[Together]) -> bool:
    """Tell whether one of the wanted surely holds wherever one of the given does.

    A test other than `defined` may come out in either way. Of more than a dozen tests only what is
    there word for word counts.

    >>> implies([("defined(A)",), ("!defined(A)", "B > 1")], [("defined(A) || (B > 1)",)])
    True
    >>> implies([("defined(A)",)], [("defined(B)",)]), implies([("A",)], [("defined(A)",)])
    (False, True)
    """
    if all(any(set(one) >= set(other) for other in wanted) for one in given):
        return True
    ours, theirs = ([[_read(text) for text in one] for one in side] for side in (given, wanted))
    tests = sorted({test for one in (*ours, *theirs) for tree in one for test in _tests(tree)})
    if len(tests) > _MOST:
        return False
    return all(
        any(all(_holds(tree, truth) for tree in one) for one in theirs)
        for truth in _truths(tests)
        if any(all(_holds(tree, truth) for tree in one) for one in ours)
    )


def configurations(conditions: Iterable[str]) -> Iterator[Callable[[Together], bool]]:
    """Yield what tells which conditions hold, for each way in which the tests may come out.

    Of more than a dozen tests at most two hold at once.

    >>> [holds(("defined(A)",)) for holds in configurations(["defined(A)", "!defined(A)"])]
    [False, True]
    """
    trees = {text: _read(text) for text in conditions}
    tests = sorted({test for tree in trees.values() for test in _tests(tree)})
    for truth in _truths(tests) if len(tests) <= _MOST else _few(tests):
        yield partial(_hold, trees, truth)


def _hold(trees: Mapping[str, _Tree], truth: Mapping[str, bool], together: Together) -> bool:
    return all(_holds(trees[text], truth) for text in together)


def _truths(tests: Sequence[str]) -> Iterator[dict[str, bool]]:
    for values in product((False, True), repeat=len(tests)):
        truth = dict(zip(tests, values, strict=True))
        if _is_possible(truth):
            yield truth


def _few(tests: Sequence[str]) -> Iterator[dict[str, bool]]:
    for number in range(3):
        for held in combinations(tests, number):
            truth = dict.fromkeys(tests, False) | dict.fromkeys(held, True)
            if _is_possible(truth):
                yield truth


# An operator with what it joins, or a test as it is written, without blanks.
_Tree = tuple[str, tuple["_Tree", ...]]


def _read(text: str) -> _Tree:
    return _tree([token.text for token in code_tokens(lex_line(text))])


def _tree(words: Sequence[str]) -> _Tree:
    if "?" not in words:
        for operator in ("||", "&&"):
            pieces = split_at(words, operator, "(")
            if len(pieces) > 1:
                return operator, tuple(map(_tree, pieces))
        if words[:1] == ["!"] and (words[1:2] != ["("] or matching(words, 1) == len(words) - 1):
            return "!", (_tree(words[1:]),)
        if words[:1] == ["("] and matching(words, 0) == len(words) - 1:
            return _tree(words[1:-1])
        if words[:1] == ["defined"] and len(words) == 2:
            return f"defined({words[1]})", ()
    test = "".join(words)
    compared = COMPARED.match(test)
    if compared and compared[2] in {"!=", "<", "<="}:
        return "!", ((f"{compared[1]}{OPPOSITE[compared[2]]}{compared[3]}", ()),)
    return test, ()


def _tests(tree: _Tree) -> Iterator[str]:
    test, parts = tree
    if not parts and not _is_number(test):
        yield test
    for part in parts:
        yield from _tests(part)


def _is_number(test: str) -> bool:
    return test.isascii() and test.isdecimal()


def _holds(tree: _Tree, truth: Mapping[str, bool]) -> bool:
    test, parts = tree
    if not parts:
        return truth[test] if test in truth else int(test) != 0
    values = (_holds(part, truth) for part in parts)
    if test == "!":
        return not next(values)
    return any(values) if test == "||" else all(values)


def _is_possible(truth: Mapping[str, bool]) -> bool:
    """Tell whether no macro has a value without being defined (C11 6.10.1p4)."""
    return not any(
        holds and not truth.get(f"defined({test})", True) for test, holds in truth.items()
    )
