"""Prove each patch of a series that changes no program, as the tree is behind the one before."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from vtsplit.apply.proof import NOT_PROVED, differing_files
from vtsplit.change.changes import ChangeSet, changes_to
from vtsplit.diagnostics import Problem, RefusedError, number, unique
from vtsplit.progress import Tell, silent, told
from vtsplit.series.repository.commits import Patch
from vtsplit.spec.posting import OTHER_PROGRAM, StageKind
from vtsplit.tree.source_tree import SourceTree
from vtsplit.verify.inputs.flags import Records, by_other_names
from vtsplit.verify.inputs.scratch import lay_out
from vtsplit.verify.required import require_build
from vtsplit.verify.tokens.design import Design
from vtsplit.verify.verdict import Verdict
from vtsplit.verify.verify import Request, verify

_HELP = "nothing was written; please report it, with the spec and the file"


def prove_each(
    patches: Sequence[Patch], tree: SourceTree, records: Records | None
) -> Iterator[Verdict | None]:
    """Yield the verdict on each patch; None for one that is to change the program."""
    before, moved = ChangeSet(), dict[str, str]()
    if records is not None:
        # The build knows the source by the name that it had then.
        renamed = [pair for patch in patches for pair in patch.stage.moved.items()]
        records = by_other_names(records, renamed)
    for patch in patches:
        moved |= patch.stage.moved
        old_paths = {new: old for old, new in moved.items()}
        texts = {old_paths.get(path, path): text for path, text in patch.stage.texts.items()}
        after = changes_to(tree, texts, moved)
        is_other = patch.stage.kind in OTHER_PROGRAM
        yield None if is_other else _prove(patch, tree.root, before, after, records)
        before = after


def proved(
    patches: Sequence[Patch],
    tree: SourceTree,
    records: Records | None,
    is_strict: bool = False,
    tell: Tell = silent,
) -> list[str]:
    """Return for each patch a sentence on what was proved, "" for one that changes the program.

    Raises RefusedError with everything that differs or could not be told; if `is_strict`, also
    where the proof is weaker than a build can make it. `tell` is told how far it is.
    """
    said, problems = list[str](), list[Problem]()
    verdicts = told(prove_each(patches, tree, records), tell, "proving patches", len(patches))
    for patch, verdict in zip(patches, verdicts, strict=True):
        if verdict is None:
            said.append("")
            continue
        if is_strict:
            require_build(verdict)
        for one in verdict.differences:
            message = f"'{patch.words.subject()}': {one.what} '{one.name}' {one.message}"
            problems.append(Problem(NOT_PROVED, message, one.before or one.after, _HELP))
        problems += verdict.problems
        how = f"{verdict.mode}, {number(verdict.files, 'file')}"
        if verdict.objects:
            how += f"; {number(verdict.objects, 'object file')}"
        said.append(f"vtsplit verify: proved to be the same program ({how}).")
    if problems:
        raise RefusedError(*unique(problems))
    return said


def _prove(
    patch: Patch, root: Path, before: ChangeSet, after: ChangeSet, records: Records | None
) -> Verdict:
    with TemporaryDirectory(prefix="vtsplit-") as folder:
        sides = [Path(folder).resolve() / name for name in ("before", "after")]
        for side, changes in zip(sides, (before, after), strict=True):
            side.mkdir()
            lay_out(root, changes, side)
        names = {old: new for old, new in patch.stage.names if old != new}
        if patch.stage.kind not in {StageKind.RENAME, StageKind.PREFIX, StageKind.MOVE}:
            names = {}
        differing = differing_files(patch.changes)
        request = Request(sides[0], sides[1], differing, records, Design(names), home=root)
        return verify(request)
