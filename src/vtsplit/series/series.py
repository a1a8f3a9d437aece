"""A split as a series of patches, made in memory: stages, their changes, and the words for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from vtsplit.change.changes import ChangeSet, changes_to
from vtsplit.cst.nodes import Declaration
from vtsplit.cst.parser import parse_module
from vtsplit.diagnostics import Note
from vtsplit.planning.steps import Drift
from vtsplit.series.changelog import shape, words_for, words_for_all
from vtsplit.series.cutting.stage import Stage
from vtsplit.series.cutting.stages import make_stages
from vtsplit.series.repository.commits import Patch, changes_of
from vtsplit.spec.document import Spec
from vtsplit.spec.posting import StageKind
from vtsplit.survey.search.index import WordIndex
from vtsplit.tree.source_tree import SourceTree


@dataclass(frozen=True)
class Series:
    """The patches of a split in order, and what they come to together.

    `notes` and `drift` are those of the split.
    """

    patches: tuple[Patch, ...]
    changes: ChangeSet
    notes: tuple[Note, ...] = ()
    drift: tuple[Drift, ...] = ()


def make_series(spec: Spec, tree: SourceTree, index: WordIndex | None) -> Series:
    """Return the series of a split; it has no patch if nothing is to be done.

    Raises RefusedError where the split is refused.
    """
    cut = make_stages(spec, tree, index)
    stages = cut.every
    patches = []
    before: Mapping[str, str] = {}
    for stage, changes in zip(stages, changes_of(stages, tree), strict=True):
        shapes = _shapes(stage, before, spec, tree) if stage.kind is StageKind.MOVE else ()
        patches.append(Patch(stage, changes, words_for(stage, changes, spec, shapes)))
        before = stage.texts
        # What comes behind a patch that renames the source calls it by its new name.
        spec = msgspec.structs.replace(spec, source=stage.moved.get(spec.source, spec.source))
    return Series(tuple(patches), _together(stages, tree), cut.notes, cut.drift)


def squashed(series: Series, spec: Spec) -> Series:
    """Return a series of one patch that does all."""
    if not series.patches:
        return series
    stages = [patch.stage for patch in series.patches]
    renames = {StageKind.RENAME, StageKind.PREFIX, StageKind.MOVE}
    whole = Stage(
        stages[-1].kind,
        stages[-1].texts,
        {old: new for one in stages for old, new in one.moved.items()},
        tuple(pair for one in stages if one.kind in renames for pair in one.names),
    )
    patch = Patch(whole, series.changes, words_for_all(stages, spec))
    return replace(series, patches=(patch,))


def _together(stages: Sequence[Stage], tree: SourceTree) -> ChangeSet:
    if not stages:
        return ChangeSet()
    moved = {old: new for stage in stages for old, new in stage.moved.items()}
    old_paths = {new: old for old, new in moved.items()}
    texts = {old_paths.get(path, path): text for path, text in stages[-1].texts.items()}
    return changes_to(tree, texts, moved)


def _shapes(
    stage: Stage, before: Mapping[str, str], spec: Spec, tree: SourceTree
) -> list[tuple[str, str]]:
    """Return the shape of each table where it stood before a stage, and where it stands now."""
    paths = dict.fromkeys([spec.source, *before])
    texts = [before.get(path) or tree.find_text(path) for path in paths if path.endswith(".c")]
    shapes = []
    for was, now in stage.names:
        found = next((one for text in texts if (one := _table(text, was))), None)
        moved = _table(stage.texts.get(spec.main, ""), now)
        if found and moved:
            shapes.append((shape(found), shape(moved)))
    return shapes


def _table(text: str, name: str) -> list[str] | None:
    for item in parse_module(text).items:
        if isinstance(item, Declaration) and item.name == name and item.initializer:
            return item.text.split("\n")
    return None
