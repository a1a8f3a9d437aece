"""Macros of the source that stand in front of includes: header and main have to have them there."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from posixpath import basename

from vtsplit.cst.nodes import Directive
from vtsplit.diagnostics import Site
from vtsplit.planning.context import Context
from vtsplit.planning.edits import MacroLine
from vtsplit.planning.includes.made_macros import macros_lacking
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
        """Return the macros that main gains; one that is there may have them, or need none.

        `coming` are includes of the source that the header brings, `of_header` the macros that what
        the header gains asks for.
        """
        names = [need.name for need in needs]
        own = merged(self.front.named(names), of_header)
        every = merged(self.front.asked_for([*chosen.values(), *coming], names), own)
        if main is not None:
            return self._of_main_there(
                main, chosen, every, merged(own, self._anew(main, chosen, names))
            )
        lines = []
        for one in every:
            behind = (chosen[place] for place in sorted(chosen) if place[0] > one.index)
            target = next((self.retarget(i.target, self.spec.main) for i in behind), None)
            lines.append(self._copied(one, target))
        return tuple(lines)

    def _anew(
        self, main: CFile, chosen: Mapping[IncludeSlot, Include], names: Sequence[str]
    ) -> tuple[FrontMacro, ...]:
        """Return what the includes ask for that a main gains."""
        there = {one.include for one in main.module.items if isinstance(one, Directive)}
        gained = (i for i in chosen.values() if self.retarget(i.target, main.path) not in there)
        return self.front.asked_for(gained, names)

    def _of_main_there(
        self,
        main: CFile,
        chosen: Mapping[IncludeSlot, Include],
        macros: Sequence[FrontMacro],
        anew: Collection[FrontMacro],
    ) -> tuple[MacroLine, ...]:
        targets = {i.index: self.retarget(i.target, main.path) for i in self.includes.written}
        lacking = list(macros_lacking(main.module, macros, targets.items()))
        harmless = [one for one in lacking if self._may_gain(main, one, targets)]
        self._refuse((one for one in lacking if one not in harmless), main.path)
        return tuple(self._copied(one, None) for one in harmless if one in anew)

    def _copied(self, one: FrontMacro, target: str | None) -> MacroLine:
        reason = Reason(Why.HEADERS_ASK, site=self.source.site(one.index))
        macro = Symbol.kept(one.name, Role.MACRO)
        self.ledger.step(Action.COPY, macro, Site(self.spec.main), reason)
        return MacroLine(one.text, one.guard, target)

    def _may_gain(self, main: CFile, macro: FrontMacro, targets: Mapping[int, str]) -> bool:
        """Tell whether nothing that a main has already asks for a macro that it lacks."""
        if macro.guard or re.search(rf"\b{macro.name}\b", main.module.code):
            return False
        above = {target for at, target in targets.items() if at < macro.index}
        there = graph_of(self.tree, main.path).direct(main.module)
        # What stands above the macro is there already when a header below includes it again.
        seen = {path for one in there if one.target in above for path in one.files}
        for one in there:
            fresh = {path: deep for path, deep in one.files.items() if not deep or path not in seen}
            if one.target not in above and self.front.asks(replace(one, files=fresh), macro):
                return False
        return True
