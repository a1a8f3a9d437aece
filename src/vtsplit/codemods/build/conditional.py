"""Add an object under an option to the module that another object belongs to.

foo-y            += foo.o              ->  foo-y            += foo.o
                                           foo-$(CONFIG_B)  += b.o
"""

from vtsplit.codemods.build.member import add_object, word_for
from vtsplit.cst.style.align import width
from vtsplit.cst.style.indentation import TAB
from vtsplit.survey.make.kbuild import Membership, ObjectListing
from vtsplit.survey.make.makefile import ObjectList, read_lists


def add_under_option(text: str, membership: Membership, path: str, option: str) -> str:
    r"""Add the object of the source file `path`, built with an option, to each of the modules.

    >>> from vtsplit.survey.make.kbuild import find_object
    >>> text = "obj-m += foo.o\nfoo-y := x.o y.o\n"
    >>> add_under_option(text, find_object({"Makefile": text}.get, "x.c"), "b.c", "CONFIG_B")
    'obj-m += foo.o\nfoo-y := x.o y.o\nfoo-$(CONFIG_B) += b.o\n'
    """
    for place in sorted(membership.places, key=lambda place: -place.word.start):
        text = _add(text, place, word_for(membership, place, path), f"$({option})")
    return text


def _add(text: str, place: ObjectListing, word: str, suffix: str) -> str:
    beside = place.object_list
    family = [
        one
        for one in read_lists(text)
        if one.stem == beside.stem and one.conditions == beside.conditions and one.words
    ]
    name = f"{beside.stem}-{suffix}"
    same = next((one for one in family if one.name == name), None)
    if same is not None:
        return add_object(text, same, same.words[0], word)
    model = family[-1]
    line = f"{name}{_gap(text, model, name)}+= {word}"
    newline = "\r\n" if "\r\n" in text else "\n"
    return f"{text[: model.end]}{newline}{line}{text[model.end :]}"


def _gap(text: str, model: ObjectList, name: str) -> str:
    """Return the white space in front of the operator, in the column that a sibling's has."""
    start = text.index(model.name, model.start) + len(model.name)
    gap = text[start : text.index(model.operator, start)]
    if "\t" not in gap:
        column = width(model.name) + len(gap)
        return " " * max(column - width(name), 1) if len(gap) > 1 else " "
    column = width(gap, width(model.name))
    tabs = max(column // TAB - width(name) // TAB, 1)
    return "\t" * tabs
