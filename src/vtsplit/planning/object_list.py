"""Plan that the build links main: the list that holds the source's object gains main's."""

from posixpath import basename

from vtsplit.codemods.build import add_member
from vtsplit.diagnostics import Problem, Site
from vtsplit.planning.steps import Ledger
from vtsplit.spec import Spec
from vtsplit.survey.kbuild import find_object
from vtsplit.tree import SourceTree


def add_to_build(spec: Spec, tree: SourceTree, ledger: Ledger) -> tuple[str, str] | None:
    """Return the path and the new text of the file that lists main's object.

    None when the spec leaves the build alone, or when a problem was recorded.
    """
    if not spec.object_list:
        ledger.note("object-list = false: the build is left alone")
        return None
    found = find_object(tree.find, spec.source)
    if isinstance(found, Problem):
        ledger.problems.append(found)
        return None
    text = tree.read(found.makefile)
    after = add_member(text, found, spec.main)
    if isinstance(after, Problem):
        ledger.problems.append(after)
        return None
    for note in found.settings:
        ledger.note(f"{note.message}: the new object gets none of it", note.site)
    if after != text:
        for place in found.places:
            first = place.object_list.line
            last = first + text.count("\n", place.object_list.start, place.object_list.end)
            site = Site(found.makefile, place.word.line, place.word.column)
            why = f"beside {place.word.text} in {place.object_list.name}"
            ledger.step("build", basename(spec.main), site, why, (first, last))
    return found.makefile, after
