"""Whether a moved definition still stands in front of its uses, and changes no header.

A definition that a header holds takes effect where that header is included: nothing between that
place and the old one may use the name otherwise, and no file that includes the header may have it.
"""

import re
from collections.abc import Iterable

from vtsplit.codemods.include import include_place
from vtsplit.cst.conditions import are_exclusive
from vtsplit.cst.meaning.occurrences import word_pattern
from vtsplit.cst.nodes import Directive
from vtsplit.example_trees import ENTRY, edited
from vtsplit.planning.locals.closure import MovedLocals
from vtsplit.planning.steps import Ledger
from vtsplit.planning.tables.macros import users_of
from vtsplit.rule import Example, Rule
from vtsplit.spec.document import Spec
from vtsplit.survey.cfile.files import CFile
from vtsplit.survey.headers.includes import Include, IncludeGraph, graph_of, is_absent
from vtsplit.tree.source_tree import SourceTree

SEEN_BELOW = Rule(
    "VT045",
    "seen-below",
    "an include below a definition uses it",
    "The definition would move in front of or behind an `#include` whose file has the same "
    "name, so that file would mean something else.",
    "Move the definition to a header by hand.",
    Example(
        {
            **edited(
                "lamp.c",
                (
                    '#include "lamp.h"\n',
                    '#include "lamp.h"\nenum { LEVELS = 4 };\n#include "level.h"\n',
                ),
                (ENTRY, ENTRY + "\t.count = LEVELS,\n"),
            ),
            "level.h": "static inline int last_level(void) { return LEVELS - 1; }\n",
        }
    ),
)

USED_ABOVE = Rule(
    "VT045",
    "used-above",
    "a definition is used above the last include",
    "The definition would move to the header, and the header has to be included behind the "
    "includes that it needs. A use above them would come before the definition.",
    "Move the `#include` lines to the top of the file.",
    Example(
        {
            **edited(
                "lamp.c",
                ("#include", "enum { LEVELS = 4 };\nint lamp_levels = LEVELS;\n#include"),
                ("return light->level", "return light->level % LEVELS"),
                (ENTRY, ENTRY + "\t.count = LEVELS,\n"),
            ),
        }
    ),
)

NAME_SEEN = Rule(
    "VT045",
    "name-seen",
    "another file that sees the header also uses the name",
    "A definition would move to the header. Another file that includes the header, or a header "
    "that this file includes, uses the same name for something else.",
    "Give the definition another name, or move it by hand.",
    Example(
        {
            **edited(
                "lamp.c",
                ("static int lamp_on", "enum { LEVELS = 4 };\n\nstatic int lamp_on"),
                ("return light->level", "return light->level % LEVELS"),
                (ENTRY, ENTRY + "\t.count = LEVELS,\n"),
            ),
            "lamp_ops.h": "#ifndef LAMP_OPS_H\n#define LAMP_OPS_H\n#endif\n",
            "sign.c": '#include "lamp_ops.h"\n\nint LEVELS;\n',
        }
    ),
)


_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_ADVICE = "move its definition to a header that both files include"


