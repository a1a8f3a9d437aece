"""Whether the list of an object can take a second object, and if not, why."""

import re
from posixpath import basename, splitext

from vtsplit.codemods.build.member import word_for
from vtsplit.diagnostics import Site
from vtsplit.planning.steps import Ledger
from vtsplit.rule import Example, Rule
from vtsplit.survey.build.build_files import BuildFiles
from vtsplit.survey.make.kbuild import ListKind, Membership
from vtsplit.survey.make.makefile import read_lists
from vtsplit.survey.make.object_mentions import composite_names
from vtsplit.tree.source_tree import SourceTree

NO_COMPOSITE = Rule(
    "VT060",
    "no-composite",
    "a module of one object cannot get a second one",
    "The module has to be made of two objects. Its object is also part of another list, or the "
    "Makefile of another folder lists it, so Kbuild would give the module another name.",
    "List its objects by hand: `foo-y := foo_core.o`.",
    Example({"Makefile": "obj-m += lamp.o lights.o\nlights-y := lamp.o\n"}),
)

LINK = Rule(
    "VT060",
    "link",
    "the source has to be renamed, but is a symbolic link",
    "A module of one object becomes a module of two, so the source gets another name. A link to "
    "another file cannot simply be renamed.",
    "List the module's objects by hand: `foo-y := foo_core.o`.",
    "It comes up when the source of a module of one object is a symbolic link to a file of another "
    "name.",
)

NAME_TAKEN = Rule(
    "VT062",
    "object-taken",
    "another object has the name",
    "Main's object, or the object of the renamed source, needs this name. The Makefile already "
    "has another object, or a composite, with it.",
    "Choose another name for `main` or `core` in `[split]`.",
    Example({"Makefile": "obj-m += lights.o main.o\nlights-y := lamp.o\nmain-y := sign.o\n"}),
)


_BY_SYMBOL = re.compile(r"obj-\$[({]CONFIG_(\w+)[)}]")


def is_never_module(found: Membership, files: BuildFiles) -> bool:
    """Tell whether no list of the object can make a module of it: every symbol is bool."""
    for place in found.places:
        symbol = _BY_SYMBOL.fullmatch(place.object_list.name)
        if place.kind is ListKind.BUILTIN:
            continue
        if symbol is None or not files.is_bool(symbol[1]):
            return False
    return True


def refuse_uncomposable(found: Membership, source: str, tree: SourceTree, ledger: Ledger) -> None:
    """Refuse a module that cannot become a composite (VT060)."""
    for place in found.places:
        if place.kind is not ListKind.SINGLE:
            why = f"'{place.word.text}' is a module, and also part of {place.object_list.name}"
        elif "/" in place.word.path or "$" in place.word.path:
            # Kbuild would call the module `folder/foo` (scripts/Makefile.lib, modname).
            why = f"'{place.word.text}' is listed in the Makefile of another folder"
        else:
            continue
        ledger.refuse(
            NO_COMPOSITE,
            f"{why}, so it cannot be made of two objects",
            Site(found.makefile, place.word.line, place.word.column, len(place.word.text)),
            "list its objects by hand: `foo-y := foo_core.o`",
        )
    target = tree.real(source)
    if basename(target) != basename(source):
        ledger.refuse(
            LINK,
            f"{source} has to be renamed, but is a symbolic link to {target}",
            Site(source),
            "list the module's objects by hand: `foo-y := foo_core.o`",
        )


def refuse_taken(found: Membership, path: str, key: str, tree: SourceTree, ledger: Ledger) -> None:
    """Refuse an object for main or the source whose name the Makefile has for another (VT062)."""
    if not found.places:
        return
    text = tree.read(found.makefile)
    place = found.places[0]
    stem = splitext(word_for(found, place, path))[0]
    own = {place.object_list.stem, place.module}
    site = None
    if stem in composite_names(text):
        site = Site(found.makefile, place.word.line, place.word.column, len(place.word.text))
    elif not tree.exists(path):
        for one in read_lists(text):
            for word in one.words:
                if word.path == f"{stem}.o" and one.stem not in own:
                    site = Site(found.makefile, word.line, word.column, len(word.text))
    if site is not None:
        ledger.refuse(
            NAME_TAKEN,
            f"'{basename(stem)}.o' is another object here, but the object of {path} needs this "
            "name",
            site,
            f"choose another name for `{key}` in [split]",
        )
