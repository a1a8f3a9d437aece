"""Show how two texts differ, by tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from vtsplit.verify.tokens.entities import counting, significant

_AROUND = 5
_SHOWN = 4


@dataclass(frozen=True)
class TokenDiff:
    """Lines to show, and the index of the first token that differs on each side."""

    lines: tuple[str, ...]
    before: int
    after: int


def diff_definitions(before: str, after: str) -> TokenDiff:
    """Compare two texts by the tokens that count, as the comparison of definitions does.

    >>> diff_definitions("static int f(int a) { return a; }", "int f(int a) { return 1; }").lines
    ('- int a ) { return a ; }', '+ int a ) { return 1 ; }')
    """
    ours, theirs = counting(before), counting(after)
    found = _diff([word for word, _ in ours], [word for word, _ in theirs])
    places = dict(enumerate(at for _, at in ours)), dict(enumerate(at for _, at in theirs))
    return TokenDiff(found.lines, places[0].get(found.before, 0), places[1].get(found.after, 0))


def diff_tokens(before: str, after: str) -> TokenDiff:
    """Compare two texts by tokens.

    >>> diff_tokens("f(a, b);", "f(b, a);").lines
    ('- f ( a , b ) ;', '+ f ( b , a ) ;')
    """
    return _diff(significant(before), significant(after))


def _diff(ours: Sequence[str], theirs: Sequence[str]) -> TokenDiff:
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    groups = [g for g in matcher.get_grouped_opcodes(_AROUND) if any(o[0] != "equal" for o in g)]
    if not groups:
        return TokenDiff((), 0, 0)
    lines: list[str] = []
    for group in groups[:_SHOWN]:
        first, last = group[0], group[-1]
        lines.append(f"- {' '.join(ours[first[1] : last[2]])}".rstrip())
        lines.append(f"+ {' '.join(theirs[first[3] : last[4]])}".rstrip())
    if len(groups) > _SHOWN:
        lines.append(f"... and {len(groups) - _SHOWN} more")
    change = next(code for code in groups[0] if code[0] != "equal")
    return TokenDiff(tuple(lines), min(change[1], len(ours) - 1), min(change[3], len(theirs) - 1))
