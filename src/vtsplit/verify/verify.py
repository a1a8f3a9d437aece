"""Verify that two trees are the same program: choose what to look at, and in which way."""

import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from pathlib import Path

from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.progress import Tell, silent, told
from vtsplit.survey.build.build_files import is_build_file, is_kconfig
from vtsplit.verify.assembly import find_assembly
from vtsplit.verify.build_files import NO_C, FileChanges, compare_build_files
from vtsplit.verify.exports import find_exports
from vtsplit.verify.inputs.differing import Differing
from vtsplit.verify.inputs.flags import Recipe, Records
from vtsplit.verify.inputs.jobs import Job, choose_jobs
from vtsplit.verify.inputs.preprocess import NO_CONFIG, Config, Preprocessed, preprocess
from vtsplit.verify.inputs.sides import Side, refuse_foreign
from vtsplit.verify.lists.check import check_lists
from vtsplit.verify.no_build import weaker_proof
from vtsplit.verify.objects.compare_objects import Sources, compare_objects
from vtsplit.verify.tokens.compare import compare
from vtsplit.verify.tokens.compared import Counterparts
from vtsplit.verify.tokens.design import Design
from vtsplit.verify.tokens.program import Unit, unit_of
from vtsplit.verify.tokens.textual import unit_of_text
from vtsplit.verify.verdict import BY_TEXTS, PREPROCESSED, IntendedChange, Mismatch, Verdict
from vtsplit.workers import processors, threads

NO_FILE_DIFFERS = "no file differs"
_BY_HAND = "take this change out, and check it yourself"
_BY_SPEC = "if a spec made this change, name it with --spec or --preset"
UnitsByPath = dict[str, Unit]


@dataclass(frozen=True)
class Request:
    """What to verify. Without `records` only the texts are compared.

    `home` is the tree that the two have links to, if they are made of links.
    """

    before: Path
    after: Path
    differing: Differing
    records: Records | None = None
    design: Design = field(default_factory=Design)
    configs: tuple[tuple[str, tuple[str, ...]], ...] = ()
    jobs: int = 0
    objects: bool = True
    home: Path | None = None
    tell: Tell = silent

    def asked(self) -> tuple[tuple[Path, ...], frozenset[str]]:
        """Return the trees as the user knows them, and the files that differ."""
        trees = (self.home,) if self.home else (self.before, self.after)
        return trees, frozenset(self.differing.paths)

    def sides(self) -> tuple[Side, Side]:
        """Return the two trees."""
        home = str(self.home.resolve()) if self.home else ""
        before, after = (str(root.resolve()) for root in (self.before, self.after))
        return Side("before", before, home), Side("after", after, home)


def verify(request: Request) -> Verdict:
    """Compare two trees. What could not be told is a problem in the verdict, never an exception."""
    verdict = Verdict(BY_TEXTS if request.records is None else PREPROCESSED)
    try:
        _Verification(request, verdict).run()
    except RefusedError as error:
        # What is known already may be what stops it in the end.
        verdict.problems += [one for one in error.problems if one not in verdict.problems]
    return verdict


