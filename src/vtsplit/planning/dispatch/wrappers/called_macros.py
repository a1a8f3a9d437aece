"""Macros of main through which wrappers call a function: they must stand above the wrappers."""

from collections.abc import Iterator, Sequence

from vtsplit.codemods.dispatch.into_main import find_block
from vtsplit.codemods.drop import split_leading
from vtsplit.cst.conditions import defined
from vtsplit.planning.dispatch.edits import Raised
from vtsplit.planning.dispatch.surroundings import Surroundings
from vtsplit.planning.dispatch.wrappers.wrapper import Wrapper
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.rule import Rule
from vtsplit.survey.cfile.definitions import Sort

MACRO_BELOW = Rule(
    "VT054",
    "macro-below",
    "a macro that a wrapper calls stands below the wrappers",
    "The wrapper calls a function through a macro of main. The macro stands under an `#if` "
    "below the place of the wrappers, and cannot move alone.",
    "Move the macro with its `#if` above the wrappers.",
    "It comes up when main is there already and defines such a macro right above its table.",
)


class CalledMacros:
    """The macros in main that stand for functions which wrappers call, chains of them as well."""

    def __init__(self, around: Surroundings, wrappers: Sequence[Wrapper]) -> None:
        self.around = around
        called = {wrapper.first for wrapper in wrappers if wrapper.first in wrapper.uses}
        self.indices = sorted({at for name in called for at in self._found(name, 0)})
        self.first = self._first([wrapper.name for wrapper in wrappers])
        first = len(around.main.module.items) if self.first is None else self.first
        self.below = [at for at in self.indices if at > first]

    def _first(self, names: Sequence[str]) -> int | None:
        """Return where main's wrappers begin: the first of them, or the `#ifdef` round them."""
        main = self.around.main
        there = [d.index for name in names for d in main.definitions.of(name, Sort.FUNCTION)]
        config = self.around.dispatch.backend.config
        block = find_block(main.module, defined(config)) if config else None
        return min([*there, *(block or ())[:1]], default=None)

    def _found(self, name: str, depth: int) -> Iterator[int]:
        for definition in self.around.main.definitions.of(name, Sort.MACRO):
            macro = definition.item.macro
            if macro is None or macro.parameters is not None or depth > 8:
                continue
            yield definition.index
            for token in macro.body:
                yield from self._found(token.text, depth + 1)

    def home(self, home: int) -> int:
        """Return the place at `home`, or behind these macros, for main's wrappers.

        A macro below it under an `#if`, which is then the table's own, is refused (VT054).
        """
        if self.first is not None:
            return home + sum(at >= home for at in self.below)
        low = [at for at in self.indices if at >= home]
        for at in low:
            self._refuse_guarded(at)
        return max([home, *(at + 1 for at in low)])

    def raised(self) -> Raised:
        """Return the macros that stand below the first of main's wrappers and have to go above it.

        One under an `#if` cannot (VT054).
        """
        for at in self.below:
            self._raise(at)
        guards = self.around.main.guards
        before = self.first or 0
        while before and guards[before]:
            before -= 1
        return Raised(frozenset(self.below), before)

    def _raise(self, at: int) -> None:
        main = self.around.main
        self._refuse_guarded(at)
        first, last = main.lines(at)
        first -= split_leading(main.module.items[at].leading)[1].count("\n")
        macro, reason = Symbol.kept(self._name(at), Role.MACRO), Reason(Why.CALLS_BY_IT)
        self.around.ledger.step(Action.RAISE, macro, main.site(at), reason, (first, last))

    def _refuse_guarded(self, at: int) -> None:
        main = self.around.main
        if main.guards[at]:
            self.around.ledger.refuse(
                MACRO_BELOW,
                f"the wrappers in {main.path} stand above macro '{self._name(at)}', but one of "
                "them calls a function through it",
                main.site(at),
                "move the macro with its #if above them",
            )

    def _name(self, at: int) -> str:
        item = self.around.main.module.items[at]
        return item.macro.name if item.macro else ""
