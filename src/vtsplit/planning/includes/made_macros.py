"""Macros that main has for the headers it includes, because an earlier split has put them there."""

from collections.abc import Collection, Iterable, Iterator

from vtsplit.cst.nodes import Module
from vtsplit.survey.order.front_macros import FrontMacro, is_in_front, not_above


def macros_lacking(
    main: Module, macros: Iterable[FrontMacro], includes: Collection[tuple[int, str]]
) -> Iterator[FrontMacro]:
    """Yield the macros of the source that an existing main does not define for its includes.

    `includes` are those of the source, by index, as main would write them. Main may have a macro
    above all its includes, or behind some of them as the source has it. What main gains goes to its
    place in the source's order.
    """
    for one in not_above(main, macros):
        behind = {target for at, target in includes if at > one.index}
        if not is_in_front(main, one, behind):
            yield one
