"""A main in another module than the source: what that needs, and what refuses it.

The functions that main names have to be exported (Documentation/kernel-hacking/hacking.rst,
"Symbols"), and two modules cannot depend on each other (depmod(8)).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from vtsplit.cst.meaning.macro_arguments import MacroOf
from vtsplit.cst.nodes import Declaration, FunctionDef
from vtsplit.diagnostics import Site
from vtsplit.example_trees import DISPATCH, ENTRY, LAMP, NEON, SPEC, edited, in_table
from vtsplit.planning.names.use import Use, find_uses
from vtsplit.planning.steps import Ledger
from vtsplit.planning.tables.exposure import Exposure
from vtsplit.planning.tables.find import SpecTable, TableReference
from vtsplit.planning.tables.thinning import Dropped
from vtsplit.rule import Example, Rule
from vtsplit.spec.document import Spec
from vtsplit.survey.build.build_files import BuildFiles
from vtsplit.survey.build.exports import exports_of
from vtsplit.survey.build.governing_option import governing_option
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.cfile.files import CFile, CFiles
from vtsplit.survey.make.modules import LinkTarget, module_of
from vtsplit.tree.source_tree import SourceTree

# Main is part of another module than the source is.
_OTHER_MODULE = {
    "Makefile": LAMP["Makefile"] + "obj-m += board.o\nboard-y := main.o\n",
    "main.c": "int main_level;\n",
}
_EXPORTED = SPEC.replace("[tables]", 'export = "gpl"\n\n[tables]')
_USED_TABLE = (
    ENTRY
    + """\
};

int lamp_test(struct light *light)
{
	return lamp_ops.on(light);
}
"""
)

DISCARDED = Rule(
    "VT083",
    "discarded",
    "another module would use code that the kernel discards",
    "Main is part of another module. The kernel discards `__init` code once the module has "
    "started, and may not have `__exit` code at all, but main may use it later.",
    "Remove the annotation, or leave the table out of the split.",
    Example(
        {
            **edited(
                "lamp.c",
                ("static int lamp_on", "static int __init lamp_on"),
                ("#include", "#include <linux/init.h>\n#include"),
            ),
            **_OTHER_MODULE,
        },
        spec=_EXPORTED,
    ),
)

SIBLING = Rule(
    "VT083",
    "sibling",
    "a function of another file is not exported",
    "Main is part of another module. Another file of the source's module defines the function, and "
    "vtsplit exports only what the source file defines.",
    "First export it by hand.",
    Example(
        {
            **in_table("\t.off = lamp_off,\n"),
            **edited("lamp.h", ("\n#endif", "\nvoid lamp_off(struct light *light);\n\n#endif")),
            **_OTHER_MODULE,
            "Makefile": _OTHER_MODULE["Makefile"].replace(":= lamp.o", ":= lamp.o off.o"),
            "off.c": '#include "lamp.h"\n\nvoid lamp_off(struct light *light)\n{\n}\n',
        },
        spec=_EXPORTED,
    ),
)

NO_DISPATCH = Rule(
    "VT083",
    "dispatch",
    "wrappers cannot stand in another module",
    "Main is part of another module. Its wrappers would name functions of the second backend, "
    "which are not exported.",
    "Remove `[dispatch]`, or list main's object where the source's object is listed.",
    Example(_OTHER_MODULE, spec=_EXPORTED + DISPATCH, base=NEON),
)

CIRCLE = Rule(
    "VT084",
    "circle",
    "two modules would need each other",
    "The source's module uses something of main's module, such as the table that moves, and "
    "main's module would use the source's module. Modules cannot depend on each other in a "
    "circle.",
    "Leave the table out of the split, or let main's module pass the address of the table to the "
    "other one when it registers.",
    Example(
        {
            **edited("lamp.c", (ENTRY + "};\n", _USED_TABLE)),
            **_OTHER_MODULE,
        },
        spec=_EXPORTED,
    ),
)


# What the kernel frees or leaves out (include/linux/init.h).
_DISCARDED = re.compile(r"__(?:init|exit|initdata|initconst|exitdata|exitconst)(?:_or_module)?")
_DEFINING = {Sort.FUNCTION, Sort.OBJECT, Sort.TENTATIVE}


@dataclass(frozen=True)
class Across:
    """The modules of source and main; `exports` tells that main's may be loaded on its own."""

    ours: LinkTarget
    theirs: LinkTarget
    exports: bool


