"""What a new file starts with: a licence line and, if it is a header, its include guard."""

from collections.abc import Callable, Iterator
from posixpath import basename, dirname, join

from vtsplit.diagnostics import RefusedError
from vtsplit.planning.edits import NewFile
from vtsplit.spec.document import Spec
from vtsplit.survey.cfile.files import CFile
from vtsplit.survey.headers.house_style import GuardStyle, spdx_license
from vtsplit.tree.source_tree import SourceTree


def stated_license(source: CFile, spec: Spec) -> str | None:
    """Return the licence of the source file; the spec's if the file does not state one."""
    return spdx_license(source.module.code) or spec.license


def header_start(
    path: str, license_id: str | None, tree: SourceTree, is_taken: Callable[[str], bool]
) -> NewFile:
    """Return what a header starts with, written as the headers beside it are.

    `is_taken` tells names that its include guard must not have.
    """
    style = GuardStyle(files_beside(tree, path, (".h",)))
    if style.is_pragma:
        return NewFile(license_id)
    guard = style.name(path, is_taken)
    return NewFile(license_id, guard, style.closing(guard))


def files_beside(
    tree: SourceTree, path: str, suffixes: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Yield path and text of the other files in the folder whose names end so.

    They only show how files are written here: one that cannot be read shows nothing.
    """
    folder = dirname(path)
    for name in tree.listdir(folder) if not folder or tree.exists(folder) else ():
        if name.endswith(suffixes) and name != basename(path):
            yield join(folder, name), _text(tree, join(folder, name))


def _text(tree: SourceTree, path: str) -> str:
    try:
        return tree.read(path, keep=False)
    except RefusedError:
        return ""
