"""Facts about a spec and a tree that all passes of planning look at; nothing is decided here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from vtsplit.cst.directives import Macro
from vtsplit.diagnostics import Problem, RefusedError
from vtsplit.planning.build.core_name import present_source
from vtsplit.planning.includes.needs import Includes
from vtsplit.planning.rules.readable import refuse_unreadable
from vtsplit.planning.steps import Ledger
from vtsplit.spec.document import Spec
from vtsplit.survey.build.build_files import build_files
from vtsplit.survey.cfile.files import CFile, CFiles
from vtsplit.survey.cfile.inner_macros import inner_macros
from vtsplit.survey.headers.includes import IncludeGraph, graph_of
from vtsplit.survey.headers.macros import HeaderMacros, header_macros
from vtsplit.survey.search.index import WordIndex
from vtsplit.survey.types.typedefs import Typedefs
from vtsplit.tree.source_tree import MISSING, SourceTree


@dataclass(frozen=True, eq=False)
class Context:
    """A spec and what the tree has for it; `header` and `main` are None where they are to be made.

    `asked` is the spec as it is written; `spec` has the source's path as it is now. `unreadable`
    are the places from which on one of these files cannot be read.
    """

    asked: Spec
    spec: Spec
    tree: SourceTree
    index: WordIndex
    files: CFiles
    source: CFile
    header: CFile | None
    main: CFile | None
    unreadable: tuple[Problem, ...]

    @cached_property
    def graph(self) -> IncludeGraph:
        """What the source file includes, and by which way."""
        return graph_of(self.tree, self.spec.source)

    @cached_property
    def includes(self) -> Includes:
        """Chooses for new files among the includes of the source file."""
        return Includes(self.graph, self.source, frozenset({self.spec.header}))

    @property
    def seen(self) -> set[str]:
        """The headers that the source file reaches."""
        return self.includes.seen

    @cached_property
    def header_macros(self) -> HeaderMacros:
        """The macros of these headers."""
        return header_macros(self.graph, sorted(self.seen))

    @cached_property
    def typedefs(self) -> Typedefs:
        """The types that the source file has and sees."""
        return Typedefs(self.graph, (self.spec.source, *sorted(self.seen)), self.files)

    def look_ahead(self) -> None:
        """Work out what takes a while and needs no search for names."""
        _ = self.includes.in_front.in_source  # both are kept for the passes that ask later
        _ = build_files(self.tree).paths

    def macro_of(self, name: str) -> Macro | None:
        """Return a macro of the source file or, function-like, of a header it sees."""
        own = self.source.definitions.macro(name) or next(iter(self._inner.get(name, ())), None)
        return own or self.header_macros.get(name)

    def macros_of(self, name: str) -> tuple[Macro, ...]:
        """Return every definition that the source file or a header it sees has of a macro."""
        own = (*self.source.definitions.macros(name), *self._inner.get(name, ()))
        return (*own, *self.header_macros.every(name))

    @cached_property
    def _inner(self) -> Mapping[str, Sequence[Macro]]:
        return inner_macros(self.source)

    def brings_header(self, path: str) -> bool:
        """Tell whether a file includes the split's header, by whatever way."""
        return self.header is not None and self.spec.header in self.graph.reach(path)


def read_context(spec: Spec, tree: SourceTree, index: WordIndex | None = None) -> Context:
    """Return the facts about a spec. Raises RefusedError for a file that is not there.

    `index` is asked where names have been looked for already.
    """
    now, ledger, files = present_source(spec, tree), Ledger(), CFiles(tree)

    def optional(path: str) -> CFile | None:
        found = files.find(path)
        return refuse_unreadable(found, ledger) if found else None

    source = refuse_unreadable(_source(now, files), ledger)
    header, main = optional(now.header), optional(now.main)
    unreadable = tuple(ledger.problems)
    index = index or WordIndex(tree.root)
    return Context(spec, now, tree, index, files, source, header, main, unreadable)


def _source(spec: Spec, files: CFiles) -> CFile:
    """Return the source file. Raises RefusedError, with advice if a preset's source is missing."""
    try:
        return files.get(spec.source)
    except RefusedError as error:
        problem = error.problems[0]
        if not spec.is_of_preset("split", "source") or problem.rule is not MISSING or problem.help:
            raise
        advice = "the preset is for trees that have this file: name the top folder of such a tree"
        raise RefusedError(replace(problem, help=advice)) from None
