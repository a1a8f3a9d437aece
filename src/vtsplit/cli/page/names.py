"""The names that change, with their uses."""

from collections.abc import Iterable, Mapping, Sequence

from vtsplit.cli.output.wording import reason_in_words
from vtsplit.cli.page.content import FileDiff, RenameRow
from vtsplit.planning.steps import Action, Step
from vtsplit.spec.document import Spec

_RENAMING = {Action.RENAME, Action.EXPOSE, Action.RELOCATE}


def rename_rows(
    steps: Sequence[Step], spec: Spec, diffs: Iterable[FileDiff]
) -> tuple[RenameRow, ...]:
    """Return each name that changes, with the places where it does."""
    pieces = _pieces(diffs)
    found: dict[tuple[str, str], dict[tuple[str, str], dict[str, None]]] = {}
    for step in steps:
        symbol, site = step.symbol, step.site
        if step.action in _RENAMING and symbol.is_renamed:
            shown = f"{site.path}:{site.line}" if site.line else site.path
            place = (shown, pieces.get((site.path, site.line), ""))
            reasons = found.setdefault((symbol.old, symbol.new), {}).setdefault(place, {})
            reasons[reason_in_words(step.reason)] = None
    return tuple(
        RenameRow(f"name{at}", old, new, _uses(places), _spec_line(spec, old))
        for at, ((old, new), places) in enumerate(sorted(found.items()))
    )


def _uses(
    places: Mapping[tuple[str, str], Iterable[str]],
) -> tuple[tuple[str, str, str], ...]:
    return tuple((place, "; ".join(reasons), piece) for (place, piece), reasons in places.items())


def _spec_line(spec: Spec, old: str) -> int:
    for section, names in (("tables", spec.tables), ("rename", spec.renames)):
        if old in names:
            return spec.own_line(spec.site(section, old))
    return 0


def _pieces(diffs: Iterable[FileDiff]) -> Mapping[tuple[str, int], str]:
    """Return the piece that shows each line that goes, by path and number."""
    return {
        (diff.old_path or diff.path, row.old): piece.ident
        for diff in diffs
        for piece in diff.pieces
        for row in piece.rows
        if row.old
    }
