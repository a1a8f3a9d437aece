"""What a program links beside the source, and which headers that includes."""

from collections.abc import Iterator
from posixpath import dirname, join, normpath, splitext

from vtsplit.diagnostics import Problem
from vtsplit.planning.context import Context
from vtsplit.survey.headers.header_parts import reach_surely
from vtsplit.survey.headers.includes import graph_of
from vtsplit.survey.make.kbuild import ListKind, find_object


def is_included_beside(context: Context, header: str, names: frozenset[str]) -> bool:
    """Tell whether a file that is linked with the source includes a header as the source does.

    `names` are those of the conditions under which it is asked: neither of the two files may decide
    on them itself. Then the program has twice what the header makes, and its linker takes that.
    """

    def find() -> tuple[str, ...]:
        return tuple(_including(context, header))

    having = context.graph.known.recall(("included beside", header), find)
    files = [context.source, *filter(None, map(context.files.find, having))]
    return any(
        not any(file.definitions.macros(name) for file in (context.source, other) for name in names)
        for other in files[1:]
    )


def _including(context: Context, header: str) -> Iterator[str]:
    """Yield the other sources in the source's object lists that include a header."""
    found = find_object(context.tree.find, context.spec.source)
    if isinstance(found, Problem):
        return
    folder = dirname(found.makefile)
    lists = (one.object_list for one in found.places if one.kind is not ListKind.SINGLE)
    words = (word for one in lists for word in one.words)
    paths = {normpath(join(folder, splitext(word.path)[0] + ".c")) for word in words}
    for path in sorted(paths - {context.spec.source}):
        file = context.files.find(path) if context.tree.exists(path) else None
        graph = graph_of(context.tree, path)
        for include in graph.direct(file.module) if file else ():
            if not include.guard and header in reach_surely(graph, next(iter(include.files))):
                yield path
                break
