"""What `vtsplit verify` says: a verdict as text."""

from collections import Counter
from collections.abc import Iterator, Sequence

from vtsplit.cli.output.counts import of_proof
from vtsplit.cli.output.summary import more, render_each
from vtsplit.diagnostics import Problem, Site, number, visible
from vtsplit.series.words import joined
from vtsplit.verify.required import wrappers_unseen
from vtsplit.verify.verdict import Answer, Mismatch, Verdict

_MOST = 20  # differences
_NAMED = 5  # other names with the same difference
_HEADLINES = {
    Answer.PROVED: "proved: the same program, except for what is listed as by design",
    Answer.DIFFERS: "differs",
    Answer.UNKNOWN: "could not tell",
}


def as_text(verdict: Verdict, verbose: bool = False, spec: str = "", every: bool = False) -> str:
    """Return a verdict for a terminal: differences first, then what was proved and how.

    `spec` is the one that says how the trees differ, if there is one. Of many differences the first
    are shown, unless `every` one is asked for.
    """
    lines = [*_differences(verdict.differences, every), *_problems(verdict.problems)]
    if verbose:
        lines += [f"proved    {p.what:<9} {p.name} ({p.stage})" for p in verdict.proved]
        lines += [f"by design {_at(d.site)}{d.change}: {d.name}" for d in verdict.designed]
    lines.append(_headline(verdict))
    if spec:
        lines.append(f"  by the spec: {spec}")
    lines += _figures(verdict)
    lines += _limits(verdict)
    if verdict.problems:
        lines.append(more(verdict.problems))
    return "\n".join(visible(line, "\t") for line in lines)


def limits_as_text(verdict: Verdict) -> str:
    """Return what was not looked at, a line each."""
    unseen = wrappers_unseen(verdict)
    lines = [*_limits(verdict), *([f"note: {unseen}"] if unseen else [])]
    return "\n".join(visible(line, "\t") for line in lines)


def limits_of_range(found: Sequence[Sequence[str]]) -> str:
    """Return what was not looked at in the commits of a range, each once, with the commits.

    >>> print(limits_of_range([["a", "b"], ["a"], ["a", "b"]]))
    note: in all commits: a
    note: in commits 1 and 3: b
    >>> print(limits_of_range([["a"]]))
    note: a
    """
    commits: dict[str, list[int]] = {}
    for at, limits in enumerate(found, 1):
        for limit in limits:
            commits.setdefault(limit, []).append(at)
    lines = [f"note: {_commits(all_, len(found))}{limit}" for limit, all_ in commits.items()]
    return "\n".join(visible(line, "\t") for line in lines)


def _commits(numbers: Sequence[int], total: int) -> str:
    """Return commits in words: those of a range of one need none.

    >>> _commits([1, 2], 2), _commits([2], 3), _commits([1, 3, 4, 5, 9], 9)
    ('in all commits: ', 'in commit 2: ', 'in commits 1, 3-5 and 9: ')
    """
    if len(numbers) == total:
        return "in all commits: " if total > 1 else ""
    runs: list[list[int]] = []
    for one in numbers:
        if runs and one == runs[-1][-1] + 1:
            runs[-1].append(one)
        else:
            runs.append([one])
    shown = [f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs]
    return f"in commit{'s' if len(numbers) > 1 else ''} {joined(shown)}: "


def _limits(verdict: Verdict) -> list[str]:
    return [f"note: {limit}" for limit in verdict.limits]


def _headline(verdict: Verdict) -> str:
    text = _HEADLINES[verdict.outcome]
    if verdict.outcome is Answer.DIFFERS:
        return f"{text}: {number(len(verdict.differences), 'difference')}"
    if verdict.outcome is Answer.UNKNOWN:
        return f"{text}: {number(len(verdict.problems), 'problem')}"
    return text


def _differences(found: Sequence[Mismatch], every: bool) -> Iterator[str]:
    """Yield the lines of differences: those with the same tokens once, with the other names."""
    alike: dict[object, list[Mismatch]] = {}
    for one in found:
        key = (one.what, one.message, one.tokens) if one.tokens else one
        alike.setdefault(key, []).append(one)
    groups = list(alike.values())
    for first, *others in groups if every else groups[:_MOST]:
        yield from _difference(first)
        if others:
            shown = others if every else others[:_NAMED]
            names = ", ".join(f"'{one.name}'" for one in shown)
            rest = ", ..." if len(shown) < len(others) else ""
            yield f"  the same in {number(len(others), f'other {first.what}')}: {names}{rest}"
        yield ""
    if not every and (left := groups[_MOST:]):
        yield f"and {number(sum(map(len, left)), 'more difference')}: --all shows them"
        yield ""


def _problems(found: Sequence[Problem]) -> Iterator[str]:
    """Yield the lines of problems: those with the same words once, with their count."""
    alike: dict[tuple[str, str, str], list[Problem]] = {}
    for one in found:
        alike.setdefault((one.rule.name, one.message, one.help), []).append(one)
    firsts = render_each((first for first, *_ in alike.values()), lambda _: None)
    for first, (_, *others) in zip(firsts, alike.values(), strict=True):
        yield from first.split("\n")
        if others:
            yield f"  the same at {number(len(others), 'other place')}"
        yield ""


def _difference(one: Mismatch) -> Iterator[str]:
    yield f"{one.what} '{one.name}' {one.message}"
    if one.before:
        yield f"  before: {one.before}"
    if one.after:
        yield f"  after:  {one.after}"
    for line in one.tokens:
        yield f"    {line}"


def _figures(verdict: Verdict) -> Iterator[str]:
    for stage, how in (
        ("tokens", f"{verdict.mode}, {number(verdict.files, 'file')}"),
        ("objects", f"{number(verdict.objects, 'object file')} of {verdict.linked}"),
        ("spec", f"tokens that the spec makes, {number(verdict.stated, 'file')}"),
    ):
        counted = Counter(one.what for one in verdict.proved if one.stage == stage)
        if counted:
            parts = ", ".join(number(n, what) for what, n in sorted(counted.items()))
            yield f"  the same: {parts} ({how})"
    for config, count in verdict.configs.items():
        yield f"  {config}: {number(count, 'definition')} the same, tokens only"
    yield from _compiled(verdict)
    if verdict.designed:
        yield f"  by design: {of_proof(verdict.designed)}"


def _compiled(verdict: Verdict) -> Iterator[str]:
    total = number(len(verdict.wrappers), "wrapper")
    for one in verdict.compiled:
        how = f"compiled with {one.config}" if one.config else "compiled as the build is configured"
        count = number(one.files, "file")
        if one.seen:
            which = (
                total if len(one.seen) == len(verdict.wrappers) else f"{len(one.seen)} of {total}"
            )
            yield f"  {which}: {how} ({count})"
        elif one.config:
            yield f"  {count} {how}"
    if unseen := wrappers_unseen(verdict):
        yield f"  {unseen}"


def _at(site: Site | None) -> str:
    return f"{site}: " if site else ""
