"""Who is told how far a run is: what works tells, and `cli` shows."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

ResultT = TypeVar("ResultT")

# Is told how many of how many steps are done.
Progress = Callable[[int, int], None]
# Is told the phase as well.
Tell = Callable[[str, int, int], None]


def silent(*how_far: object) -> None:
    """Tell nobody."""


def told(results: Iterable[ResultT], tell: Tell, phase: str, total: int) -> Iterator[ResultT]:
    """Yield results as they come, and tell of each."""
    for done, result in enumerate(results, 1):
        tell(phase, done, total)
        yield result
