"""Declare tables, and objects that they name, apart from the other names of their declaration."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from vtsplit.apply.apart.asked import AskedTables
from vtsplit.codemods.apart.names import Shared, join_names, separate_names, shared_names
from vtsplit.cst.parser import parse_module
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action, Step
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.survey.cfile.definitions import Sort


@dataclass(frozen=True)
class Separated:
    """What one declaration declared, and the step that takes it apart."""

    shared: Shared
    step: Step


def names_apart(asked: AskedTables) -> tuple[str | None, tuple[Separated, ...]]:
    """Return the source's text with each of these names declared alone, and what was taken apart.

    If there is nothing to do, there is no text. Each line keeps the number that it has on disk.
    """
    source = asked.source
    items = {one.index: one.item for one in (*asked.tables, *asked.objects)}
    macros = {one for one in source.definitions.by_name if source.definitions.of(one, Sort.MACRO)}
    found = {
        index: shared for index in sorted(items) if (shared := shared_names(items[index], macros))
    }
    if not found:
        return None, ()
    apart = []
    for index, shared in found.items():
        first, *others = shared.names
        symbol = Symbol.kept(first, Role.LOCAL)
        reason = Reason(Why.WITH_OTHERS, name=", ".join(others))
        lines = (source.lines(index),)
        step = Step(Action.SEPARATE, symbol, source.site(index), reason, lines)
        apart.append(Separated(shared, step))
    return separate_names(source.module, found), tuple(apart)


def join_alike(
    texts: Mapping[str, str], path: str, apart: tuple[Separated, ...], others: tuple[Step, ...]
) -> tuple[dict[str, str], tuple[Step, ...]]:
    """Return texts in which names are declared together again if they are as before, or all global.

    `others` are the steps of the plan. Returned with them are the steps that are left.
    """
    if not apart or path not in texts:
        return dict(texts), others
    now = {step.symbol.old: step.symbol.new for step in others}
    shared = [
        replace(one.shared, names=tuple(now.get(name, name) for name in one.shared.names))
        for one in apart
    ]
    text, whole = join_names(parse_module(texts[path]), shared)
    left = [one.step for one, is_whole in zip(apart, whole, strict=True) if not is_whole]
    return {**texts, path: text}, (*left, *others)
