"""Tell how far a comparison is."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

ResultT = TypeVar("ResultT")

# Is told the phase, and how many of how many steps are done.
Tell = Callable[[str, int, int], None]


def silent(phase: str, done: int, total: int) -> None:
    """Tell nobody."""


def told(results: Iterable[ResultT], tell: Tell, phase: str, total: int) -> Iterator[ResultT]:
    """Yield results as they come, and tell of each."""
    for done, result in enumerate(results, 1):
        tell(phase, done, total)
        yield result
