"""Which spec says how two trees differ: the one that is named, or one that is found."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from vtsplit.apply.proof import verify_by_spec
from vtsplit.cli.arguments.asked import TreeAndSpec
from vtsplit.cli.arguments.spec_file import SpecFile, find_spec, seen_from_here
from vtsplit.diagnostics import RefusedError
from vtsplit.spec.document import SPEC_FILE, Spec
from vtsplit.spec.presets import load_spec
from vtsplit.tree.source_tree import SourceTree
from vtsplit.verify.verdict import NO_DISPATCH, Answer, Verdict, not_used
from vtsplit.verify.verify import Request

if TYPE_CHECKING:
    from vtsplit.series.repository.revisions import Revisions

_COMMIT = 12  # digits
Trees = tuple[SourceTree, SourceTree]


def verify_by_found_spec(
    asked: TreeAndSpec, request: Request, trees: Trees, defines: Mapping[str, str]
) -> tuple[Verdict, str]:
    """Return the verdict on two trees for which no spec is named, and which was found, or "".

    A `vtsplit.toml` says what wrappers are to be. Without wrappers none is needed: the renames are
    derived. What is proved without the spec is proved, so it is asked for its word only then.
    Raises RefusedError.
    """
    path = _find(request.before)
    spec = _load(asked, path, request.before) if path else None
    if spec is None or spec.dispatch is None or spec.main not in request.differing.paths:
        return verify_by_spec(request, None, trees, defines), ""
    try:
        verdict = verify_by_spec(request, spec, trees, defines)
    except RefusedError as error:
        verdict = verify_by_spec(request, None, trees, defines)
        why = error.problems[0].message
        verdict.limits.append(f"{spec.file} does not say how the trees differ: {why}")
        return verdict, ""
    if verdict.outcome is Answer.PROVED:
        return verdict, spec.file
    without = verify_by_spec(request, None, trees, defines)
    return (without, "") if without.outcome is Answer.PROVED else (verdict, spec.file)


def find_spec_of_range(asked: TreeAndSpec, revisions: Revisions) -> tuple[Spec | None, str]:
    """Return the spec for the commits of a range for which none is named, if it has wrappers.

    It is that of the commit before the first one, else of the tree, else the nearest one upwards.
    If one is there that cannot be used, the text says why not.
    """
    base = revisions.all[0].parent
    text, name = revisions.find_text(base, SPEC_FILE), f"{SPEC_FILE} of {base[:_COMMIT]}"
    places = [asked.root / SPEC_FILE, *filter(None, [find_spec(Path())])]
    there = next((path for path in places if path.is_file()), None)
    try:
        if there is not None:
            file = SpecFile(seen_from_here(there))
            if text is None or file.is_as_read(text):
                text, name = file.read(), file.name
        spec = load_spec(text, name) if text is not None else None
    except RefusedError as error:
        return None, not_used(name, error.problems[0].message)  # nobody has named it
    if spec is None or spec.dispatch is None:
        return None, not_used(spec.file, NO_DISPATCH) if spec else ""
    asked.spec = spec
    return spec, ""


def _find(before: Path) -> Path | None:
    """Return the spec of the tree before or, if it has none, the nearest one from here upwards.

    That of the tree after may have come with the change.
    """
    if (before / SPEC_FILE).is_file():
        return before / SPEC_FILE
    found = find_spec(Path())
    return seen_from_here(found) if found else None


def _load(asked: TreeAndSpec, path: Path, before: Path) -> Spec | None:
    """Return a spec that was found; None if it cannot be read: nobody has named it."""
    try:
        spec = asked.open(path, None)[1]
    except RefusedError:
        return None
    if before != asked.root.resolve() and path.parent == before:
        spec = replace(spec, file=f"{SPEC_FILE} of BEFORE")  # a scratch folder has it
        asked.spec = spec
    return spec
