"""`FILE:TABLE` and `FILE:LINE` arguments: which tables of which source file."""

import os
from pathlib import Path

import click

from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.spec.values import is_c_name
from vtsplit.survey.search.index import WordIndex
from vtsplit.tree.source_tree import MISSING, SourceTree

_LEAST = 1  # functions that a table names
_SHOWN = 5  # files


def read_tables(
    root: Path, tree: SourceTree, index: WordIndex, arguments: tuple[str, ...]
) -> tuple[str, tuple[str, ...]]:
    """Return the source file, from the tree's top, and the names of its tables.

    FILE may also be given from the current folder, as a shell completes it. LINE is that of a
    table, as `vtsplit scan` prints it. Raises UsageError.
    """
    found: dict[str, None] = {}
    sources: dict[str, None] = {}
    for argument in arguments:
        file, colon, name = argument.rpartition(":")
        is_line = name.isascii() and name.isdecimal()
        if not colon or not file or not (is_line or is_c_name(name)):
            raise click.UsageError(
                f"'{argument}' is not FILE:TABLE or FILE:LINE, such as drv/foo.c:foo_ops"
            )
        source = _from_top(root, tree, file)
        if (root / source).is_dir():
            raise click.UsageError(_folder(source, name, is_line, tree, index))
        sources[source] = None
        found[_table_at(tree, source, int(name)) if is_line else name] = None
    if len(sources) > 1:
        raise click.UsageError(
            f"name tables of one source file at a time, not of {', '.join(sources)}"
        )
    return next(iter(sources)), tuple(found)


def _table_at(tree: SourceTree, source: str, line: int) -> str:
    """Return the table that begins in a line of a file. Raises UsageError if none does."""
    # A list of tables needs the parser, which most commands load later.
    from vtsplit.cst.parser import parse_module
    from vtsplit.discover.ops_tables import find_ops_tables, outline
    from vtsplit.survey.cfile.files import CFile
    from vtsplit.survey.cfile.local_tables import local_tables

    text = tree.find(source)
    if text is None:
        raise RefusedError(Problem(MISSING, f"there is no '{source}' in the tree", Site(source)))
    for table in find_ops_tables(outline(source, text), text, _LEAST):
        if table.line == line:
            return table.name
    for local in local_tables(CFile(source, parse_module(text))):
        if local.site.line == line:
            return local.name  # it is refused later, with the reason
    raise click.UsageError(
        f"no table begins in line {line} of '{source}': vtsplit scan prints places of tables"
    )


def _folder(folder: str, name: str, is_line: bool, tree: SourceTree, index: WordIndex) -> str:
    """Say that a folder is no file, and which sources there have the table."""
    if is_line:
        return f"'{folder}' is a folder: name a file in it, as FILE:{name}"
    top = "" if folder == "." else f"{folder}/"
    found = [
        path
        for path in index.find([name]).of(name)
        if path.startswith(top) and path.endswith(".c") and _has(tree, path, name)
    ]
    if not found:
        return (
            f"'{folder}' is a folder, and no source in it has a table '{name}': "
            f"`vtsplit scan TREE --dir {folder}` lists its tables"
        )
    if len(found) == 1:
        return f"'{folder}' is a folder: name the file that has the table, {found[0]}:{name}"
    more = ", ..." if len(found) > _SHOWN else ""
    return (
        f"'{folder}' is a folder: name one of the files that have a table '{name}': "
        f"{', '.join(found[:_SHOWN])}{more}"
    )


def _has(tree: SourceTree, path: str, name: str) -> bool:
    from vtsplit.discover.ops_tables import find_ops_tables, outline

    try:
        text = tree.find(path) or ""
    except RefusedError:
        return False
    return any(one.name == name for one in find_ops_tables(outline(path, text), text, _LEAST))


def _from_top(root: Path, tree: SourceTree, file: str) -> str:
    if Path(file).is_absolute() or not tree.exists(file):
        here = Path(os.path.normpath(Path(file).absolute()))
        for top in (Path(os.path.normpath(root.absolute())), root.resolve()):
            if here.exists() and here.is_relative_to(top):
                return here.relative_to(top).as_posix()
    return Path(file).as_posix()
