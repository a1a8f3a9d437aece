"""The whole change of a tree: the split, then dispatch over what it makes; checked before shown."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from vtsplit.changes import FileChange
from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.dispatch import dispatch
from vtsplit.dispatch_check import check_dispatch
from vtsplit.overlay import OverlaidTree
from vtsplit.planning.dispatch.module_init import InitNames
from vtsplit.planning.dispatch.plan import DispatchPlanner
from vtsplit.planning.plan import Planner, Progress
from vtsplit.planning.steps import Plan, Step
from vtsplit.self_check import check_outcome
from vtsplit.spec import Spec
from vtsplit.split import carry_out
from vtsplit.tree import SourceTree


@dataclass(frozen=True)
class Result:
    """What is to be done and what comes of it: the texts of changed files by path."""

    plan: Plan
    texts: Mapping[str, str]


def transform(
    spec: Spec,
    tree: SourceTree,
    progress: Progress = lambda done, total: None,
    force: bool = False,
) -> Result:
    """Plan and carry out in memory. Raises RefusedError; nothing is written in any case."""
    planner = Planner(spec, tree, progress)
    plan = planner.plan()
    outcome = carry_out(plan, tree, planner.macro_of)
    check_outcome(plan, outcome)
    texts = dict(outcome.after)
    if spec.dispatch is None:
        return Result(plan, texts)
    split = OverlaidTree(tree, texts)
    names = InitNames(**plan.module_entries)
    try:
        second = DispatchPlanner(spec, split, names, force).plan()
        more = dispatch(second, spec, split)
        check_dispatch(second, spec, split, more)
    except RefusedError as error:
        found = (_shown_on_disk(problem, spec, tree, texts) for problem in error.problems)
        raise RefusedError(*found) from error
    steps = [*plan.steps, *(_on_disk(step, tree, texts) for step in second.steps)]
    notes = (*plan.notes, *second.notes)
    return Result(replace(plan, steps=tuple(steps), notes=notes), texts | more)


def _on_disk(step: Step, tree: SourceTree, texts: Mapping[str, str]) -> Step:
    """Return a step with its lines as they are on disk, before the split has been made."""
    before = tree.find(step.path)
    if before is None:
        return replace(step, spans=())
    after = texts.get(step.path, before)
    if after == before or not step.spans:
        return step
    hunks = _hunks(before, after)
    spans = tuple((_old(first, hunks), _old(last, hunks)) for first, last in step.spans)
    return replace(step, line=_old(step.line, hunks), spans=spans)


def _shown_on_disk(
    problem: Problem, spec: Spec, tree: SourceTree, texts: Mapping[str, str]
) -> Problem:
    """Return a problem with its place as it is on disk.

    A place in main, which may not be there yet, is one of a table: the same line is looked for in
    the source.
    """
    site = problem.site
    if site is None or site.path not in texts or not site.line:
        return problem
    after = texts[site.path]
    before = tree.find(site.path)
    if before is not None:
        line = _old(site.line, _hunks(before, after))
        same = _line(before, line) == _line(after, site.line)
        own = replace(site, line=line) if same else Site(site.path, line, 1)
        return replace(problem, site=own)
    lines = (tree.find(spec.source) or "").split("\n")
    if lines.count(_line(after, site.line)) == 1:
        line = lines.index(_line(after, site.line)) + 1
        return replace(problem, site=replace(site, path=spec.source, line=line))
    return replace(problem, site=Site(site.path))


def _line(text: str, number: int) -> str:
    lines = text.split("\n")
    return lines[number - 1] if number <= len(lines) else ""


def _hunks(before: str, after: str) -> list[tuple[int, int, int, int]]:
    change = FileChange("", before.encode("utf-8", "surrogateescape"),
                        after.encode("utf-8", "surrogateescape"))  # fmt: skip
    return [
        (hunk.old_start, hunk.old_lines, hunk.new_start, hunk.new_lines)
        for hunk in change.compare(context=0).hunks
    ]


def _old(line: int, hunks: list[tuple[int, int, int, int]]) -> int:
    """Return the line, before a change, that a line after it was, or stands beside."""
    shift = 0
    for old_start, old_lines, new_start, new_lines in hunks:
        if line < new_start:
            break
        if line < new_start + new_lines:
            return max(old_start, 1)
        shift = (old_start + old_lines) - (new_start + new_lines)
        # git counts an empty side from the line in front of it.
        shift += (not old_lines) - (not new_lines)
    return max(line + shift, 1)
