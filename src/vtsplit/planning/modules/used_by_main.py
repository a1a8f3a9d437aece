"""What the functions of main use of another file, on a tree where a split has been made.

No entry of a table names these: they start and stop a backend, or a wrapper calls them. The tree
alone says what is done, so main's functions say what the header has to declare.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from vtsplit.cst.lexer import Kind
from vtsplit.cst.meaning.occurrences import find_occurrences
from vtsplit.cst.nodes import FunctionDef
from vtsplit.diagnostics import Site
from vtsplit.planning.modules.module_entry import registered
from vtsplit.planning.modules.written_use import WrittenUse
from vtsplit.planning.reason import Reason, Why
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.cfile.files import CFile


@dataclass(frozen=True)
class UseByMain(WrittenUse):
    """A name of another file that a function of main uses; `starts` where it starts the module."""

    name: str
    site: Site
    starts: bool = False

    @property
    def because(self) -> Reason:
        """Why the name concerns the split."""
        return Reason(Why.CALLED_BY_MAIN, site=self.site)


def used_by_main(main: CFile, file: CFile) -> list[UseByMain]:
    """Return what main's functions use of a file's global functions and objects, each once.

    What main declares itself is left out. The function that starts the module comes last but for
    the one that stops it, and what it uses in the same order.
    """
    names = {name for name in file.definitions.by_name if _is_global(file, name)}
    names = {name for name in names if not main.definitions.of(name)}
    found: dict[str, UseByMain] = {}
    for index, starts in _functions(main):
        item = main.module.items[index]
        used = {token.text for token in item.tokens if token.kind is Kind.IDENT} & names
        for one in find_occurrences(item, frozenset(used)) if used else ():
            name = one.name
            if one.meaning.needs and name not in found:
                site = main.site(index, one.offset - len(item.leading), len(name))
                found[name] = UseByMain(name, site, starts)
    return list(found.values())


def _is_global(file: CFile, name: str) -> bool:
    """Tell whether a file defines a name, and nothing there makes it static (C11 6.2.2p5)."""
    every = file.definitions.of(name)
    own = {Sort.FUNCTION, Sort.OBJECT, Sort.TENTATIVE}
    return any(one.sort in own for one in every) and not any(one.is_static for one in every)


def _functions(main: CFile) -> Iterator[tuple[int, bool]]:
    """Yield the indices of main's functions, each with whether the module starts or stops by it."""
    last = [entry.function for entry in registered(main)]
    for index, item in enumerate(main.module.items):
        if isinstance(item, FunctionDef) and item.name not in last:
            yield index, False
    for name in last:
        for definition in main.definitions.of(name, Sort.FUNCTION):
            yield definition.index, True
