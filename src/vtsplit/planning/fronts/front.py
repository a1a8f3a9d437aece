"""What a file of the split starts with: its includes, and what stands in front of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from vtsplit.planning.edits import IncludeLine, MacroLine, NewFile
from vtsplit.survey.headers.includes import Include
from vtsplit.survey.order.front_macros import FrontMacro


@dataclass(frozen=True)
class HeaderFront:
    """What the header starts with: its includes, and the tags that it declares forward.

    A header without include guard must not be included twice: `left` are those that the header
    leaves to its includers. `macros` are what the source defines for the header's includes. With
    `is_last` the source includes the header behind all else. `order` is that of `MainFront`.
    """

    lines: tuple[IncludeLine, ...] = ()
    order: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    left: tuple[Include, ...] = ()
    macros: tuple[FrontMacro, ...] = ()
    is_last: bool = False


@dataclass(frozen=True)
class MainFront:
    """What main starts with: its includes, and the macros in front of them.

    `order` has the source's includes in their order, as main would write them.
    """

    lines: tuple[IncludeLine, ...] = ()
    order: tuple[str, ...] = ()
    macros: tuple[MacroLine, ...] = ()


@dataclass(frozen=True)
class Fronts:
    """What header and main start with, and the includes of the header that files lack.

    With `is_header_last` the header relies on what the includes in front of it bring. `inline` are
    static functions of included headers, by path and index, that become inline.
    """

    header: HeaderFront
    main: MainFront
    source_include: str | None
    main_include: str | None
    is_header_last: bool
    header_start: NewFile | None
    main_start: NewFile | None
    inline: Mapping[str, frozenset[int]]