class _Verification:
    def __init__(self, request: Request, verdict: Verdict) -> None:
        self.request = request
        self.verdict = verdict
        self.before, self.after = request.sides()
        self.trees = self.before, self.after
        self.jobs = request.jobs or processors()
        self.compared = Counterparts()
        paths = request.differing.changed | request.differing.added
        found = find_exports(self.before.find, self.after.find, paths)
        self.design = replace(
            request.design,
            exports=found,
            changed=request.differing.paths,
            renamed=request.differing.renamed,
        )

    def run(self) -> None:
        undecided = self._build_files()
        self.verdict.designed += [
            IntendedChange("file renamed", f"{old} -> {new}", Site(new))
            for old, new in sorted(self.request.differing.renamed.items())
        ]
        self._program()
        self.verdict.problems += undecided

    def _program(self) -> None:
        differing = self.request.differing
        self.verdict.limits += [
            f"{path} differs and was not compared: vtsplit does not read this kind of build file"
            for path in sorted(differing.unread)
        ]
        if not differing and not differing.unread:
            self.verdict.limits.append(NO_FILE_DIFFERS)
        if not any(differing.is_c(path) or path.endswith(".S") for path in differing.paths):
            return
        if self.request.records is None:
            self._textual(sorted(p for p in differing.paths if differing.is_c(p)))
            return
        self._strong(self.request.records)

    def _build_files(self) -> list[Problem]:
        """Compare build files; return what could not be told of them, which stops nothing."""
        differing = self.request.differing
        before, after = self.trees
        recipes = self.request.records.recipes if self.request.records else {}
        files = FileChanges(
            build_files={path for path in differing.paths if is_build_file(path)},
            new={path for path in differing.added if path.endswith(".c")},
            renamed=differing.renamed,
            headers={path for path in differing.added if path.endswith(".h")},
            sources={p for p in differing.changed | differing.removed if p.endswith(".c")},
            compiled=recipes.keys(),
        )
        undecided = compare_build_files(before.find, after.find, files, self.verdict)
        undecided += check_lists(before, after, files, self.verdict)
        for path in sorted(differing.paths):
            if not differing.is_c(path) and path not in files.build_files and path not in recipes:
                message = f"'{path}' differs, and is not C, so vtsplit cannot compare it"
                advice = _BY_SPEC if is_kconfig(path) else _BY_HAND
                self.verdict.problems.append(Problem(NO_C, message, Site(path), advice))
        return undecided

    # ---- without a build -----------------------------------------------------------------------

    def _textual(self, paths: list[str]) -> None:
        self.verdict.weaken(weaker_proof(*self.request.asked()))

        def units(extra: Iterable[str]) -> tuple[UnitsByPath, UnitsByPath]:
            self.verdict.files = self._count({*paths, *extra})
            return self._texts({*paths, *extra})

        self._compare(units)
        self._assembly_files((), {})

    def _count(self, paths: Iterable[str]) -> int:
        """Count files; one that has another path now is one file."""
        return len({self.design.renamed.get(path, path) for path in paths})

    def _texts(self, paths: Iterable[str]) -> tuple[UnitsByPath, UnitsByPath]:
        """Return files as they are written."""
        before, after = (
            {
                path: unit_of_text(path, text, tree.root)
                for path in paths
                if (text := tree.find(path)) is not None
            }
            for tree in self.trees
        )
        return before, after

    def _other_conditions(self, records: Records) -> dict[str, str]:
        """Also compare the texts: what this configuration leaves out may differ.

        Only what stands under conditions or has some inside counts, and macros of another body;
        the rest was compared better. Of other files that were not compared all counts. Returns what
        has become of names that only the texts show to be lost.
        """
        differing = self.request.differing
        made = differing.removed - records.recipes.keys()
        paths = {path for path in differing.paths - made if differing.is_c(path)}
        # What is left out may have other names as well: without a spec only its text tells.
        design = replace(self.design, known=self.compared.names)
        inner = Verdict("text")
        units = self._texts(paths)
        found = compare(*units, design, inner)
        unseen = {n: what for n, what in found.lost.items() if n not in self.compared.lost}
        users = records.recipes.keys() & self._users(units[0], self.compared.lost)
        users |= self._users(units[0], unseen)
        if users:
            inner = Verdict("text")
            compare(*self._texts(paths | users), design, inner)
        shown = {(one.what, one.name) for one in self.verdict.differences}
        for one in inner.differences:
            counts = one.conditional or one.what == "macro" or self._is_unread(one, users)
            if counts and (one.what, one.name) not in shown:
                message = f"{one.message} in the text, under #if conditions"
                self.verdict.differ(one.what, one.name, message, one.before, one.after, one.tokens)
        self._name_left_out(inner)
        return {name: what for name, what in unseen.items() if name not in found.kept}

    def _name_left_out(self, texts: Verdict) -> None:
        """Say which of the changes by design are of code that the build leaves out."""
        seen = {one.name for one in self.verdict.proved}
        seen |= {one.name.split(" -> ")[-1] for one in self.verdict.designed}
        changes = [one for one in texts.designed if one.change in {"made global", "renamed"}]
        names = dict.fromkeys(one.name.split(" -> ")[-1] for one in changes)
        left = [name for name in names if name not in seen]
        if left:
            shown = ", ".join([*left[:3], *(["..."] if left[3:] else [])])
            changed = (
                "1 name that changes stands"
                if len(left) == 1
                else f"{len(left)} names that change stand"
            )
            self.verdict.limits.append(
                f"{changed} in code that the build leaves out ({shown}): compared as text only, "
                "and not counted as by design"
            )

    def _is_unread(self, one: Mismatch, users: Collection[str]) -> bool:
        site = one.after or one.before
        return site is not None and site.path in users - self.units[0].keys()

    def _compare(self, units: Callable[[Iterable[str]], tuple[UnitsByPath, UnitsByPath]]) -> None:
        """Compare; once more, with what else names them, when global names turn out to change."""
        before, after = units(())
        found = self.verdict
        start = found.differences[:], found.problems[:], found.proved[:], found.designed[:]
        self.compared = compare(before, after, self.design, self.verdict)
        extra = sorted(self._users(before, self.compared.lost))
        if extra:
            found.differences, found.problems, found.proved, found.designed = start
            before, after = units(extra)
            left = [path for path in extra if path not in after]
            if left:
                self.verdict.weaken(
                    f"{', '.join(left)}: names that change, and not compiled in this build"
                )
            self.compared = compare(before, after, self.design, self.verdict)
        self.units = before, after

    def _users(self, units: UnitsByPath, names: Iterable[str]) -> set[str]:
        """Return other C files of the tree that have one of the names: it may be theirs as well."""
        found = self.before.files_with({*names}).values()
        paths = {path for several in found for path in several if path.endswith(".c")}
        return paths - units.keys()

    def _assembly_files(self, recipes: Collection[str], unseen: Mapping[str, str]) -> None:
        """Look for names that change in files of assembly that do not differ.

        If a build has records of such files, those without one are no part of the program. Of
        `unseen` names, which the build leaves out, no object tells.
        """
        compared = self.compared
        lost = {name: what for name, what in compared.lost.items() if name not in compared.kept}
        listed = any(path.endswith(".S") for path in recipes)
        for names, are_linked in ((lost, self.request.objects), (unseen, False)):
            for one in find_assembly(self.before, names):
                if one.name in self.request.differing.paths:
                    continue
                if listed and one.name not in recipes:
                    note = f"{one.name}: names that change, and not compiled in this build"
                    self.verdict.limits.append(note)
                elif one.name not in recipes or not are_linked:
                    self.verdict.record(one)

    # ---- with a build --------------------------------------------------------------------------

    def _strong(self, records: Records) -> None:
        differing = self.request.differing
        jobs = choose_jobs(records, differing, self.trees, self.verdict.problems)
        if self.verdict.problems:
            return  # with a file left out, what it has would seem to be gone
        self._limits(records, jobs)
        with tempfile.TemporaryDirectory(prefix="vtsplit-") as folder:
            with threads(self.jobs, waits=True) as pool:
                self._tokens(records, jobs, NO_CONFIG, pool)
                compiled, compared = self.units, self.compared
                header = Path(folder, "config.h")
                for config in _configs(self.request.configs, str(header)):
                    header.write_text(config.text)
                    self._under(records, jobs, config, pool)
                self.compared = compared
                unseen = self._other_conditions(records)
                self._assembly_files(records.recipes.keys(), unseen)
                if self.request.objects and not self.verdict.problems:
                    sources = Sources(
                        records, jobs, self.trees, compiled, compared, self.request.tell
                    )
                    compare_objects(sources, Path(folder), pool, self.verdict)
            if not self.request.objects:
                self.verdict.weaken("no objects compared: --no-objects")

    def _limits(self, records: Records, jobs: list[Job]) -> None:
        recipes = [one for job in jobs for one in (job.before, job.after) if one]
        left_out = dict.fromkeys(option for one in recipes for option in one.left_out)
        if left_out:
            self.verdict.weaken(
                f"the compiler was run without {', '.join(left_out)}: vtsplit passes on only "
                "options that cannot write a file or start a program"
            )
        removed = sorted(
            path
            for path in self.request.differing.removed
            if records.recipes.keys().isdisjoint({path, self.design.renamed.get(path, path)})
            and self.request.differing.is_c(path)
        )
        if removed:
            self.verdict.weaken(
                f"only the tree BEFORE has {', '.join(removed)}, and no build compiled it: not "
                "compared"
            )

    def _under(self, records: Records, jobs: list[Job], config: Config, pool: Executor) -> None:
        """Compare tokens under another configuration; what differs names it."""
        shown = ", ".join(f"{name}={value}" for name, value in config.values.items())
        inner = Verdict(self.verdict.mode)
        outer, self.verdict = self.verdict, inner
        try:
            self._tokens(records, jobs, config, pool)
        except RefusedError as error:
            inner.problems += error.problems
        finally:
            self.verdict = outer
        for one in inner.differences:
            outer.differ(
                one.what, one.name, f"{one.message} ({shown})", one.before, one.after, one.tokens
            )
        for problem in inner.problems:
            message = f"{problem.message} ({shown})"
            outer.problems.append(Problem(problem.rule, message, problem.site, problem.help))
        outer.configs[shown] = len(inner.proved)

    def _tokens(self, records: Records, jobs: list[Job], config: Config, pool: Executor) -> None:
        made: dict[str, tuple[Preprocessed | None, Preprocessed | None]] = {}

        def both(job: Job) -> tuple[Preprocessed | None, Preprocessed | None]:
            return (
                self._preprocess(job.before, self.before, config),
                self._preprocess(job.after, self.after, config),
            )

        def units(extra: Iterable[str]) -> tuple[UnitsByPath, UnitsByPath]:
            more = [
                Job(path, recipe, recipe)
                for path in extra
                if path not in made and (recipe := records.get(path)) is not None
            ]
            todo = more if extra else jobs
            results = told(pool.map(both, todo), self.request.tell, "preprocessing", len(todo))
            for job, pair in zip(todo, results, strict=True):
                made[job.path] = pair
            self.verdict.files = self._count(made)
            before: UnitsByPath = {}
            after: UnitsByPath = {}
            for path, (ours, theirs) in made.items():
                if path.endswith(".S"):
                    self._assembly(path, ours, theirs)
                    continue
                wanted = path in set(extra)
                if ours and theirs and ours.bare == theirs.bare and not wanted:
                    continue
                if ours:
                    before[path] = unit_of(ours)
                if theirs:
                    after[path] = unit_of(theirs)
            return before, after

        self._compare(units)
        if not config.values:
            self._unread([one for pair in made.values() for one in pair if one])

    def _assembly(self, path: str, ours: Preprocessed | None, theirs: Preprocessed | None) -> None:
        """Compare assembly as one text: its order counts."""
        if ours is None or theirs is None or ours.bare != theirs.bare:
            site = Site(path)
            self.verdict.differ("assembly", path, "is not the same, preprocessed", site, site)

    def _unread(self, made: Iterable[Preprocessed]) -> None:
        """Say which headers differ that nothing reads: of them nothing is known."""
        read = {path for one in made for path in one.read_paths}
        unread = sorted(
            path
            for path in self.request.differing.changed | self.request.differing.added
            if self.request.differing.is_c(path) and path not in read
        )
        if unread:
            names = ", ".join(unread)
            self.verdict.weaken(f"no file compiled in this build reads {names}")

    def _preprocess(self, recipe: Recipe | None, side: Side, config: Config) -> Preprocessed | None:
        if recipe is None:
            return None
        made = preprocess(recipe, side, config)
        refuse_foreign(made.read, recipe, side, self.request.differing.paths)
        return made


def _configs(wanted: Iterable[tuple[str, tuple[str, ...]]], header: str) -> Iterable[Config]:
    for name, values in wanted:
        for value in values:
            yield Config({name: value}, header)
