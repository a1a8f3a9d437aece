"""How far below a renamed name the lines may move that are aligned to a bracket."""

from bisect import bisect_left, bisect_right
from functools import lru_cache
from itertools import accumulate

from vtsplit.cst.lexer import Kind
from vtsplit.cst.nodes import Directive, Item
from vtsplit.planning.names.use import Use


def aligned_lines(use: Use) -> int:
    """Return how many lines below a use the rename can align anew: to the end of its brackets."""
    item = use.item
    start = use.occurrence.offset - len(item.leading)
    if start < 0 or isinstance(item, Directive):
        return 0
    return _lines_of(item).behind(start)


class _AlignedLines:
    """The brackets and line ends of an item; what is asked for each of many names is found once."""

    def __init__(self, item: Item) -> None:
        sizes = (len(token.text) for token in item.tokens)
        self.offsets = list(accumulate(sizes, initial=0))
        self.depths = [0]  # in front of each token
        newlines = []
        for at, token in enumerate(item.tokens):
            self.depths.append(self.depths[-1] + _STEPS.get(token.text, 0))
            if token.kind is Kind.NEWLINE:
                newlines.append(at)
        self.newlines = newlines
        self.outer = self._find_outer()

    def _find_outer(self) -> list[int]:
        """Return for each line end the next one that is less deep, as a number among them."""
        outer = [len(self.newlines)] * len(self.newlines)
        waiting: list[int] = []
        for number, at in enumerate(self.newlines):
            while waiting and self.depths[at] < self.depths[self.newlines[waiting[-1]]]:
                outer[waiting.pop()] = number
            waiting.append(number)
        return outer

    def behind(self, offset: int) -> int:
        """Return how many line ends stand behind an offset in brackets that are open there."""
        token = bisect_left(self.offsets, offset)
        depth = self.depths[min(token, len(self.depths) - 1)]
        first = number = bisect_right(self.newlines, token - 1)
        while number < len(self.newlines) and self.depths[self.newlines[number]] > depth:
            number = self.outer[number]
        return number - first


_STEPS = {"(": 1, "[": 1, ")": -1, "]": -1}
_lines_of = lru_cache(maxsize=16)(_AlignedLines)
