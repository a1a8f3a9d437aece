"""What a new file starts with: a licence line and, if it is a header, its include guard."""

from collections.abc import Callable, Iterable, Iterator
from posixpath import basename, dirname, join

from vtsplit.diagnostics import RefusedError, Site
from vtsplit.planning.edits import NewFile
from vtsplit.planning.steps import Ledger
from vtsplit.spec.document import Spec
from vtsplit.survey.cfile.files import CFile
from vtsplit.survey.headers.house_style import GuardStyle, most_common_license, spdx_license
from vtsplit.tree.source_tree import SourceTree


def stated_license(source: CFile, spec: Spec) -> str | None:
    """Return the licence of the source file; the spec's if the file does not state one."""
    return spdx_license(source.module.code) or spec.license


def choose_licenses(
    source: CFile, spec: Spec, tree: SourceTree, paths: Iterable[str], ledger: Ledger
) -> dict[str, str | None]:
    """Return the licence of each new file, and warn if the source does not state it.

    It is then the one that most files beside the new file have: what a few state, such as copies
    from another project, says nothing of the rest. Files that get the same have one warning
    together.
    """
    stated = stated_license(source, spec)
    if stated is not None:
        return dict.fromkeys(paths, stated)
    by_license: dict[str | None, list[str]] = {}
    for path in paths:
        beside = files_beside(tree, path, (".c", ".h"))
        found = most_common_license(text for other, text in beside if other != source.path)
        by_license.setdefault(found, []).append(path)
    for found, having in by_license.items():
        shown, get, them = " and ".join(having), "get", "them"
        if len(having) == 1:
            get, them = "gets", "it"
        if found:
            message = f"{shown} {get} '{found}', which most files beside {them} have"
            advice = "set `license` in [split] if that is not right"
        else:
            message = f"{shown} {get} no licence line"
            advice = f"set `license` in [split] to give {them} one"
        ledger.warn(f"{source.path} has no SPDX line: {message}", Site(source.path, 1), advice)
    return {path: found for found, having in by_license.items() for path in having}


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
