"""Whether a split is right: compiled by Kbuild in the tree's own way, and proved by `verify`."""

import traceback
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from os import sched_getaffinity
from pathlib import Path
from posixpath import basename

from tables.draw import Table
from tables.trial import Trial, try_all_again, try_tables
from tables.workshop import Said, Workshop
from vtsplit.apply.proof import verify_split
from vtsplit.diagnostics import RefusedError
from vtsplit.tree.source_tree import SourceTree
from vtsplit.verify.inputs.differing import Differing, is_source
from vtsplit.verify.inputs.flags import Records
from vtsplit.verify.verdict import Answer
from vtsplit.verify.verify import Request


class Status(StrEnum):
    """What became of a table."""

    PROVED = "split and proved"
    REFUSED = "refused"
    WRONG = "wrong"
    FOREIGN = "not for this architecture"


@dataclass(frozen=True)
class Judgement:
    """A table's outcome: `codes` of refusals, `details` that say why it is not proved.

    `renamed` tells that the source file got another name, to become a part of its module.
    """

    path: str
    line: int
    name: str
    status: Status
    codes: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    renamed: bool = False
    seconds: float = 0.0
    megabytes: float = 0.0


def judge(tables: list[Table], shop: Workshop) -> Iterator[Judgement]:
    """Yield what becomes of each table; those that do not compile as they are are left out."""
    built = shop.build_before(table.object for table in tables)
    trials = list(try_tables(shop.pristine, [one for one in tables if one.object in built]))
    records = shop.records()
    pending = []
    for trial in trials:
        if trial.problems or trial.fault:
            yield _without_split(trial)
        else:
            pending.append(trial)
    while pending:
        together, pending = disjoint(pending)
        yield from _compile_and_prove(together, shop, records)


def _without_split(trial: Trial) -> Judgement:
    if trial.fault:
        return _judgement(trial, Status.WRONG, [trial.fault])
    codes = tuple(dict.fromkeys(problem.code for problem in trial.problems))
    details = [f"{one.site}: {one.message}" for one in trial.problems]
    return _judgement(trial, Status.REFUSED, details, codes)


def _judgement(
    trial: Trial, status: Status, details: list[str], codes: tuple[str, ...] = ()
) -> Judgement:
    table = trial.table
    return Judgement(
        table.path,
        table.line,
        table.name,
        status,
        codes,
        tuple(details),
        any(change.old_path for change in trial.changes),
        trial.seconds,
        trial.megabytes,
    )


def disjoint(trials: list[Trial]) -> tuple[list[Trial], list[Trial]]:
    """Divide into splits that can be written side by side, and the rest."""
    taken: set[str] = set()
    together: list[Trial] = []
    rest: list[Trial] = []
    for trial in trials:
        paths = _program_paths(trial)
        (rest if paths & taken else together).append(trial)
        taken |= paths
    return together, rest


def _program_paths(trial: Trial) -> set[str]:
    parts = [part for change in trial.changes for part in change.apart()]
    return {part.path for part in parts if is_source(basename(part.path))}


def made_files(trial: Trial) -> list[str]:
    """Return the C files of a split that are compiled: its source, by its name now, and main."""
    assert trial.result is not None
    plan = trial.result.plan
    return [trial.result.moved.get(plan.source.path, plan.source.path), plan.main.path]


def _compile_and_prove(
    trials: list[Trial], shop: Workshop, records: Records
) -> Iterator[Judgement]:
    files = [path for trial in trials for path in made_files(trial)]
    with shop.written([trial.changes for trial in trials]):
        said = shop.build_after(path.removesuffix(".c") + ".o" for path in files)
        again = try_all_again(shop.after, trials)
        faults = [_compile_faults(trial, shop, said) for trial in trials]
    with ProcessPoolExecutor(
        len(sched_getaffinity(0)), None, _share, (shop.before, records)
    ) as run:
        proofs = run.map(_proof_faults, trials)
        for trial, first, second, third in zip(trials, faults, again, proofs, strict=True):
            found = [*first, *([second] if second else []), *third]
            status = Status.WRONG if found else Status.PROVED
            if any(": error: " in one for one in first) and shop.is_foreign(trial.table.object):
                status = Status.FOREIGN
            yield _judgement(trial, status, found)


def _compile_faults(trial: Trial, shop: Workshop, said: dict[str, list[Said]]) -> list[str]:
    """Return what Kbuild and the compiler make of a split that differs from before."""
    found = shop.new_messages(trial.table.path, made_files(trial), said)
    module = shop.module_of(shop.before, trial.table.object)
    for path in made_files(trial):
        target = path.removesuffix(".c") + ".o"
        now = shop.module_of(shop.after, target)
        if not (shop.after / target).is_file():
            found.append(f"{target} is not made")
        elif now != module:
            found.append(f"{target} is a part of '{now}', and was one of '{module}'")
    return found


_shared: dict[str, tuple[Path, Records]] = {}


def _share(before: Path, records: Records) -> None:
    _shared["build"] = before, records


def _proof_faults(trial: Trial) -> list[str]:
    """Return what `verify` finds; runs in a process of its own, on one processor."""
    assert trial.spec is not None
    assert trial.result is not None
    before, records = _shared["build"]
    request = Request(before, before, Differing(), records, jobs=1)
    try:
        tree = SourceTree(before)
        verdict = verify_split(before, trial.spec, tree, trial.result, records, request)
    except RefusedError as error:
        return [f"not verified: {error}"]
    except Exception:
        return [traceback.format_exc()]
    if verdict.outcome is Answer.PROVED:
        return []
    return [f"{one.what} '{one.name}' {one.message}" for one in verdict.differences] + [
        f"not verified: {one.code} {one.message}" for one in verdict.problems
    ]
