"""`FILE:TABLE` arguments: which tables of which source file."""

from pathlib import Path

import click

from vtsplit.spec.values import is_c_name
from vtsplit.tree.source_tree import SourceTree


def read_tables(
    root: Path, tree: SourceTree, arguments: tuple[str, ...]
) -> tuple[str, tuple[str, ...]]:
    """Return the source file, from the tree's top, and the names of its tables.

    FILE may also be given from the current folder, as a shell completes it. Raises UsageError.
    """
    found: dict[str, None] = {}
    sources: dict[str, None] = {}
    for argument in arguments:
        file, colon, name = argument.rpartition(":")
        if not colon or not file or not is_c_name(name):
            raise click.UsageError(f"'{argument}' is not FILE:TABLE, such as drv/foo.c:foo_ops")
        sources[_from_top(root, tree, file)] = None
        found[name] = None
    if len(sources) > 1:
        raise click.UsageError(
            f"name tables of one source file at a time, not of {', '.join(sources)}"
        )
    return next(iter(sources)), tuple(found)


def _from_top(root: Path, tree: SourceTree, file: str) -> str:
    if Path(file).is_absolute() or not tree.exists(file):
        here = Path(file).absolute()
        for top in (root.absolute(), root.resolve()):
            if here.exists() and here.is_relative_to(top):
                return here.relative_to(top).as_posix()
    return Path(file).as_posix()
