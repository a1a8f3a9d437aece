"""What the header declares: which names still need it, and what their types need."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from posixpath import basename, dirname, relpath

from vtsplit.cst.conditions import cover, shared
from vtsplit.cst.heads.annotations import BY_HEADERS
from vtsplit.cst.heads.macro_types import calls_by_name
from vtsplit.cst.heads.typed import TypeReadError
from vtsplit.cst.lexer import Kind
from vtsplit.cst.meaning.macro_arguments import MacroOf
from vtsplit.cst.nodes import Declaration, FunctionDef
from vtsplit.diagnostics import RefusedError, Site
from vtsplit.planning.edits import Declared
from vtsplit.planning.includes.needs import Need
from vtsplit.planning.steps import Ledger
from vtsplit.planning.tables.exposure import Exposure, name_site, signature_of
from vtsplit.planning.tables.exposure_rules import UNREADABLE_TYPE
from vtsplit.planning.tables.find import SpecTable
from vtsplit.survey.cfile.definitions import Definition, Sort
from vtsplit.survey.cfile.file_scope_calls import expanded_words
from vtsplit.survey.cfile.files import CFile, CFiles
from vtsplit.survey.search.words import WordFiles

_DECLARING = {Sort.PROTOTYPE, Sort.EXTERN, Sort.FUNCTION, Sort.MACRO}


class Declarations:
    """Finds what headers declare already, and collects what the split's header must declare."""

    def __init__(self, files: CFiles, words: WordFiles, headers: Iterable[str]) -> None:
        self.files = files
        self.words = words
        self.headers = tuple(headers)

    def site(self, name: str, is_function: bool = False) -> Site | None:
        """Return where a header declares a name; None when none does.

        A function can be declared by its type, `open_t foo_open;`, as an object is defined.
        """
        sorts = _DECLARING | {Sort.TENTATIVE} if is_function else _DECLARING
        found = (file.site(one.index) for file, one in self.of(name) if one.sort in sorts)
        return next(found, None)

    def of(self, name: str) -> Iterator[tuple[CFile, Definition]]:
        """Yield what the headers say of a name, and where."""
        having = set(self.words.of(name))
        for path in self.headers:
            if path not in having:
                continue
            try:
                if not self.files.places(path, name).may_be_declared():
                    continue
                file = self.files.get(path)
            except RefusedError:
                continue
            for definition in file.definitions.of(name):
                yield file, definition

    def is_provided(self, name: str, header: str) -> bool:
        """Tell whether the split's header declares a name, or will: no other header does."""
        site = self.site(name)
        return site is None or site.path == header

    def wanted(
        self, exposures: Iterable[Exposure], source: CFile, ledger: Ledger
    ) -> list[Declared]:
        """Return the exposures that no header declares, in the order of the tables' entries."""
        found = []
        for exposure in exposures:
            new = exposure.new
            is_function = not exposure.is_object
            site = self.site(new, is_function) or self.site(exposure.name, is_function)
            if site is not None:
                state = "is still static" if exposure.is_static else "is already global"
                ledger.note(f"{new} {state}, declared at {site}", name_site(exposure, source))
                continue
            found.append(_declared(exposure))
        return found


def _declared(exposure: Exposure) -> Declared:
    guards = [definition.guard for definition in exposure.definitions]
    if not exposure.has_types:
        guard, attributes = cover(guards), exposure.attributes
        return Declared(exposure.new, guard, exposure.is_object, attributes=attributes)
    common = min(shared(guards[0], guard) for guard in guards)
    branches = tuple(guard[common:] for guard in guards)
    return Declared(exposure.new, guards[0][:common], branches=branches)


def definition_needs(definitions: Sequence[Definition], reason: str, site: Site) -> list[Need]:
    """Return what a declaration of these needs to have seen: types, constants, annotations.

    Tags that only pointers name are left out; see `pointed_tags`.
    """
    needs: dict[str, Need] = {}
    for definition in definitions:
        try:
            signature = signature_of(definition)
        except TypeReadError:
            continue
        for name in sorted(signature.complete | signature.constants | signature.annotations):
            needs.setdefault(name, Need(name, reason, site))
        for name in sorted(signature.likely):
            needs.setdefault(name, Need(name, reason, site, optional=True))
    for need in keyword_needs(definitions, reason, site):
        needs.setdefault(need.name, need)
    return list(needs.values())


def keyword_needs(definitions: Iterable[Definition], reason: str, site: Site) -> list[Need]:
    """Return the keywords of these that a header may define. Compilers may know them as well."""
    words = {word for one in definitions for word in _words(one)}
    return [Need(word, reason, site, optional=True) for word in sorted(words & BY_HEADERS)]


def _words(definition: Definition) -> list[str]:
    """Return the words of a declaration but the name declared, which can look like another."""
    item = definition.item
    if not isinstance(item, FunctionDef | Declaration):
        return []
    tokens = [t for at, t in enumerate(item.head.tokens) if at != item.head.name_index]
    if item.head.initializer is not None:
        end = next(at for at, token in enumerate(tokens) if token.text == "=")
        tokens = tokens[:end]
    return [token.text for token in tokens if token.kind is Kind.IDENT]


def pointed_tags(definitions: Iterable[Definition], macro_of: MacroOf) -> list[str]:
    """Return the tags that a forward declaration serves: they occur behind pointers only.

    Macros that make types may name some: `VEC(foo) *a` is `struct vec_foo *a`.
    """
    tags: dict[str, None] = {}
    for definition in definitions:
        try:
            tags |= dict.fromkeys(sorted(signature_of(definition).incomplete))
        except TypeReadError:
            continue
        head = getattr(definition.item, "head", None)
        for call in calls_by_name(head).values() if head else ():
            words = expanded_words(call, macro_of)
            tags |= {f"{a} {b}": None for a, b in pairwise(words) if a in {"struct", "union"}}
    return list(tags)


def table_declarations(
    tables: Iterable[SpecTable], outside: frozenset[str], declarations: Declarations
) -> list[Declared]:
    """Return the `extern` declarations that tables lack and that something outside of main uses.

    A table that has moved already is global because something uses it.
    """
    return [
        Declared(table.new, cover(d.guard for d in table.definitions), is_object=True)
        for table in tables
        if ({table.old, table.new} & outside or not (table.moves or table.is_static))
        and not declarations.site(table.new)
        and not declarations.site(table.old)
    ]


def refuse_unreadable_types(
    tables: Iterable[SpecTable], declared: Iterable[Declared], ledger: Ledger
) -> None:
    """Refuse tables that the header must declare and whose type cannot be read."""
    wanted = {one.name for one in declared}
    for table in tables:
        for definition in table.definitions if table.new in wanted else ():
            try:
                signature_of(definition)
            except TypeReadError as error:
                ledger.refuse(
                    UNREADABLE_TYPE,
                    f"'{table.old}' cannot be declared: {error}",
                    table.file.site(definition.index),
                    "write its type in plain C",
                )


def include_target(path: str, includer: str) -> str:
    """Return how a file includes a header by its place: `"x.h"`, `"../x.h"`.

    >>> include_target("a/b/x.h", "a/b/c.c"), include_target("a/x.h", "a/b/c.c")
    ('"x.h"', '"../x.h"')
    """
    folder = dirname(includer)
    return f'"{basename(path) if dirname(path) == folder else relpath(path, folder or ".")}"'
