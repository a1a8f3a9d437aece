"""Gather the page of a split: what the plan, the change and the proof say."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from vtsplit import __version__
from vtsplit.apply.finished import FinishedSplit
from vtsplit.cli.output.counts import of_split
from vtsplit.cli.page.content import (
    ChangeSection,
    NoteRow,
    OpRow,
    Page,
    RenameRow,
    SpecLine,
)
from vtsplit.cli.page.diff.file_diffs import file_diffs, steps_of
from vtsplit.cli.page.matrix import op_rows
from vtsplit.cli.page.names import rename_rows
from vtsplit.cli.page.proofs import proof_of
from vtsplit.cli.page.tables import table_views
from vtsplit.diagnostics import Note, visible
from vtsplit.spec.document import Spec
from vtsplit.tree.repository import head_commit

_HASH = 12  # digits of the spec's hash that are shown
_COMMIT = 12


def page_of_split(split: FinishedSplit, title: str) -> Page:
    """Return the page of a split."""
    spec, result = split.spec, split.result
    plan = result.plan
    files = file_diffs(split.changes, steps_of(plan.steps, split.hunks))
    ops = op_rows(spec, split.source, result, files)
    renames = rename_rows(plan.steps, spec, files)
    proof = proof_of(split.verdict)
    said = of_split(plan, split.changes) if split.changes else "nothing to do"
    drift = [
        NoteRow("kept", str(one.site), f"{one.name}: {one.message}", "") for one in result.drift
    ]
    return Page(
        title=f"{title}: {said}",
        proof=proof,
        facts=tuple(_head(split, title)),
        sections=(ChangeSection("split", "Diff", "", proof, files),),
        ops=ops,
        tables=table_views(spec, split.source, result),
        renames=renames,
        notes=(*drift, *(_note(note) for note in plan.notes)),
        spec=_spec_lines(spec, ops, renames),
        spec_name=spec.file,
    )


def _head(split: FinishedSplit, title: str) -> Iterable[tuple[str, str]]:
    spec = split.spec
    digest = sha256(spec.text.encode("utf-8", "surrogateescape")).hexdigest()[:_HASH]
    yield "vtsplit", __version__
    yield "spec", f"{_spec_name(spec, title)} (sha256 {digest})"
    if commit := head_commit(split.source.root):
        yield "base commit", commit[:_COMMIT]
    if split.verdict is not None and split.verdict.wrappers:
        unseen = split.verdict.unseen
        total = len(split.verdict.wrappers)
        yield "wrappers a compiler has seen", f"{total - len(unseen)} of {total}"


def _spec_name(spec: Spec, title: str) -> str:
    """Return what the spec is called; one made for `--table` by the table."""
    return visible(f"--table {title}" if spec.file == "--table" else spec.file)


def _note(note: Note) -> NoteRow:
    place = str(note.site) if note.site else ""
    return NoteRow(note.kind.value, place, visible(note.message), visible(note.help, "\n\t"))


def _spec_lines(
    spec: Spec, ops: Sequence[OpRow], renames: Sequence[RenameRow]
) -> tuple[SpecLine, ...]:
    """Return the lines of the spec, each with links to what it says of ops and names."""
    links: dict[int, list[tuple[str, str]]] = {}
    for op in ops:
        links.setdefault(op.spec_line, []).append((op.name, op.ident))
    for rename in renames:
        links.setdefault(rename.spec_line, []).append((rename.new, rename.ident))
    return tuple(
        SpecLine(number, visible(text.removesuffix("\r"), "\t"), tuple(links.get(number, ())))
        for number, text in enumerate(spec.text.rstrip("\n").split("\n"), 1)
    )
