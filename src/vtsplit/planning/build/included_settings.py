"""Refuse a file that a Makefile includes from another folder if it names the renamed object.

Makefiles of several folders may include such a file, and each may have an object of that name. So
vtsplit does not rename there.
"""

from collections.abc import Iterator
from posixpath import basename, dirname, splitext

from vtsplit.diagnostics import Site
from vtsplit.example_trees import LAMP, SPEC
from vtsplit.planning.steps import Ledger
from vtsplit.rule import Example, Rule
from vtsplit.survey.make.make_paths import MakePaths
from vtsplit.survey.make.makefile import read_makefile
from vtsplit.survey.make.object_mentions import MentionRole, find_mentions
from vtsplit.tree.source_tree import SourceTree

INCLUDED = Rule(
    "VT060",
    "included",
    "an included Makefile names the source's object",
    "The source gets another name. The Makefile includes a file from another folder, and that "
    "file names the source's object. vtsplit does not change it, since other Makefiles may also "
    "include it.",
    "In that file, add the same for the new object by hand.",
    Example(
        {
            "Makefile": None,
            "drv/Makefile": "obj-m += lamp.o\ninclude rules/flags.mk\n",
            "drv/lamp.c": LAMP["lamp.c"],
            "drv/lamp.h": LAMP["lamp.h"],
            "rules/flags.mk": "CFLAGS_lamp.o := -O1\n",
        },
        spec=SPEC.replace('= "', '= "drv/').replace("drv/light_ops", "light_ops"),
    ),
)


SETTINGS = frozenset({MentionRole.SETTING})
USES = frozenset({MentionRole.SETTING, MentionRole.TARGET, MentionRole.USE})


def refuse_included(
    makefile: str,
    old: str,
    new: str,
    roles: frozenset[MentionRole],
    tree: SourceTree,
    ledger: Ledger,
) -> None:
    """Refuse mentions of `old`'s object, in these roles, that `new`'s does not have (VT060)."""
    stem, other = (splitext(basename(path))[0] for path in (old, new))
    for path, text in _included(makefile, tree):
        # Its words are those of the Makefile (GNU make manual, 3.3).
        there = {(one.role, one.shown) for one in find_mentions(text, makefile, new)}
        for one in find_mentions(text, makefile, old):
            shown = f"{other}.o".join(one.shown.rsplit(f"{stem}.o", 1))
            line = text[text.rfind("\n", 0, one.start) + 1 : one.start]
            if one.role not in roles or (one.role, shown) in there or "#" in line:
                continue
            ledger.refuse(
                INCLUDED,
                f"{makefile} includes this file, and '{one.shown}' is for {basename(old)}, which "
                f"becomes {basename(new)}",
                Site(path, one.line, one.column, len(one.shown)),
                f"add the same for {shown} by hand",
            )


def _included(makefile: str, tree: SourceTree) -> Iterator[tuple[str, str]]:
    """Return path and text of what a Makefile includes from other folders, itself or by others."""
    seen, pending = {makefile}, [tree.find_text(makefile)]
    while pending:
        paths = MakePaths(read_makefile(pending.pop()), makefile).included()
        for path in sorted(paths - seen):
            seen.add(path)
            text = tree.find(path)
            if text is None:
                continue
            pending.append(text)
            if dirname(path) != dirname(makefile):
                yield path, text