class LocalOrder:
    """Checks where moved definitions take effect."""

    def __init__(self, source: CFile, header: str, graph: IncludeGraph, ledger: Ledger) -> None:
        self.source = source
        self.header = header
        self.graph = graph
        self.ledger = ledger

    def must_be_last(self, moved: MovedLocals, gone: frozenset[int], target: str) -> bool:
        """Tell whether the header that gets the definitions must be the last include.

        Refuses (VT045) what stands before its definition then, or changes what a header means.
        """
        if not moved.names:
            return False
        place = include_place(self.source.module, target)
        includes = self.graph.direct(self.source.module)
        is_last = False
        if self._disturbed(moved, moved.to_header, place, includes):
            place, is_last = include_place(self.source.module, target, last=True), True
            disturbed = self._disturbed(moved, moved.to_header, place, includes)
            self._refuse(
                disturbed, "the name would mean something else in {}, which is included below it"
            )
        behind = len(self.source.module.items)
        disturbed = self._disturbed(moved, moved.to_main, behind, includes)
        self._refuse(disturbed, "{}, which is included below it, contains the name")
        self._refuse_early(moved, gone, place)
        return is_last

    def _disturbed(
        self,
        moved: MovedLocals,
        indices: frozenset[int],
        place: int,
        includes: Iterable[Include],
    ) -> dict[int, tuple[str, str]]:
        """Return items that would come to stand on the other side of an include that uses them."""
        found: dict[int, tuple[str, str]] = {}
        for include in includes:
            # What the header itself includes stays in front of what it gets.
            paths = [self.header] if self.header in include.files else include.files
            turned = [
                index
                for index in indices
                if (index < include.index) != (place <= include.index)
                and not are_exclusive(self.source.guards[index], include.guard)
            ]
            names = moved.words(turned)
            for word in self._words_in(paths, frozenset(names)) if names else ():
                found.setdefault(names[word], (word, include.target))
        return found

    def _words_in(self, paths: Iterable[str], names: frozenset[str]) -> set[str]:
        pattern = word_pattern(names)
        found: set[str] = set()
        for path in paths:
            text = self.graph.text(path)
            if not is_absent(path) and pattern.search(text):
                found |= set(pattern.findall(_COMMENT.sub(" ", text)))
        return found

    def _refuse(self, disturbed: dict[int, tuple[str, str]], says: str) -> None:
        for index, (word, target) in sorted(disturbed.items()):
            self.ledger.refuse(
                SEEN_BELOW,
                f"'{word}' cannot move from where it is defined: {says.format(target)}",
                self.source.site(index),
                _ADVICE,
            )

    def _refuse_early(self, moved: MovedLocals, gone: frozenset[int], place: int) -> None:
        """Refuse definitions that something uses above the place of the include."""
        words = moved.words(moved.to_header)
        users = users_of(self.source, frozenset(words))
        leaving = gone | moved.to_header | moved.to_main
        for word, index in sorted(words.items()):
            early = [
                at
                for at in users[word] - leaving
                if index < at < place and not isinstance(self.source.module.items[at], Directive)
            ]
            if early:
                self.ledger.refuse(
                    USED_ABOVE,
                    f"'{word}' cannot move to a header: it is used above the last #include of "
                    f"{self.source.path}",
                    self.source.site(min(early)),
                    "move the #include lines to the top",
                )

    def refuse_taken(
        self, moved: MovedLocals, includers: Iterable[tuple[str, set[str]]], known: set[str]
    ) -> None:
        """Refuse definitions if a file that includes the header, or one it includes, has the name.

        `includers` are files with all that they reach; `known` is what the source file sees: that
        goes with its own definitions already.
        """
        words = moved.words(moved.to_header)
        if not words:
            return
        for path, reached in includers:
            others = sorted(reached - known - {self.source.path})
            for word in sorted(self._words_in([path, *others], frozenset(words))):
                self.ledger.refuse(
                    NAME_SEEN,
                    f"'{word}' cannot move to the header: {path}, which includes that header, "
                    "also contains the name, or one of its headers does",
                    self.source.site(words[word]),
                    "give it another name, or move its definition by hand",
                )


def includers(tree: SourceTree, spec: Spec, paths: Iterable[str]) -> list[tuple[str, set[str]]]:
    """Return the files but the source that include the header, and what they see with it.

    `paths` are files that have its name. A main that is there counts: it is going to include it.
    """
    found = []
    there = {spec.main} if tree.exists(spec.main) else set()
    for path in sorted({*paths, *there} - {spec.source, spec.header}):
        graph = graph_of(tree, path)
        reached = set(graph.reach(path))
        if path == spec.main or spec.header in reached:
            found.append((path, reached - {path, spec.header}))
    return found
