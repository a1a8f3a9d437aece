"""The one check that nothing is lost: a result is held against the files it was made from."""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from vtsplit.cst.nodes import Item, Module
from vtsplit.diagnostics import Problem, Site
from vtsplit.rule import Rule

LOST = Rule(
    "VT090",
    "lost",
    "vtsplit would lose a part of a file",
    "The result was read again, and a part of the file is not in it. This is a defect of vtsplit.",
    "Nothing was written. Please report it with the spec.",
    "It comes up when a part of vtsplit drops what its plan keeps.",
)


DEFECT = "this is a defect of vtsplit: nothing was written; please report it with the spec"


@dataclass(frozen=True)
class Before:
    """An item of a file as it was."""

    path: str
    module: Module
    index: int

    @property
    def item(self) -> Item:
        """The item itself."""
        return self.module.items[self.index]

    @property
    def site(self) -> Site:
        """The line where the item begins."""
        return Site(self.path, self.module.position(self.module.starts[self.index])[0])


def find_lost(
    before: Mapping[str, Module],
    after: Collection[Module],
    essence: Callable[[Item], Hashable],
    is_excused: Callable[[Before], bool],
) -> Iterator[Problem]:
    """Find items of files that are in no file of the result, neither as they were nor changed.

    Two items with one `essence` say the same. An item that `is_excused` need not be there.
    """
    items = [
        Before(path, module, index)
        for path, module in before.items()
        for index in range(len(module.items))
    ]
    old = Counter(one.item.text for one in items)
    new = Counter(item.text for module in after for item in module.items)
    made = Counter(essence(item) for item in _having(after, new - old))
    # Of equal items, those that have to be there come first.
    for one in sorted(_gone(items, old - new, is_excused), key=is_excused):
        same = essence(one.item)
        if made[same]:
            made[same] -= 1
        elif not is_excused(one):
            yield Problem(LOST, "the code here would not be in the result", one.site, DEFECT)


def _having(modules: Iterable[Module], texts: Counter[str]) -> Iterator[Item]:
    """Yield the items whose texts are these."""
    remaining = Counter(texts)
    for module in modules:
        for item in module.items:
            if remaining[item.text]:
                remaining[item.text] -= 1
                yield item


def _gone(
    items: Iterable[Before], texts: Counter[str], is_excused: Callable[[Before], bool]
) -> list[Before]:
    """Return the items that account for the texts which are gone, in their order.

    Of equal items, those that are excused account for a text first.
    """
    remaining = Counter(texts)
    candidates = [one for one in items if remaining[one.item.text]]
    gone: set[tuple[str, int]] = set()
    for one in sorted(candidates, key=lambda one: not is_excused(one)):
        if remaining[one.item.text]:
            remaining[one.item.text] -= 1
            gone.add((one.path, one.index))
    return [one for one in candidates if (one.path, one.index) in gone]