def find_across(spec: Spec, tree: SourceTree, files: BuildFiles) -> Across | None:
    """Return the modules of source and main where they are two and the spec says how to export."""
    if spec.export is None:
        return None
    ours, theirs = (module_of(tree.find, path) for path in (spec.source, spec.main))
    if ours is None or theirs is None or ours.goal == theirs.goal:
        return None
    option = governing_option(tree.find, spec.main)
    is_bool = option is not None and files.is_bool(option)
    return Across(ours, theirs, bool(theirs.name) and not is_bool)


class AcrossChecks:
    """Refuses what two modules cannot do."""

    def __init__(
        self, across: Across, spec: Spec, source: CFile, files: CFiles, ledger: Ledger
    ) -> None:
        self.across = across
        self.spec = spec
        self.source = source
        self.files = files
        self.ledger = ledger

    def refuse_discarded(self, exposures: Iterable[Exposure]) -> None:
        """Refuse what is gone once its module has started, or is not there at all (VT083)."""
        for exposure in exposures:
            for definition in exposure.definitions:
                item = definition.item
                if not isinstance(item, FunctionDef | Declaration):
                    continue
                words = [t.text for t in item.head.tokens if _DISCARDED.fullmatch(t.text)]
                if words:
                    self.ledger.refuse(
                        DISCARDED,
                        f"'{exposure.name}' ({exposure.reference.reason}) is {words[0]}: the "
                        "kernel discards it, and another module may use it after that",
                        self.source.site(definition.index),
                        f"remove {words[0]}, or leave the table out of the split",
                    )
                    break

    def refuse_siblings(self, references: Iterable[TableReference]) -> None:
        """Refuse names that another file of the source's module defines and does not export."""
        others = [self.files.get(path) for path in sorted(self.across.ours.sources)]
        for reference in references:
            if self.source.definitions.of(reference.name) or reference.optional:
                continue
            for file in others:
                found = file.definitions.of(reference.name, Sort.FUNCTION, Sort.OBJECT)
                if not found or found[0].is_static or reference.name in exports_of(file.module):
                    continue
                self.ledger.refuse(
                    SIBLING,
                    f"'{reference.name}' ({reference.reason}) is not exported here, and "
                    f"{self.spec.main} is part of another module",
                    file.site(found[0].index),
                    "first export it by hand: vtsplit only exports what the source file defines",
                )

    def refuse_circle(self, tables: Sequence[SpecTable], gone: Dropped, macro_of: MacroOf) -> None:
        """Refuse a source's module that would need main's module as well (VT084)."""
        names = frozenset(table.old if table.moves else table.new for table in tables)
        for use in find_uses(self.source, names, macro_of):
            name = use.occurrence.name
            if use.occurrence.meaning.needs and not gone.has(use.index, name):
                self._circle(use, f"'{name}'")
        theirs = self._exported_by_theirs()
        for path in sorted(self.across.ours.sources):
            file = self.files.get(path)
            wanted = theirs | names if path != self.spec.source else theirs
            wanted = frozenset(name for name in wanted if name in file.module.code)
            for use in find_uses(file, wanted, macro_of) if wanted else ():
                if use.occurrence.meaning.needs:
                    self._circle(use, f"'{use.occurrence.name}'")

    def _exported_by_theirs(self) -> frozenset[str]:
        files = map(self.files.find, sorted(self.across.theirs.sources))
        return frozenset(name for file in files if file for name in exports_of(file.module))

    def _circle(self, use: Use, what: str) -> None:
        name = use.occurrence.name
        self.ledger.refuse(
            CIRCLE,
            f"{use.file.path} uses {what}, which moves to the module of {self.spec.main}; that "
            "module needs this one, and modules cannot need each other",
            use.file.site(use.index, use.occurrence.offset, len(name)),
            "leave the table out of the split, or let main's module pass its address when it "
            "registers",
        )


def refuse_dispatch(spec: Spec, ledger: Ledger) -> None:
    """Refuse wrappers: they would name functions of the second backend, which are not exported."""
    if spec.dispatch is not None:
        ledger.refuse(
            NO_DISPATCH,
            f"{spec.main} is part of another module, and wrappers there would name functions of "
            "the second backend, which are not exported",
            spec.site("dispatch"),
            "remove [dispatch], or list main's object where the source's object is listed",
        )


def needed(exposures: Iterable[Exposure]) -> Iterator[Exposure]:
    """Yield what the source itself defines of all that main names, each name once."""
    seen: set[str] = set()
    for exposure in exposures:
        if exposure.definitions[0].sort in _DEFINING and exposure.name not in seen:
            seen.add(exposure.name)
            yield exposure


def site_behind(source: CFile, index: int) -> tuple[Site, tuple[int, int]]:
    """Return where a definition ends, and the lines between which a line behind it shows."""
    last = source.lines(index)[1]
    return Site(source.path, last), (last, last + 1)
