"""Refuse strings that would change with the split: those that Kbuild makes from a file's name.

`KBUILD_BASENAME` is the file's name without `.c`, `KBUILD_MODNAME` the module's, and in built-in
code that is no composite the file's again (scripts/Makefile.lib).
"""

from collections.abc import Iterable

from vtsplit.cst.meaning.macro_arguments import MacroOf
from vtsplit.cst.meaning.occurrences import Meaning
from vtsplit.diagnostics import Site
from vtsplit.example_trees import above_table, in_table
from vtsplit.planning.names.use import find_uses
from vtsplit.planning.steps import Ledger
from vtsplit.planning.tables.find import TableReference
from vtsplit.rule import Example, Rule
from vtsplit.survey.build.build_files import stem_of
from vtsplit.survey.cfile.files import CFile, CFiles
from vtsplit.survey.search.words import WordFiles

MOVED_NAME = Rule(
    "VT063",
    "moved",
    "code that moves uses a string that is made from the name of the file",
    "`KBUILD_BASENAME`, and in built-in code `KBUILD_MODNAME`, would be another string in main.",
    "Write the string itself.",
    Example(in_table("\t.data = KBUILD_BASENAME,\n")),
)

RENAMED_NAME = Rule(
    "VT063",
    "renamed",
    "the source uses the name of its file, but has to be renamed",
    "A module of one object becomes a module of two, so the source gets another name, and "
    "`KBUILD_BASENAME` becomes another string.",
    "Write `KBUILD_MODNAME`, which is the same string and does not change.",
    Example(
        {
            **above_table("const char *lamp_file = KBUILD_BASENAME;\n\n"),
            "Makefile": "obj-m += lamp.o\n",
        }
    ),
)


BASENAME, MODNAME = "KBUILD_BASENAME", "KBUILD_MODNAME"


class BuildNames:
    """Looks for the names in the source file; `moved` are the items that leave it."""

    def __init__(
        self, source: CFile, moved: frozenset[int], macro_of: MacroOf, ledger: Ledger
    ) -> None:
        self.source = source
        self.moved = moved
        self.ledger = ledger
        self.uses = [
            use
            for use in find_uses(source, frozenset({BASENAME, MODNAME}), macro_of)
            if use.occurrence.meaning is not Meaning.COMMENT
        ]

    def refuse_moved(self, references: Iterable[TableReference], is_module: bool) -> None:
        """Refuse what moves to main and says what its file is called.

        Nor may it name the module, unless main becomes a part of the same module.
        """
        changing = {BASENAME} if is_module else {BASENAME, MODNAME}
        found = [(use.occurrence.name, use.site) for use in self.uses if use.index in self.moved]
        found += [
            (one.name, one.site) for one in references if one.table.moves and one.reference.through
        ]
        for name, site in dict.fromkeys(found):
            if name in changing:
                self.ledger.refuse(
                    MOVED_NAME,
                    f"{name} would be another string in main than in {self.source.path}",
                    site,
                    "write the string itself",
                )

    def refuse_own(self, core: str) -> None:
        """Refuse to rename a source file that says what it is called."""
        for use in self.uses:
            if use.occurrence.name == BASENAME and use.index not in self.moved:
                self.ledger.refuse(
                    RENAMED_NAME,
                    f"{BASENAME} would become '{stem_of(core)}', since the file has to be renamed",
                    use.site,
                    f"write {MODNAME}, which is the same string and does not change",
                )

    def note_shown(self, core: str, files: CFiles, words: WordFiles, seen: set[str]) -> None:
        """Note the macros of headers, used by the source file, that show what it is called."""
        used = {token.text for item in self.source.module.items for token in item.tokens}
        for path in words.of(BASENAME):
            if path not in seen or path == self.source.path:
                continue
            showing = _showing(files.get(path))
            for name in sorted(used & showing.keys()):
                self.ledger.warn(
                    f"{name} shows {BASENAME}, which becomes '{stem_of(core)}'",
                    showing[name],
                    "check who reads that name",
                )


def _showing(header: CFile) -> dict[str, Site]:
    """Return the macros of a header that have the file's name, by themselves or through others."""
    bodies = {
        item.macro.name: ({token.text for token in item.macro.body}, header.site(index))
        for index, item in enumerate(header.module.items)
        if item.macro
    }
    names, size = {BASENAME}, 0
    while len(names) > size:
        size = len(names)
        names |= {name for name, (body, _) in bodies.items() if body & names}
    return {name: bodies[name][1] for name in names - {BASENAME} if name in bodies}
