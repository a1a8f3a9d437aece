"""Steps of a series that one commit makes at once, and whether a tree has what they come to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from vtsplit.cst.nodes import FunctionDef
from vtsplit.cst.parser import parse_module
from vtsplit.diagnostics import Site
from vtsplit.series.cutting.stage import Stage
from vtsplit.series.cutting.stages import Stages
from vtsplit.spec.posting import OTHER_PROGRAM, StageKind
from vtsplit.tree.source_tree import SourceTree
from vtsplit.verify.inputs.differing import Differing
from vtsplit.verify.options import compare_options
from vtsplit.verify.stated import compare_stated, compare_unstated
from vtsplit.verify.verdict import BY_TEXTS, Mismatch, Verdict


@dataclass(frozen=True)
class StepsAtOnce:
    """The next steps of a series, one or several, in their order.

    `new_names` are those of the whole split.
    """

    stages: tuple[Stage, ...]
    new_names: Mapping[str, str]

    @property
    def texts(self) -> Mapping[str, str]:
        """The texts that files have behind the last step, by their paths then."""
        return self.stages[-1].texts if self.stages else {}

    @cached_property
    def moved(self) -> Mapping[str, str]:
        """New paths by old ones."""
        return {old: new for one in self.stages for old, new in one.moved.items()}

    @property
    def texts_by_old_path(self) -> Mapping[str, str]:
        """The texts by the paths that the files have in front of the steps."""
        old_paths = {new: old for old, new in self.moved.items()}
        return {old_paths.get(path, path): text for path, text in self.texts.items()}

    @property
    def names(self) -> Mapping[str, str]:
        """The new names that the steps give, by the old ones."""
        if any(one.kind is StageKind.MOVE for one in self.stages):
            return self.new_names
        renames = {StageKind.RENAME, StageKind.PREFIX}
        return dict(pair for one in self.stages if one.kind in renames for pair in one.names)

    @cached_property
    def same_program(self) -> "StepsAtOnce":
        """Those in front, which change no program."""
        stages = tuple(one for one in self.stages if one.kind not in OTHER_PROGRAM)
        return StepsAtOnce(stages, self.new_names)

    @property
    def is_same_program(self) -> bool:
        """Whether no step changes the program."""
        return self.same_program.stages == self.stages


def all_at_once(cut: Stages) -> Iterator[StepsAtOnce]:
    """Yield the first step of a series alone, the first two, and so on."""
    for count in range(1, len(cut.every) + 1):
        yield StepsAtOnce(cut.every[:count], cut.result.plan.new_names)


def no_step(before: SourceTree, differing: Differing) -> StepsAtOnce:
    """Return what would leave a tree as it is."""
    paths = sorted(differing.changed | differing.removed)
    texts = {path: text for path in paths if (text := before.find(path)) is not None}
    return StepsAtOnce((Stage(StageKind.DECLARE, texts),), {})


def find_unlike(
    steps: StepsAtOnce,
    made: Mapping[str, str],
    trees: tuple[SourceTree, SourceTree],
    differing: Differing,
    option: str | None,
) -> Iterator[Mismatch]:
    """Yield what the second tree has other than steps make it; what is quick to find comes first.

    `made` are the functions that main gains, each with what it serves; a Kconfig file may gain the
    `option` of the second backend.
    """
    before, after = trees
    found = Verdict(BY_TEXTS)
    stated = {*steps.texts, *steps.moved}
    if not steps.is_same_program:
        stated |= compare_options(before.find, after.find, differing.paths, option, Verdict(""))
    compare_unstated(differing, stated, found)
    for old, new in steps.moved.items():
        if after.find(old) is not None:
            found.differ("file", old, f"is still there: the spec renames it to {new}", Site(old))
    yield from found.differences
    for path, text in sorted(steps.texts.items(), key=lambda pair: len(pair[1])):
        found = Verdict(BY_TEXTS)
        compare_stated({path: text}, made, after, found)
        yield from found.differences


def functions_of(text: str | None) -> set[str]:
    """Return the functions that a text defines."""
    items = parse_module(text or "").items
    return {item.name for item in items if isinstance(item, FunctionDef)}
