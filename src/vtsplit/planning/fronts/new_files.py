"""What the header and main include, whether they are new or there already."""

from collections.abc import Collection, Container, Iterable
from posixpath import dirname, join

from vtsplit.codemods.include import include_place
from vtsplit.cst.nodes import Directive, MacroCall
from vtsplit.diagnostics import Site
from vtsplit.planning.context import Context
from vtsplit.planning.declaring import Declaring
from vtsplit.planning.edits import IncludeLine, NewFile
from vtsplit.planning.fronts.front import Fronts, HeaderFront, MainFront
from vtsplit.planning.fronts.macros_in_front import MacrosInFront
from vtsplit.planning.header.declarations import (
    definition_needs,
    include_target,
    keyword_needs,
    pointed_tags,
)
from vtsplit.planning.header.file_start import choose_licenses, header_start
from vtsplit.planning.includes.needs import (
    Includes,
    Need,
    guard_needs,
    include_lines,
    not_local,
)
from vtsplit.planning.includes.rules import INCLUDED_TEXT
from vtsplit.planning.includes.settings import left_to_sources
from vtsplit.planning.includes.single_headers import record_inline, share_headers
from vtsplit.planning.locals.closure import MovedLocals
from vtsplit.planning.moving import Moving
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action, Ledger
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.planning.tables.exposure import name_site
from vtsplit.planning.tables.find import TableReference, following_calls
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.cfile.files import CFile
from vtsplit.survey.cfile.inner_macros import decided_inside
from vtsplit.survey.headers.includes import Include, IncludeGraph, graph_of
from vtsplit.survey.headers.self_contained import is_repeatable
from vtsplit.survey.order.providers import find_declaring, undeclared


