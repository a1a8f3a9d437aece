"""Compile both sides, and compare what the linker would see of them."""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from vtsplit.progress import Tell, silent, told
from vtsplit.verify.inputs.flags import Recipe, Records
from vtsplit.verify.inputs.jobs import Job
from vtsplit.verify.inputs.made_files import is_made
from vtsplit.verify.inputs.sides import Side
from vtsplit.verify.objects.across import compare_modules
from vtsplit.verify.objects.bindings import compare_bindings
from vtsplit.verify.objects.ends import with_meant_ends
from vtsplit.verify.objects.line_names import ranked, without_lines
from vtsplit.verify.objects.link import Definer, LinkNames, LinkSet, compare_links
from vtsplit.verify.objects.link_set import find_link_set, read_all
from vtsplit.verify.objects.objects import ObjectFile, compile_object, read_object
from vtsplit.verify.tokens.compared import Counterparts
from vtsplit.verify.tokens.program import Unit, words
from vtsplit.verify.verdict import Verdict

Units = Mapping[str, Unit]


@dataclass(frozen=True)
class Sources:
    """What is compiled, and what the comparison of its tokens says: `units` are those of a side.

    `tell` is told how far it is.
    """

    records: Records
    jobs: Sequence[Job]
    sides: tuple[Side, Side]
    units: tuple[Units, Units]
    compared: Counterparts
    tell: Tell = silent


def compare_objects(sources: Sources, folder: Path, pool: Executor, verdict: Verdict) -> None:
    """Compile the sources of both sides into a folder, and record in `verdict` how they differ.

    Raises RefusedError: VT304 where there is no such compiler, VT306 where it fails, VT307 where an
    object of the build cannot be read.
    """
    jobs, names = sources.jobs, sources.compared.names
    recipes = {r.object: r for job in jobs for r in (job.before, job.after) if r}
    member = find_link_set(sources.records, list(recipes.values()))
    ours = [(sources.sides[0], job.before) for job in jobs if job.before]
    theirs = [(sources.sides[1], job.after) for job in jobs if job.after]

    def make(one: tuple[Side, Recipe]) -> ObjectFile:
        side, recipe = one
        path, _ = compile_object(recipe, side, folder)
        return read_object(path, recipe.object)

    gone = _of_no_side(sources)
    others = read_all({n: path for n, path in member.objects.items() if n not in gone}, pool)
    todo = [*ours, *theirs]
    made = [*told(pool.map(make, todo), sources.tell, "compiling", len(todo))]
    was, known = map(_defined, sources.units)
    texts = [_texts(side) for side in sources.units]

    def read(one: ObjectFile, job: tuple[Side, Recipe], side: int) -> ObjectFile:
        plain = without_lines(one, (was, known)[side])
        return with_meant_ends(plain, texts[side].get(job[1].source, {}))

    count = len(ours)
    before = {one.path: read(one, job, 0) for one, job in zip(made, ours, strict=False)}
    after = {one.path: read(one, job, 1) for one, job in zip(made[count:], theirs, strict=True)}
    links = (LinkSet(member.name, before, others), LinkSet(member.name, after, others))
    compare_modules(*links, member.modules, names, verdict)
    link_names = LinkNames(
        names,
        known=frozenset(known.union(*(ranked(one) for one in after.values()))),
        written=_written(sources.units, was.union(names.get(name, name) for name in was)),
        homes=dict(_homes(sources)),
        statics=frozenset(names.get(name, name) for _, name in sources.compared.statics),
    )
    compare_links(*links, link_names, verdict)
    compare_bindings(*links, member.modules, link_names, verdict)
    verdict.objects = len(theirs) + len(others)
    verdict.linked = member.name


def _of_no_side(sources: Sources) -> frozenset[str]:
    """Return the objects of files that neither side has: the build is one of a later commit.

    What a build makes may also be in neither, as of two commits, and is a part of both.
    """
    build = Path(sources.records.build)
    return frozenset(
        recipe.object
        for path, recipe in sources.records.recipes.items()
        if not any(side.has(path) for side in sources.sides) and not is_made(build, path)
    )


def _homes(sources: Sources) -> "list[tuple[Definer, Definer]]":
    """Return what has become of each definition, by its object."""
    objects = [
        {one.source: one.object for job in sources.jobs if (one := job.before)},
        {one.source: one.object for job in sources.jobs if (one := job.after)},
    ]

    def place(path: str, side: int) -> str:
        """Return the object of a file, that of the build if it does not differ."""
        known = objects[side].get(path)
        if known is None and (recipe := sources.records.get(path)) is not None:
            known = recipe.object
        return known or path

    return [
        ((place(was[0], 0), was[1]), (place(now[0], 1), now[1]))
        for was, now in sources.compared.homes.items()
    ]


def _defined(units: Units) -> set[str]:
    """Return what the files themselves define, under the names that their tokens have."""
    return {
        thing.entity.name
        for unit in units.values()
        for thing in unit.things
        if thing.is_own and thing.entity.is_definition
    }


def _texts(units: Units) -> dict[str, dict[str, frozenset[str]]]:
    """Return, by file, the words of what each file itself defines."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for path, unit in units.items():
        here = found.setdefault(path, {})
        for thing in unit.things:
            if thing.is_own and thing.entity.is_definition:
                name = thing.entity.name
                here[name] = here.get(name, frozenset()) | words(thing.text)
    return found


def _written(units: tuple[Units, Units], defined: Collection[str]) -> frozenset[str]:
    """Return the words of the side after, but for those of the side before that it only uses."""
    before, after = (
        {word for unit in side.values() for thing in unit.things for word in words(thing.text)}
        for side in units
    )
    return frozenset(after - (before - frozenset(defined)))
