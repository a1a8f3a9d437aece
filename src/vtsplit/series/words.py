"""The words of a patch, and how names are laid out in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import fill

from vtsplit.diagnostics import number
from vtsplit.series.cutting.stage import Stage

# Documentation/process/submitting-patches.rst, "The canonical patch format", for both.
_WIDTH = _LONGEST = 75
_MOST, _FIRST = 64, 24  # a longer list is not read: only its first names are listed
SAME = "No functional change intended."


@dataclass(frozen=True)
class PatchWords:
    """A subject without its prefix, and the paragraphs below it.

    There are several subjects, the longest first: the first counts that has room behind a prefix.
    """

    subjects: tuple[str, ...]
    paragraphs: tuple[str, ...]

    def subject(self, prefix: str = "") -> str:
        """Return the subject with its prefix."""
        every = [prefix + one for one in self.subjects]
        return next((one for one in every if len(one) <= _LONGEST), every[-1])

    def message(self, prefix: str, proof: str = "", trailers: Sequence[str] = ()) -> str:
        """Return the whole message of a commit; `proof` says what was proved of it."""
        blocks = [self.subject(prefix), *self.paragraphs]
        if proof:
            blocks.append(filled(proof))
        if trailers:
            blocks.append("\n".join(trailers))
        return "\n\n".join(blocks) + "\n"


def called(name: str, stage: Stage) -> str:
    """Return a name, with brackets if it is that of a function of the stage."""
    return f"{name}()" if name in stage.functions else name


def counted(stage: Stage) -> str:
    """Return how many names a stage is about: functions, if all of them are."""
    is_function = all(old in stage.functions for old, _ in stage.names)
    return number(len(stage.names), "function" if is_function else "name")


def pairs_of(stage: Stage) -> str:
    """Return the old and new names of a stage, a line for each pair; of many, the first ones."""
    every = [f"  {called(old, stage)} to {called(new, stage)}" for old, new in stage.names]
    shown = _shown(every)
    return "\n".join([*shown, *_rest(len(every) - len(shown))])


def listed(names: Iterable[str]) -> str:
    """Return names as an indented paragraph; of many, the first ones."""
    every = list(names)
    shown = _shown(every)
    lines = fill(", ".join(shown), _WIDTH, initial_indent="  ", subsequent_indent="  ",
                 break_long_words=False, break_on_hyphens=False)  # fmt: skip
    return "\n".join([lines, *_rest(len(every) - len(shown))])


def _shown(every: list[str]) -> list[str]:
    return every if len(every) <= _MOST else every[:_FIRST]


def _rest(count: int) -> list[str]:
    return [f"  and {count} more"] if count else []


def joined(names: Iterable[str]) -> str:
    """Join names as English does.

    >>> joined(["a"]), joined(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    *front, last = names
    return f"{', '.join(front)} and {last}" if front else last


def filled(text: str) -> str:
    """Return a text as lines of a message."""
    return fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
