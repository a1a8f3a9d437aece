"""Files that are included as text: the source file by another one, or parts by the source file."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from posixpath import basename

from vtsplit.cst.directives import directive_name, include_target
from vtsplit.cst.lexer import TRIVIA, Kind, lex, lex_line
from vtsplit.cst.nodes import Directive, Item
from vtsplit.diagnostics import Site
from vtsplit.example_trees import RENAMED, above_table, in_table
from vtsplit.planning.steps import Ledger
from vtsplit.rule import Example, Rule
from vtsplit.survey.build.build_files import is_c
from vtsplit.survey.cfile.files import CFile
from vtsplit.survey.headers.includes import IncludeGraph, graph_of
from vtsplit.survey.search.index import WordIndex
from vtsplit.survey.search.words import WordFiles
from vtsplit.tree.source_tree import SourceTree

INCLUDED_SOURCE = Rule(
    "VT046",
    "included-source",
    "another file includes the source as text",
    "The other file would define once more what becomes global.",
    "Link the object instead of including the source.",
    Example({"sign.c": '#include "lamp.c"\n'}),
)

NESTED_TABLE = Rule(
    "VT044",
    "nested-include",
    "an `#include` stands in the table",
    "A part of the table comes from another file, so vtsplit cannot tell what the table needs.",
    "Write the entries themselves into the table, or leave the table out of the split.",
    Example({**in_table('#include "entries.h"\n'), "entries.h": "\t.count = 1,\n"}),
)

NESTED_NAME = Rule(
    "VT033",
    "nested-include",
    "a file that is included inside of a function has the old name",
    "A file that is included inside of a function or an initializer has no declarations that "
    "say what its names mean. A rename cannot follow there.",
    "Keep the name, or write the text of that file in place of the `#include`.",
    Example(
        {
            **above_table('int lamp_test(struct light *light)\n{\n#include "test.h"\n}\n\n'),
            "test.h": "\treturn lamp_on(light);\n",
        },
        spec=RENAMED,
    ),
)


def refuse_textual_inclusion(
    source: str, tree: SourceTree, words: WordFiles, graph: IncludeGraph, ledger: Ledger
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
                INCLUDED_SOURCE,
                f"{source} is included there as text: what becomes global would be defined twice",
                Site(path, text.count("\n", 0, match.start()) + 1),
                "link the object instead of including the source",
            )


def refuse_nested(
    source: CFile,
    moved: Container[int],
    names: Mapping[str, str],
    graph: IncludeGraph,
    ledger: Ledger,
) -> None:
    """Refuse an `#include` inside of what moves (VT044), or of a text that names what is renamed.

    Inside of a body or an initializer a text is no file of declarations, so that nothing can tell
    what its names mean (VT033).
    """
    changed = {old for old, new in names.items() if old != new}
    for index, item in enumerate(source.module.items):
        for target, offset in _nested_includes(item):
            site = source.site(index, offset)
            path = graph.resolve(target[:1], target[1:-1], source.path) if target else None
            if index in moved:
                ledger.refuse(
                    NESTED_TABLE,
                    f"a part of this table comes from {target or 'another file'}, so vtsplit "
                    "cannot tell what it needs",
                    site,
                    "write the entries into the table, or leave the table out of the split",
                )
                continue
            texts = (graph.text(one) for one in (graph.reach(path) if path else ()))
            # To read texts without any of the names would take seconds for each header of a kernel.
            having = (text for text in texts if any(old in text for old in changed))
            name = next((word for word in _names(having) if word in changed), None)
            if name:
                ledger.refuse(
                    NESTED_NAME,
                    f"'{name}' is used by {target}, which is included here inside of a "
                    "declaration, where a rename cannot follow",
                    site,
                    "keep this name, or write the text of that file here",
                )


def _nested_includes(item: Item) -> Iterator[tuple[str, int]]:
    """Yield the includes that stand inside of a declaration or a body, with their offsets."""
    if isinstance(item, Directive):
        return
    offset = 0
    for token in item.tokens:
        if token.kind is Kind.DIRECTIVE and directive_name(token.text).startswith("include"):
            target = include_target(token.text) or ""  # `#include MACRO` names none
            yield target, offset + len(token.text) - len(token.text.lstrip())
        offset += len(token.text)


def _names(texts: Iterable[str]) -> Iterator[str]:
    """Yield the names in texts, no members."""
    for text in texts:
        before = ""
        for token in lex(text):
            if token.kind is Kind.DIRECTIVE:
                yield from (t.text for t in lex_line(token.text) if t.kind is Kind.IDENT)
            elif token.kind is Kind.IDENT and before not in {".", "->"}:
                yield token.text
            before = before if token.kind in TRIVIA else token.text


class IncludedParts:
    """Tells which of the files that a source file includes are parts of it and of nothing else."""

    def __init__(
        self, source: str, seen: Container[str], tree: SourceTree, index: WordIndex
    ) -> None:
        self.source = source
        self.seen = seen
        self.tree = tree
        self.index = index
        self._known: dict[str, bool] = {}

    def is_part(self, path: str) -> bool:
        """Tell whether only the source file, or another part of it, includes a file."""
        if path not in self._known:
            self._known[path] = False  # what includes itself is a header
            self._known[path] = "include" not in path.split("/")[:-1] and all(
                user == self.source or (user in self.seen and self.is_part(user))
                for user in self._users(path)
            )
        return self._known[path]

    def _users(self, path: str) -> Iterator[str]:
        for other in self.index.find([basename(path)]).of(basename(path)):
            if other == path or not is_c(other):
                continue
            if path in graph_of(self.tree, other).included_by(other):
                yield other
