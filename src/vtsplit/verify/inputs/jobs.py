"""Which files are compared or compiled: each with how it is compiled, on both sides."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from vtsplit.cst.lexer import Kind, lex
from vtsplit.diagnostics import Problem, Site
from vtsplit.example_trees import COMMANDS
from vtsplit.rule import Example, Rule
from vtsplit.survey.make.modules import module_of
from vtsplit.verify.inputs.affected import affected_recipes
from vtsplit.verify.inputs.differing import Differing
from vtsplit.verify.inputs.flags import (
    OwnOptions,
    Recipe,
    Records,
    adopt,
    in_module,
    module_name,
)
from vtsplit.verify.inputs.sides import Side
from vtsplit.verify.object_lists import settings_lacking

NO_RECORD = Rule(
    "VT309",
    "no-record",
    "a changed file was not compiled in this build",
    "The build has no record of the file, so its flags are not known.",
    "Switch its option on and build it, or use `--textual`.",
    Example(
        files={"commands.json": COMMANDS.replace("lamp", "sign"), "sign.c": "int sign;\n"},
        command="vtsplit split --verify --compile-commands commands.json",
    ),
)

# The variables whose words the compiler is given (makefiles.rst, 3.7; GNU make manual, 10.3).
_ADDED = frozenset({"CFLAGS", "CPPFLAGS"})


@dataclass(frozen=True)
class Job:
    """A file to compare, with its recipe on each side; None where the side has no such file."""

    path: str
    before: Recipe | None
    after: Recipe | None


def choose_jobs(
    records: Records,
    differing: Differing,
    sides: tuple[Side, Side],
    problems: list[Problem],
    adopting: Collection[str] = (),
) -> list[Job]:
    """Return the files that differ, or read what does. What stands in the way goes to `problems`.

    A file that is new, or one of `adopting`, is compiled as one beside it. Raises RefusedError
    (VT302).
    """
    jobs: dict[str, Job] = {}
    for recipe in affected_recipes(records, differing, sides[0]):
        jobs[recipe.source] = _job(recipe, sides)
    if any(not path.endswith(".c") for path in differing.paths):
        # What was compiled by a record that cannot be read may read any header.
        problems += records.broken.values()
    for path in sorted(differing.paths.union(adopting)):
        known = records.get(path)  # a broken record is told here
        if not path.endswith(".c") or path in jobs:
            continue
        renamed = records.recipes.get(differing.renamed.get(path, ""))
        if renamed is not None and known is None:  # built under its new name only
            jobs[path] = _job(adopt(renamed, path), sides)
            continue
        origin = [old for old, new in differing.renamed.items() if new == path]
        alike = origin or differing.changed | differing.removed
        part_of = module_of(sides[1].find, path) if known is None else None
        beside = part_of.sources & records.recipes.keys() if part_of else frozenset()
        adopted = known or records.for_new(path, beside or alike, _own_options(path, sides[1]))
        if adopted is not None and part_of is not None:
            name = module_name(adopted) or ""
            if not beside or ":" in name:  # Kbuild's name for what is part of several modules
                adopted = in_module(adopted, part_of.name)
        if adopted is not None and (path in differing.added or path in adopting):
            jobs[path] = _job(adopted, sides)
        elif path not in differing.removed and not _is_comment(path, sides):
            problems.append(_not_built(path, records))
    return list(jobs.values())


def _own_options(new: str, side: Side) -> OwnOptions:
    """Return what gives the options of a source's object that a new file's object does not get."""

    def own(source: str) -> Iterator[str]:
        for one in settings_lacking(side.find, new, source):
            if one.name in _ADDED:
                yield from one.words

    return own


def _job(recipe: Recipe, sides: tuple[Side, Side]) -> Job:
    path = recipe.source
    before, after = (recipe if side.has(path) else None for side in sides)
    return Job(path, before, after)


def _is_comment(path: str, sides: tuple[Side, Side]) -> bool:
    """Tell whether a file differs in its comments only, each of as many lines as before."""
    before, after = (side.find(path) for side in sides)
    return before is not None and after is not None and _code(before) == _code(after)


def _code(text: str) -> str:
    """Return a text with a blank, and its newlines, for each comment (C11 5.1.1.2p3)."""
    return "".join(
        " " + "\n" * token.text.count("\n") if token.kind is Kind.COMMENT else token.text
        for token in lex(text)
    )


def _not_built(path: str, records: Records) -> Problem:
    message = f"'{path}' differs, and nothing in {records.origin} says how it is compiled"
    advice = (
        "build it; or compare the texts, without --build and --compile-commands or, in a tree that "
        "is itself built, by `vtsplit verify --textual`"
    )
    return Problem(NO_RECORD, message, Site(path), advice)
