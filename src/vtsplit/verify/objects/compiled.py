"""Compile what has changed under values of options, and say what a compiler has seen of wrappers.

A comparison by tokens looks at a split without wrappers: nothing there shows that these compile.
"""

import re
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.progress import told
from vtsplit.rule import Rule
from vtsplit.verify.inputs.compiler_words import Said, read_said
from vtsplit.verify.inputs.flags import Recipe, Records
from vtsplit.verify.inputs.jobs import Job, choose_jobs
from vtsplit.verify.inputs.preprocess import (
    Config,
    preprocess,
    run_compiler,
    with_config,
)
from vtsplit.verify.inputs.sides import Side, command_for, refuse_foreign, source_path
from vtsplit.verify.no_build import no_build
from vtsplit.verify.objects.objects import run_compilation
from vtsplit.verify.tokens.program import unit_of
from vtsplit.verify.verdict import CompiledConfig, Verdict
from vtsplit.verify.verify import Request
from vtsplit.workers import processors, threads

BAD_VALUES = Rule(
    "VT306",
    "bad-values",
    "the tree before the change does not compile with the values of `--define`",
    "If both trees have an error, it says nothing about the change. Each error is shown.",
    "Choose values that go together.",
    "It comes up when `--define CONFIG_A=y` is given and the code under it needs CONFIG_B too.",
)


@dataclass(frozen=True)
class WrappersOfMain:
    """The functions of main that choose between backends, and what the second one is built by."""

    main: str
    names: frozenset[str]
    backend: str
    option: str | None = None


def compile_changed(
    request: Request,
    defines: Mapping[str, str],
    verdict: Verdict,
    wrappers: WrappersOfMain | None = None,
) -> None:
    """Compile the changed files of the tree after, under `defines`; the verdict gets what is found.

    With wrappers they are compiled as the build is configured also. A new warning is a difference,
    and so is an error where the tree before compiles.
    """
    if wrappers is not None:
        verdict.wrappers = tuple(sorted(wrappers.names))
        verdict.unseen_why = "--no-objects"
        if request.records is None:
            verdict.unseen_why = no_build(*request.asked())
    if request.records is None or not request.objects:
        return
    verdict.unseen_why = "what has changed could not be compiled"
    with tempfile.TemporaryDirectory(prefix="vtsplit-") as folder:
        runs: list[dict[str, str]] = [{}] if wrappers is not None else []
        for at, values in enumerate([*runs, dict(defines)] if defines else runs):
            place = Path(folder, str(at))
            place.mkdir()
            config = Config(values, str(place / "config.h"))
            (place / "config.h").write_text(config.text)
            try:
                _ConfigurationRun(request, request.records, config, place, verdict).run(wrappers)
            except RefusedError as error:
                verdict.problems += error.problems


