"""Take declarations apart that declare several things at once, and join again what may stay."""

from collections.abc import Collection
from dataclasses import dataclass

from vtsplit.apply.apart.asked import AskedTables, what_is_asked
from vtsplit.apply.apart.names import Separated, join_alike, names_apart
from vtsplit.apply.apart.types import join_kept, own_types_apart, separate_types
from vtsplit.cst.parser import parse_module
from vtsplit.planning.steps import Step
from vtsplit.spec.document import Spec
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.cfile.files import CFile
from vtsplit.tree.overlay import OverlaidTree
from vtsplit.tree.source_tree import SourceTree


@dataclass(frozen=True)
class Apart:
    """A tree whose tables are declared alone, with the steps that make it so."""

    tree: SourceTree
    types: tuple[Step, ...]
    names: tuple[Separated, ...]

    def joined(
        self, texts: dict[str, str], path: str, steps: tuple[Step, ...]
    ) -> tuple[dict[str, str], tuple[Step, ...]]:
        """Return texts with what has not moved together again, and all steps that are left."""
        texts, steps = join_alike(texts, path, self.names, steps)
        return join_kept(texts, path, self.types, steps)


def take_apart(spec: Spec, tree: SourceTree) -> Apart:
    """Return a tree for the plan. If there is nothing to take apart, it is the tree itself."""
    asked = what_is_asked(spec, tree)
    text, types = separate_types(asked, tree)
    if text is not None:
        tree = OverlaidTree(tree, {asked.source.path: text})
        asked = what_is_asked(spec, tree)
    text, names = names_apart(asked)
    if text is not None:
        tree = OverlaidTree(tree, {asked.source.path: text})
    return Apart(tree, types, names)


def tables_apart(source: CFile, names: Collection[str]) -> CFile:
    """Return a file whose tables of these names are declared alone, where that can be done.

    Each line keeps its number. If there is nothing to take apart, the file itself is returned.
    """
    source = own_types_apart(source, names)
    tables = tuple(one for name in names for one in source.definitions.of(name, Sort.OBJECT))
    text, _ = names_apart(AskedTables(source, tables, (), ()))
    return source if text is None else CFile(source.path, parse_module(text))
