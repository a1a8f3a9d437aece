"""Damage to a text: pieces go, come twice, change places, or odd ones come in their place."""

import random
import re
from collections.abc import Callable, Sequence

_PIECE = re.compile(r"\w+|\s+|[^\w\s]")
_PLAIN = r"""
( ) { } [ ] [[ ]] " ' \ # ## , ; = * /* */ // ... $ ` @ ?: .x= [A]= 0x 1'000 L"a" u8'a' '\''
static inline extern const struct union enum typedef _Generic( asm( __attribute__(( _Pragma(
typeof( sizeof _Static_assert( defined __VA_OPT__( (*f(void))[3] (*g)(int)
"""
_LINES = """
#if 0
#if A
#else
#elif B
#endif
#include __FILE__
#define static
#undef static
#define f(a, b...) a##b
#pragma pack(push, 1)
"""
_ODD = [
    *_PLAIN.split(),
    *(f"\n{line}\n" for line in _LINES.split("\n")),
    *("\0", "\f", "\r", "\r\n", "\\\n", "\ufeff", "é", "\udcff"),
]

Damage = Callable[[random.Random, list[str]], None]


def damaged(text: str, dice: random.Random, most: int = 4) -> str:
    """Return a text with some damage: mostly in one place, and of few kinds."""
    pieces = _PIECE.findall(text)
    for _ in range(dice.randint(1, most)):
        if pieces:
            dice.choice(_KINDS)(dice, pieces)
    return "".join(pieces)


def _some(dice: random.Random, pieces: Sequence[str]) -> slice:
    start = dice.randrange(len(pieces))
    return slice(start, start + int(dice.paretovariate(0.8)))


def _remove(dice: random.Random, pieces: list[str]) -> None:
    del pieces[_some(dice, pieces)]


def _repeat(dice: random.Random, pieces: list[str]) -> None:
    taken = pieces[_some(dice, pieces)]
    at = dice.randrange(len(pieces) + 1)
    pieces[at:at] = taken * dice.choice([1, 1, 1, 2, 50])


def _swap(dice: random.Random, pieces: list[str]) -> None:
    one, other = dice.randrange(len(pieces)), dice.randrange(len(pieces))
    pieces[one], pieces[other] = pieces[other], pieces[one]


def _insert(dice: random.Random, pieces: list[str]) -> None:
    at = dice.randrange(len(pieces) + 1)
    pieces[at:at] = [dice.choice(_ODD)] * dice.choice([1, 1, 1, 2, 3, 300])


def _replace(dice: random.Random, pieces: list[str]) -> None:
    pieces[dice.randrange(len(pieces))] = dice.choice(_ODD)


def _rename(dice: random.Random, pieces: list[str]) -> None:
    """Call one word as another one, everywhere."""
    words = [piece for piece in pieces if piece[0].isalpha() or piece[0] == "_"]
    if words:
        old, new = dice.choice(words), dice.choice(words)
        pieces[:] = [new if piece == old else piece for piece in pieces]


def _cut(dice: random.Random, pieces: list[str]) -> None:
    del pieces[dice.randrange(len(pieces)) :]


_KINDS: list[Damage] = [_remove, _remove, _repeat, _swap, _insert, _insert, _replace, _rename, _cut]
