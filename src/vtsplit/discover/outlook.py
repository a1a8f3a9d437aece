"""Whether the split of a table would go through, or what would refuse it."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from posixpath import splitext

from vtsplit.apply.apart.take import tables_apart
from vtsplit.apply.dry_run import dry_run
from vtsplit.cst.directives import Macro
from vtsplit.cst.nodes import Declaration
from vtsplit.diagnostics import Problem, RefusedError
from vtsplit.discover.proposal import propose
from vtsplit.discover.table_types import words_beside
from vtsplit.planning.build.composable import refuse_uncomposable
from vtsplit.planning.build.other_lists import OtherLists
from vtsplit.planning.steps import Ledger
from vtsplit.planning.tables.find import SpecTable, find_tables, moved_items, spell_static_out
from vtsplit.spec.document import Spec
from vtsplit.survey.build import cmake, meson
from vtsplit.survey.build.build_files import build_files
from vtsplit.survey.cfile.files import CFile
from vtsplit.survey.headers.includes import graph_of
from vtsplit.survey.headers.macros import HeaderMacros, header_macros
from vtsplit.survey.make.kbuild import ListKind, find_object
from vtsplit.survey.search.index import WordIndex
from vtsplit.tree.source_tree import SourceTree


def look(file: CFile, names: Sequence[str], tree: SourceTree) -> dict[str, tuple[Problem, ...]]:
    """Return what stands in the way of each table, as far as its shape and its Makefile tell.

    These are planning's own checks, those that take a millisecond; what needs types, headers or the
    whole tree is left to `try_split`.
    """
    build: list[Problem] | None = None
    found = {}
    file = tables_apart(file, names)
    macros = _Macros(file, tree)
    for name in names:
        spec, ledger = _spec(file.path, name), Ledger()
        try:
            tables = find_tables(spec, file, None, ledger)
            macros.look_for(tables)
            tables = spell_static_out(tables, macros.every, ledger)
            moved_items(tables, ledger)
        except RefusedError as error:
            ledger.problems += error.problems
        if build is None:
            build = _in_the_build(spec, tree)
        found[name] = (*ledger.problems, *build)
    return found


class _Macros:
    """Macros as a split looks them up, as far as words in front of tables may be some.

    Headers are only read for a word beside the type that is nothing known.
    """

    def __init__(self, file: CFile, tree: SourceTree) -> None:
        self.file = file
        self.tree = tree
        self.asked: frozenset[str] = frozenset()
        self.own = {item.macro.name for item in file.module.items if item.macro}

    def look_for(self, tables: Iterable[SpecTable]) -> None:
        """Note which words beside the types of these tables may be macros of headers."""
        items = [one.item for table in tables for one in table.definitions]
        heads = [item.head for item in items if isinstance(item, Declaration)]
        self.asked = frozenset().union(*map(words_beside, heads))

    def every(self, name: str) -> tuple[Macro, ...]:
        """Return every definition of a macro."""
        own = self.file.definitions.macros(name) if name in self.own else ()
        return (*own, *self._of_headers.every(name)) if name in self.asked else own

    @cached_property
    def _of_headers(self) -> HeaderMacros:
        graph = graph_of(self.tree, self.file.path)
        seen = {path for one in graph.direct(self.file.module) for path in one.files}
        return header_macros(graph, sorted(seen))


def _in_the_build(spec: Spec, tree: SourceTree) -> list[Problem]:
    """Return why the object's list can take no second one; who else uses it is not looked for."""
    ledger = Ledger()
    try:
        found = find_object(tree.find, spec.source)
        if isinstance(found, Problem):
            return [] if _is_listed_elsewhere(spec.source, tree) else [found]
        # What depends on a symbol may never be a module: to tell takes a search of the whole tree.
        if found.kind is ListKind.SINGLE and not any(
            "$" in p.object_list.name for p in found.places
        ):
            refuse_uncomposable(found, spec.source, tree, ledger)
    except RefusedError as error:
        return list(error.problems)
    return ledger.problems


def _is_listed_elsewhere(source: str, tree: SourceTree) -> bool:
    """Tell whether a build file lists a source that no Makefile of its folder or above does."""
    if any(one(tree.find, source) for one in (meson.is_listed, cmake.is_listed)):
        return True
    others = OtherLists(source, None, tree, build_files(tree))
    listed = (one for _, _, places in others.lists() for one in places)
    return any(one.is_source for one in listed) or any(True for _ in others.memberships())


def _spec(source: str, name: str) -> Spec:
    stem = splitext(source)[0]
    return Spec(
        source=source,
        header=f"{stem}_ops.h",
        main=f"{stem}_main.c",
        tables={name: name},
        renames={},
        patterns=(),
        text="",
        file="",
    )


def try_split(path: str, name: str, tree: SourceTree, index: WordIndex) -> tuple[Problem, ...]:
    """Return what a dry run of the proposed spec is refused for; nothing where it goes through."""
    try:
        spec = propose(tree, path, [name], index, "the proposed spec")
    except RefusedError as error:
        return error.problems
    return dry_run(spec, tree, index).problems
