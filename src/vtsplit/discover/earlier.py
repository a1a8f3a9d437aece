"""The files of an earlier split of a source: another of its tables belongs into the same main."""

from collections.abc import Iterable

from vtsplit.cst.lexer import Kind
from vtsplit.cst.nodes import Declaration
from vtsplit.discover.done import defines_functions, included_by
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.cfile.files import CFile, CFiles
from vtsplit.tree.source_tree import SourceTree


def find_earlier(
    tree: SourceTree, source: str, mains: Iterable[str], headers: Iterable[str]
) -> tuple[str | None, str] | None:
    """Return header and main to which an earlier run has moved tables of a source, None for none.

    `mains` and `headers` are paths that such a run may have chosen. Both files include the header,
    and a table of main names a function that the source defines and the header declares. A run
    that had nothing to declare has made no header; then None stands for it.
    """
    files, headers = CFiles(tree), list(headers)
    file = files.find(source)
    if file is None:
        return None
    seen = included_by(tree, source, file.module)
    shared = [found for path in headers if path in seen and (found := files.find(path))]
    for path in mains:
        main = files.find(path)
        included = included_by(tree, path, main.module) if main else set()
        for header in shared:
            if main and header.path in included and _serves(file, header, main):
                return header.path, path
        if main and not headers and not defines_functions(main) and _serves(file, None, main):
            return None, path
    return None


def _serves(source: CFile, header: CFile | None, main: CFile) -> bool:
    """Tell whether a table of main names a function of the source, which the header declares."""
    return any(
        token.kind is Kind.IDENT
        and source.definitions.of(token.text, Sort.FUNCTION)
        and (header is None or header.definitions.of(token.text))
        for item in main.module.items
        if isinstance(item, Declaration) and item.head.initializer is not None
        for token in item.tokens
    )
