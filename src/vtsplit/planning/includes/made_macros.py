"""Macros that main has for the headers it includes, because an earlier split has put them there."""

from collections.abc import Collection, Iterable, Iterator

from vtsplit.cst.nodes import Directive, Module
from vtsplit.survey.order.front_macros import FrontMacro, is_in_front, not_above


def macros_lacking(
    main: Module,
    macros: Iterable[FrontMacro],
    includes: Collection[tuple[int, str]],
    chosen: Collection[int],
) -> Iterator[FrontMacro]:
    """Yield the macros of the source that an existing main does not define for its includes.

    `includes` are those of the source, by index, as main would write them; `chosen` are the
    indices of those that main is to have. Main may have a macro above all its includes, or behind
    some of them as the source has it. An include that main gains might come in front of that.
    """
    there = {item.include for item in main.items if isinstance(item, Directive)}
    fresh = {at for at, target in includes if at in chosen and target not in there}
    for one in not_above(main, macros):
        behind = {target for at, target in includes if at > one.index}
        if max(fresh, default=-1) > one.index or not is_in_front(main, one, behind):
            yield one
