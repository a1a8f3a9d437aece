"""Macros that main has for the headers it includes, because an earlier split has put them there."""

from collections.abc import Collection, Iterable, Iterator

from vtsplit.cst.nodes import Directive, FunctionDef, Module
from vtsplit.survey.order.front_macros import FrontMacro, is_in_front, macros_in_front, not_above


def macros_lacking(
    main: Module, macros: Iterable[FrontMacro], includes: Collection[tuple[int, str]]
) -> Iterator[FrontMacro]:
    """Yield the macros of the source that an existing main does not define for its includes.

    `includes` are those of the source, by index, as main would write them. Main may have a macro
    above all its includes, or behind some of them as the source has it. What main gains goes to its
    place in the source's order.
    """
    every = list(macros)
    for one in not_above(main, every):
        behind = {target for at, target in includes if at > one.index}
        if not is_in_front(main, one, behind, every):
            yield one


def place_for(main: Module, macro: FrontMacro, includes: Collection[tuple[int, str]]) -> str | None:
    """Return the include of main in front of which it can have a macro as the source has it.

    None if that would change what main has: functions of its own, includes that the source does not
    have, or has in front of the macro. `includes` are those of `macros_lacking`.
    """
    own = [one.include for one in main.items if isinstance(one, Directive) and one.include]
    places = {target: at for at, target in includes}
    if any(isinstance(one, FunctionDef) for one in main.items) or not places.keys() >= set(own):
        return None
    if any(one.name == macro.name for one in macros_in_front(main)):
        return None
    is_behind = [places[target] > macro.index for target in own]
    return own[is_behind.index(True)] if is_behind == sorted(is_behind) and any(is_behind) else None
