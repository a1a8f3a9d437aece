"""What a program links beside the source, and which headers that includes."""

from collections.abc import Iterator
from itertools import islice
from posixpath import basename, dirname, join, normpath, splitext

from vtsplit.diagnostics import Problem
from vtsplit.planning.context import Context
from vtsplit.survey.build.build_files import build_files, find_listed
from vtsplit.survey.headers.header_parts import reach_surely
from vtsplit.survey.headers.includes import graph_of
from vtsplit.survey.make.kbuild import ListKind, find_object

_ENOUGH = 4  # so many files show that a header is included twice; a list may have hundreds


def is_included_beside(context: Context, header: str, names: frozenset[str]) -> bool:
    """Tell whether a file that is linked with the source includes a header as the source does.

    `names` are those of the conditions under which it is asked: neither of the two files may decide
    on them itself. Then the program has twice what the header makes, and its linker takes that.
    """

    def find() -> tuple[str, ...]:
        return tuple(islice(_including(context, header), _ENOUGH))

    having = context.graph.known.recall(("included beside", header), find)
    files = [context.source, *filter(None, map(context.files.find, having))]
    return any(
        not any(file.definitions.macros(name) for file in (context.source, other) for name in names)
        for other in files[1:]
    )


def _including(context: Context, header: str) -> Iterator[str]:
    """Yield the other sources that are listed with the source and include a header."""
    paths = context.graph.known.recall(
        ("linked beside", context.spec.source), lambda: frozenset(_linked_beside(context))
    )
    for path in sorted(paths - {context.spec.source}):
        file = context.files.find(path) if context.tree.exists(path) else None
        graph = graph_of(context.tree, path)
        for include in graph.direct(file.module) if file else ():
            if not include.guard and header in reach_surely(graph, next(iter(include.files))):
                yield path
                break


def _linked_beside(context: Context) -> Iterator[str]:
    """Yield the sources of the lists that have the source, in whatever build file they are."""
    source, tree = context.spec.source, context.tree
    found = find_object(tree.find, source)
    if not isinstance(found, Problem):
        folder = dirname(found.makefile)
        lists = (one.object_list for one in found.places if one.kind is not ListKind.SINGLE)
        for word in (word for one in lists for word in one.words):
            yield normpath(join(folder, splitext(word.path)[0] + ".c"))
        return
    for path, text in build_files(tree).having([basename(source)]).items():
        for one in find_listed(text, path, source):
            bases = (dirname(path), "")
            base = next((b for b in bases if normpath(join(b, one.entry.text)) == source), None)
            if one.is_source and base is not None:
                yield from (normpath(join(base, entry.text)) for entry in one.entries)
