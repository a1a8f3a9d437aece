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
        span = changed_lines(text, after)
        for place in found.places:
            site = Site(found.makefile, place.word.line, place.word.column)
            why = f"beside {place.word.text} in {place.object_list.name}"
            ledger.step("build", basename(spec.main), site, why, span)
    return found.makefile, after


def changed_lines(before: str, after: str) -> tuple[int, int]:
    """Return the first and last line of `before` that changed, or between which lines were added.

    >>> changed_lines("a\\nb\\nc\\n", "a\\nx\\nb\\nc\\n")
    (1, 2)
    """
    old, new = before.split("\n"), after.split("\n")
    first = 0
    while first < min(len(old), len(new)) and old[first] == new[first]:
        first += 1
    last = 0
    while last < min(len(old), len(new)) - first and old[-1 - last] == new[-1 - last]:
        last += 1
    end = len(old) - last
    return (first + 1, end) if end > first else (first, first + 1)
