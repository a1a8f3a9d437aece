"""The tables that a spec asks for, and the objects and types of the source that they name."""

from dataclasses import dataclass

from vtsplit.cst.lexer import Kind
from vtsplit.cst.parser import parse_module
from vtsplit.planning.build.core_name import present_source
from vtsplit.spec.document import Spec
from vtsplit.survey.cfile.definitions import Definition, Sort
from vtsplit.survey.cfile.files import CFile
from vtsplit.tree.source_tree import SourceTree


@dataclass(frozen=True)
class AskedTables:
    """The source of a spec, its tables, and the objects and types that these name."""

    source: CFile
    tables: tuple[Definition, ...]
    objects: tuple[Definition, ...]
    types: tuple[Definition, ...]


def what_is_asked(spec: Spec, tree: SourceTree) -> AskedTables:
    """Return what a spec asks for, by names alone: nothing has been planned.

    A table that is in main already counts as well.
    """
    path = present_source(spec, tree).source
    source = CFile(path, parse_module(tree.find(path) or ""))
    main = CFile(spec.main, parse_module(tree.find(spec.main) or ""))
    tables = [one for table in spec.tables for one in source.definitions.of(table, Sort.OBJECT)]
    moved = [one for new in spec.tables.values() for one in main.definitions.of(new, Sort.OBJECT)]
    named = {
        token.text
        for one in (*tables, *moved)
        for token in one.item.tokens
        if token.kind is Kind.IDENT
    }
    named -= spec.tables.keys()
    words = {word for name in named for word in (name, f"struct {name}", f"union {name}")}
    known = sorted(words.intersection(source.definitions.by_name))
    objects = [
        one for word in known for one in source.definitions.of(word, Sort.OBJECT, Sort.TENTATIVE)
    ]
    types = [one for word in known for one in source.definitions.of(word, Sort.TYPE)]
    return AskedTables(source, tuple(tables), tuple(objects), tuple(types))
