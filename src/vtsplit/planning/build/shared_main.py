"""Whether an existing main is linked with the source file, and with nothing else."""

from vtsplit.diagnostics import Problem, Site
from vtsplit.example_trees import LAMP
from vtsplit.planning.steps import Ledger
from vtsplit.rule import Example, Rule
from vtsplit.spec.document import Spec
from vtsplit.survey.make.kbuild import ListKind, Membership, ObjectListing, find_object
from vtsplit.survey.make.makefile import split_name
from vtsplit.tree.source_tree import SourceTree

LINKED_ELSEWHERE = Rule(
    "VT064",
    "linked-elsewhere",
    "a list links main and not the source",
    "Main exists already, and a list links it, but not the source. Functions that the tables "
    "name would be undefined there.",
    "Choose another `main`, or first put both objects into the same lists. If main is part of "
    'another module, `export = "gpl"` in `[split]` lets it reach the functions (docs/spec.md).',
    Example(
        {
            "Makefile": LAMP["Makefile"] + "obj-m += boards.o\nboards-y := main.o\n",
            "main.c": "int main_level;\n",
        }
    ),
)


_ALWAYS = {"y", "objs"}


def refuse_linked_elsewhere(
    found: Membership, spec: Spec, tree: SourceTree, ledger: Ledger
) -> None:
    """Refuse a main whose object is in lists that the source's is not in (VT064).

    Where it is linked and the source is not, the functions that its tables name are missing.
    """
    if not tree.exists(spec.main):
        return
    listed = find_object(tree.find, spec.main)
    if isinstance(listed, Problem):
        return
    # Two modules of one object each share nothing, though one list has both.
    own = {_link(found.makefile, p) for p in found.places if p.kind is not ListKind.SINGLE}
    for place in listed.places:
        if _link(listed.makefile, place) in own:
            continue
        advice = "choose another `main`, or first put both objects into the same lists"
        if place.kind is not ListKind.PLAIN:
            advice += '; with `export = "gpl"` in [split] it may be part of another module'
        ledger.refuse(
            LINKED_ELSEWHERE,
            f"{place.object_list.name} links {spec.main} here, but not {spec.source}, so "
            "functions that the tables name would be undefined",
            Site(listed.makefile, place.word.line, place.word.column, len(place.word.text)),
            advice,
        )


def _link(makefile: str, place: ObjectListing) -> tuple[object, ...]:
    """Return what has to be equal for two objects to be linked together whenever one is."""
    stem, when = split_name(place.object_list.name)
    conditions = tuple((one.text, one.branch) for one in place.object_list.conditions)
    linked = place.module if place.kind is ListKind.COMPOSITE else stem
    return makefile, linked, "" if when in _ALWAYS else when, conditions
