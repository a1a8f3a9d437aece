"""What lint asks a split tree: who declares, defines and uses the names of the split."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from posixpath import basename

from vtsplit.cst.conditions import OFF
from vtsplit.cst.directives import Macro
from vtsplit.cst.heads.declarator import Head
from vtsplit.cst.lexer import Kind
from vtsplit.cst.meaning.occurrences import find_occurrences
from vtsplit.cst.nodes import Declaration, Directive, FunctionDef, Item, MacroCall
from vtsplit.diagnostics import RefusedError, Site
from vtsplit.lint.built_names import BuiltNames
from vtsplit.planning.build.core_name import present_source
from vtsplit.planning.rules.readable import refuse_unreadable
from vtsplit.planning.steps import Ledger
from vtsplit.rule import Example, Rule
from vtsplit.spec.document import Spec
from vtsplit.survey.cfile.definitions import Definition, Sort
from vtsplit.survey.cfile.files import CFile, CFiles
from vtsplit.survey.cfile.references import find_references
from vtsplit.survey.headers.includes import graph_of
from vtsplit.survey.headers.macros import HeaderMacros, header_macros
from vtsplit.survey.search.words import WordFiles, find_words
from vtsplit.survey.types.typedefs import Typedefs
from vtsplit.tree.source_tree import SourceTree

NOT_SPLIT = Rule(
    "VT085",
    "not-split",
    "the tree is not split",
    "`vtsplit lint` checks a tree that is split. Its header and main have to exist.",
    "Run `vtsplit split --write` first.",
    Example(command="vtsplit lint"),
)


DECLARING = frozenset({Sort.PROTOTYPE, Sort.EXTERN})
DEFINING = frozenset({Sort.FUNCTION, Sort.OBJECT, Sort.TENTATIVE})
_PARSED = (".c", ".h", ".inc")
_PROSE = (".rst", ".txt", ".md", ".json")
_MOST_FILES = 40  # a name that more files have is too common to follow

Find = Callable[[Iterable[str]], WordFiles]


@dataclass(frozen=True)
class SecondBackend:
    """A second backend: what its functions start with, and its files."""

    prefix: str
    source: str
    header: str | None = None


@dataclass(frozen=True)
class DeclarationPlace:
    """A declaration of a name in a file."""

    file: CFile
    definition: Definition

    @property
    def item(self) -> Item:
        """The item that declares the name."""
        return self.definition.item

    @property
    def head(self) -> Head:
        """The head of the item; an empty one where a macro or the like declares the name."""
        return self.item.head if isinstance(self.item, FunctionDef | Declaration) else Head(())

    @property
    def site(self) -> Site:
        """Where the name stands in it."""
        head = self.head
        at = head.name_index if head.name == self.definition.name else 0
        offset = sum(len(token.text) for token in head.tokens[: max(at, 0)])
        return self.file.site(self.definition.index, offset, len(self.definition.name))


class Facts:
    """The files of a split, and look-ups in the rest of the tree.

    `find` searches the tree for words; by default on disk. Raises RefusedError when a file of the
    split is missing (VT085) or cannot be read.
    """

    def __init__(
        self,
        spec: Spec,
        tree: SourceTree,
        second: SecondBackend | None = None,
        find: Find | None = None,
    ) -> None:
        self.spec = spec = present_source(spec, tree)
        self.tree = tree
        self.files = CFiles(tree)
        self.source, self.header, self.main = self._read(spec.source, spec.header, spec.main)
        self.second = second
        self.second_source = self._optional(second.source) if second else None
        self.second_header = self._optional(second.header) if second and second.header else None
        self.graph = graph_of(tree, spec.source)
        self._find = find or (lambda names: find_words(tree.root, names))
        self._places: dict[str, tuple[DeclarationPlace, ...]] = {}

    def _read(self, *paths: str) -> tuple[CFile, ...]:
        ledger = Ledger()
        for path in paths:
            found = self.files.find(path)
            if found is None:
                ledger.refuse(
                    NOT_SPLIT,
                    f"the tree has no '{path}': lint checks a tree that is split",
                    Site(path),
                    "run `vtsplit split --write` first",
                )
            else:
                refuse_unreadable(found, ledger)
        if ledger.problems:
            raise RefusedError(*ledger.problems)
        return tuple(self.files.get(path) for path in paths)

    def _optional(self, path: str) -> CFile | None:
        ledger = Ledger()
        found = self.files.find(path)
        if found is not None:
            refuse_unreadable(found, ledger)
        if ledger.problems:
            raise RefusedError(*ledger.problems)
        return found

    @cached_property
    def headers(self) -> tuple[CFile, ...]:
        """The headers of the split."""
        return tuple(file for file in (self.header, self.second_header) if file)

    @cached_property
    def sources(self) -> tuple[CFile, ...]:
        """The C files of the split: source, main, the second backend's."""
        return tuple(file for file in (self.source, self.main, self.second_source) if file)

    @cached_property
    def own(self) -> tuple[CFile, ...]:
        """All files of the split."""
        return (*self.sources, *self.headers)

    @cached_property
    def seen(self) -> tuple[str, ...]:
        """Every header that a C file of the split sees, nearest first, and those files."""
        found: dict[str, int] = {}
        for file in self.sources:
            for path, depth in self.graph.reach(file.path).items():
                found[path] = min(depth, found.get(path, depth))
        return tuple(sorted(found, key=lambda path: found[path]))

    @cached_property
    def typedefs(self) -> Typedefs:
        """Typedefs that the split's files see."""
        return Typedefs(self.graph, self.seen, self.files)

    @cached_property
    def declared(self) -> tuple[DeclarationPlace, ...]:
        """The declarations in the split's headers of what is defined elsewhere, in order."""
        return tuple(
            DeclarationPlace(file, definition)
            for file in self.headers
            for definition in sorted(all_of(file), key=lambda d: d.index)
            if definition.sort in DECLARING and not definition.is_static
        )

    @cached_property
    def globals(self) -> tuple[DeclarationPlace, ...]:
        """The global functions and objects that the split's C files define, in order."""
        return tuple(
            DeclarationPlace(file, definition)
            for file in self.sources
            for definition in sorted(all_of(file), key=lambda d: d.index)
            if self._is_global(file, definition)
        )

    def _is_global(self, file: CFile, definition: Definition) -> bool:
        """Tell a definition with external linkage (C11 6.2.2p4, p5)."""
        item = definition.item
        if definition.sort not in DEFINING or not isinstance(item, FunctionDef | Declaration):
            return False
        head = item.head
        if "inline" in head.storage or "typedef" in head.storage:
            return False
        # `static` at an earlier declaration counts as well, and so does `STATIC`, a macro for it.
        if any(one.is_static for one in file.definitions.of(definition.name)):
            return False
        words = {token.text for token in head.tokens[: max(head.name_index, 0)]}
        return not any(
            token.text == "static"
            for word in words
            if word.isupper()
            for macro in self.macros(word)
            for token in macro.body
        )

    @cached_property
    def words(self) -> WordFiles:
        """Which files of the tree have the names of the split."""
        names = {place.definition.name for place in (*self.declared, *self.globals)}
        return self._find(names | {basename(file.path) for file in self.own})

    def is_common(self, name: str) -> bool:
        """Tell whether so many files have a name that nothing can be said of it."""
        return len(self.words.of(name)) > _MOST_FILES

    def having(self, name: str) -> Iterator[CFile]:
        """Return the C files and headers that have a name."""
        return self.files.readable(path for path in self.words.of(name) if path.endswith(_PARSED))

    def is_mentioned_outside_c(self, name: str) -> bool:
        """Tell whether an assembler file, a linker script or the like has the name."""
        return any(not path.endswith((*_PARSED, *_PROSE)) for path in self.words.of(name))

    def places(self, name: str) -> tuple[DeclarationPlace, ...]:
        """Return every declaration of a name in the tree."""
        if name not in self._places:
            self._places[name] = tuple(
                DeclarationPlace(file, definition)
                for file in self.having(name)
                for definition in filter(_is_in_force, file.definitions.of(name))
            )
        return self._places[name]

    def definitions(self, name: str) -> tuple[DeclarationPlace, ...]:
        """Return the definitions in the tree that give a name external linkage."""
        return tuple(
            place for place in self.places(name) if self._is_global(place.file, place.definition)
        )

    def macros(self, name: str) -> tuple[Macro, ...]:
        """Return the definitions of a macro in the split's files, else the one of a header."""
        own = tuple(macro for file in self.own for macro in file.definitions.macros(name))
        found = self._header_macros.get(name) if not own else None
        return (found,) if found else own

    @cached_property
    def _header_macros(self) -> HeaderMacros:
        return header_macros(self.graph, self.seen)

    def used_by(self, item: Item) -> frozenset[str]:
        """Return the names an item uses, its own left out; every definition of a macro counts."""
        names: set[str] = set()
        for choice in range(3):

            def pick(name: str, choice: int = choice) -> Macro | None:
                macros = self.macros(name)
                return macros[min(choice, len(macros) - 1)] if macros else None

            names |= {reference.name for reference in find_references(item, pick)}
        return frozenset(names)

    @cached_property
    def _users(self) -> tuple[str, ...]:
        """The files of the split and those that include its headers."""
        names = [basename(file.path) for file in self.headers]
        found = [path for name in names for path in self.words.of(name) if path.endswith(_PARSED)]
        return (*(file.path for file in self.own), *found)

    @cached_property
    def _alone(self) -> frozenset[str]:
        """The C files of the split that no file includes as text."""
        found = set[str]()
        for file in self.sources:
            name = basename(file.path)
            includes = re.compile(rf"^[ \t]*#[ \t]*include\b.*\b{re.escape(name)}\b", re.MULTILINE)
            users = (path for path in self.words.of(name) if path.endswith(_PARSED))
            if not any(includes.search(self.graph.text(path)) for path in users):
                found.add(file.path)
        return frozenset(found)

    @cached_property
    def _built_names(self) -> BuiltNames:
        return BuiltNames(self.graph.text, self._users, self.seen, self._alone)

    def may_be_built(self, name: str) -> bool:
        """Tell whether a macro could build a name with `##`, so that no search finds it there."""
        return self._built_names.may_have(name)

    @cached_property
    def uses_in_main(self) -> dict[str, frozenset[int]]:
        """For each name the items of main that use it, through macros too."""
        found: dict[str, set[int]] = {}
        for index, item in enumerate(self.main.module.items):
            if not isinstance(item, Directive):
                for name in self.used_by(item):
                    found.setdefault(name, set()).add(index)
        return {name: frozenset(indices) for name, indices in found.items()}


