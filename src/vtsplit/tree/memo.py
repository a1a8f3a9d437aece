"""Facts that are worked out once and shared by everything that needs them."""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable
from typing import Any, TypeVar

Fact = TypeVar("Fact")


class Memo:
    """What is known of something that does not change, under keys that say what it is.

    >>> memo = Memo()
    >>> memo.recall("length", lambda: 3), memo.recall("length", lambda: 4)
    (3, 3)
    """

    def __init__(self) -> None:
        self._facts: dict[Hashable, Any] = {}

    def recall(self, key: Hashable, make: Callable[[], Fact]) -> Fact:
        """Return the fact under a key; it is made when first asked for."""
        if key not in self._facts:
            self._facts[key] = make()
        fact: Fact = self._facts[key]
        return fact

    def without(self, keys: Container[Hashable]) -> Memo:
        """Return a memo of the same facts but those under some keys."""
        fresh = Memo()
        fresh._facts = {key: fact for key, fact in self._facts.items() if key not in keys}
        return fresh
