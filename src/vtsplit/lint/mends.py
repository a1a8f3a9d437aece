"""Correct what can be corrected safely, and check the result before anyone sees it."""

from collections.abc import Iterable

from vtsplit.codemods.declare import Addition, declaration_of, declare
from vtsplit.codemods.drop import drop
from vtsplit.cst.conditions import cover
from vtsplit.cst.nodes import Module
from vtsplit.cst.style.indentation import indentation_of
from vtsplit.diagnostics import Problem, RefusedError
from vtsplit.lint.alignment import align
from vtsplit.lint.facts import Facts
from vtsplit.lint.findings import Align, Declare, Drop, Finding
from vtsplit.lint.linter import lint
from vtsplit.rule import Rule
from vtsplit.survey.search.words import WordFiles
from vtsplit.tree.overlay import OverlaidTree

BAD_MEND = Rule(
    "VT090",
    "bad-mend",
    "a correction would make a new fault",
    "The corrected tree was checked again, and has a finding that it did not have before. This "
    "is a defect of vtsplit.",
    "Nothing was written. Please report it.",
    "It comes up when `lint --fix` mends one finding and thereby makes another.",
)


def mend(facts: Facts, findings: Iterable[Finding]) -> dict[str, str]:
    """Return the new text of each file that the mends of these findings change.

    Raises RefusedError (VT090) when the result would have one of them still, or a new one.
    """
    wanted = [finding for finding in findings if finding.mend is not None]
    texts = _mended(facts, wanted)
    if texts:
        _check(facts, wanted, texts)
    return texts


def _mended(facts: Facts, findings: list[Finding]) -> dict[str, str]:
    dropped: dict[str, set[int]] = {}
    aligned: dict[str, set[int]] = {}
    declared: dict[str, list[Declare]] = {}
    for finding in findings:
        match finding.mend:
            case Drop(path, index):
                dropped.setdefault(path, set()).add(index)
            case Align(path, index):
                aligned.setdefault(path, set()).add(index)
            case Declare() as one:
                declared.setdefault(finding.name, []).append(one)
    texts: dict[str, str] = {}
    for path in sorted({*dropped, *aligned, *([facts.header.path] if declared else [])}):
        module = _aligned(facts.files.get(path).module, aligned.get(path, set()))
        module, _ = drop(module, dropped.get(path, set()))
        if path == facts.header.path:
            module = declare(module, _additions(facts, declared), _order(facts))
        texts[path] = module.code
    return texts


def _aligned(module: Module, indices: set[int]) -> Module:
    style = indentation_of(module.code)
    return module.with_items(
        tuple(
            item.with_changes(text=align(item.text, style)) if index in indices else item
            for index, item in enumerate(module.items)
        )
    )


def _additions(facts: Facts, declared: dict[str, list[Declare]]) -> list[Addition]:
    newline = "\r\n" if "\r\n" in facts.header.module.code else "\n"
    additions = []
    style = indentation_of(facts.header.module.code, facts.source.module.code)
    for name, ones in declared.items():
        files = [facts.files.get(one.path) for one in ones]
        guard = cover(file.guards[one.index] for file, one in zip(files, ones, strict=True))
        text = declaration_of(files[0].module.items[ones[0].index], style=style)
        text = text.replace("\r\n", "\n").replace("\n", newline)
        additions.append(Addition(name, guard, text))
    return additions


def _order(facts: Facts) -> list[str]:
    """Return the names of the split in the order in which main uses them."""
    names = {place.definition.name for place in (*facts.declared, *facts.globals)}
    uses = facts.uses_in_main
    words = [word for item in facts.main.module.items for word in (t.text for t in item.tokens)]
    return [word for word in dict.fromkeys(words) if word in names and word in uses]


def _check(facts: Facts, findings: list[Finding], texts: dict[str, str]) -> None:
    """Lint the mended tree: what was to be mended must be gone, and nothing else come."""
    words = {name: tuple(sorted({*paths, *texts})) for name, paths in facts.words.files.items()}
    again = Facts(
        facts.spec, OverlaidTree(facts.tree, texts), facts.second, lambda _: WordFiles(words)
    )  # fmt: skip
    mended = {(finding.code, finding.name) for finding in findings}
    before = {(finding.code, finding.name) for finding in lint(facts)} - mended
    for finding in lint(again):
        if (finding.code, finding.name) not in before:
            message = f"the corrected tree would have {finding.code}: {finding.message}"
            advice = "this is a defect of vtsplit: nothing was written; please report it"
            raise RefusedError(Problem(BAD_MEND, message, finding.site, advice))