class NewFiles:
    """Decides what the header and main include, whether they are new or there already.

    `single` are the headers of the source that bring what a program has once, and were refused.
    """

    def __init__(self, context: Context, includes: Includes, ledger: Ledger) -> None:
        self.context = context
        self.spec = context.spec
        self.tree = context.tree
        self.source = context.source
        self.there = {"header": context.header, "main": context.main}
        self.graph = context.graph
        self.includes = includes
        self.macro_of = context.macro_of
        self.ledger = ledger
        self.macros = MacrosInFront(context, includes, self._retarget, ledger)
        self.inline: dict[str, frozenset[int]] = {}
        self.single: frozenset[str] = frozenset()

    def plan(self, moving: Moving, declaring: Declaring, moved: MovedLocals) -> Fronts:
        """Return what both files start with; `moved` are types and macros that go there."""
        main, header = self.there["main"], self.there["header"]
        header_front = self._header(declaring, moving, moved)
        provided = declaring.provided | moved.names | frozenset(moving.along.names.values())
        items = self.source.module.items
        inside = {name for at in moving.items for name, _ in decided_inside(items[at])}
        main_front = self._main(moving, provided | inside, moved, header_front)
        makes_header = header is None and bool(declaring.declared or moved.to_header)
        has_header = bool(header) or makes_header
        record_inline(self.inline, self.graph, self.spec.main, self.ledger)
        paths = ((self.spec.header, makes_header), (self.spec.main, main is None))
        made = [path for path, is_made in paths if is_made]
        licenses = choose_licenses(self.source, self.spec, self.tree, made, self.ledger)
        starts = {path: self._start(path, found) for path, found in licenses.items()}
        return Fronts(
            header_front,
            main_front,
            source_include=self._header_target(self.source) if has_header else None,
            main_include=self._header_target(main) if has_header else None,
            is_header_last=header_front.is_last or moved.header_last,
            header_start=starts.get(self.spec.header),
            main_start=starts.get(self.spec.main),
            inline=self.inline,
        )

    def _start(self, path: str, license_id: str | None) -> NewFile:
        """Return what a new file starts with: licence line and, for a header, its guard."""
        if not path.endswith(".h"):
            return NewFile(license_id)
        return header_start(path, license_id, self.tree, self._is_macro)

    def _is_macro(self, name: str) -> bool:
        """Tell whether the source or a header that it reaches has a macro of that name."""
        if self.source.definitions.of(name, Sort.MACRO):
            return True
        return bool(find_declaring(self.graph, sorted(self.includes.seen), [name]))

    def _header(self, declaring: Declaring, moving: Moving, moved: MovedLocals) -> HeaderFront:
        """Return what the header starts with; `moved` are types and macros that it gets."""
        header, declared, wanted = self.there["header"], declaring.declared, declaring.names
        if not declared and not moved.to_header:
            return HeaderFront()
        needs: list[Need] = []
        tags: dict[str, None] = {}
        for exposure in moving.exposures:
            if exposure.new in wanted:
                reason = f"the declaration of {exposure.new}"
                site = name_site(exposure, self.source)
                having = exposure.forward if exposure.attributes else ()
                needs += definition_needs((*exposure.definitions, *having), reason, site)
                left = " ".join(rest or "" for rest in exposure.hidden.values())
                needs += [Need(word, reason, site, optional=True) for word in left.split()]
                tags |= dict.fromkeys(pointed_tags(exposure.definitions, self.macro_of))
        for table in moving.tables:
            if table.new in wanted:
                site = table.file.site(table.definitions[0].index)
                reason = f"the declaration of {table.new}"
                needs += definition_needs(table.definitions, reason, site)
        guards = [one.guard for one in declared]
        guards += [one.length.conditions for one in declared if one.length]
        guards += [self.source.guards[index] for index in moved.to_header]
        needs += [*guard_needs(guards, "an #if of the header"), *moved.header_needs]
        # The address of an object can be taken though its type is not complete.
        tags |= {n.name: None for n in needs if _is_tag(n.name) and self._is_local(n.name)}
        tags |= dict.fromkeys(moved.pointed)
        # Behind its definition a tag needs no declaration; in front of it, it can be in a type.
        for tag in moved.names - set(moved.pointed):
            tags.pop(tag, None)
        every_need, needs = needs, not_local(needs, self.source)
        have = self._reached_by(header)
        missing = _lacking(self.graph, have, needs)
        every = self.includes.choose(missing, self.ledger, have)
        every = self.includes.with_instead(every, moved.to_header, have)
        every = self.includes.with_settings(every, have)
        by_sources = left_to_sources(self.graph, self.includes.all)
        every = tuple(i for i in every if i.place not in by_sources)
        chosen = tuple(i for i in every if is_repeatable(self.graph, i))
        leaves = tuple(i for i in every if i not in chosen)
        macros = self.macros.of_header(header, chosen, every_need)
        self._share([i for i in chosen if not have.issuperset(i.files)], ())
        have |= {path for include in chosen for path in include.files}
        found = find_declaring(self.graph, sorted(have), tags, incomplete=True)
        forward = tuple(tag for tag in tags if tag not in found)
        target = include_target(self.spec.header, self.source.path)
        last = max((one.index for one in macros), default=-1)
        is_last = bool(leaves) or last >= include_place(self.source.module, target)
        lines = self._lines(chosen, self.spec.header, header)
        order = self._order(self.spec.header)
        return HeaderFront(lines, order, forward, leaves, macros, is_last)

    def _refuse_textual(self, references: list[TableReference]) -> Collection[str]:
        """Refuse what a source file defines that this one includes as text: it stays static.

        Returns the names.
        """
        texts = sorted(path for path in self.includes.seen if path.endswith(".c"))
        # What the source defines itself can only be used there.
        own = self.source.definitions
        names = [r.name for r in references if not own.of(r.name, Sort.FUNCTION, Sort.OBJECT)]
        found = find_declaring(self.graph, texts, names) if texts else {}
        for reference in references:
            if reference.name in found:
                self.ledger.refuse(
                    INCLUDED_TEXT,
                    f"'{reference.name}' ({reference.reason}) is defined in "
                    f"{min(found[reference.name])}, which {self.source.path} includes as text",
                    reference.site,
                    "compile that file on its own, or leave the table out of the split",
                )
        return found

    def _header_target(self, file: CFile | None) -> str | None:
        """Return the include of the split's header that a file lacks; None when it has one.

        No file stands for main, which is to be made.
        """
        header, path = self.there["header"], file.path if file else self.spec.main
        target = include_target(self.spec.header, path)
        for index, item in enumerate(file.module.items if file else ()):
            if file and isinstance(item, Directive) and item.include:
                quote, name = item.include[0], item.include[1:-1]
                found = self.graph.resolve(quote, name, file.path)
                brought = header is not None and found and header.path in self.graph.reach(found)
                if found and (found == self.spec.header or brought):
                    return None
                if item.include == target and not file.guards[index]:
                    return None
        if file is not None:
            added = Symbol.added(target, Role.INCLUDE)
            reason = Reason(Why.DECLARES_GLOBALS)
            self.ledger.step(Action.INCLUDE, added, Site(path), reason)
        return target

    def _is_local(self, name: str) -> bool:
        return bool(self.source.definitions.of(name, Sort.TYPE))

    def _main(
        self,
        moving: Moving,
        provided: frozenset[str],
        moved: MovedLocals,
        header_front: HeaderFront,
    ) -> MainFront:
        """Return what main starts with for the tables that move there.

        `provided` are names that the split's header declares or that move along; `moved` are
        types and macros that do.
        """
        main, header = self.there["main"], self.there["header"]
        if not moving.going:
            return MainFront()
        references = moving.references_of(moving.going)
        told = self._refuse_textual(references)
        known = {*provided, *told}
        needs = []
        for reference in references:
            through = reference.reference.through
            if reference.name in known:
                continue
            # What a header's macro uses is that header's affair.
            if through and not self.source.definitions.of(through, Sort.MACRO):
                continue
            optional = reference.optional or reference.reference.is_dead or bool(through)
            needs.append(Need(reference.name, reference.reason, reference.site, optional))
        for table in moving.going:
            site = table.file.site(table.definitions[0].index)
            needs += keyword_needs(table.definitions, f"table {table.old}", site)
            for at in following_calls(table)[0]:
                call = table.file.module.items[at]
                assert isinstance(call, MacroCall)
                why = f"the export of {table.new}"
                needs.append(Need(call.name, why, table.file.site(at), optional=True))
        guards = [self.source.guards[index] for index in (*moving.items, *moved.to_main)]
        needs += [*guard_needs(guards, "an #if around a table"), *moved.main_needs]
        every_need, needs = needs, not_local(needs, self.source)
        # What a header that is there already declares comes with it.
        front = self._reached_by(main)
        have = front | ({header.path} if header else set())
        missing = _lacking(self.graph, have, needs)
        behind = set(self.graph.reach(header.path)) if header else set()
        missing = self._not_by_header_alone(missing, behind)
        every = self.includes.choose(missing, self.ledger, front, behind)
        every = self.includes.with_instead(every, moved.to_main, front)
        every = self.includes.with_settings(every, front, [*header_front.lines, *behind])
        chosen = {i.place: i for i in (*every, *header_front.left)}
        if header_front.left:
            # They stand in front of the header, and may rely on what that includes itself.
            self.includes.in_front.complete(chosen, front)
        fresh = [i for i in chosen.values() if not have.issuperset(i.files)]
        self._share(fresh, {reference.name for reference in references})
        coming = [i for i in self.includes.written if not behind.isdisjoint([next(iter(i.files))])]
        lines = self._lines((chosen[place] for place in sorted(chosen)), self.spec.main, main)
        in_front = self.macros.of_main(main, chosen, coming, every_need, header_front.macros)
        return MainFront(lines, self._order(self.spec.main), in_front)

    def _not_by_header_alone(self, needs: list[Need], reached: set[str]) -> list[Need]:
        """Leave out what only the split's own header brings: main includes that anyway."""
        left = _lacking(self.graph, reached, needs)
        if len(left) == len(needs):
            return needs
        names = [need.name for need in needs]
        usable = {path for include in self.includes.all for path in include.files}
        others = find_declaring(self.graph, sorted(usable), names)
        return [need for need in needs if need in left or need.name in others]

    def _share(self, includes: Iterable[Include], used: Container[str]) -> None:
        """Refuse headers that can be included once, or have their static functions inline."""
        shared = share_headers(includes, used, self.context, self.ledger)
        self.single |= shared.refused
        for path, indices in shared.inline.items():
            self.inline[path] = self.inline.get(path, frozenset()) | indices

    def _reached_by(self, file: CFile | None) -> set[str]:
        """Return the headers an existing file sees, itself included."""
        if file is None:
            return set()
        graph = graph_of(self.tree, file.path)
        return {file.path, *(p for i in graph.direct(file.module) for p in i.files)}

    def _lines(
        self, chosen: Iterable[Include], path: str, file: CFile | None
    ) -> tuple[IncludeLine, ...]:
        items = file.module.items if file else ()
        guards = file.guards if file else ()
        present = {
            (item.include, guard)
            for item, guard in zip(items, guards, strict=True)
            if isinstance(item, Directive)
        }
        lines = [
            IncludeLine(self._retarget(line.target, path), line.guard)
            for line in include_lines(chosen)
        ]
        return tuple(
            line
            for line in lines
            if not any((line.target, line.guard[:n]) in present for n in range(len(line.guard) + 1))
        )

    def _order(self, path: str) -> tuple[str, ...]:
        """Return the source's includes and the macros among them, as a file would write them."""
        lines = [(one.index, self._retarget(one.target, path)) for one in self.includes.in_order]
        lines += [(one.index, one.text) for one in self.includes.front_macros.all]
        return tuple(dict.fromkeys(line for _, line in sorted(lines)))

    def _retarget(self, target: str, path: str) -> str:
        """Rewrite an include that is found beside the source for a file in another folder."""
        if target[0] == "<" or dirname(path) == dirname(self.source.path):
            return target
        beside = join(dirname(self.source.path), target[1:-1])
        return include_target(beside, path) if self.tree.exists(beside) else target


def _is_tag(name: str) -> bool:
    return name.startswith(("struct ", "union "))


def _lacking(graph: IncludeGraph, have: set[str], needs: list[Need]) -> list[Need]:
    """Return the needs that the headers in `have` do not serve."""
    if not have:
        return needs
    lacking = set(undeclared(graph, sorted(have), [need.name for need in needs]))
    return [need for need in needs if need.name in lacking]
