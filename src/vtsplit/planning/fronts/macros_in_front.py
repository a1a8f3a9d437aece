"""Macros of the source that stand in front of includes: header and main have to have them there."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from posixpath import basename

from vtsplit.diagnostics import Site
from vtsplit.planning.context import Context
from vtsplit.planning.edits import MacroLine
from vtsplit.planning.includes.made_macros import macros_lacking, place_for
from vtsplit.planning.includes.needs import Includes, Need
from vtsplit.planning.includes.rules import FRONT_MACRO
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action, Ledger
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.survey.cfile.files import CFile
from vtsplit.survey.headers.includes import Include, IncludeSlot, graph_of
from vtsplit.survey.order.front_macros import FrontMacro, merged


class MacrosInFront:
    """Decides which macros of the source header and main have in front of their includes.

    `retarget` writes an include of the source for a file in another folder.
    """

    def __init__(
        self,
        context: Context,
        includes: Includes,
        retarget: Callable[[str, str], str],
        ledger: Ledger,
    ) -> None:
        self.context = context
        self.spec = context.spec
        self.source = context.source
        self.tree = context.tree
        self.includes = includes
        self.front = includes.front_macros
        self.retarget = retarget
        self.ledger = ledger

    def of_header(
        self, header: CFile | None, chosen: Sequence[Include], needs: Sequence[Need]
    ) -> tuple[FrontMacro, ...]:
        """Return what the header's includes ask for; refuse it where others include the header.

        Source and main have it in front of the header: whether a main that is there does, is told
        with what main lacks.
        """
        names = [need.name for need in needs]
        macros = merged(self.front.asked_for(chosen, names), self.front.named(names))
        if macros and (self.spec.dispatch is not None or (header and self._has_other_includers())):
            self._refuse(macros, self.spec.header)
        return macros

    def _has_other_includers(self) -> bool:
        header, name = self.spec.header, basename(self.spec.header)
        others = {*self.context.index.find([name]).of(name)}
        others -= {header, self.source.path, self.spec.main}
        return any(header in graph_of(self.tree, path).reach(path) for path in sorted(others))

    def _refuse(self, macros: Iterable[FrontMacro], path: str) -> None:
        for one in macros:
            self.ledger.refuse(
                FRONT_MACRO,
                f"macro '{one.name}' changes what the includes below it say, and {path} would "
                "include them without it",
                self.source.site(one.index),
                "move this macro and the includes that test it to a header",
            )

    def of_main(
        self,
        main: CFile | None,
        chosen: Mapping[IncludeSlot, Include],
        coming: Sequence[Include],
        needs: Sequence[Need],
        of_header: Sequence[FrontMacro],
    ) -> tuple[MacroLine, ...]:
        """Return the macros that main gains; one that is there may have them already.

        `coming` are includes of the source that the header brings, `of_header` the macros that what
        the header gains asks for.
        """
        names = [need.name for need in needs]
        own = merged(self.front.named(names), of_header)
        every = merged(self.front.asked_for([*chosen.values(), *coming], names), own)
        if main is not None:
            targets = [(i.index, self.retarget(i.target, main.path)) for i in self.includes.written]
            lacking = list(macros_lacking(main.module, every, targets))
            places = [(one, place_for(main.module, one, targets)) for one in lacking]
            self._refuse((one for one, place in places if place is None), main.path)
            return tuple(self._copied(one, place) for one, place in places)
        lines = []
        for one in every:
            behind = (chosen[place] for place in sorted(chosen) if place[0] > one.index)
            target = next((self.retarget(i.target, self.spec.main) for i in behind), None)
            lines.append(self._copied(one, target))
        return tuple(lines)

    def _copied(self, one: FrontMacro, target: str | None) -> MacroLine:
        reason = Reason(Why.HEADERS_ASK, site=self.source.site(one.index))
        macro = Symbol.kept(one.name, Role.MACRO)
        self.ledger.step(Action.COPY, macro, Site(self.spec.main), reason)
        return MacroLine(one.text, one.guard, target)
