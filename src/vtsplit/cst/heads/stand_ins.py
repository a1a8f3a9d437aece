"""Write words with letters beyond ASCII so that pycparser can read them, and back."""

import re
from collections.abc import Callable
from typing import Any

_FOREIGN = re.compile(r"[^\x00-\x7f]")
_WRITTEN = re.compile(r"\$u([0-9a-f]+)\$")


def in_ascii(text: str) -> str:
    """Return a text with ASCII's characters only; other letters get names of their own.

    >>> in_ascii("int größe(void)"), from_ascii("gr$uf6$$udf$e")
    ('int gr$uf6$$udf$e(void)', 'größe')
    """
    return _FOREIGN.sub(lambda found: f"$u{ord(found[0]):x}$", text)


def from_ascii(word: str) -> str:
    """Return the word that `in_ascii` was given."""
    return _WRITTEN.sub(lambda found: chr(int(found[1], 16)), word)


def mapped_key(key: tuple[Any, ...], word: Callable[[str], str]) -> tuple[Any, ...]:
    """Return the key of a type with each of its words mapped."""
    return tuple(
        mapped_key(part, word)
        if isinstance(part, tuple)
        else word(part)
        if isinstance(part, str)
        else part
        for part in key
    )
