"""Conditions of `#if` as values: how one is written, and how several go together.

This is the one place that decides about conditions. `guards` tells where they stand in a module.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from vtsplit.cst.directives import directive_argument, directive_name
from vtsplit.cst.lexer import Kind, code_tokens, lex_line
from vtsplit.cst.spans import matching, nested, split_at

_SIMPLE = re.compile(r"!?\s*(?:\w+|defined\s*\w+|\w+\s*\([^()]*\))\Z")
_DEFINED = re.compile(r"(!?)\s*defined\s*\(?\s*(\w+)\s*\)?\Z")
COMPARED = re.compile(r"([^=!<>&|]+)(==|!=|<=|>=|<|>)([^=!<>&|]+)\Z")
OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_NEVER = frozenset({"0", "defined(__ASSEMBLER__)", "defined(__ASSEMBLY__)"})


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
        is_denied, macro = tested_macro(self.expression)
        if macro:
            return f"#if{'n' if is_denied else ''}def {macro}"
        return f"#if {self.expression}"

    @property
    def denied(self) -> Condition:
        """The condition that holds where this one does not."""
        return Condition(negate(self.expression))

    @property
    def names(self) -> tuple[str, ...]:
        """The names that the expression uses, without the operator `defined`.

        >>> Condition("defined(A) && B > 1").names
        ('A', 'B')
        """
        words = (token.text for token in lex_line(self.expression) if token.kind is Kind.IDENT)
        return tuple(word for word in words if word != "defined")


Guard = tuple[Condition, ...]

OFF = Condition("0")


def defined(macro: str) -> Condition:
    """Return the condition of `#ifdef macro`."""
    return Condition(f"defined({macro})")


def under(macro: str | None) -> Guard:
    """Return the guard of what needs a macro; without a macro it needs nothing.

    >>> under("A"), under(None)
    ((Condition(expression='defined(A)', block=-1, branch=0, branches=0),), ())
    """
    return (defined(macro),) if macro else ()


def tested_macro(expression: str) -> tuple[bool, str]:
    """Return the macro that an expression only tests for, and whether it must not be defined.

    >>> tested_macro("! defined A"), tested_macro("A > 1")
    ((True, 'A'), (False, ''))
    """
    match = _DEFINED.match(expression)
    return (bool(match[1]), match[2]) if match else (False, "")


def condition_of(directive: str) -> str:
    """Return the condition of an `#if`, an `#elif` or their kin as an expression.

    What only tests for a macro has one spelling.

    >>> condition_of("#ifdef A"), condition_of("#elif ! defined A"), condition_of("#if A  > 1")
    ('defined(A)', '!defined(A)', 'A > 1')
    """
    name, argument = directive_name(directive).removeprefix("el"), directive_argument(directive)
    if name == "ifdef":
        return f"defined({argument})"
    if name == "ifndef":
        return f"!defined({argument})"
    is_denied, macro = tested_macro(argument)
    return f"{'!' if is_denied else ''}defined({macro})" if macro else argument


def plain_condition(directive: str) -> str:
    """Return the condition of an `#if` or `#elif`, without blanks and brackets around it.

    >>> plain_condition("#if ( A > 1 )"), plain_condition("#elifndef B")
    ('A>1', '!defined(B)')
    """
    text = _unspaced(condition_of(directive))
    inside = text[1:-1] if text.startswith("(") and text.endswith(")") else ""
    return inside if inside and not re.search(r"[()]", inside) else text


def _unspaced(expression: str) -> str:
    return re.sub(r"\s", "", expression)


def truth_of(directive: str) -> bool | None:
    """Tell whether the condition of an `#if` or `#elif` surely holds for a C compiler, or not.

    >>> truth_of("#if 0"), truth_of("#ifndef __ASSEMBLY__"), truth_of("#ifdef A")
    (False, True, None)
    """
    condition = plain_condition(directive)
    if condition in _NEVER:
        return False
    return True if condition == "1" or condition.removeprefix("!") in _NEVER else None


def never_holds(guard: Guard) -> bool:
    """Tell whether no C compiler reads what stands under these conditions."""
    plain = (_unspaced(condition.expression) for condition in guard)
    return any(one in _NEVER or one == "!1" for one in plain)


def is_no_c(guard: Guard) -> bool:
    """Tell whether a C++ compiler alone reads what stands under these conditions.

    >>> is_no_c(under("__cplusplus")), is_no_c((defined("__cplusplus").denied,))
    (True, False)
    """
    named = (one.expression for one in guard if "__cplusplus" in one.expression)
    return any(decide(one, {"__cplusplus": False}) is False for one in named)


def negate(expression: str) -> str:
    """Return the denial of a preprocessor expression, as short as is safe.

    >>> negate("defined(A)"), negate("!defined(A)"), negate("A || B")
    ('!defined(A)', 'defined(A)', '!(A || B)')
    """
    if _SIMPLE.match(expression):
        return expression[1:].strip() if expression.startswith("!") else f"!{expression}"
    return f"!({expression})"


def branch_after(earlier: Iterable[str], own: str | None) -> str:
    """Return the condition of a branch: earlier ones are denied, its own holds if it has one.

    >>> branch_after(["defined(A)"], "B > 1"), branch_after(["defined(A)", "B > 1"], None)
    ('!defined(A) && (B > 1)', '!defined(A) && !(B > 1)')
    """
    terms = [negate(expression) for expression in earlier]
    return " && ".join(terms if own is None else [*terms, _operand(own)])


def _operand(expression: str) -> str:
    """Put an expression in parentheses where an operator beside it could take it apart."""
    return expression if _SIMPLE.match(expression) else f"({expression})"


def decide(expression: str, defined: Mapping[str, bool]) -> bool | None:
    """Tell whether an expression holds if these macros are defined, or not; None if that is open.

    >>> decide("!defined(A) || defined(B)", {"A": True, "B": False})
    False
    >>> decide("defined(A) && C > 1", {"A": True}), decide("defined(A) && C > 1", {"A": False})
    (None, False)
    """
    return _decide([token.text for token in code_tokens(lex_line(expression))], defined)


def _decide(words: Sequence[str], defined: Mapping[str, bool]) -> bool | None:
    if "?" in words:
        return None
    for operator, decisive in (("||", True), ("&&", False)):
        pieces = split_at(words, operator, "(")
        if len(pieces) > 1:
            found = [_decide(piece, defined) for piece in pieces]
            if decisive in found:
                return decisive
            return None if None in found else not decisive
    match list(words):
        case ["defined", name] | ["defined", "(", name, ")"]:
            return defined.get(name)
        case ["!", *rest] if rest[:1] in (["!"], ["defined"]) or _is_in_brackets(rest):
            inner = _decide(rest, defined)
            return None if inner is None else not inner
        case ["(", *inside, ")"] if _is_in_brackets(words):
            return _decide(inside, defined)
    return None


def _is_in_brackets(words: Sequence[str]) -> bool:
    return words[:1] == ["("] and matching(words, 0) == len(words) - 1


def are_opposite(one: str, other: str) -> bool:
    """Tell whether of two plain conditions always exactly one holds.

    >>> are_opposite("A==1", "A!=1"), are_opposite("!(A||B)", "A||B"), are_opposite("A", "B")
    (True, True, False)
    >>> are_opposite("A", "!(A)")
    True
    """
    if other in {negate(one), f"!({one})"} or one in {negate(other), f"!({other})"}:
        return True
    compared = COMPARED.match(one)
    if compared is None:
        return False
    return other == f"{compared[1]}{OPPOSITE[compared[2]]}{compared[3]}"


def are_exclusive(one: Guard, other: Guard) -> bool:
    """Tell whether two guards of one file are of different branches of one `#if`."""
    branches = {condition.block: condition.branch for condition in one if condition.block >= 0}
    return any(branches.get(c.block, c.branch) != c.branch for c in other)


def denies(one: Guard, other: Guard) -> bool:
    """Tell whether a guard has a condition whose denial the other guard has.

    >>> denies(under("A"), (defined("B"), defined("A").denied)), denies(under("A"), under("B"))
    (True, False)
    """
    return any(condition.denied in other for condition in one)


def contradict(one: Guard, other: Guard) -> bool:
    """Tell whether two guards, maybe of two files, cannot hold together by what they say.

    >>> contradict((Condition("A > 1 && B"),), (Condition("C && (A <= 1)"),))
    True
    >>> contradict((Condition("A && B"),), (Condition("!(A && B)"),))
    True
    """
    ours, theirs = (
        {term for text in plain for term in (text, *conjuncts(text))}
        for plain in ([_unspaced(one.expression) for one in guard] for guard in (one, other))
    )
    return any(are_opposite(a, b) for a in ours for b in theirs)


def exclude(one: Guard, other: Guard) -> bool:
    """Tell whether two guards of one file are known never to hold together."""
    return are_exclusive(one, other) or contradict(one, other)


def conjuncts(text: str) -> list[str]:
    """Split a condition without blanks into those that must all hold.

    >>> conjuncts("a&&((b||c)&&d)"), conjuncts("a&&b||c")
    (['a', 'b||c', 'd'], ['a&&b||c'])
    """
    parts, start = [], 0
    for at, (word, depth) in enumerate(nested(text, "(")):
        if not depth and (word == "?" or text.startswith("||", at)):
            return [text]
        if not depth and text.startswith("&&", at):
            parts.append(text[start:at])
            start = at + 2
    pieces = [_unwrapped(part) for part in (*parts, text[start:])]
    return [one for piece in pieces for one in conjuncts(piece)] if pieces != [text] else [text]


def _unwrapped(text: str) -> str:
    """Take off parentheses that go round the whole."""
    return text[1:-1] if text.startswith("(") and matching(text, 0) == len(text) - 1 else text


def chain_of(conditions: Sequence[Condition]) -> list[str]:
    """Return the directives of one `#if` with these branches in their order; none if it has others.

    >>> chain_of([defined("A"), Condition("!defined(A) && (B > 1)"), Condition("!defined(A)")])
    []
    >>> chain_of([defined("A"), Condition("!defined(A) && (B > 1)")])
    ['#ifdef A', '#elif B > 1']
    >>> chain_of([defined("A"), defined("A").denied])
    ['#ifdef A', '#else']
    """
    lines = [conditions[0].opener]
    earlier = [conditions[0].expression]
    for condition in conditions[1:]:
        if lines[-1] == "#else":
            return []
        denied = branch_after(earlier, None)
        own = condition.expression.removeprefix(f"{denied} && ")
        if condition.expression == denied:
            lines.append("#else")
            continue
        own = own if _SIMPLE.match(own) else _unwrapped(own)
        if branch_after(earlier, own) != condition.expression:
            return []
        lines.append(f"#elif {own}")
        earlier.append(own)
    return lines


def beyond(guard: Guard, other: Guard) -> Guard:
    """Return the conditions of a guard that another lacks; none if the other implies it.

    >>> [c.opener for c in beyond((defined("A"), defined("B")), under("A"))]
    ['#ifdef B']
    """
    return tuple(condition for condition in guard if condition not in other)


def shared(one: Guard, other: Guard) -> int:
    """Return how many conditions two guards have in common, from the outermost.

    >>> shared((defined("A"), defined("B")), (defined("A"), defined("C")))
    1
    """
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return count


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
    common = min(shared(remaining[0], guard) for guard in remaining)
    either = " || ".join(_conjunction(guard[common:]) for guard in remaining)
    return (*remaining[0][:common], Condition(either))


def _joins(guards: Sequence[Guard]) -> Iterator[list[Guard]]:
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
        if complete or any(g[-1] == last.denied for g in same):
            yield [*[g for g in guards if not g or g[:-1] != outer], outer]


def _conjunction(guard: Guard) -> str:
    terms = [_operand(condition.expression) for condition in guard]
    return terms[0] if len(terms) == 1 else f"({' && '.join(terms)})"
