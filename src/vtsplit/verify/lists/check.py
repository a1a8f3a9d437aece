"""What a comparison says of a new file that is missing where its source is linked."""

from vtsplit.diagnostics import Problem, Site
from vtsplit.example_trees import LAMP, SPLIT
from vtsplit.rule import Example, Rule
from vtsplit.verify.build_files import FileChanges
from vtsplit.verify.inputs.sides import Side
from vtsplit.verify.lists.beside import Lack, lacking
from vtsplit.verify.lists.donor import Donors
from vtsplit.verify.object_lists import is_in_other_module
from vtsplit.verify.verdict import Verdict

UNKNOWN_PLACE = Rule(
    "VT316",
    "unknown-place",
    "it is not known whether a new file is linked where its source is",
    "A build file lists the source, and the new file stands in another list, or under a condition "
    "that is written in another way. That may link the same, but vtsplit cannot tell.",
    "List the new file beside its source, under the same conditions, or check the build yourself.",
    Example(
        files={
            **{f"before/{path}": LAMP[path] for path in ("lamp.c", "lamp.h")},
            **{
                f"after/{path}": SPLIT[path]
                for path in ("lamp.c", "lamp.h", "lamp_ops.h", "main.c")
            },
            "before/CMakeLists.txt": "set(LAMPS lamp.c)\nset(MORE sign.c)\n",
            "after/CMakeLists.txt": "set(LAMPS lamp.c)\nset(MORE sign.c main.c)\n",
        },
        command="vtsplit verify before after",
        base={},
    ),
)


def check_lists(before: Side, after: Side, files: FileChanges, verdict: Verdict) -> list[Problem]:
    """Check that each new file stands wherever the source stands that it is made of.

    What cannot be told is returned (VT316).
    """
    undecided: list[Problem] = []
    given = Donors(before.find, after.find, files.sources, files.renamed)
    told = {one.name for one in verdict.differences if one.what == "makefile"}
    for new in sorted(files.new - {*files.renamed.values()} - told):
        donors = given.of(new)
        if not donors or is_in_other_module(before.find, after.find, new, donors):
            continue
        found = [(source, lacking(before, after, new, source)) for source in donors]
        if all(lacks for _, lacks in found):
            source, lacks = min(found, key=lambda pair: len(pair[1]))
            undecided += _say(new, source, lacks, verdict)
    _note_moves(before, after, files, given, verdict)
    return undecided


def _note_moves(
    before: Side, after: Side, files: FileChanges, given: Donors, verdict: Verdict
) -> None:
    """Note what has moved to a file that was there, and is not linked wherever its source is.

    That may be meant: whoever calls it links the other file as well.
    """
    for path in sorted(files.sources - files.renamed.keys()):
        donors = given.of(path)
        if not donors or is_in_other_module(before.find, after.find, path, donors):
            continue
        found = [(source, lacking(before, after, path, source)) for source in donors]
        if all(lacks for _, lacks in found):
            source, (lack, *_) = found[0]
            verdict.limits.append(
                f"what moved from {source} to {path} may be missing in '{lack.place.name}' "
                f"({lack.place.path}, line {lack.place.line}), where only {source} is listed"
            )


def _say(new: str, source: str, lacks: list[Lack], verdict: Verdict) -> list[Problem]:
    """Record what differs; return what cannot be told, unless something differs."""
    certain = [lack for lack in lacks if lack.certain]
    for lack in certain:
        message = f"is not in '{lack.place.name}', where {source} is"
        if lack.other is not None:
            message = f"is not where {source} is in '{lack.place.name}', but {_where(lack)}"
        verdict.differ("makefile", new, message, None, Site(lack.place.path, lack.place.line))
    return [] if certain else [_problem(new, source, lack) for lack in lacks[:1]]


def _problem(new: str, source: str, lack: Lack) -> Problem:
    message = (
        f"cannot tell whether '{new}' is linked where {source} is in '{lack.place.name}': it is "
        f"{_where(lack)}"
    )
    advice = f"list it beside {source}, under the same conditions, or check it yourself"
    return Problem(UNKNOWN_PLACE, message, Site(lack.place.path, lack.place.line), advice)


def _where(lack: Lack) -> str:
    other, place = lack.other, lack.place
    if other is None:
        return "nowhere"
    file = "" if other.path == place.path else f"{other.path}, "
    if other.name == place.name:
        return f"in line {other.line}" if not file else f"in {file}line {other.line}"
    return f"in '{other.name}' ({file}line {other.line})"