class _ConfigurationRun:
    """One configuration."""

    def __init__(
        self, request: Request, records: Records, config: Config, folder: Path, verdict: Verdict
    ) -> None:
        self.request = request
        self.records = records
        self.config = config
        self.folder = folder
        self.verdict = verdict
        self.before, self.after = request.sides()
        self.shown = ", ".join(f"{name}={value}" for name, value in config.values.items())
        self.told = f" with {self.shown}" if self.shown else ""

    def run(self, wrappers: WrappersOfMain | None) -> None:
        main = [wrappers.main] if wrappers and self.after.has(wrappers.main) else []
        backend = [wrappers.backend] if wrappers and self.after.has(wrappers.backend) else []
        differing, problems = self.request.differing, self.verdict.problems
        count = len(problems)
        sides = (self.before, self.after)
        jobs = choose_jobs(self.records, differing, sides, problems, [*main, *backend])
        if len(problems) > count:
            return
        by_path = {job.path: job for job in jobs}
        is_on = True
        if wrappers and main and wrappers.option:
            is_on = self._is_set(by_path[wrappers.main], wrappers.option)
            if not is_on and self.records.get(wrappers.backend) is None:
                # Kbuild does not compile it then, and it may need what its option declares.
                by_path.pop(wrappers.backend, None)
        jobs = [job for job in by_path.values() if not job.path.endswith(".S")]
        self._name_unknown(jobs)
        compiles = self._compile(jobs)
        seen = frozenset[str]()
        if wrappers and main and compiles:
            seen = self._seen(by_path[wrappers.main], wrappers.names)
        if wrappers:
            self._explain(wrappers, seen, is_on, compiles)
        if compiles:
            count = sum(job.after is not None for job in jobs)
            self.verdict.compiled.append(CompiledConfig(self.shown, count, tuple(sorted(seen))))

    def _explain(
        self, wrappers: WrappersOfMain, seen: Collection[str], is_on: bool, compiles: bool
    ) -> None:
        """Say why wrappers are left that no compiler has seen."""
        if not compiles:
            self.verdict.unseen_why = f"what has changed does not compile{self.told}"
        elif not is_on:
            option = wrappers.option or ""
            leaves = f"{self.shown} leaves" if option in self.config.values else "the build has"
            advice = f"--define {option}=y compiles them"
            self.verdict.unseen_why = f"{leaves} {option} off; {advice}"
        elif len(seen) < len(wrappers.names):
            self.verdict.unseen_why = f"they stand under other conditions{self.told}"

    def _name_unknown(self, jobs: Iterable[Job]) -> None:
        """Say which options none of the files names, as a slip would be."""
        texts = [self.after.find(job.path) or "" for job in jobs]
        changed = (p for p in self.request.differing.paths if p.endswith((".c", ".h")))
        texts += [self.after.find(path) or "" for path in changed]
        for name in self.config.values:
            if not any(re.search(rf"\b{name}\b", text) for text in texts):
                self.verdict.limits.append(f"no file that was compiled names {name}")

    # ---- the compiler --------------------------------------------------------------------------

    def _compile(self, jobs: list[Job]) -> bool:
        """Compile the tree after, and that before if there is something to compare with."""
        names = dict(
            one.name.split(" -> ") for one in self.verdict.designed if one.change == "renamed"
        )
        with threads(self.request.jobs or processors(), waits=True) as pool:
            after = [job.after for job in jobs if job.after]
            results = pool.map(lambda one: self._one(one, self.after), after)
            made = [*told(results, self.request.tell, f"compiling{self.told}", len(after))]
            said = [one for many in made for one in many]
            if not said:
                return True
            before = [job.before for job in jobs if job.before]
            was = list(pool.map(lambda one: self._one(one, self.before), before))
        distinct = dict.fromkeys(one for many in was for one in many)
        known = Counter(one.renamed(names) for one in distinct)
        failed = any(one.is_error for many in was for one in many)
        for one in dict.fromkeys(said):
            if one.is_error and failed:
                self._cannot_tell(one)
            elif known[one.text]:
                known[one.text] -= 1
            else:
                self._differ(one)
        return not any(one.is_error for one in said)

    def _differ(self, one: Said) -> None:
        gives = "does not compile" if one.is_error else "gives a new warning"
        message = f"{gives}{self.told}: {one.text}"
        self.verdict.differ("file", one.site.path, message, None, one.site)

    def _cannot_tell(self, one: Said) -> None:
        message = f"cannot compile '{one.site.path}'{self.told}: {one.text}"
        advice = "the tree before does not compile either: choose values that go together"
        self.verdict.problems.append(Problem(BAD_VALUES, message, one.site, advice))

    def _one(self, recipe: Recipe, side: Side) -> list[Said]:
        differing = self.request.differing
        target, done = run_compilation(recipe, side, self.folder, self.config)
        text = done.stderr.decode("utf-8", "replace")
        said = list(read_said(text, recipe, side))
        if done.returncode and not any(one.is_error for one in said):
            last = text.strip().split("\n")[-1]
            said.append(Said(True, Site(recipe.source), last or "the compiler fails"))
        rule = target.with_suffix(".d")
        if not done.returncode and rule.is_file():
            words = rule.read_text(errors="surrogateescape").replace("\\\n", " ").split()
            refuse_foreign(words[1:], recipe, side, differing.paths)
        return said

    def _is_set(self, job: Job, option: str) -> bool:
        """Tell whether the preprocessor has an option defined where main ends."""
        assert job.after is not None
        command = command_for(job.after, self.after)
        command = with_config([*command, "-w"], self.config)
        done = run_compiler([*command, "-E", "-dM", source_path(job.after, self.after)], job.after)
        return re.search(rf"^#define {option}\b", done.stdout.decode("latin-1"), re.M) is not None

    def _seen(self, job: Job, names: frozenset[str]) -> frozenset[str]:
        """Return which functions main has once it is preprocessed."""
        assert job.after is not None
        made = preprocess(job.after, self.after, self.config)
        things = (thing for thing in unit_of(made).things if thing.is_own)
        return names.intersection(
            thing.entity.name for thing in things if thing.entity.is_definition
        )
