"""Refuse a source file that another file includes as text."""

import re
from posixpath import basename

from vtsplit.diagnostics import Site
from vtsplit.planning.steps import Ledger
from vtsplit.survey.includes import IncludeGraph
from vtsplit.survey.words import Words
from vtsplit.tree import SourceTree


def refuse_textual_inclusion(
    source: str, tree: SourceTree, words: Words, graph: IncludeGraph, ledger: Ledger
) -> None:
    """Refuse what would define twice that which becomes global (VT046).

    `words` tell which files have the source file's name.
    """
    name = re.escape(basename(source))
    line = re.compile(rf'^[ \t]*#[ \t]*include[ \t]*"((?:[^"\n]*/)?{name})"', re.MULTILINE)
    for path in words.of(basename(source)):
        text = tree.find_text(path)
        match = line.search(text)
        if match and graph.resolve('"', match[1], path) == source:
            ledger.refuse(
                "VT046",
                f"{source} is included there as text: what becomes global would be defined twice",
                Site(path, text.count("\n", 0, match.start()) + 1),
                "link the object instead of including the source",
            )
