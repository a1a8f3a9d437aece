"""Tables that an earlier run has moved: which of the files beside the source have them now."""

import re
from collections.abc import Callable, Iterable
from operator import itemgetter

from vtsplit.cst.nodes import FunctionDef, Module
from vtsplit.spec.draft import Draft, Renaming
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.cfile.files import CFile, CFiles
from vtsplit.survey.headers.includes import graph_of
from vtsplit.tree.source_tree import SourceTree

Candidates = Callable[[str, str, str], tuple[str, ...]]


def find_done(
    tree: SourceTree, draft: Draft, mains: Iterable[str], headers: Iterable[str], names: Candidates
) -> Draft | None:
    """Return the draft with the files to which an earlier run has moved all its tables, else None.

    `mains` and `headers` are paths such a run may have chosen; `names(prefix, own, old)` are the
    new names that it may have given. The source has none of the tables, and includes the header
    that main includes. A run that had nothing to declare has made no header.
    """
    files = CFiles(tree)
    source = files.find(draft.core or draft.source)
    if source is None or any(source.definitions.of(table, Sort.OBJECT) for table in draft.tables):
        return None
    seen = included_by(tree, source.path, source.module)
    shared = [path for path in headers if path in seen]
    for path in mains:
        main = files.find(path)
        if main is None:
            continue
        found = {old: _present(main, old, draft.prefix, names) for old in draft.tables}
        included = included_by(tree, path, main.module)
        fitting = [one for one in shared if one in included]
        if (fitting or not defines_functions(main)) and all(found.values()):
            fits = [(_fitness(files, one, path, found.values()), one) for one in fitting]
            header = max(fits, key=itemgetter(0))[1] if fits else draft.header
            tables = {
                old: Renaming(old, new, "has moved under this name") if new != old else None
                for old, new in found.items()
            }
            return Draft(draft.source, header, path, draft.prefix, draft.core, tables=tables)
    return None


def defines_functions(file: CFile) -> bool:
    """Tell whether a file defines a function: a main without wrappers defines none."""
    return any(isinstance(item, FunctionDef) for item in file.module.items)


def _fitness(files: CFiles, header: str, main: str, tables: Iterable[str]) -> tuple[int, bool]:
    """Return how well a header fits a main: by the tables that it declares, and by its name."""
    file = files.find(header)
    declared = sum(bool(file and file.definitions.of(name)) for name in tables)
    return declared, header.removesuffix("ops.h") == re.sub(r"(main|ops)\.c$", "", main)


def included_by(tree: SourceTree, path: str, module: Module) -> set[str]:
    """Return the headers that come with a file."""
    return {file for one in graph_of(tree, path).direct(module) for file in one.files}


def _present(main: CFile, old: str, own: str, names: Candidates) -> str:
    """Return the name under which a file has a table, "" for none or several."""
    having = [
        name
        for name, found in main.definitions.by_name.items()
        if any(one.sort is Sort.OBJECT for one in found)
    ]
    if old in having:
        return old
    fits = [
        name
        for name in having
        if any(name in names(name[: at + 1], own, old) for at, c in enumerate(name) if c == "_")
    ]
    return fits[0] if len(fits) == 1 else ""
