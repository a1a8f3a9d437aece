"""Wrappers that the spec makes, held against main: some are added, some are written anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vtsplit.codemods.places import Insertion
from vtsplit.cst.conditions import Guard, defined
from vtsplit.diagnostics import Site
from vtsplit.planning.dispatch.rules import WRONG_SIDE
from vtsplit.planning.dispatch.surroundings import Surroundings
from vtsplit.planning.dispatch.wrappers.drift import Comparison
from vtsplit.planning.dispatch.wrappers.wrapper import Wrapper
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action, Drift
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.survey.cfile.definitions import Sort


@dataclass(frozen=True)
class Held:
    """What main gains: `pieces` are new wrappers, `replaced` those that are written anew, by name.

    `drift` are wrappers that stay though they are not what the spec says.
    """

    pieces: tuple[Insertion, ...]
    replaced: Mapping[str, str]
    drift: tuple[Drift, ...]

    @property
    def names(self) -> frozenset[str]:
        """The wrappers whose text comes from the spec."""
        return frozenset({*self.replaced, *(piece.name for piece in self.pieces)})


def hold(around: Surroundings, wrappers: Sequence[Wrapper], force: bool) -> Held:
    """Compare wrappers with those that main has. `force` writes anew what differs."""
    comparison = Comparison(around, force)
    pieces: list[Insertion] = []
    replaced: dict[str, str] = {}
    for wrapper in wrappers:
        _hold_one(around, comparison, wrapper, pieces, replaced)
    return Held(tuple(pieces), replaced, tuple(comparison.drift))


def _hold_one(
    around: Surroundings,
    comparison: Comparison,
    wrapper: Wrapper,
    pieces: list[Insertion],
    replaced: dict[str, str],
) -> None:
    main, ledger = around.main, around.ledger
    there = main.definitions.of(wrapper.name, Sort.FUNCTION)
    if not there:
        guard = (*around.selecting, *wrapper.guard)
        pieces.append(Insertion(wrapper.name, guard, f"{wrapper.text}\n"))
        reason = Reason(Why.OP, wrapper.op.name, of=wrapper.op.table)
        added = Symbol.added(wrapper.name, Role.WRAPPER)
        ledger.step(Action.WRAP, added, Site(main.path), reason)
        return
    _check_side(around, wrapper.name, main.guards[there[0].index], main.site(there[0].index))
    rewritten = comparison.compare(wrapper, there)
    if rewritten is not None:
        replaced[wrapper.name] = rewritten.text
        site, lines = main.site(there[0].index), main.lines(there[0].index)
        symbol = Symbol.kept(wrapper.name, Role.WRAPPER)
        ledger.step(Action.REWRITE, symbol, site, rewritten.reason, lines)


def _check_side(around: Surroundings, name: str, guard: Guard, site: Site) -> None:
    """Refuse wrappers that stand inside of the option's `#ifdef`, or out, unlike new ones.

    One tells of all.
    """
    config = around.dispatch.backend.config
    inside = config is not None and defined(config) in guard
    told = any(problem.rule == WRONG_SIDE for problem in around.ledger.problems)
    if inside == bool(around.selecting) or told:
        return
    stands, other = ("stands", "outside of that") if inside else ("does not stand", "there")
    around.ledger.refuse(
        WRONG_SIDE,
        f"'{name}' {stands} under #ifdef {config}, but config and style of the spec put it {other}",
        site,
        "restore the config and style that it was made with, or remove all wrappers from main",
    )
