"""Carry out a plan: run the codemods over a tree held in memory."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from vtsplit.codemods.create import new_header, new_source
from vtsplit.codemods.declare import (
    Addition,
    declaration_of,
    declare,
    declare_tags,
    under_branches,
)
from vtsplit.codemods.drop import drop, thin
from vtsplit.codemods.export import add_lines, export
from vtsplit.codemods.expose import expose, spelled_out
from vtsplit.codemods.include import add_in_front, add_in_order, add_include
from vtsplit.codemods.make_inline import make_inline
from vtsplit.codemods.relocate import TakenItem, block_of, make_global, place, with_quiet
from vtsplit.codemods.rename import rename
from vtsplit.cst.conditions import Guard
from vtsplit.cst.guards import item_guards, read_by_cplusplus
from vtsplit.cst.meaning.macro_arguments import MacroOf
from vtsplit.cst.nodes import Declaration, FunctionDef, Item, Module
from vtsplit.cst.parser import parse_module
from vtsplit.cst.style.indentation import indentation_of
from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.planning.edits import Declared, IncludeLine, MainEdit, Plan, Renames
from vtsplit.planning.header.declarations import include_target
from vtsplit.planning.tables.exposure_rules import NO_DEFINITION
from vtsplit.survey.cfile.definitions import Definitions
from vtsplit.tree.source_tree import SourceTree


@dataclass(frozen=True)
class SplitTexts:
    """The text of every file the plan touches, before and after; None where there is no file.

    All are under the paths that the tree has; `moved` are new paths by old ones.
    """

    before: Mapping[str, str | None]
    after: Mapping[str, str]
    moved: Mapping[str, str] = field(default_factory=dict)


def carry_out(plan: Plan, tree: SourceTree, macro_of: MacroOf = lambda _: None) -> SplitTexts:
    """Return what a plan makes of the tree's files; nothing is written.

    `macro_of` is the planner's look-up of macros, so that both see the same uses of a name.
    """
    return _SplitRun(plan, tree, macro_of).run()


class _SplitRun:
    def __init__(self, plan: Plan, tree: SourceTree, macro_of: MacroOf) -> None:
        self.plan = plan
        self.tree = tree
        self.macro_of = macro_of
        self.original = parse_module(tree.read(plan.source.path))
        self.style = indentation_of(self.original.code)
        self.newline = "\r\n" if "\r\n" in self.original.code else "\n"

    def run(self) -> SplitTexts:
        plan = self.plan
        source, taken = self._source()
        after = {plan.source.path: source.code}
        header = self._header(source, taken)
        if header is not None:
            after[plan.header.path] = header
        main = self._main([t for t in taken if t.index in plan.source.moved])
        if main is not None:
            after[plan.main.path] = main
        for path in plan.others():
            after[path] = self._other(path).code
        after |= plan.texts
        before = {path: self.tree.find(path) for path in after}
        moved = {plan.source.path: plan.source.becomes} if plan.source.becomes else {}
        return SplitTexts(before, after, moved)

    def _source(self) -> tuple[Module, list[TakenItem]]:
        """Return what is left of the source file, and what moves."""
        edit = self.plan.source
        source, taken = self._take()
        source = self._rename(expose(source, edit.exposed, edit.hidden), edit.path)
        source = export(source, edit.exports)
        if edit.export_include:
            source = add_include(source, edit.export_include)
        if edit.include:
            source = add_include(source, edit.include, last=edit.include_last)
        return source, taken

    def _take(self) -> tuple[Module, list[TakenItem]]:
        """Take out what moves or goes; return the rest and what moves, under its new names."""
        edit = self.plan.source
        rest, items = drop(thin(self.original, edit.thinned), edit.gone)
        guards = item_guards(self.original)
        spelled = (
            spelled_out(one, edit.hidden) if edit.hidden and isinstance(one, Declaration) else one
            for one in items
        )
        renamed = self._rename(Module(tuple(spelled)), edit.path).items
        taken = [
            TakenItem(index, guards[index], item)
            for index, item in zip(sorted(edit.gone), renamed, strict=True)
            if index not in edit.dropped
        ]
        return rest, make_global(taken, self.plan.main.kept_static, self.style)

    def _rename(self, module: Module, path: str) -> Module:
        renames = self.plan.renames.get(path, Renames())
        macro_of = self.macro_of
        style = self.style if path == self.plan.source.path else None
        if path != self.plan.source.path:
            macro_of = Definitions(module).macro_first(macro_of)
        if renames.names:
            module = rename(module, renames.names, macro_of, style=style)
        if renames.comments:
            module = rename(module, renames.comments, macro_of, comments_only=True, style=style)
        return module

    def _other(self, path: str) -> Module:
        """Change a file that is no part of the split but names what it renames or moves."""
        module = parse_module(self.tree.read(path))
        module = make_inline(module, self.plan.inline.get(path, ()))
        forwarding = self.plan.forwarding.get(path)
        if forwarding:
            module = drop(module, forwarding)[0]
            module = add_include(module, include_target(self.plan.header.path, path))
        return self._rename(module, path)

    def _header(self, source: Module, taken: list[TakenItem]) -> str | None:
        edit = self.plan.header
        local = [one for one in taken if one.index in self.plan.source.to_header]
        before = self.tree.find(edit.path)
        if before is None and edit.start is None:
            return None
        if before is not None:
            module = self._rename(parse_module(before), edit.path)
            for line in edit.includes:
                module = add_in_order(module, line.target, line.guard, edit.source_order)
        else:
            assert edit.start is not None
            start, includes = edit.start, _pairs(edit.includes)
            module = new_header(start.license, start.guard, start.closing, includes)
        module = declare_tags(module, edit.tags)
        if local:
            module = place(module, block_of(local), edit.order)
        module = declare(module, self._additions(source, taken), edit.order)
        return self._as_source(module.code) if before is None else module.code

    def _additions(self, source: Module, taken: list[TakenItem]) -> list[Addition]:
        edit = self.plan.header
        found: dict[str, Item] = dict(edit.made)
        branches: dict[str, list[FunctionDef]] = {}
        others = {id(item) for item in read_by_cplusplus(source)}
        for item in source.items:
            if isinstance(item, FunctionDef | Declaration) and item.name and id(item) not in others:
                better = item.is_definition
                if isinstance(item, FunctionDef):
                    branches.setdefault(item.name, []).append(item)
                if item.name not in found or (better and not found[item.name].is_definition):
                    found[item.name] = item
        style = indentation_of(self.tree.find(edit.path) or "", self.original.code)
        there = parse_module(self.tree.find(self.plan.main.path) or "").items
        for item in (*there, *(one.item for one in taken)):
            if isinstance(item, Declaration) and item.name:
                found[item.name] = item
        absent = [one.name for one in edit.declared if one.name not in found]
        if absent:
            message = (
                f"'{absent[0]}' cannot be declared in the header: vtsplit finds no definition of it"
            )
            raise RefusedError(Problem(NO_DEFINITION, message, Site(self.plan.source.path)))

        def text(one: Declared) -> str:
            if one.branches:
                texts = (declaration_of(item, style=style) for item in branches[one.name])
                return under_branches(list(zip(one.branches, texts, strict=True)))
            length = one.length.text if one.length else None
            return declaration_of(found[one.name], length, style, one.attributes)

        return [
            Addition(one.name, one.guard, text(one).replace("\r\n", "\n")) for one in edit.declared
        ]

    def _main(self, taken: list[TakenItem]) -> str | None:
        edit = self.plan.main
        before = self.tree.find(edit.path)
        if before is None and edit.start is None:
            return None
        if before is None:
            assert edit.start is not None
            module = new_source(edit.start.license, _front_of_main(edit))
            module = place(module, self._block(taken))
            return self._as_source(add_lines(module, edit.imports).code)
        module = self._rename(expose(parse_module(before), edit.exposed), edit.path)
        for macro in edit.macros:
            module = add_in_front(module, macro.text, macro.guard, macro.before)
        for line in edit.includes:
            module = add_in_order(module, line.target, line.guard, edit.source_order)
        if edit.include:
            module = add_include(module, edit.include, last=edit.include_last)
        return add_lines(place(module, self._block(taken)), edit.imports).code

    def _block(self, taken: list[TakenItem]) -> str:
        """Return the moved items; in front of them declarations of those used before they stand."""
        forward = [
            TakenItem(-1, later.guard, parse_module(f"{declared}\n").items[0])
            for later, words in zip(taken, _words_in_front(taken), strict=True)
            if isinstance(later.item, Declaration)
            and later.item.name in self.plan.main.kept_static
            and later.item.name in words
            and (declared := later.item.text[: later.item.head.initializer].rstrip(" \t\n=") + ";")
        ]
        return block_of([*forward, *with_quiet(taken, self.plan.main.quiet)])

    def _as_source(self, text: str) -> str:
        """Give a new file the line ends of the source file."""
        return text.replace("\r\n", "\n").replace("\n", self.newline)


def _words_in_front(taken: Iterable[TakenItem]) -> Iterator[set[str]]:
    """Yield for each item the texts of all tokens in front of it; it is one set that grows."""
    words: set[str] = set()
    for one in taken:
        yield words
        words.update(token.text for token in one.item.tokens)


def _front_of_main(edit: MainEdit) -> list[tuple[str, Guard]]:
    """Return main's includes, each with the macros that stand in front of it."""
    front: list[tuple[str, Guard]] = []
    for line in edit.includes:
        front += [(one.text, one.guard) for one in edit.macros if one.before == line.target]
        front.append((line.target, line.guard))
    front += [(one.text, one.guard) for one in edit.macros if one.before is None]
    if edit.include:
        # Behind the others: it may rely on what they declare.
        front.append((edit.include, ()))
    return front


def _pairs(lines: tuple[IncludeLine, ...]) -> list[tuple[str, Guard]]:
    return [(line.target, line.guard) for line in lines]
