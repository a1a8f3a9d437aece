"""Whether the list that an object stands in can take a second one, and what is in the way."""

import re
from posixpath import basename, splitext

from vtsplit.codemods.build import word_for
from vtsplit.diagnostics import Site
from vtsplit.planning.steps import Ledger
from vtsplit.survey.build_files import BuildFiles
from vtsplit.survey.kbuild import Kind, Membership
from vtsplit.survey.makefile import read_lists
from vtsplit.survey.object_mentions import composite_names
from vtsplit.tree import SourceTree

_BY_SYMBOL = re.compile(r"obj-\$[({]CONFIG_(\w+)[)}]")


def is_never_module(found: Membership, files: BuildFiles) -> bool:
    """Tell whether no list of the object can make a module of it: every symbol is bool."""
    for place in found.places:
        symbol = _BY_SYMBOL.fullmatch(place.object_list.name)
        if place.kind is Kind.BUILTIN:
            continue
        if symbol is None or not files.is_bool(symbol[1]):
            return False
    return True


def refuse_uncomposable(found: Membership, source: str, tree: SourceTree, ledger: Ledger) -> None:
    """Refuse a module that cannot become a composite (VT060)."""
    for place in found.places:
        if place.kind is not Kind.SINGLE:
            why = f"'{place.word.text}' is a module and also part of {place.object_list.name}"
        elif "/" in place.word.path or "$" in place.word.path:
            # Kbuild would call the module `folder/foo` (scripts/Makefile.lib, modname).
            why = f"'{place.word.text}' is listed in the Makefile of another folder"
        else:
            continue
        ledger.refuse(
            "VT060",
            f"{why}, so that it cannot be made of two objects",
            Site(found.makefile, place.word.line, place.word.column, len(place.word.text)),
            "list its objects by hand: `foo-y := foo_core.o`",
        )
    target = tree.real(source)
    if basename(target) != basename(source):
        ledger.refuse(
            "VT060",
            f"{source} has to be renamed, and is a symbolic link to {target}",
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
            "VT062",
            f"'{basename(stem)}.o', which is to be the object of {path}, is another one here",
            site,
            f"choose another name for `{key}` in [split]",
        )