def all_of(file: CFile) -> Iterator[Definition]:
    """Yield every declaration at a file's file scope, what `#if 0` takes out left aside."""
    for found in file.definitions.by_name.values():
        yield from filter(_is_in_force, found)


def _is_in_force(definition: Definition) -> bool:
    return OFF not in definition.guard


def uses_of(file: CFile, name: str) -> Iterator[Site]:
    """Yield where items of a file first use a name, those that just declare it left out."""
    for index, item in enumerate(file.module.items):
        if name not in item.text:
            continue
        for found in find_occurrences(item, frozenset({name})):
            if found.meaning.needs and not item.only_declares(name):
                yield file.site(index, found.offset - len(item.leading), len(name))
                break


def is_exported(file: CFile, name: str) -> bool:
    """Tell whether a macro at file scope, such as EXPORT_SYMBOL(name), has a name."""
    return any(
        isinstance(item, MacroCall) and name in {token.text for token in item.tokens}
        for item in file.module.items
    )


def in_strings(file: CFile, name: str) -> bool:
    """Tell whether a string of a file, perhaps of an `asm` statement, has a name."""
    return any(
        name in token.text
        for item in file.module.items
        if name in item.text and '"' in item.text
        for token in item.tokens
        if token.kind is Kind.STRING
    )
